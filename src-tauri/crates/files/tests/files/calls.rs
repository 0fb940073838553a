//! What the random calls do not reach: roots, lengths, odd paths, handles, and what is not about
//! files. The messages are those that `python3` gave for the same calls.

use files::MemoryFiles;
use monty_types::{
    ExcType, FileMode, MkdirCallArgs, MontyFileHandle, MontyObject, MontyPath, OpenCallArgs, OsFunctionCall as Call,
    PathBytesDataArgs, PathStringDataArgs, RenameCallArgs, ScanArgs,
};

fn path(path: &str) -> MontyPath {
    MontyPath::from(path)
}

fn rename(src: &str, dst: &str) -> Call {
    Call::Rename(RenameCallArgs { src: path(src), dst: path(dst) })
}

fn mkdir(at: &str) -> Call {
    Call::Mkdir(MkdirCallArgs { path: path(at), parents: false, exist_ok: false })
}

fn open(at: &str, mode: FileMode) -> Call {
    Call::Open(OpenCallArgs { path: path(at), mode })
}

fn write(at: &str, data: &str) -> Call {
    Call::WriteText(PathStringDataArgs { path: path(at), data: data.to_owned() })
}

fn sample() -> MemoryFiles {
    let mut files = MemoryFiles::default();
    for (path, content) in [("/f", "x"), ("/full/in/deep", "")] {
        files.write(path, content.as_bytes(), 5.0).unwrap();
    }
    files.handle(&mkdir("/d"), 6.0).unwrap().unwrap();
    files
}

fn error(files: &mut MemoryFiles, call: &Call) -> (ExcType, String) {
    let error = files.handle(call, 7.0).unwrap().expect_err(&format!("{call:?}"));
    (error.exc_type(), error.message().unwrap().to_owned())
}

#[test]
fn refusals_are_those_of_linux() {
    use ExcType::{FileExistsError, FileNotFoundError, IsADirectoryError, NotADirectoryError, OSError};
    let (read, write, append) = (FileMode::Read(false), FileMode::Write(false), FileMode::Append(true));
    for (call, exc_type, message) in [
        (mkdir("/"), FileExistsError, "[Errno 17] File exists: '/'"),
        (Call::Rmdir(path("/")), OSError, "[Errno 16] Device or resource busy: '/'"),
        (Call::Unlink(path("/")), IsADirectoryError, "[Errno 21] Is a directory: '/'"),
        (rename("/", "/x"), OSError, "[Errno 16] Device or resource busy: '/' -> '/x'"),
        (rename("/d", "/"), OSError, "[Errno 16] Device or resource busy: '/d' -> '/'"),
        (rename("/full", "/full/in/x"), OSError, "[Errno 22] Invalid argument: '/full' -> '/full/in/x'"),
        (rename("/full/in", "/full"), OSError, "[Errno 39] Directory not empty: '/full/in' -> '/full'"),
        (rename("/d", "/full"), OSError, "[Errno 39] Directory not empty: '/d' -> '/full'"),
        (rename("/f", "/d"), IsADirectoryError, "[Errno 21] Is a directory: '/f' -> '/d'"),
        (rename("/d", "/f"), NotADirectoryError, "[Errno 20] Not a directory: '/d' -> '/f'"),
        (rename("/no", "/d"), FileNotFoundError, "[Errno 2] No such file or directory: '/no' -> '/d'"),
        (rename("/f", "/g/"), NotADirectoryError, "[Errno 20] Not a directory: '/f' -> '/g/'"),
        (Call::Rmdir(path("/full")), OSError, "[Errno 39] Directory not empty: '/full'"),
        (open("", read), FileNotFoundError, "[Errno 2] No such file or directory: ''"),
        (open("/f/", read), NotADirectoryError, "[Errno 20] Not a directory: '/f/'"),
        (open("/f/.", read), NotADirectoryError, "[Errno 20] Not a directory: '/f/.'"),
        (open("/f/", write), IsADirectoryError, "[Errno 21] Is a directory: '/f/'"),
        (open("/new/", append), IsADirectoryError, "[Errno 21] Is a directory: '/new/'"),
        (open("/F", read), FileNotFoundError, "[Errno 2] No such file or directory: '/F'"),
        (open("/it's", read), FileNotFoundError, "[Errno 2] No such file or directory: \"/it's\""),
    ] {
        let found = error(&mut sample(), &call);
        assert_eq!(found, (exc_type, message.to_owned()), "{call:?}");
    }
}

#[test]
fn a_refused_call_changes_nothing() {
    let mut files = sample();
    let (before, revision): (Vec<_>, _) = (files.list().collect(), files.revision());
    for call in [rename("/full", "/full/in/x"), mkdir("/f/x"), Call::Rmdir(path("/full")), write("/no/x", "y")] {
        error(&mut files, &call);
    }
    assert_eq!(files.list().collect::<Vec<_>>(), before);
    assert_eq!(files.revision(), revision);
}

