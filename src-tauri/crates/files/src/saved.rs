//! Files in a snapshot. A loaded one is checked: it may come from elsewhere.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    MemoryFiles,
    path::{MAX_NAME, MAX_PATH},
    tree::{Budget, Kind, NodeId, ROOT, Slot, Tree},
};

/// Why saved files are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    #[error("entry {0} is in no folder that comes before it")]
    NoFolder(usize),
    #[error("entry {0} has a name that no file can have")]
    BadName(usize),
    #[error("entry {0} has the name of another in its folder")]
    Twice(usize),
    #[error("the time of entry {0} is none")]
    BadTime(usize),
    #[error("entry {0} does not fit into the budget")]
    TooLarge(usize),
}

/// Folders before what is in them, each naming its own by number, so that no loop can be written down.
#[derive(Serialize, Deserialize)]
struct Saved {
    budget: Budget,
    modified: f64,
    entries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    /// 0 is `/`, any other the place in the list, counted from 1.
    folder: usize,
    name: String,
    modified: f64,
    /// Nothing for a folder.
    content: Option<Content>,
}

struct Content(Arc<Vec<u8>>);

impl Serialize for MemoryFiles {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let tree = &self.tree;
        let mut entries = Vec::new();
        let mut open = vec![(ROOT, 0)];
        while let Some((id, folder)) = open.pop() {
            let Kind::Folder(names) = &tree.node(id).kind else { continue };
            for (name, id) in names {
                let node = tree.node(*id);
                let content = match &node.kind {
                    Kind::File(content) => Some(Content(content.clone())),
                    Kind::Folder(_) => None,
                };
                entries.push(Entry { folder, name: name.clone(), modified: node.modified, content });
                open.push((*id, entries.len()));
            }
        }
        Saved { budget: tree.budget(), modified: tree.node(ROOT).modified, entries }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for MemoryFiles {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        load(Saved::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn load(saved: Saved) -> Result<MemoryFiles, LoadError> {
    let mut tree = Tree::with_folders(saved.budget, &[]);
    let mut times = vec![(ROOT, saved.modified)];
    // The folders so far: their node and the length of their path.
    let mut folders: Vec<Option<(NodeId, usize)>> = vec![Some((ROOT, 0))];
    for (index, entry) in saved.entries.into_iter().enumerate() {
        let number = index + 1;
        let (folder, length) = folders.get(entry.folder).copied().flatten().ok_or(LoadError::NoFolder(number))?;
        let length = length + 1 + entry.name.len();
        if !is_name(&entry.name) || length > MAX_PATH {
            return Err(LoadError::BadName(number));
        }
        if !entry.modified.is_finite() || !saved.modified.is_finite() {
            return Err(LoadError::BadTime(number));
        }
        let slot = Slot { folder, name: &entry.name };
        if tree.child(slot).is_some() {
            return Err(LoadError::Twice(number));
        }
        let is_folder = entry.content.is_none();
        let kind = entry.content.map_or_else(Kind::folder, |content| Kind::File(content.0));
        let id = tree.add(slot, kind, entry.modified).map_err(|_| LoadError::TooLarge(number))?;
        folders.push(is_folder.then_some((id, length)));
        times.push((id, entry.modified));
    }
    tree.set_times(&times);
    Ok(MemoryFiles { tree })
}

fn is_name(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && name.len() <= MAX_NAME && !name.contains(['/', '\0'])
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&STANDARD.encode(&*self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
            STANDARD.decode(&*text).map_err(|_| D::Error::custom("not base64"))?
        } else {
            serde_bytes::ByteBuf::deserialize(deserializer)?.into_vec()
        };
        Ok(Self(Arc::new(bytes)))
    }
}
