//! A file system in memory, for programs that have no folder of the machine.
//!
//! [`MemoryFiles`] answers the file calls of the interpreter as `CPython` on Linux answers them: the
//! same values, exception types and messages. It is data: it knows no clock (the time is handed
//! in), no thread and no disk, so it runs where the engine runs and is part of its snapshots.
//!
//! It starts with `/`, `/tmp` and `/home`. Where it differs from a Linux folder on purpose:
//!
//! - `.` and `..` are resolved in the text of a path, before anything is looked up, and never lead
//!   above `/`; there are no symbolic links that would make this differ.
//! - a name over 255 bytes or a path over 4096 is refused before its folders are looked at, and a
//!   move that would make a path longer than that is refused too: what is there can be named.
//! - a write that does not fit leaves the file as it was.
//! - everybody may do everything; owners, modes and access times are not kept.

mod error;
mod host;
mod operations;
mod path;
mod saved;
mod scan;
mod tree;

use monty_types::{MontyException, MontyObject, OsFunctionCall};

pub use error::{Errno, FileError};
pub use host::{FileKind, Listed};
pub use saved::LoadError;
pub use tree::{Budget, Usage};

use tree::Tree;

/// Files and folders of one session. A clone shares their contents until one of the two writes.
#[derive(Debug, Clone)]
pub struct MemoryFiles {
    tree: Tree,
}

impl Default for MemoryFiles {
    fn default() -> Self {
        Self::new(Budget::default())
    }
}

impl MemoryFiles {
    /// `/`, `/tmp` and `/home`, empty.
    pub fn new(budget: Budget) -> Self {
        Self { tree: Tree::with_folders(budget, &["tmp", "home"]) }
    }

    /// The answer to a call about files, `None` for any other. `now` is in seconds since 1970.
    pub fn handle(&mut self, call: &OsFunctionCall, now: f64) -> Option<Result<MontyObject, MontyException>> {
        call.fs_primary_path()?;
        let now = if now.is_finite() { now } else { 0.0 };
        Some(operations::answer(&mut self.tree, call, now).map_err(MontyException::from))
    }

    /// Grows with every change, so that an owner need not save again what it has. It is not saved: a
    /// loaded state counts anew.
    pub fn revision(&self) -> u64 {
        self.tree.changes()
    }

    pub fn usage(&self) -> Usage {
        self.tree.usage()
    }

    pub fn budget(&self) -> Budget {
        self.tree.budget()
    }

    /// A smaller budget than what is used takes nothing away: it only stops growth.
    pub fn set_budget(&mut self, budget: Budget) {
        self.tree.set_budget(budget);
    }
}
