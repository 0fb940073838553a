//! Programs that a person opened or saved last, in a file. The page learns numbers, names and where they are in words.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use specta::Type;

use crate::{paths, storage::replace};

const MOST: usize = 12;

pub(crate) struct Recent(Mutex<Kept>);

struct Kept {
    file: PathBuf,
    /// The last one first.
    programs: Vec<(u32, PathBuf)>,
    next: u32,
}

/// A program that was opened before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct RecentProgram {
    number: u32,
    name: String,
    /// Where it is, for the eye.
    folder: String,
}

impl Recent {
    /// Reads the list. One that cannot be read is begun anew: it only saves a search.
    pub(crate) fn open(file: PathBuf) -> Self {
        let kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Vec<PathBuf>>(&bytes).ok());
        let programs: Vec<_> = (0..).zip(kept.unwrap_or_default().into_iter().take(MOST)).collect();
        let next = u32::try_from(programs.len()).unwrap_or_default();
        Self(Mutex::new(Kept { file, programs, next }))
    }

    pub(crate) fn list(&self) -> Vec<RecentProgram> {
        let kept = self.lock();
        let programs = kept.programs.iter().map(|(number, path)| RecentProgram {
            number: *number,
            name: paths::name(path),
            folder: path.parent().map_or_else(String::new, paths::shown),
        });
        programs.collect()
    }

    /// A program was opened or saved: it comes first.
    pub(crate) fn add(&self, path: &Path) {
        // A name that is no text cannot be written down.
        if path.to_str().is_none() {
            return;
        }
        let mut kept = self.lock();
        kept.programs.retain(|(_, other)| other != path);
        let number = kept.next;
        kept.next += 1;
        kept.programs.insert(0, (number, path.to_owned()));
        kept.programs.truncate(MOST);
        kept.save();
    }

    pub(crate) fn path(&self, number: u32) -> Option<PathBuf> {
        self.lock().programs.iter().find(|(each, _)| *each == number).map(|(_, path)| path.clone())
    }

    pub(crate) fn forget(&self, number: u32) {
        let mut kept = self.lock();
        kept.programs.retain(|(each, _)| *each != number);
        kept.save();
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn save(&self) {
        let paths: Vec<&Path> = self.programs.iter().map(|(_, path)| path.as_path()).collect();
        let saved = serde_json::to_vec(&paths).map_err(std::io::Error::from);
        if let Err(error) = saved.and_then(|bytes| replace(&self.file, &bytes)) {
            eprintln!("monty-playground: the list of recent programs cannot be kept: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(recent: &Recent) -> Vec<String> {
        recent.list().into_iter().map(|program| program.name).collect()
    }

    #[test]
    fn the_last_program_comes_first_also_at_the_next_launch() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("below").join("recent.json");
        let recent = Recent::open(file.clone());
        assert_eq!(recent.list(), []);
        for name in ["/w/a.py", "/w/b.py", "/v/a.py", "/w/a.py"] {
            recent.add(Path::new(name));
        }
        let again = Recent::open(file);
        assert_eq!(names(&again), ["a.py", "a.py", "b.py"]);
        assert_eq!(again.list()[1].folder, "/v");
        assert_eq!(again.path(again.list()[0].number), Some(PathBuf::from("/w/a.py")));
        again.forget(again.list()[1].number);
        again.add(Path::new("/w/c.py"));
        assert_eq!(names(&again), ["c.py", "a.py", "b.py"]);
        assert_eq!(again.path(99), None);
    }

    #[test]
    fn the_oldest_go_and_a_damaged_list_begins_anew() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("recent.json");
        let recent = Recent::open(file.clone());
        (0..20).for_each(|number| recent.add(Path::new(&format!("/{number}.py"))));
        assert_eq!((names(&recent).len(), names(&recent)[0].as_str()), (MOST, "19.py"));
        fs::write(&file, "[1").unwrap();
        assert_eq!(Recent::open(file).list(), []);
    }
}
