//! Folders that are granted, in each of the three ways.

use std::{fs, path::Path};

use monty_types::{
    FileMode, MkdirCallArgs, MontyException, MontyObject, MontyPath, OpenCallArgs, OsFunctionCall as Call,
    PathStringDataArgs, RenameCallArgs,
};
use outside::{Answer, Grants, Mode, Mount, Outside};
use tempfile::TempDir;

pub(crate) fn grant(at: &str, folder: &Path, mode: Mode) -> Mount {
    Mount { at: at.to_owned(), folder: folder.to_owned(), mode, write_limit_bytes: None }
}

pub(crate) fn outside(mounts: impl IntoIterator<Item = Mount>) -> Outside {
    let mut outside = Outside::default();
    assert_eq!(outside.configure(mounted(mounts)), []);
    outside
}

pub(crate) fn mounted(mounts: impl IntoIterator<Item = Mount>) -> Grants {
    Grants { mounts: mounts.into_iter().collect(), ..Grants::default() }
}

/// What a call gives: a value, or an exception in one line. None where no folder is.
pub(crate) fn ask(outside: &mut Outside, call: &Call) -> Option<Result<MontyObject, String>> {
    match outside.file(&serde_json::to_string(call).unwrap()) {
        Answer::Value(json) => Some(Ok(serde_json::from_str(&json).unwrap())),
        Answer::Error(json) => Some(Err(serde_json::from_str::<MontyException>(&json).unwrap().summary())),
        Answer::NotHandled => None,
    }
}

pub(crate) fn value(outside: &mut Outside, call: &Call) -> MontyObject {
    ask(outside, call).unwrap().unwrap()
}

pub(crate) fn error(outside: &mut Outside, call: &Call) -> String {
    ask(outside, call).unwrap().unwrap_err()
}

pub(crate) fn path(path: &str) -> MontyPath {
    MontyPath::from(path)
}

pub(crate) fn read(at: &str) -> Call {
    Call::ReadText(path(at))
}

pub(crate) fn write(at: &str, data: &str) -> Call {
    Call::WriteText(PathStringDataArgs { path: path(at), data: data.to_owned() })
}

pub(crate) fn append(at: &str, data: &str) -> Call {
    Call::AppendText(PathStringDataArgs { path: path(at), data: data.to_owned() })
}

pub(crate) fn rename(src: &str, dst: &str) -> Call {
    Call::Rename(RenameCallArgs { src: path(src), dst: path(dst) })
}

pub(crate) fn open(at: &str, mode: FileMode) -> Call {
    Call::Open(OpenCallArgs { path: path(at), mode })
}

pub(crate) fn mkdir(at: &str) -> Call {
    Call::Mkdir(MkdirCallArgs { path: path(at), parents: true, exist_ok: true })
}

pub(crate) fn sample() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("a.txt"), "one").unwrap();
    fs::write(folder.path().join("sub/b.txt"), "two").unwrap();
    folder
}

/// All names and contents, to see that nothing was touched.
pub(crate) fn all(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let content =
            if path.is_dir() { format!("{:?}", self::all(&path)) } else { fs::read_to_string(&path).unwrap() };
        all.push((path.display().to_string(), content));
    }
    all.sort();
    all
}

/// Every way to change something.
fn changes() -> Vec<Call> {
    vec![
        write("/data/a.txt", "changed"),
        append("/data/a.txt", "changed"),
        write("/data/new.txt", "new"),
        open("/data/opened.txt", FileMode::Write(false)),
        open("/data/sub/b.txt", FileMode::Write(true)),
        open("/data/appended.txt", FileMode::Append(false)),
        mkdir("/data/made/deep"),
        rename("/data/a.txt", "/data/moved.txt"),
        Call::Unlink(path("/data/sub/b.txt")),
        Call::Rmdir(path("/data/sub")),
    ]
}

#[test]
fn read_write_is_the_folder_itself() {
    let folder = sample();
    let mut outside = outside([grant("/data", folder.path(), Mode::ReadWrite)]);
    assert_eq!(value(&mut outside, &read("/data/a.txt")), MontyObject::string("one"));
    for call in changes() {
        value(&mut outside, &call);
    }
    assert_eq!(fs::read_to_string(folder.path().join("moved.txt")).unwrap(), "changedchanged");
    assert!(folder.path().join("made/deep").is_dir() && !folder.path().join("sub").exists());
}

