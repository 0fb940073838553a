//! What a program may use up, and what it may not make the host use up.

use std::time::{Duration, Instant};

use files::{Budget, MemoryFiles};
use monty_types::{
    ExcType, MkdirCallArgs, MontyPath, OsFunctionCall as Call, PathStringDataArgs, RenameCallArgs, ScanArgs,
};

fn small() -> MemoryFiles {
    MemoryFiles::new(Budget { bytes: 100, entries: 5 })
}

fn write(path: &str, length: usize) -> Call {
    Call::WriteText(PathStringDataArgs { path: MontyPath::from(path), data: "x".repeat(length) })
}

fn append(path: &str, length: usize) -> Call {
    Call::AppendText(PathStringDataArgs { path: MontyPath::from(path), data: "x".repeat(length) })
}

fn mkdir(path: &str) -> Call {
    Call::Mkdir(MkdirCallArgs { path: MontyPath::from(path), parents: true, exist_ok: false })
}

fn refused(files: &mut MemoryFiles, call: &Call) -> String {
    let error = files.handle(call, 1.0).unwrap().unwrap_err();
    assert_eq!(error.exc_type(), ExcType::OSError);
    error.message().unwrap().to_owned()
}

#[test]
fn a_file_that_is_too_large() {
    let mut files = small();
    files.handle(&write("/f", 80), 1.0).unwrap().unwrap();
    for call in [write("/f", 93), append("/f", 20), write("/g", 20)] {
        assert_eq!(refused(&mut files, &call), "[Errno 28] No space left on device");
        assert_eq!(files.read("/f").unwrap().len(), 80, "what did not fit leaves the file as it was");
    }
    files.handle(&write("/f", 92), 1.0).unwrap().unwrap();
    assert_eq!(files.usage().bytes, 100, "tmp, home and f take 8");
}

#[test]
fn a_flood_of_files() {
    let mut files = small();
    for name in ["/a", "/b", "/c"] {
        files.handle(&write(name, 0), 1.0).unwrap().unwrap();
    }
    assert_eq!(refused(&mut files, &mkdir("/d")), "[Errno 28] No space left on device: '/d'");
    files.remove("/a", 1.0).unwrap();
    assert_eq!(refused(&mut files, &mkdir("/d/e")), "[Errno 28] No space left on device: '/d/e'");
    assert_eq!(files.usage().entries, 4, "of the folders on the way none was made");
    files.handle(&mkdir("/d"), 1.0).unwrap().unwrap();
}

#[test]
fn removing_gives_back_what_was_used() {
    let mut files = small();
    let before = files.usage();
    files.write("/tmp/a/b", &[0; 50], 1.0).unwrap();
    files.remove("/tmp/a", 1.0).unwrap();
    assert_eq!(files.usage(), before);
}

#[test]
fn a_smaller_budget_takes_nothing_away() {
    let mut files = small();
    files.write("/f", &[0; 50], 1.0).unwrap();
    files.set_budget(Budget { bytes: 10, entries: 1 });
    assert_eq!(files.read("/f").unwrap().len(), 50);
    files.handle(&write("/f", 40), 1.0).unwrap().unwrap();
    assert_eq!(refused(&mut files, &write("/f", 45)), "[Errno 28] No space left on device");
}

/// A folder moved into a folder moved into a folder: no path may grow without end.
#[test]
fn a_matryoshka_of_moves() {
    let mut files = MemoryFiles::default();
    let name = "n".repeat(250);
    files.handle(&mkdir(&format!("/tmp/{name}")), 1.0).unwrap().unwrap();
    let mut moves = 0;
    let error = loop {
        files.handle(&mkdir("/home/new"), 1.0).unwrap().unwrap();
        let mut move_to = |src: &str, dst: String| {
            let (src, dst) = (MontyPath::from(src), MontyPath::from(dst));
            files.handle(&Call::Rename(RenameCallArgs { src, dst }), 1.0).unwrap()
        };
        let (inner, outer) = (format!("/tmp/{name}"), format!("/home/new/{name}"));
        if let Err(error) = move_to(&inner, outer).and_then(|_| move_to("/home/new", inner.clone())) {
            break error;
        }
        moves += 1;
    };
    assert!(error.message().unwrap().starts_with("[Errno 36] File name too long: '/"));
    assert!((10..20).contains(&moves), "{moves}");
    assert!(files.list().all(|line| line.path.len() <= 4096));
}

#[test]
fn a_folder_of_long_paths_is_not_listed_whole() {
    let mut files = MemoryFiles::default();
    let base = format!("/{}", vec!["n".repeat(250); 16].join("/"));
    for name in 0..20_000 {
        files.write(&format!("{base}/{name}"), b"", 1.0).unwrap();
    }
    for call in [
        Call::Iterdir(MontyPath::from(base.as_str())),
        Call::Scan(ScanArgs::listing(MontyPath::from("/"), None, false)),
    ] {
        let error = files.handle(&call, 1.0).unwrap().unwrap_err();
        assert_eq!(error.exc_type(), ExcType::MemoryError);
    }
}

#[test]
fn a_pattern_that_walks_in_circles() {
    let mut files = MemoryFiles::default();
    for name in 0..5_000 {
        files.write(&format!("/{name}/x"), b"", 1.0).unwrap();
    }
    let parts = ["*", ".."].repeat(800).into_iter().map(str::to_owned).collect();
    let started = Instant::now();
    let scan = Call::Scan(ScanArgs::glob(MontyPath::from("/"), parts, None, false));
    let error = files.handle(&scan, 1.0).unwrap().unwrap_err();
    assert_eq!(error.summary(), "MemoryError: the answer about a folder would take more than 64 MB");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_path_of_megabytes() {
    let mut files = MemoryFiles::default();
    let message = refused(&mut files, &write(&"/é".repeat(1_000_000), 0));
    assert!(message.len() < 200, "{message}");
}

#[test]
fn a_pattern_that_looks_again_and_again() {
    let mut files = MemoryFiles::default();
    for name in 0..5_000 {
        files.write(&format!("/{name}"), b"", 1.0).unwrap();
    }
    files.write("/s/x", b"", 1.0).unwrap();
    let parts = ["s*", ".."].repeat(600).into_iter().map(str::to_owned).collect();
    let started = Instant::now();
    let scan = Call::Scan(ScanArgs::glob(MontyPath::from("/"), parts, None, false));
    let error = files.handle(&scan, 1.0).unwrap().unwrap_err();
    assert_eq!(error.summary(), "RuntimeError: directory scan examined more than 1000000 entries");
    assert!(started.elapsed() < Duration::from_secs(20));
}
