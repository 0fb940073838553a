//! Folders of the machine that programs see. The page names them by number; which folder that is only Rust knows.
//!
//! They are kept in a file, but never mounted at a launch: a person lets programs in anew.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use protocol::outside::{Mode, Mount};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{paths, storage::replace};

const MOST: usize = 32;
const LONGEST_PLACE: usize = 200;
/// What programs find in memory from the beginning.
const TAKEN: &[&str] = &["/tmp", "/home"];

#[derive(Debug, thiserror::Error)]
pub(crate) enum MountError {
    #[error("choose the folder again: it was given to nobody, or mounted before")]
    NoGrant,
    #[error("{place:?} is no place for a folder: {why}")]
    Place { place: String, why: &'static str },
    #[error("there is a folder at {0} already: unmount it, or choose another place")]
    PlaceTaken(String),
    #[error("this folder is in the one at {0}, or around it: unmount that first")]
    FolderTaken(String),
    #[error(
        "Monty Playground keeps its own data in this folder, its key among it: choose a folder that is not around them"
    )]
    Own,
    #[error("{0} cannot be used: {1}. Choose it again where it is now, or forget it")]
    Gone(String, io::Error),
    #[error("at most {MOST} folders are remembered: forget one")]
    TooMany,
}

pub(crate) struct Mounts {
    file: PathBuf,
    /// Where the app keeps what no program may read or write.
    own: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    folders: Vec<Folder>,
    /// Chosen in a dialog, and not mounted yet.
    chosen: Option<(u32, PathBuf)>,
    next: u32,
}

struct Folder {
    number: u32,
    kept: Kept,
    mounted: bool,
}

#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    path: PathBuf,
    at: String,
    mode: Mode,
}

/// A folder that a person chose, and where programs might see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct ChosenFolder {
    grant: u32,
    name: String,
    place: String,
}

/// A folder that is mounted, or was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub(crate) struct MountedFolder {
    number: u32,
    /// Which it is, for the eye.
    name: String,
    place: String,
    mode: Mode,
    mounted: bool,
}