#[test]
fn read_only_never_writes() {
    let folder = sample();
    let before = all(folder.path());
    let mut outside = outside([grant("/data", folder.path(), Mode::ReadOnly)]);
    for call in changes() {
        let error = error(&mut outside, &call);
        assert!(error.starts_with("PermissionError: [Errno 30] Read-only file system: '/data/"), "{error}");
    }
    assert_eq!(all(folder.path()), before);
    assert_eq!(value(&mut outside, &read("/data/sub/b.txt")), MontyObject::string("two"));
}

#[test]
fn overlay_never_writes_to_the_folder() {
    let folder = sample();
    let before = all(folder.path());
    let mut outside = outside([grant("/data", folder.path(), Mode::Overlay)]);
    for call in changes() {
        value(&mut outside, &call);
    }
    assert_eq!(value(&mut outside, &read("/data/moved.txt")), MontyObject::string("changedchanged"));
    assert_eq!(value(&mut outside, &Call::Exists(path("/data/sub"))), MontyObject::bool(false));
    assert_eq!(all(folder.path()), before);
}

#[test]
fn a_write_limit() {
    for mode in [Mode::ReadWrite, Mode::Overlay] {
        let folder = sample();
        let mount = Mount { write_limit_bytes: Some(10), ..grant("/data", folder.path(), mode) };
        let mut outside = outside([mount]);
        value(&mut outside, &write("/data/x", "12345678"));
        let error = error(&mut outside, &write("/data/x", "123"));
        assert_eq!(error, "OSError: disk write limit of 10 bytes exceeded");
    }
}

#[test]
fn a_call_where_no_folder_is() {
    let folder = sample();
    let mut outside = outside([grant("/data", folder.path(), Mode::ReadWrite)]);
    for call in [read("/tmp/x"), read("/database/x"), read("/DATA/a.txt"), read("/"), Call::GetEnviron] {
        assert_eq!(ask(&mut outside, &call), None, "{call:?}");
    }
    let mut nothing = Outside::default();
    assert_eq!(ask(&mut nothing, &read("/data/a.txt")), None);
}

#[test]
fn a_folder_that_cannot_be_had() {
    let folder = sample();
    let mut outside = Outside::default();
    let good = || grant("/data", folder.path(), Mode::ReadOnly);
    let file = folder.path().join("a.txt");
    let problems = outside.configure(mounted([
        good(),
        grant("/gone", Path::new("/no/such/folder"), Mode::ReadOnly),
        grant("/file", &file, Mode::ReadOnly),
        grant("relative", folder.path(), Mode::ReadOnly),
        // It would be written to through the other name.
        grant("/again", &folder.path().join("sub"), Mode::ReadWrite),
    ]));
    let of: Vec<_> = problems.iter().map(|problem| problem.of.as_str()).collect();
    assert_eq!(of, ["/gone", "/file", "relative", "/again"]);
    assert_eq!(value(&mut outside, &read("/data/a.txt")), MontyObject::string("one"), "the others hold");
}

#[test]
fn grants_that_change() {
    let (folder, other) = (sample(), sample());
    let overlay = || grant("/data", folder.path(), Mode::Overlay);
    let mut outside = outside([overlay()]);
    value(&mut outside, &write("/data/a.txt", "mine"));
    assert_eq!(outside.configure(mounted([overlay(), grant("/more", other.path(), Mode::ReadOnly)])), []);
    assert_eq!(
        value(&mut outside, &read("/data/a.txt")),
        MontyObject::string("mine"),
        "an added folder changes nothing"
    );
    assert_eq!(outside.configure(mounted([overlay()])), []);
    assert_eq!(ask(&mut outside, &read("/more/a.txt")), None, "what is taken back is gone at once");
    assert_eq!(value(&mut outside, &read("/data/a.txt")), MontyObject::string("one"), "overlays begin anew");
}

#[test]
fn a_call_that_is_none() {
    let mut outside = Outside::default();
    for call in ["", "{", "{\"ReadText\":5}", "{\"Unknown\":\"/x\"}", "null"] {
        let Answer::Error(error) = outside.file(call) else { panic!("{call}") };
        let error: MontyException = serde_json::from_str(&error).unwrap();
        assert!(error.summary().starts_with("RuntimeError: a call about files cannot be read: "), "{error}");
    }
}
