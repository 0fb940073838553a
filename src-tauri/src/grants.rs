//! Files that were dropped on the window. The page learns a number and a name, never a path.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use serde::Serialize;
use specta::Type;
use tauri::ipc::Channel;

/// How many dropped files wait for somebody to take them; the oldest go.
const MOST: usize = 64;

#[derive(Default)]
pub(crate) struct Grants {
    paths: Mutex<HashMap<u32, PathBuf>>,
    /// Programs that a person has opened or saved, which they save again in the same place.
    programs: Mutex<HashMap<u32, PathBuf>>,
    next: AtomicU32,
    /// Where the page hears of them.
    page: Mutex<Option<Channel<Vec<Dropped>>>>,
}

/// A file that was dropped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Dropped {
    grant: u32,
    name: String,
    #[specta(type = u32)]
    size: u64,
}

impl Grants {
    /// Grants files. What is no plain file is left out.
    pub(crate) fn add(&self, dropped: &[PathBuf]) -> Vec<Dropped> {
        let mut paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        let plain = dropped.iter().filter_map(|path| Some((path, std::fs::metadata(path).ok()?)));
        let plain = plain.filter(|(_, metadata)| metadata.is_file());
        plain
            .map(|(path, metadata)| {
                let grant = self.next.fetch_add(1, Ordering::Relaxed);
                paths.insert(grant, path.clone());
                while paths.len() > MOST
                    && let Some(oldest) = paths.keys().min().copied()
                {
                    paths.remove(&oldest);
                }
                let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
                Dropped { grant, name, size: metadata.len() }
            })
            .collect()
    }

    /// The page wants to hear of files that are dropped; the last one that does is told.
    pub(crate) fn watch(&self, page: Channel<Vec<Dropped>>) {
        *self.page.lock().unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    /// Grants files that were dropped and tells the page.
    pub(crate) fn tell(&self, dropped: &[PathBuf]) {
        if let Some(page) = &*self.page.lock().unwrap_or_else(PoisonError::into_inner) {
            // A page that has gone needs none.
            let _ = page.send(self.add(dropped));
        }
    }

    /// Grants a program, for as long as the app runs.
    pub(crate) fn keep(&self, path: PathBuf) -> u32 {
        let grant = self.next.fetch_add(1, Ordering::Relaxed);
        self.programs.lock().unwrap_or_else(PoisonError::into_inner).insert(grant, path);
        grant
    }

    /// Where a program is.
    pub(crate) fn program(&self, grant: u32) -> Option<PathBuf> {
        self.programs.lock().unwrap_or_else(PoisonError::into_inner).get(&grant).cloned()
    }

    /// Takes a grant, which is good for one time.
    pub(crate) fn take(&self, grant: u32) -> Option<PathBuf> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner).remove(&grant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_good_for_one_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.txt");
        std::fs::write(&file, "abc").unwrap();
        let grants = Grants::default();
        let dropped = grants.add(&[file.clone(), folder.path().to_owned(), folder.path().join("gone")]);
        assert_eq!(dropped, [Dropped { grant: 0, name: "a.txt".to_owned(), size: 3 }], "folders are no files");
        assert_eq!(grants.take(0), Some(file));
        assert_eq!(grants.take(0), None);
        let kept = grants.keep(folder.path().join("b.py"));
        assert_eq!(grants.take(kept), None, "a program is not given to another one");
        assert_eq!([grants.program(kept), grants.program(kept)].map(|path| path.is_some()), [true, true]);
    }
}