impl Mounts {
    /// Reads what was mounted before; nothing of it is mounted now.
    pub(crate) fn open(file: PathBuf, own: PathBuf) -> Self {
        let kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Vec<Kept>>(&bytes).ok());
        let kept = kept.unwrap_or_default().into_iter().filter(|kept| problem_of(&kept.at).is_none()).take(MOST);
        let folders: Vec<_> = (0..).zip(kept).map(|(number, kept)| Folder { number, kept, mounted: false }).collect();
        let next = u32::try_from(folders.len()).unwrap_or_default();
        Self { file, own, state: Mutex::new(State { folders, chosen: None, next }) }
    }

    pub(crate) fn list(&self) -> Vec<MountedFolder> {
        let state = self.lock();
        let folders = state.folders.iter().map(|Folder { number, kept, mounted }| MountedFolder {
            number: *number,
            name: paths::shown(&kept.path),
            place: kept.at.clone(),
            mode: kept.mode,
            mounted: *mounted,
        });
        folders.collect()
    }

    /// What is granted now.
    pub(crate) fn granted(&self) -> Vec<Mount> {
        let state = self.lock();
        let mounted = state.folders.iter().filter(|folder| folder.mounted).map(|Folder { kept, .. }| kept.clone());
        mounted.map(|Kept { path, at, mode }| Mount { at, folder: path, mode, write_limit_bytes: None }).collect()
    }

    /// A person has chosen a folder in a dialog.
    pub(crate) fn choose(&self, path: &Path) -> Result<ChosenFolder, MountError> {
        let path = self.usable(path)?;
        let mut state = self.lock();
        let grant = state.number();
        let chosen = ChosenFolder { grant, name: paths::shown(&path), place: state.free_place(&paths::name(&path)) };
        state.chosen = Some((grant, path));
        Ok(chosen)
    }

    /// Mounts the folder that was chosen; a grant is good for one mount.
    pub(crate) fn mount(&self, grant: u32, place: &str, mode: Mode) -> Result<(), MountError> {
        let mut state = self.lock();
        let path = match &state.chosen {
            Some((chosen, path)) if *chosen == grant => path.clone(),
            _ => return Err(MountError::NoGrant),
        };
        let place = place.trim();
        let plain = place.trim_end_matches('/');
        let at = if plain.is_empty() { place } else { plain }.to_owned();
        let kept = Kept { path, at, mode };
        state.fits(&kept)?;
        // The same folder at the same place, mounted before, is this one now.
        state.folders.retain(|folder| folder.kept.at != kept.at || folder.kept.path != kept.path);
        if state.folders.len() >= MOST {
            return Err(MountError::TooMany);
        }
        state.chosen = None;
        let number = state.number();
        state.folders.push(Folder { number, kept, mounted: true });
        self.save(&state);
        Ok(())
    }

    /// A folder that was mounted before, in words to ask a person by.
    pub(crate) fn ask_again(&self, number: u32) -> Result<String, MountError> {
        let kept = self.lock().find(number)?.kept.clone();
        let may = match kept.mode {
            Mode::ReadOnly => "read",
            Mode::Overlay => "read (what they write stays in memory)",
            Mode::ReadWrite => "read, change and delete files in",
        };
        Ok(format!("Programs may {may}\n{}\nThey see it at {}.", kept.path.display(), kept.at))
    }

    /// Mounts it again, after a person said so.
    pub(crate) fn mount_again(&self, number: u32) -> Result<(), MountError> {
        let path = self.lock().find(number)?.kept.path.clone();
        let usable = self.usable(&path)?;
        let mut state = self.lock();
        let kept = Kept { path: usable, ..state.find(number)?.kept.clone() };
        state.fits(&kept)?;
        let folder = state.find(number)?;
        folder.kept = kept;
        folder.mounted = true;
        Ok(())
    }

    /// Takes a folder away from programs, at once. It is remembered.
    pub(crate) fn unmount(&self, number: u32) {
        if let Ok(folder) = self.lock().find(number) {
            folder.mounted = false;
        }
    }

    /// Takes a folder away and off the list.
    pub(crate) fn forget(&self, number: u32) {
        let mut state = self.lock();
        state.folders.retain(|folder| folder.number != number);
        self.save(&state);
    }

    /// The folder itself, whatever leads to it, if programs may have it at all.
    fn usable(&self, path: &Path) -> Result<PathBuf, MountError> {
        let gone = |error| MountError::Gone(paths::shown(path), error);
        let real = fs::canonicalize(path).map_err(gone)?;
        if !real.is_dir() {
            return Err(gone(io::ErrorKind::NotADirectory.into()));
        }
        let own = fs::canonicalize(&self.own).unwrap_or_else(|_| self.own.clone());
        if overlap(&real, &own) { Err(MountError::Own) } else { Ok(real) }
    }

    fn save(&self, state: &State) {
        // A name that is no text cannot be written down.
        let kept: Vec<&Kept> =
            state.folders.iter().map(|folder| &folder.kept).filter(|kept| kept.path.to_str().is_some()).collect();
        let saved = serde_json::to_vec(&kept).map_err(io::Error::from);
        if let Err(error) = saved.and_then(|bytes| replace(&self.file, &bytes)) {
            eprintln!("monty-playground: the list of folders cannot be kept: {error}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    fn find(&mut self, number: u32) -> Result<&mut Folder, MountError> {
        self.folders.iter_mut().find(|folder| folder.number == number).ok_or(MountError::NoGrant)
    }

    /// Whether a folder can be mounted beside those that are.
    fn fits(&self, kept: &Kept) -> Result<(), MountError> {
        if let Some(why) = problem_of(&kept.at) {
            return Err(MountError::Place { place: kept.at.clone(), why });
        }
        for Folder { kept: other, .. } in self.folders.iter().filter(|folder| folder.mounted) {
            if overlap(Path::new(&kept.at), Path::new(&other.at)) {
                return Err(MountError::PlaceTaken(other.at.clone()));
            }
            // One mode would undo what the other promises.
            if overlap(&kept.path, &other.path) {
                return Err(MountError::FolderTaken(other.at.clone()));
            }
        }
        Ok(())
    }

    /// A place that is named for the folder and not taken.
    fn free_place(&self, name: &str) -> String {
        let sign = |sign: char| if sign.is_alphanumeric() || "._-".contains(sign) { sign } else { '-' };
        let plain: String = name.chars().map(sign).take(60).collect();
        let plain = plain.trim_matches(['-', '.']);
        let named = format!("/{}", if plain.is_empty() { "data" } else { plain });
        let is_free = |place: &String| {
            problem_of(place).is_none() && !self.folders.iter().any(|folder| folder.mounted && folder.kept.at == *place)
        };
        let numbered = (2..).map(|number| format!("{named}-{number}"));
        std::iter::once(named.clone()).chain(numbered).find(is_free).expect("one of endless many is free")
    }
}

/// Why there can be no folder at a place; none if there can.
fn problem_of(place: &str) -> Option<&'static str> {
    let parts = place.strip_prefix('/').map(|rest| rest.split('/').collect::<Vec<_>>());
    match parts {
        None => Some("begin it with /, as in /data"),
        Some(parts) if parts == [""] => Some("give it a name, as in /data"),
        Some(parts) if parts.iter().any(|part| matches!(*part, "" | "." | "..")) => {
            Some("no part of it may be empty, . or ..")
        }
        Some(_) if place.contains(['\0', '\n']) || place.len() > LONGEST_PLACE => Some("give it a short name"),
        Some(_) if TAKEN.iter().any(|taken| overlap(Path::new(place), Path::new(taken))) => {
            Some("programs have files of their own there")
        }
        Some(_) => None,
    }
}

