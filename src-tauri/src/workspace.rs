//! What a person has opened and set, in one file. What it means is the page's; here it is one object.

use std::{
    fs, io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use serde_json::{Map, Value};

use crate::storage::replace;

/// The largest workspace that is kept. Programs are texts.
const LARGEST: usize = 32 * 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub(crate) enum WorkspaceError {
    #[error("a workspace is an object in JSON")]
    NoObject,
    #[error("a workspace has at most {LARGEST} bytes")]
    TooLarge,
    #[error("the workspace cannot be kept: {0}")]
    Disk(#[from] io::Error),
}

pub(crate) struct Workspace(Mutex<PathBuf>);

impl Workspace {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self(Mutex::new(file))
    }

    /// The workspace as it was kept last. One that cannot be read is put aside and not overwritten.
    pub(crate) fn load(&self) -> Option<String> {
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = fs::read(&*file).ok()?;
        if serde_json::from_slice::<Map<String, Value>>(&bytes).is_err() {
            let _ = fs::rename(&*file, file.with_extension("damaged.json"));
            return None;
        }
        String::from_utf8(bytes).ok()
    }

    /// Keeps a workspace; one save goes after the other.
    pub(crate) fn save(&self, json: &str) -> Result<(), WorkspaceError> {
        if json.len() > LARGEST {
            return Err(WorkspaceError::TooLarge);
        }
        serde_json::from_str::<Map<String, Value>>(json).map_err(|_| WorkspaceError::NoObject)?;
        let file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(replace(&file, json.as_bytes())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_there_at_the_next_launch() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("below").join("workspace.json");
        assert_eq!(Workspace::new(file.clone()).load(), None);
        let kept = r#"{"programs":[{"name":"a.py","code":"\u00e4"}]}"#;
        Workspace::new(file.clone()).save(kept).unwrap();
        for wrong in ["[]", "{", ""] {
            assert!(matches!(Workspace::new(file.clone()).save(wrong), Err(WorkspaceError::NoObject)), "{wrong}");
        }
        assert_eq!(Workspace::new(file).load().as_deref(), Some(kept));
    }

    #[test]
    fn a_damaged_workspace_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("workspace.json");
        fs::write(&file, "{\"programs\":").unwrap();
        assert_eq!(Workspace::new(file).load(), None);
        assert_eq!(fs::read(folder.path().join("workspace.damaged.json")).unwrap(), b"{\"programs\":");
    }
}
