//! Files that came to the window: dropped on it, or named when it was launched. The page learns a number and a name,
//! never a path.

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

use crate::paths;

/// How many files wait for somebody to take them; the oldest go.
const MOST: usize = 64;

#[derive(Default)]
pub(crate) struct Grants {
    paths: Mutex<HashMap<u32, PathBuf>>,
    /// Programs that a person has opened or saved, which they save again in the same place.
    programs: Mutex<HashMap<u32, PathBuf>>,
    next: AtomicU32,
    page: Mutex<Page>,
}

/// Where the page hears of files.
#[derive(Default)]
struct Page {
    channel: Option<Channel<Handed>>,
    /// What came before somebody listened.
    waiting: Vec<Handed>,
}

/// Files that somebody hands to the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct Handed {
    files: Vec<Dropped>,
    how: How,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum How {
    Dropped,
    /// Named on a command line.
    Launched,
}

/// A file that came to the window.
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
                Dropped { grant, name: paths::name(path), size: metadata.len() }
            })
            .collect()
    }

    /// The page wants to hear of files; the last one that does is told.
    pub(crate) fn watch(&self, channel: Channel<Handed>) {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        // A page that has gone needs none.
        page.waiting.drain(..).for_each(|handed| drop(channel.send(handed)));
        page.channel = Some(channel);
    }

    /// Grants files and tells the page, now or when it listens.
    pub(crate) fn tell(&self, how: How, paths: &[PathBuf]) {
        let handed = Handed { files: self.add(paths), how };
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        match &page.channel {
            _ if handed.files.is_empty() => {}
            Some(channel) => drop(channel.send(handed)),
            None => page.waiting.push(handed),
        }
    }

    /// Grants a program, for as long as the app runs; the same one under the same number.
    pub(crate) fn keep(&self, path: PathBuf) -> u32 {
        let mut programs = self.programs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((grant, _)) = programs.iter().find(|(_, known)| **known == path) {
            return *grant;
        }
        let grant = self.next.fetch_add(1, Ordering::Relaxed);
        programs.insert(grant, path);
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
        assert_eq!(grants.keep(folder.path().join("b.py")), kept, "the same program has one number");
    }

    #[test]
    fn files_wait_for_a_page_that_listens() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.py");
        std::fs::write(&file, "1").unwrap();
        let grants = Grants::default();
        grants.tell(How::Launched, std::slice::from_ref(&file));
        grants.tell(How::Dropped, &[folder.path().to_owned()]);
        let (say, said) = std::sync::mpsc::channel();
        let say_all = move |body| {
            let tauri::ipc::InvokeResponseBody::Json(json) = body else { panic!("no JSON") };
            say.send(json).unwrap();
            Ok(())
        };
        grants.watch(Channel::new(say_all));
        grants.tell(How::Dropped, &[file]);
        let heard: Vec<String> = said.try_iter().collect();
        let expected = [
            r#"{"files":[{"grant":0,"name":"a.py","size":1}],"how":"launched"}"#,
            r#"{"files":[{"grant":1,"name":"a.py","size":1}],"how":"dropped"}"#,
        ];
        assert_eq!(heard, expected, "what is no file is not told");
    }
}
