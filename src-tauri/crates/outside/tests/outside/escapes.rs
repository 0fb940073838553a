//! Ways out of a granted folder, and ways to make us wait in it.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use monty_types::{FileMode, MontyObject, OsFunctionCall as Call, ScanArgs};
use outside::{Mode, Outside};
use rustix::fs::{CWD, FileType, Mode as Bits, mknodat};
use tempfile::TempDir;

use crate::{
    folders::{all, append, ask, error, grant, mkdir, open, outside, path, read, rename, sample, value, write},
    within,
};

const MODES: [Mode; 3] = [Mode::ReadOnly, Mode::Overlay, Mode::ReadWrite];
const SECRET: &str = "secret";
/// The name of a private file that no call says.
const UNSPOKEN: &str = "unspoken";

/// A folder that is granted beside one that is not.
struct Neighbours {
    root: TempDir,
    granted: PathBuf,
    private: PathBuf,
}

impl Neighbours {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (granted, private) = (root.path().join("granted"), root.path().join("private"));
        fs::create_dir(&granted).unwrap();
        fs::create_dir(&private).unwrap();
        fs::write(private.join("key"), SECRET).unwrap();
        fs::write(private.join(UNSPOKEN), "").unwrap();
        fs::write(root.path().join("granted-too"), SECRET).unwrap();
        Self { root, granted, private }
    }

    fn mount(&self, mode: Mode) -> Outside {
        outside([grant("/data", &self.granted, mode)])
    }
}

/// Nothing that is asked of these paths tells of, or changes, what is not granted.
fn closed(neighbours: &Neighbours, paths: &[&str]) {
    let before = all(&neighbours.private);
    for mode in MODES {
        let mut outside = neighbours.mount(mode);
        for at in paths {
            for call in [
                read(at),
                Call::ReadBytes(path(at)),
                Call::Stat(path(at)),
                Call::Iterdir(path(at)),
                Call::Scan(ScanArgs::listing(path(at), None, true)),
                open(at, FileMode::Read(true)),
                write(at, "overwritten"),
                append(at, "appended"),
                open(at, FileMode::Write(false)),
                mkdir(&format!("{at}/made")),
                rename(at, "/data/stolen"),
                read("/data/stolen"),
                read("/data/stolen/key"),
                Call::Rmdir(path(at)),
            ] {
                if let Some(Ok(answer)) = ask(&mut outside, &call) {
                    let answer = format!("{answer:?}");
                    assert!(!answer.contains(SECRET) && !answer.contains(UNSPOKEN), "{mode:?} {call:?} {answer}");
                }
            }
            for check in [Call::Exists, Call::IsFile, Call::IsDir] {
                let answer = ask(&mut outside, &check(path(&format!("{at}/key"))));
                assert_ne!(answer, Some(Ok(MontyObject::bool(true))), "{mode:?} {at}");
            }
        }
        assert_eq!(all(&neighbours.private), before, "{mode:?}");
        assert_eq!(fs::read_to_string(neighbours.root.path().join("granted-too")).unwrap(), SECRET);
    }
}

#[test]
fn dots_and_absolute_paths() {
    let neighbours = Neighbours::new();
    let private = neighbours.private.display().to_string();
    let absolute = format!("/data/{private}");
    closed(
        &neighbours,
        &[
            "/data/../private/key",
            "/data/../private",
            "/data/./../private/key",
            "/data/x/../../private/key",
            "/data/..",
            "/data/../granted-too",
            "/data-too",
            "/data/..\\private\\key",
            "/data/%2e%2e/private/key",
            "/data/\u{2025}/private/key",
            "/data//proc/self/environ",
            &private,
            &absolute,
        ],
    );
}

#[test]
fn symlinks_out() {
    let neighbours = Neighbours::new();
    let at = |name: &str| neighbours.granted.join(name);
    symlink(neighbours.private.join("key"), at("file")).unwrap();
    symlink(&neighbours.private, at("folder")).unwrap();
    symlink("../private", at("relative")).unwrap();
    symlink("folder", at("chained")).unwrap();
    symlink("chained/key", at("chained-file")).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink(neighbours.private.join("new"), at("dangling")).unwrap();
    symlink("/proc/self/root", at("root")).unwrap();
    symlink("/proc/self/cwd", at("cwd")).unwrap();
    symlink("/proc/self/fd", at("fd")).unwrap();
    symlink("/dev/zero", at("zero")).unwrap();
    let root = format!("/data/root{}", neighbours.private.display());
    within(30, move || {
        closed(
            &neighbours,
            &[
                "/data/file",
                "/data/folder",
                "/data/folder/key",
                "/data/relative/key",
                "/data/chained/key",
                "/data/chained-file",
                "/data/loop",
                "/data/dangling",
                "/data/root/etc/passwd",
                "/data/cwd/Cargo.toml",
                "/data/fd/0",
                "/data/zero",
                &root,
            ],
        );
    });
}

