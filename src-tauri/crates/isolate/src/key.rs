//! The key that snapshots are signed with: made once, kept where only its user reads it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use protocol::seal::Key;

/// Why there is no key in its place. A session works without: with a key of its own.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{path} cannot be used for the key of snapshots: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{0} is no key: remove it, and snapshots made with it can only be opened as foreign ones")]
    NotAKey(PathBuf),
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

/// A key that no other process has.
pub fn own_key() -> Result<Key, KeyError> {
    random().map(Key::new)
}

/// The user's key, made when it is first asked for.
pub fn user_key(folder: &Path) -> Result<Key, KeyError> {
    let path = folder.join("snapshot.key");
    let file_error = |source| KeyError::File { path: path.clone(), source };
    for attempt in 0..50 {
        match fs::read(&path) {
            Ok(bytes) => match <[u8; 32]>::try_from(bytes.as_slice()) {
                Ok(bytes) => return Ok(Key::new(bytes)),
                // Another process may be writing it just now.
                Err(_) if attempt < 49 && bytes.len() < 32 => std::thread::sleep(Duration::from_millis(2)),
                Err(_) => return Err(KeyError::NotAKey(path)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(folder).map_err(file_error)?;
                match create(&path, &random()?) {
                    Ok(()) => {}
                    // Another process was first.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(file_error(error)),
                }
            }
            Err(error) => return Err(file_error(error)),
        }
    }
    Err(KeyError::NotAKey(path))
}

/// The folder in which the app keeps what belongs to its user, here without asking the app.
pub fn data_folder() -> Option<PathBuf> {
    let var = |name| std::env::var_os(name).map(PathBuf::from).filter(|path: &PathBuf| path.is_absolute());
    let base = if cfg!(windows) {
        var("APPDATA")
    } else if cfg!(target_os = "macos") {
        var("HOME").map(|home| home.join("Library").join("Application Support"))
    } else {
        var("XDG_DATA_HOME").or_else(|| var("HOME").map(|home| home.join(".local").join("share")))
    };
    base.map(|base| base.join("monty-playground"))
}

fn random() -> Result<[u8; 32], KeyError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(KeyError::Random)?;
    Ok(bytes)
}

/// Makes a file that was not there, for nobody else to read.
pub fn create_private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use io::Write as _;
    let mut file = create_private(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_that_begin_at_once_get_one_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        let sealed: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|_| scope.spawn(|| user_key(&path).unwrap().seal(b"content", "1"))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(sealed.windows(2).all(|pair| pair[0] == pair[1]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(path.join("snapshot.key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_key_is_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("snapshot.key"), "notes of somebody who used the name for something else")
            .unwrap();
        assert!(matches!(user_key(folder.path()), Err(KeyError::NotAKey(_))));
    }
}
