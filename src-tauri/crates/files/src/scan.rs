//! `Path.scan`, which is behind `os.walk`, `os.scandir` and `Path.glob`.

use monty_types::{
    MontyObject, ScanArgs,
    scan::{EntryInfo, Listing, ScanSource, collect_scan},
};

use crate::{
    error::{Errno, FileError},
    operations::{ENTRY, MAX_ANSWER, existing},
    path::{MAX_NAME, MAX_PATH},
    tree::{Kind, NodeId, Tree},
};

/// How many entries one scan may look at. A pattern such as `*/../*/../*` looks at each many times.
const MAX_VISITS: u32 = 1_000_000;

pub(crate) fn answer(tree: &Tree, args: &ScanArgs) -> Result<MontyObject, FileError> {
    let pattern = args.pattern.as_deref().unwrap_or_default();
    let length: usize = pattern.iter().map(|part| part.len() + 1).sum();
    if length > MAX_PATH || pattern.iter().any(|part| part.len() > MAX_NAME) {
        return Err(FileError::at(Errno::NameTooLong, &args.path));
    }
    let (root, _) = existing(tree, &args.path).map_err(|errno| FileError::at(errno, &args.path))?;
    let reply = collect_scan(args, &mut Source { tree, root, held: 0, visits: 0 })?;
    reply.map_or_else(|| Err(FileError::at(Errno::NotFound, &args.path)), |reply| Ok(reply.into_object()))
}

struct Source<'t> {
    tree: &'t Tree,
    root: NodeId,
    held: usize,
    visits: u32,
}

impl Source<'_> {
    /// The node at a path below the root, which has no dots in it.
    fn node(&self, path: &str) -> Option<NodeId> {
        let mut id = self.root;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            match &self.tree.node(id).kind {
                Kind::Folder(names) => id = *names.get(name)?,
                Kind::File(_) => return None,
            }
        }
        Some(id)
    }

    fn info(&self, id: NodeId) -> EntryInfo {
        let is_dir = self.tree.node(id).kind.is_folder();
        EntryInfo { is_dir, is_file: !is_dir, is_symlink: false }
    }
}

impl ScanSource for Source<'_> {
    type Error = FileError;

    fn list(&mut self, dir: &str) -> Result<Option<Listing>, FileError> {
        let Some(id) = self.node(dir) else { return Ok(None) };
        let Kind::Folder(names) = &self.tree.node(id).kind else { return Ok(None) };
        for name in names.keys() {
            self.charge(dir.len() + name.len() + ENTRY)?;
        }
        Ok(Some(names.iter().map(|(name, id)| (name.clone(), self.info(*id))).collect()))
    }

    fn lookup(&mut self, path: &str) -> Result<Option<EntryInfo>, FileError> {
        self.charge(path.len())?;
        Ok(self.node(path).map(|id| self.info(id)))
    }

    fn visit(&mut self) -> Result<(), FileError> {
        self.visits += 1;
        if self.visits > MAX_VISITS { Err(FileError::ScanTooLong(MAX_VISITS)) } else { Ok(()) }
    }

    fn charge(&mut self, bytes: usize) -> Result<(), FileError> {
        self.held = self.held.saturating_add(bytes);
        if self.held > MAX_ANSWER { Err(FileError::AnswerTooLarge(MAX_ANSWER)) } else { Ok(()) }
    }
}