/// Whether one path is the other, or in it.
fn overlap(one: &Path, other: &Path) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    struct Machine {
        home: TempDir,
        mounts: Mounts,
    }

    /// Folders `a`, `a/in`, `b` and `my files`, and one of the app's own.
    fn machine() -> Machine {
        let home = tempfile::tempdir().unwrap();
        for name in ["a/in", "b", "my files", "app/own"] {
            fs::create_dir_all(home.path().join(name)).unwrap();
        }
        let mounts = open(&home);
        Machine { home, mounts }
    }

    fn open(home: &TempDir) -> Mounts {
        Mounts::open(home.path().join("app/own/mounts.json"), home.path().join("app/own"))
    }

    impl Machine {
        fn mount(&self, name: &str, place: &str, mode: Mode) -> Result<(), MountError> {
            let chosen = self.mounts.choose(&self.home.path().join(name))?;
            self.mounts.mount(chosen.grant, place, mode)
        }

        fn granted(&self) -> Vec<(String, Mode)> {
            self.mounts.granted().into_iter().map(|mount| (mount.at, mount.mode)).collect()
        }
    }

    #[test]
    fn a_grant_is_good_for_one_mount() {
        let machine = machine();
        let chosen = machine.mounts.choose(&machine.home.path().join("my files")).unwrap();
        assert_eq!(chosen.place, "/my-files");
        assert!(matches!(machine.mounts.mount(chosen.grant + 1, "/x", Mode::ReadOnly), Err(MountError::NoGrant)));
        assert!(matches!(machine.mounts.mount(chosen.grant, "x", Mode::ReadOnly), Err(MountError::Place { .. })));
        machine.mounts.mount(chosen.grant, " /x/ ", Mode::Overlay).unwrap();
        assert!(matches!(machine.mounts.mount(chosen.grant, "/y", Mode::ReadOnly), Err(MountError::NoGrant)));
        assert_eq!(machine.granted(), [("/x".to_owned(), Mode::Overlay)]);
    }

    #[test]
    fn what_is_remembered_is_not_mounted() {
        let machine = machine();
        machine.mount("a", "/a", Mode::ReadWrite).unwrap();
        machine.mount("b", "/b", Mode::ReadOnly).unwrap();
        let next = open(&machine.home);
        assert_eq!(next.granted(), []);
        let list: Vec<_> =
            next.list().into_iter().map(|folder| (folder.number, folder.place, folder.mounted)).collect();
        assert_eq!(list, [(0, "/a".to_owned(), false), (1, "/b".to_owned(), false)]);
        let asked = next.ask_again(0).unwrap();
        assert!(asked.contains("change and delete") && asked.contains("see it at /a"), "{asked}");
        next.mount_again(0).unwrap();
        assert_eq!(next.granted().len(), 1);
        next.unmount(0);
        assert_eq!(next.granted(), []);
        next.forget(0);
        assert!(matches!(next.mount_again(0), Err(MountError::NoGrant)));
        assert_eq!(open(&machine.home).list().len(), 1);
        fs::remove_dir(machine.home.path().join("b")).unwrap();
        assert!(next.mount_again(1).unwrap_err().to_string().contains("cannot be used"));
    }

    #[test]
    fn folders_and_places_do_not_lie_in_each_other() {
        let machine = machine();
        machine.mount("a", "/data/a", Mode::ReadOnly).unwrap();
        for (name, place, words) in [
            ("b", "/data/a", "there is a folder at /data/a already"),
            ("b", "/data", "there is a folder at /data/a already"),
            ("b", "/data/a/b", "there is a folder at /data/a already"),
            // It would be written to through the other name.
            ("a/in", "/in", "this folder is in the one at /data/a"),
            ("app/own", "/own", "keeps its own data in this folder"),
            ("app", "/app", "keeps its own data in this folder"),
            ("", "/all", "keeps its own data in this folder"),
            ("gone", "/gone", "cannot be used"),
            ("b", "/", "give it a name"),
            ("b", "/b/../c", "no part of it may be"),
            ("b", "/tmp/b", "programs have files of their own there"),
        ] {
            let error = machine.mount(name, place, Mode::ReadWrite).unwrap_err().to_string();
            assert!(error.contains(words), "{name} at {place}: {error}");
        }
        assert_eq!(machine.granted().len(), 1);
        assert_eq!(machine.mounts.choose(&machine.home.path().join("b")).unwrap().place, "/b");
        machine.mount("b", "/b", Mode::ReadWrite).unwrap();
        machine.mounts.unmount(machine.mounts.list()[0].number);
        machine.mount("a", "/data/a", Mode::Overlay).unwrap();
        assert_eq!(machine.mounts.list().len(), 2, "what is mounted again is one row");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_to_what_it_is() {
        let machine = machine();
        let link = machine.home.path().join("link");
        std::os::unix::fs::symlink(machine.home.path().join("app"), &link).unwrap();
        assert!(matches!(machine.mounts.choose(&link), Err(MountError::Own)));
    }
}
