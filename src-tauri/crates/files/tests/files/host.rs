//! The files as the window handles them.

use files::{FileKind, MemoryFiles};

#[test]
fn a_panel_lists_each_folder_before_what_is_in_it() {
    let mut files = MemoryFiles::default();
    files.write("/tmp/b/c.txt", b"four", 2.0).unwrap();
    files.write("/tmp/b.txt", b"", 3.0).unwrap();
    let lines: Vec<_> = files.list().map(|line| (line.path, line.kind, line.size)).collect();
    let expected = [
        ("/home", FileKind::Folder, 0),
        ("/tmp", FileKind::Folder, 0),
        ("/tmp/b", FileKind::Folder, 0),
        ("/tmp/b/c.txt", FileKind::File, 4),
        ("/tmp/b.txt", FileKind::File, 0),
    ];
    assert_eq!(lines, expected.map(|(path, kind, size)| (path.to_owned(), kind, size)));
}

#[test]
fn a_dropped_file_makes_its_folders() {
    let mut files = MemoryFiles::default();
    let revision = files.revision();
    files.write("/data/2026/a.csv", b"1,2", 1.0).unwrap();
    assert_eq!(files.read("/data/2026/a.csv").unwrap(), b"1,2");
    assert!(files.revision() > revision);
    files.write("/plain.txt", b"x", 1.0).unwrap();
    for (path, message) in [
        ("/plain.txt/x", "[Errno 17] File exists: '/plain.txt/x'"),
        ("/data", "[Errno 21] Is a directory: '/data'"),
        ("/a\0", "embedded null byte"),
        ("", "[Errno 2] No such file or directory: ''"),
    ] {
        assert_eq!(files.write(path, b"", 1.0).unwrap_err().to_string(), message);
    }
}

#[test]
fn a_folder_is_removed_with_all_that_is_in_it() {
    let mut files = MemoryFiles::default();
    files.write("/data/2026/a.csv", b"1,2", 1.0).unwrap();
    files.remove("/data", 1.0).unwrap();
    assert!(files.list().all(|line| !line.path.starts_with("/data")));
    assert_eq!(files.remove("/data", 1.0).unwrap_err().to_string(), "[Errno 2] No such file or directory: '/data'");
    assert_eq!(files.remove("/", 1.0).unwrap_err().to_string(), "[Errno 16] Device or resource busy: '/'");
}

#[test]
fn a_clone_is_a_session_of_its_own() {
    let mut files = MemoryFiles::default();
    files.write("/f", b"one", 1.0).unwrap();
    let mut fork = files.clone();
    fork.write("/f", b"two", 1.0).unwrap();
    fork.remove("/tmp", 1.0).unwrap();
    assert_eq!(files.read("/f").unwrap(), b"one");
    assert_eq!(files.list().count(), 3);
}
