//! The files as the host handles them: a panel that lists them, a dropped file that is put in.

use serde::{Deserialize, Serialize};

use crate::{
    MemoryFiles,
    error::{Errno, FileError},
    operations,
    path::{Place, below},
    tree::{Found, Kind, NodeId, ROOT, Tree},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FileKind {
    File,
    Folder,
}

/// One line of a files panel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    pub path: String,
    pub kind: FileKind,
    pub size: u64,
    /// Seconds since 1970.
    pub modified: f64,
}

impl MemoryFiles {
    /// Everything but `/`, each folder before what is in it. Lazy: a panel takes as much as it shows,
    /// for long paths to many files can take far more memory than the files.
    pub fn list(&self) -> impl Iterator<Item = Listed> {
        let mut open = children(&self.tree, ROOT, "/");
        std::iter::from_fn(move || {
            let (path, id) = open.pop()?;
            let node = self.tree.node(id);
            open.append(&mut children(&self.tree, id, &path));
            let (kind, size) = match &node.kind {
                Kind::File(content) => (FileKind::File, content.len() as u64),
                Kind::Folder(_) => (FileKind::Folder, 0),
            };
            Some(Listed { path, kind, size, modified: node.modified })
        })
    }

    pub fn read(&self, path: &str) -> Result<Vec<u8>, FileError> {
        no_null_byte(path)?;
        operations::content(&self.tree, path)
    }

    /// Puts a file in, with the folders that are missing on the way.
    pub fn write(&mut self, path: &str, content: &[u8], now: f64) -> Result<(), FileError> {
        no_null_byte(path)?;
        if let Some((folder, _)) = path.rsplit_once('/').filter(|(folder, _)| !folder.is_empty()) {
            operations::mkdir(&mut self.tree, folder, true, true, now).map_err(|errno| FileError::at(errno, path))?;
        }
        operations::put(&mut self.tree, path, content, now)
    }

    /// Takes a file out, or a folder with all that is in it.
    pub fn remove(&mut self, path: &str, now: f64) -> Result<(), FileError> {
        no_null_byte(path)?;
        let found = Place::of(path).and_then(|place| self.tree.find(&place));
        let slot = match found.map_err(|errno| FileError::at(errno, path))? {
            Found::Root => return Err(FileError::at(Errno::Busy, path)),
            Found::Free(_) => return Err(FileError::at(Errno::NotFound, path)),
            Found::Here(_, slot) => slot,
        };
        self.tree.remove(slot, now);
        Ok(())
    }
}

/// What is in a folder, last first.
fn children(tree: &Tree, id: NodeId, path: &str) -> Vec<(String, NodeId)> {
    match &tree.node(id).kind {
        Kind::File(_) => Vec::new(),
        Kind::Folder(names) => names.iter().rev().map(|(name, id)| (below(path, name), *id)).collect(),
    }
}

fn no_null_byte(path: &str) -> Result<(), FileError> {
    if path.contains('\0') { Err(FileError::NullByte("embedded null byte")) } else { Ok(()) }
}
