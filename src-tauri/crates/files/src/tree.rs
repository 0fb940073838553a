//! The folders and files themselves, and what they may use up.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    error::Errno,
    path::{MAX_PATH, Place},
};

pub(crate) type NodeId = u64;
pub(crate) const ROOT: NodeId = 0;

/// What the files of a session may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Budget {
    /// Contents and names together.
    pub bytes: u64,
    /// Files and folders, without `/`.
    pub entries: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, entries: 100_000 }
    }
}

/// What they do use up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    pub bytes: u64,
    pub entries: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) modified: f64,
    pub(crate) kind: Kind,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    File(Arc<Vec<u8>>),
    Folder(BTreeMap<String, NodeId>),
}

impl Kind {
    pub(crate) fn file(content: &[u8]) -> Self {
        Self::File(Arc::new(content.to_vec()))
    }

    pub(crate) fn folder() -> Self {
        Self::Folder(BTreeMap::new())
    }

    pub(crate) fn is_folder(&self) -> bool {
        matches!(self, Self::Folder(_))
    }

    fn size(&self) -> u64 {
        match self {
            Self::File(content) => content.len() as u64,
            Self::Folder(_) => 0,
        }
    }
}

/// A name in a folder, taken or free.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub(crate) folder: NodeId,
    pub(crate) name: &'a str,
}