#[test]
fn symlink_written_through() {
    let neighbours = Neighbours::new();
    symlink(neighbours.private.join("new"), neighbours.granted.join("dangling")).unwrap();
    let mut outside = neighbours.mount(Mode::ReadWrite);
    let error = error(&mut outside, &write("/data/dangling", "planted"));
    assert_eq!(error, "PermissionError: [Errno 13] Permission denied: '/data/dangling'");
    assert!(!neighbours.private.join("new").exists());
}

/// While a program reads, somebody swaps the folder on its way for a link to what is not granted.
#[test]
fn folder_swapped_after_check() {
    let neighbours = Neighbours::new();
    let (inner, link) = (neighbours.granted.join("inner"), neighbours.granted.join("link"));
    let aside = neighbours.root.path().join("aside");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("key"), "mine").unwrap();
    symlink(&neighbours.private, &link).unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let swapping = thread::spawn({
        let done = done.clone();
        move || {
            while !done.load(Ordering::Relaxed) {
                let _ = fs::rename(&inner, &aside).and_then(|()| fs::rename(&link, &inner));
                let _ = fs::rename(&inner, &link).and_then(|()| fs::rename(&aside, &inner));
            }
        }
    });
    let mut mine = 0;
    for mode in MODES {
        let mut outside = neighbours.mount(mode);
        for _ in 0..3000 {
            match ask(&mut outside, &read("/data/inner/key")) {
                Some(Ok(text)) => {
                    assert_eq!(text, MontyObject::string("mine"));
                    mine += 1;
                }
                Some(Err(_)) => {}
                None => panic!("the folder is granted"),
            }
        }
    }
    done.store(true, Ordering::Relaxed);
    swapping.join().unwrap();
    assert!(mine > 0, "it was never there to be read");
}

#[test]
fn folder_replaced_after_the_grant() {
    let neighbours = Neighbours::new();
    fs::write(neighbours.granted.join("key"), "mine").unwrap();
    let mut outside = neighbours.mount(Mode::ReadWrite);
    fs::rename(&neighbours.granted, neighbours.root.path().join("moved")).unwrap();
    symlink(&neighbours.private, &neighbours.granted).unwrap();
    assert_eq!(value(&mut outside, &read("/data/key")), MontyObject::string("mine"));
    value(&mut outside, &write("/data/key", "still mine"));
    assert_eq!(fs::read_to_string(neighbours.private.join("key")).unwrap(), SECRET);
}

#[test]
fn null_byte() {
    let neighbours = Neighbours::new();
    fs::write(neighbours.granted.join("a"), "one").unwrap();
    let mut outside = neighbours.mount(Mode::ReadWrite);
    for call in [read("/data/a\0.txt"), write("/data/\0", "x"), open("/data/a\0", FileMode::Write(false))] {
        assert_eq!(error(&mut outside, &call), "ValueError: embedded null byte");
    }
    assert_eq!(value(&mut outside, &Call::Exists(path("/data/a\0"))), MontyObject::bool(false));
}

/// Neither end of a pipe may make us wait, nor may a device be read without end.
#[test]
fn pipes_and_devices() {
    let neighbours = Neighbours::new();
    let bits = Bits::from_bits_truncate(0o600);
    let make = |name: &str, kind, device| mknodat(CWD, neighbours.granted.join(name), kind, bits, device).is_ok();
    let mut names = vec![];
    assert!(make("pipe", FileType::Fifo, 0));
    names.push("pipe");
    // Only root may make one.
    if make("zero", FileType::CharacterDevice, rustix::fs::makedev(1, 5)) {
        names.push("zero");
    }
    let _socket = std::os::unix::net::UnixListener::bind(neighbours.granted.join("socket")).unwrap();
    names.push("socket");
    within(30, move || {
        for mode in MODES {
            let mut outside = neighbours.mount(mode);
            for name in &names {
                let at = format!("/data/{name}");
                for call in [
                    read(&at),
                    Call::ReadBytes(path(&at)),
                    open(&at, FileMode::Read(true)),
                    write(&at, "x"),
                    append(&at, "x"),
                    open(&at, FileMode::Append(false)),
                ] {
                    // A pipe in an overlay may be covered by a file of that name, in memory.
                    let Some(answer) = ask(&mut outside, &call) else { panic!("{call:?}") };
                    assert!(answer.is_err() || mode == Mode::Overlay, "{mode:?} {call:?}");
                }
                let found = fs::symlink_metadata(neighbours.granted.join(name)).unwrap();
                assert!(!found.is_file(), "{mode:?} {name}");
            }
        }
    });
}