#[test]
fn a_name_that_is_too_long() {
    let mut files = MemoryFiles::default();
    let (long, fits) = (format!("/{}", "n".repeat(256)), format!("/{}", "n".repeat(255)));
    let (exc_type, message) = error(&mut files, &write(&long, ""));
    assert_eq!((exc_type, message), (ExcType::OSError, format!("[Errno 36] File name too long: '{long}'")));
    files.handle(&write(&fits, ""), 1.0).unwrap().unwrap();
    let deep = "/a".repeat(2049);
    let (_, message) = error(&mut files, &Call::Stat(path(&deep)));
    assert_eq!(message, "[Errno 36] File name too long: '/a/a/a/a/a/a/a/a/a/a…/a/a/a/a/a/a/a/a/a/a'");
    for call in [Call::Exists, Call::IsFile, Call::IsDir, Call::IsSymlink] {
        for path in [&long, &deep] {
            let answer = files.handle(&call(MontyPath::from(path.as_str())), 1.0).unwrap();
            assert_eq!(answer.unwrap(), MontyObject::bool(false));
        }
    }
}

#[test]
fn a_null_byte_in_a_path() {
    let mut files = sample();
    for (call, message) in [
        (open("/f\0", FileMode::Read(false)), "embedded null byte"),
        (write("/f\0.txt", ""), "embedded null byte"),
        (Call::Stat(path("/\0")), "stat: embedded null character in path"),
        (mkdir("/\0"), "mkdir: embedded null character in path"),
        (rename("/f", "/\0"), "rename: embedded null character in dst"),
    ] {
        assert_eq!(error(&mut files, &call), (ExcType::ValueError, message.to_owned()));
    }
    let answer = files.handle(&Call::Exists(path("/f\0")), 1.0).unwrap().unwrap();
    assert_eq!(answer, MontyObject::bool(false));
}

#[test]
fn dots_never_lead_above_the_root() {
    let mut files = sample();
    for spelled in ["/../../f", "/d/../f", "/./f", "//f", "/full/in/../../../../f", "f"] {
        let read = files.handle(&Call::ReadText(path(spelled)), 1.0).unwrap().unwrap();
        assert_eq!(read, MontyObject::string("x"), "{spelled}");
    }
    let resolved = files.handle(&Call::Resolve(path("/d/../../x/./y/")), 1.0).unwrap().unwrap();
    assert_eq!(resolved, MontyObject::path("/x/y"));
    let absolute = files.handle(&Call::Absolute(path("/a/../b/./c//d")), 1.0).unwrap().unwrap();
    assert_eq!(absolute, MontyObject::path("/a/../b/c/d"));
}

#[test]
fn a_handle_carries_the_path_and_writes_go_on_after_the_first() {
    let mut files = sample();
    let mode = FileMode::Write(false);
    let handle = files.handle(&open("/d/../f", mode), 8.0).unwrap().unwrap();
    assert_eq!(handle, MontyObject::file_handle(MontyFileHandle { path: "/f".to_owned(), mode, position: 0 }));
    assert_eq!(files.read("/f").unwrap(), b"");
    // As the interpreter does for one handle: the first write replaces, the others append.
    let append = Call::AppendText(PathStringDataArgs { path: path("/f"), data: "é!".to_owned() });
    for (call, written) in [(write("/f", "née"), 3), (append, 2)] {
        assert_eq!(files.handle(&call, 9.0).unwrap().unwrap(), MontyObject::int(written));
    }
    assert_eq!(files.read("/f").unwrap(), "néeé!".as_bytes());
}

#[test]
fn bytes_that_are_no_text() {
    let mut files = sample();
    for (data, message) in [
        (&b"ab\xff"[..], "'utf-8' codec can't decode byte 0xff in position 2: invalid start byte"),
        (b"ab\xe2\x82", "'utf-8' codec can't decode bytes in position 2-3: unexpected end of data"),
    ] {
        let call = Call::WriteBytes(PathBytesDataArgs { path: path("/b"), data: data.to_vec() });
        files.handle(&call, 1.0).unwrap().unwrap();
        let read = error(&mut files, &Call::ReadText(path("/b")));
        assert_eq!(read, (ExcType::UnicodeDecodeError, message.to_owned()));
    }
}

#[test]
fn times_are_those_handed_in() {
    let mut files = sample();
    let modified = |files: &MemoryFiles, path: &str| files.list().find(|line| line.path == path).unwrap().modified;
    assert!((modified(&files, "/f") - 5.0).abs() < 1e-9);
    files.handle(&write("/f", "new"), 11.5).unwrap().unwrap();
    files.handle(&write("/d/child", ""), 12.5).unwrap().unwrap();
    files.handle(&rename("/full", "/d/moved"), f64::NAN).unwrap().unwrap();
    assert!((modified(&files, "/f") - 11.5).abs() < 1e-9);
    assert!(modified(&files, "/d").abs() < 1e-9, "no time is the first of all");
    assert!((modified(&files, "/d/moved") - 5.0).abs() < 1e-9, "moving is no change of what is moved");
}

#[test]
fn a_glob_finds_what_matches() {
    let mut files = sample();
    let parts = ["**", "deep*"].map(str::to_owned).to_vec();
    let scan = Call::Scan(ScanArgs::glob(path("/"), parts, None, false));
    let answer = files.handle(&scan, 1.0).unwrap().unwrap();
    let matches = MontyObject::list([MontyObject::string("full/in/deep")]);
    assert_eq!(answer, MontyObject::dict([(MontyObject::string("matches"), matches)]));
}

#[test]
fn other_calls_are_not_answered() {
    let mut files = MemoryFiles::default();
    for call in [Call::GetEnviron, Call::DateToday, Call::Import("x".to_owned())] {
        assert!(files.handle(&call, 1.0).is_none());
    }
}