/// What a path leads to when all the folders on its way are there.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    Root,
    Here(NodeId, Slot<'a>),
    Free(Slot<'a>),
}

/// Nodes refer to each other by number, so that neither moving nor dropping a deep folder recurses.
#[derive(Debug, Clone)]
pub(crate) struct Tree {
    nodes: BTreeMap<NodeId, Node>,
    next: NodeId,
    budget: Budget,
    usage: Usage,
    changes: u64,
}

impl Tree {
    pub(crate) fn with_folders(budget: Budget, names: &[&str]) -> Self {
        let root = Node { modified: 0.0, kind: Kind::folder() };
        let mut tree =
            Self { nodes: BTreeMap::from([(ROOT, root)]), next: 1, budget, usage: Usage::default(), changes: 0 };
        for name in names {
            tree.place(Slot { folder: ROOT, name }, Kind::folder(), 0.0);
        }
        tree
    }

    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }

    pub(crate) fn budget(&self) -> Budget {
        self.budget
    }

    pub(crate) fn set_budget(&mut self, budget: Budget) {
        self.budget = budget;
    }

    /// How often something was changed.
    pub(crate) fn changes(&self) -> u64 {
        self.changes
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(&id).expect("a folder lists only what is there")
    }

    fn node_mut(&mut self, id: NodeId) -> &mut Node {
        self.changes += 1;
        self.nodes.get_mut(&id).expect("a folder lists only what is there")
    }

    fn names_mut(&mut self, folder: NodeId, now: f64) -> &mut BTreeMap<String, NodeId> {
        let node = self.node_mut(folder);
        node.modified = now;
        match &mut node.kind {
            Kind::Folder(names) => names,
            Kind::File(_) => unreachable!("slots are in folders"),
        }
    }

    /// Follows a path. Its last name may be missing, the folders before it may not.
    pub(crate) fn find<'a>(&self, place: &Place<'a>) -> Result<Found<'a>, Errno> {
        let mut found = Found::Root;
        for name in &place.names {
            let folder = match found {
                Found::Root => ROOT,
                Found::Here(id, _) => id,
                Found::Free(_) => return Err(Errno::NotFound),
            };
            let slot = Slot { folder, name };
            found = match &self.node(folder).kind {
                Kind::File(_) => return Err(Errno::NotADirectory),
                Kind::Folder(names) => names.get(*name).map_or(Found::Free(slot), |id| Found::Here(*id, slot)),
            };
        }
        Ok(found)
    }

    /// What a folder has under a name.
    pub(crate) fn child(&self, slot: Slot<'_>) -> Option<NodeId> {
        match &self.node(slot.folder).kind {
            Kind::Folder(names) => names.get(slot.name).copied(),
            Kind::File(_) => None,
        }
    }

    /// Making things has set the times of their folders; this sets them back.
    pub(crate) fn set_times(&mut self, times: &[(NodeId, f64)]) {
        for (id, modified) in times {
            self.node_mut(*id).modified = *modified;
        }
    }

    /// Makes something new.
    pub(crate) fn add(&mut self, slot: Slot<'_>, kind: Kind, now: f64) -> Result<NodeId, Errno> {
        if self.usage.entries >= self.budget.entries {
            return Err(Errno::NoSpace);
        }
        self.room(slot.name.len() as u64 + kind.size(), 0)?;
        Ok(self.place(slot, kind, now))
    }

    fn place(&mut self, slot: Slot<'_>, kind: Kind, now: f64) -> NodeId {
        let id = self.next;
        self.next += 1;
        self.usage.entries += 1;
        self.usage.bytes += slot.name.len() as u64 + kind.size();
        self.nodes.insert(id, Node { modified: now, kind });
        self.names_mut(slot.folder, now).insert(slot.name.to_owned(), id);
        id
    }

    /// Takes a name out of its folder; what it stood for goes with all that is below.
    pub(crate) fn remove(&mut self, slot: Slot<'_>, now: f64) {
        let Some(id) = self.names_mut(slot.folder, now).remove(slot.name) else { return };
        self.usage.bytes -= slot.name.len() as u64;
        let mut doomed = vec![id];
        while let Some(id) = doomed.pop() {
            let Some(node) = self.nodes.remove(&id) else { continue };
            self.usage.entries -= 1;
            self.usage.bytes -= node.kind.size();
            if let Kind::Folder(names) = node.kind {
                for (name, id) in names {
                    self.usage.bytes -= name.len() as u64;
                    doomed.push(id);
                }
            }
        }
    }

    /// Replaces the content of a file.
    pub(crate) fn fill(&mut self, id: NodeId, content: &[u8], now: f64) -> Result<(), Errno> {
        let before = self.node(id).kind.size();
        self.room(content.len() as u64, before)?;
        let node = self.node_mut(id);
        *node = Node { modified: now, kind: Kind::file(content) };
        self.usage.bytes = self.usage.bytes - before + content.len() as u64;
        Ok(())
    }

    pub(crate) fn extend(&mut self, id: NodeId, more: &[u8], now: f64) -> Result<(), Errno> {
        self.room(more.len() as u64, 0)?;
        let node = self.node_mut(id);
        node.modified = now;
        if let Kind::File(content) = &mut node.kind {
            Arc::make_mut(content).extend_from_slice(more);
            self.usage.bytes += more.len() as u64;
        }
        Ok(())
    }

    /// Moves what is in one slot to another, over what may be there.
    pub(crate) fn relocate(&mut self, id: NodeId, from: Slot<'_>, to: Slot<'_>, now: f64) -> Result<(), Errno> {
        self.room(to.name.len() as u64, from.name.len() as u64)?;
        self.remove(to, now);
        self.names_mut(from.folder, now).remove(from.name);
        self.names_mut(to.folder, now).insert(to.name.to_owned(), id);
        self.usage.bytes = self.usage.bytes - from.name.len() as u64 + to.name.len() as u64;
        Ok(())
    }

    /// Whether everything below `id` can still be named when the path of `id` itself takes `length`.
    pub(crate) fn can_be_named(&self, id: NodeId, length: usize) -> bool {
        let mut open = vec![(id, length)];
        while let Some((id, length)) = open.pop() {
            if length > MAX_PATH {
                return false;
            }
            if let Kind::Folder(names) = &self.node(id).kind {
                open.extend(names.iter().map(|(name, id)| (*id, length + 1 + name.len())));
            }
        }
        true
    }

    fn room(&self, more: u64, less: u64) -> Result<(), Errno> {
        let grows = more > less;
        let after = (self.usage.bytes - less).saturating_add(more);
        if grows && after > self.budget.bytes { Err(Errno::NoSpace) } else { Ok(()) }
    }
}