#[test]
fn case_tricks() {
    let neighbours = Neighbours::new();
    fs::write(neighbours.granted.join("a"), "one").unwrap();
    let mut outside = neighbours.mount(Mode::ReadOnly);
    for at in ["/Data/a", "/DATA/../data-too/a", "/data/../DATA/a"] {
        assert_eq!(ask(&mut outside, &read(at)), None, "{at}");
    }
    assert!(error(&mut outside, &read("/data/A")).starts_with("FileNotFoundError"));
    assert!(error(&mut outside, &write("/DATA/../data/a", "x")).starts_with("PermissionError"));
}

#[test]
fn rename_across_folders() {
    let (first, second) = (sample(), sample());
    for mode in [Mode::ReadOnly, Mode::ReadWrite] {
        let mut outside = outside([grant("/one", first.path(), Mode::ReadWrite), grant("/two", second.path(), mode)]);
        let before = (all(first.path()), all(second.path()));
        for (src, dst) in [("/one/a.txt", "/two/x"), ("/two/a.txt", "/one/x"), ("/one/a.txt", "/x"), ("/x", "/one/x")] {
            let error = error(&mut outside, &rename(src, dst));
            assert_eq!(error, format!("OSError: [Errno 18] Invalid cross-device link: '{src}' -> '{dst}'"));
        }
        assert_eq!((all(first.path()), all(second.path())), before);
    }
}

#[test]
fn folder_itself_removed_or_moved() {
    let neighbours = Neighbours::new();
    fs::create_dir(neighbours.granted.join("sub")).unwrap();
    let mut outside = neighbours.mount(Mode::ReadWrite);
    for call in [Call::Rmdir(path("/data")), rename("/data", "/data/sub/x"), rename("/data/sub", "/data")] {
        assert!(error(&mut outside, &call).starts_with("PermissionError"), "{call:?}");
    }
    assert!(error(&mut outside, &Call::Unlink(path("/data"))).starts_with("IsADirectoryError"));
    assert!(neighbours.granted.join("sub").is_dir());
}

/// A hard link is the same file as outside: whoever made it could read and write both. A program
/// cannot make one, and where it may not write, it cannot write through one.
#[test]
fn hard_link_to_the_outside() {
    let neighbours = Neighbours::new();
    fs::hard_link(neighbours.private.join("key"), neighbours.granted.join("linked")).unwrap();
    let unchanged = |neighbours: &Neighbours| fs::read_to_string(neighbours.private.join("key")).unwrap() == SECRET;
    let mut read_only = neighbours.mount(Mode::ReadOnly);
    assert!(error(&mut read_only, &write("/data/linked", "x")).starts_with("PermissionError"));
    assert!(error(&mut read_only, &append("/data/linked", "x")).starts_with("PermissionError"));
    let mut overlay = neighbours.mount(Mode::Overlay);
    value(&mut overlay, &append("/data/linked", " and more"));
    assert_eq!(value(&mut overlay, &read("/data/linked")), MontyObject::string("secret and more"));
    assert!(unchanged(&neighbours));
    let mut read_write = neighbours.mount(Mode::ReadWrite);
    value(&mut read_write, &Call::Unlink(path("/data/linked")));
    assert!(unchanged(&neighbours));
}

#[test]
fn answers_never_name_the_folder_of_the_machine() {
    let neighbours = Neighbours::new();
    symlink(&neighbours.private, neighbours.granted.join("link")).unwrap();
    let real = neighbours.root.path().display().to_string();
    for mode in MODES {
        let mut outside = neighbours.mount(mode);
        for at in ["/data/none", "/data/link", "/data/link/key", "/data", "/data/none/none"] {
            for call in
                [read(at), Call::Iterdir(path(at)), Call::Resolve(path(at)), Call::Rmdir(path(at)), rename(at, at)]
            {
                let answer = format!("{:?}", ask(&mut outside, &call));
                assert!(!answer.contains(&real), "{call:?} {answer}");
            }
        }
    }
}

#[test]
fn file_larger_than_may_be_read() {
    let neighbours = Neighbours::new();
    let file = fs::File::create(neighbours.granted.join("sparse")).unwrap();
    file.set_len(1 << 40).unwrap();
    let mut outside = neighbours.mount(Mode::Overlay);
    for call in [read("/data/sparse"), append("/data/sparse", "x")] {
        assert!(error(&mut outside, &call).starts_with("MemoryError: mount memory usage limit of 50 MB exceeded"));
    }
}

#[test]
fn grant_of_a_link_is_a_grant_of_what_it_leads_to_then() {
    let neighbours = Neighbours::new();
    fs::write(neighbours.granted.join("key"), "mine").unwrap();
    let link = neighbours.root.path().join("link");
    symlink(&neighbours.granted, &link).unwrap();
    let mut outside = outside([grant("/data", Path::new(&link), Mode::ReadOnly)]);
    fs::remove_file(&link).unwrap();
    symlink(&neighbours.private, &link).unwrap();
    assert_eq!(value(&mut outside, &read("/data/key")), MontyObject::string("mine"));
}
