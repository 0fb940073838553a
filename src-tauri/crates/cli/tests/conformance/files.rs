//! Files that the programs find. What they write stays in memory.

use std::{fs, path::Path};

use monty_fs::{MountCallOutcome, MountMode, MountTable, OverlayState};
use monty_types::OsFunctionCall;
use tempfile::TempDir;

use crate::conformance::{corpus::Program, host::Answer};

/// Where the folder of a program is that works in one.
pub(crate) const FOLDER: &str = "/mnt";

/// The folders as they are before a program runs.
pub(crate) struct Folders {
    mounted: TempDir,
    root: TempDir,
}

impl Folders {
    pub(crate) fn new() -> Self {
        let folders = Self { mounted: TempDir::new().unwrap(), root: TempDir::new().unwrap() };
        let mounted = folders.mounted.path();
        fill(mounted, "hello.txt", "deep file");
        #[cfg(unix)]
        std::os::unix::fs::symlink("nowhere", mounted.join("subdir/deep/dangling")).unwrap();
        fill(&folders.root.path().join("virtual"), "file.txt", "deep");
        folders
    }

    /// The files of one program.
    pub(crate) fn files(&self, program: &Program) -> Files {
        let mut table = MountTable::new();
        let mut mount = |at, folder: &TempDir| {
            table.mount(at, folder.path(), MountMode::OverlayMemory(OverlayState::new()), None).unwrap();
        };
        if program.has_folder {
            mount(FOLDER, &self.mounted);
        }
        if program.calls_outside {
            mount("/", &self.root);
        }
        Files(table)
    }
}

fn fill(folder: &Path, first: &str, deepest: &str) {
    let deep = folder.join("subdir").join("deep");
    fs::create_dir_all(&deep).unwrap();
    fs::write(folder.join(first), "hello world\n").unwrap();
    fs::write(folder.join("empty.txt"), "").unwrap();
    fs::write(folder.join("data.bin"), [0, 1, 2, 3]).unwrap();
    fs::write(folder.join("readonly.txt"), "readonly content").unwrap();
    fs::write(folder.join("subdir").join("nested.txt"), "nested content").unwrap();
    fs::write(deep.join("file.txt"), deepest).unwrap();
}

pub(crate) struct Files(MountTable);

impl Files {
    /// The answer to a call about files; nothing for any other, or where no folder is.
    pub(crate) fn handle(&mut self, call: OsFunctionCall) -> Option<Answer> {
        match self.0.handle_os_call(call) {
            MountCallOutcome::Handled(result) => Some(result.map_err(monty_fs::MountError::into_exception)),
            MountCallOutcome::NotHandled(_) => None,
        }
    }
}
