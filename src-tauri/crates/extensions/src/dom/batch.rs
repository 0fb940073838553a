//! The changes that the page has not been told yet.
//!
//! An element that joins the stage is told when the batch goes out, as it is then; so are children
//! that replace others. What happens within such a part until then needs no patch of its own. That
//! is exact, because nothing in between speaks of the part, and because an element that the page
//! has had before never enters a part further ahead than its removal (`Stage::settle`).

use protocol::stage::{Handle, Patch};

use super::{
    element::{Element, Place},
    events::EventTypes,
    node::{Id, Node},
    paint,
    tree::{ROOT, Tree},
};

/// From here on the batch is to go out.
const MANY: usize = 4096;
const HEAVY: usize = 64 * 1024;
/// What a patch weighs besides its texts.
const PATCH: usize = 48;

#[derive(Debug, Clone)]
enum Change {
    /// What it told of is gone again, or another change tells of it.
    Void,
    Reset,
    Append(Id),
    Children(Id),
    Patch(Patch),
    /// A part that had to be told before the batch goes out.
    Told(Vec<Patch>),
}

#[derive(Debug, Default)]
pub(super) struct Batch {
    changes: Vec<Change>,
    weight: usize,
    /// Elements whose listeners may differ from what the page knows.
    listening: Vec<Handle>,
}

impl Batch {
    /// A batch that tells the whole stage.
    pub(super) fn whole(tree: &mut Tree) -> Self {
        tree[ROOT].change = Some(0);
        Self { changes: vec![Change::Reset], ..Self::default() }
    }

    pub(super) fn is_full(&self) -> bool {
        self.changes.len() >= MANY || self.weight >= HEAVY
    }

    /// Whether it says nothing but how the whole stage is.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.changes.as_slice(), [Change::Reset])
    }

    pub(super) fn weigh(&mut self, bytes: usize) {
        self.weight += bytes;
    }

    /// An element with what is in it will be told as the last child of its parent.
    pub(super) fn append(&mut self, tree: &mut Tree, id: Id) {
        tree[id].change = Some(self.next());
        self.changes.push(Change::Append(id));
    }

    /// The children of an element will be told in the place of those the page has.
    pub(super) fn children(&mut self, tree: &mut Tree, id: Id) {
        tree[id].change = Some(self.next());
        self.changes.push(Change::Children(id));
    }

    /// What a change tells of is no longer there.
    pub(super) fn void(&mut self, change: Option<u32>) {
        if let Some(index) = change {
            self.changes[index as usize] = Change::Void;
        }
    }

    /// Tells one thing of an element that the page has. The same thing told twice in a row is told
    /// once.
    pub(super) fn tell(&mut self, patch: Patch, bytes: usize) {
        self.weight += bytes + PATCH;
        match self.changes.last_mut() {
            Some(Change::Patch(last)) if replaces(last, &patch) => *last = patch,
            _ => self.changes.push(Change::Patch(patch)),
        }
    }

    pub(super) fn listens(&mut self, handle: Handle) {
        self.listening.push(handle);
    }

    /// Tells the part that a pending element belongs to as it is now.
    pub(super) fn close(&mut self, tree: &mut Tree, id: Id) {
        let Some(index) = tree.upwards(id).find_map(|id| tree[id].change) else { return };
        let change = std::mem::replace(&mut self.changes[index as usize], Change::Void);
        let mut patches = Vec::new();
        spell(tree, change, &mut patches);
        self.changes[index as usize] = Change::Told(patches);
    }

    /// Everything, and nothing is left.
    pub(super) fn take(&mut self, tree: &mut Tree) -> Vec<Patch> {
        let mut patches = Vec::with_capacity(self.changes.len());
        for change in self.changes.drain(..) {
            spell(tree, change, &mut patches);
        }
        self.weight = 0;
        for handle in std::mem::take(&mut self.listening) {
            let Ok(id) = tree.find(handle) else { continue };
            let element = &mut tree[id];
            if element.place == Place::Told && element.listens != element.told_listens {
                element.told_listens = element.listens;
                patches.push(Patch::Listen { handle, types: element.listens.names() });
            }
        }
        patches
    }

    fn next(&mut self) -> u32 {
        self.weight += PATCH;
        u32::try_from(self.changes.len()).expect("a batch goes out long before")
    }
}

fn spell(tree: &mut Tree, change: Change, out: &mut Vec<Patch>) {
    match change {
        Change::Void => {}
        Change::Patch(patch) => out.push(patch),
        Change::Told(patches) => out.extend(patches),
        Change::Reset => {
            paint::reset(tree, out);
            told(tree, ROOT);
        }
        Change::Append(id) => {
            paint::append(tree, id, out);
            told(tree, id);
        }
        Change::Children(id) => {
            paint::children(tree, id, out);
            tree[id].change = None;
            let mut child = tree[id].first;
            while let Some(node) = child {
                if let Some(child) = node.as_element() {
                    told(tree, child);
                }
                child = tree.links(node).next;
            }
        }
    }
}

/// The page has an element and all that is in it.
fn told(tree: &mut Tree, top: Id) {
    each(tree, top, |element| {
        element.place = Place::Told;
        element.was_told = true;
        element.told_listens = element.listens;
        element.change = None;
    });
}

/// Does something to an element and to every one in it.
fn each(tree: &mut Tree, top: Id, mut act: impl FnMut(&mut Element)) {
    let mut next = Some(Node::element(top));
    while let Some(node) = next {
        if let Some(id) = node.as_element() {
            act(&mut tree[id]);
        }
        next = tree.next_in(top, node);
    }
}

fn replaces(last: &Patch, new: &Patch) -> bool {
    match (last, new) {
        (Patch::Attribute { handle, name, .. }, Patch::Attribute { handle: h, name: n, .. })
        | (Patch::Style { handle, name, .. }, Patch::Style { handle: h, name: n, .. }) => handle == h && name == n,
        (Patch::Value { handle, .. }, Patch::Value { handle: h, .. }) => handle == h,
        _ => false,
    }
}

/// A stage of which the page knows nothing, with no listener.
pub(super) fn untold(tree: &mut Tree) {
    each(tree, ROOT, |element| {
        element.place = Place::Pending;
        element.change = None;
        element.told_listens = EventTypes::NONE;
    });
}
