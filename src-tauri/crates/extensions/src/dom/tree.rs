//! The arena of the shadow tree: elements with handles, text without, linked like a DOM.
//!
//! Everything that moves one node is O(1) but for the walk up the parents. What the page is told
//! is not decided here.

use std::ops::{Index, IndexMut};

use protocol::stage::Handle;

use super::{
    element::Element,
    node::{Id, Links, Node, NodeKind, TextId},
};
use crate::Raised;

/// The most elements and texts of one stage.
pub(super) const MAX_NODES: usize = 200_000;
/// The most bytes of text, attributes, styles and values of one stage.
pub(super) const MAX_TEXT: usize = 32 * 1024 * 1024;
/// The deepest nesting; the root is the first level.
pub(super) const MAX_DEPTH: u16 = 256;
/// The root is the first element, so its handle is 1.
pub(super) const ROOT: Id = Id(0);

/// A handle is a generation above these bits and the number of a slot, from 1, in them.
const SLOT_BITS: u32 = 18;
/// A freed slot is used again only when there are this many: until then handles count 1, 2, 3, …
const FRESH_SLOTS: usize = 16_384;

const _: () = assert!(MAX_NODES < 1 << SLOT_BITS, "every slot has a number");
const _: () = assert!(SLOT_BITS + 32 <= 53, "a handle is exact as a JavaScript number");

/// Why a number is no handle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoElement {
    Removed,
    NeverWas,
}

#[derive(Debug)]
struct Slot {
    generation: u32,
    element: Option<Element>,
}

#[derive(Debug, Default)]
struct Text {
    links: Links,
    text: String,
}

#[derive(Debug, Default)]
pub(super) struct Tree {
    slots: Vec<Slot>,
    free: Vec<u32>,
    texts: Vec<Text>,
    free_texts: Vec<u32>,
    nodes: usize,
    bytes: usize,
}

impl Tree {
    /// A tree of a root alone.
    pub(super) fn new(root: Element) -> Self {
        let bytes = root.bytes();
        let slots = vec![Slot { generation: 0, element: Some(root) }];
        Self { slots, nodes: 1, bytes, ..Self::default() }
    }

    pub(super) fn handle(&self, id: Id) -> Handle {
        u64::from(self.slots[id.0 as usize].generation) << SLOT_BITS | u64::from(id.0 + 1)
    }

    pub(super) fn find(&self, handle: Handle) -> Result<Id, NoElement> {
        let index = (handle & ((1 << SLOT_BITS) - 1)).wrapping_sub(1);
        let Some(slot) = usize::try_from(index).ok().and_then(|index| self.slots.get(index)) else {
            return Err(NoElement::NeverWas);
        };
        match (handle >> SLOT_BITS).cmp(&u64::from(slot.generation)) {
            std::cmp::Ordering::Equal if slot.element.is_some() => {
                Ok(Id(u32::try_from(index).expect("a slot's number fits 18 bits")))
            }
            std::cmp::Ordering::Less => Err(NoElement::Removed),
            _ => Err(NoElement::NeverWas),
        }
    }

    pub(super) fn nodes(&self) -> usize {
        self.nodes
    }

    /// What counts against the limit of text.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether this many more nodes and bytes are within the limits.
    pub(super) fn has_room(&self, nodes: usize, bytes: usize) -> Result<(), Raised> {
        if self.nodes + nodes > MAX_NODES {
            return Err(Raised::new("MemoryError", format!("the stage holds at most {MAX_NODES} elements and texts")));
        }
        if self.bytes + bytes > MAX_TEXT {
            let megabytes = MAX_TEXT / 1024 / 1024;
            let message = format!("the stage holds at most {megabytes} MB of text, attributes and styles");
            return Err(Raised::new("MemoryError", message));
        }
        Ok(())
    }

    /// Counts text that was changed in place.
    pub(super) fn recount(&mut self, before: usize, after: usize) {
        self.bytes = self.bytes - before + after;
    }

    /// Adds a detached element.
    pub(super) fn create(&mut self, element: Element) -> Result<Id, Raised> {
        let bytes = element.bytes();
        self.has_room(1, bytes)?;
        self.nodes += 1;
        self.bytes += bytes;
        let reused = if self.slots.len() < FRESH_SLOTS { None } else { self.free.pop() };
        let index = if let Some(index) = reused {
            self.slots[index as usize].element = Some(element);
            index
        } else if self.slots.len() < MAX_NODES {
            self.slots.push(Slot { generation: 0, element: Some(element) });
            u32::try_from(self.slots.len() - 1).expect("there are fewer slots than nodes allowed")
        } else {
            // Only after every generation of some slots is used up.
            return Err(Raised::new("MemoryError", "the stage has given out all its handles"));
        };
        Ok(Id(index))
    }

    /// Adds a text as the last child. The caller has asked for room.
    pub(super) fn append_text(&mut self, parent: Id, text: String) {
        self.nodes += 1;
        self.bytes += text.len();
        let index = if let Some(index) = self.free_texts.pop() {
            self.texts[index as usize].text = text;
            index
        } else {
            self.texts.push(Text { links: Links::default(), text });
            u32::try_from(self.texts.len() - 1).expect("there are fewer texts than nodes allowed")
        };
        self.link(parent, Node::text(TextId(index)));
    }

    pub(super) fn text(&self, id: TextId) -> &str {
        &self.texts[id.0 as usize].text
    }

    /// The one text that an element consists of.
    pub(super) fn only_text(&self, id: Id) -> Option<TextId> {
        let element = &self[id];
        match element.first?.kind() {
            NodeKind::Text(text) if element.first == element.last => Some(text),
            _ => None,
        }
    }

    /// Replaces a text in place. The caller has asked for room.
    pub(super) fn replace_text(&mut self, id: TextId, text: String) {
        let before = std::mem::replace(&mut self.texts[id.0 as usize].text, text);
        self.recount(before.len(), self.texts[id.0 as usize].text.len());
    }

    pub(super) fn links(&self, node: Node) -> &Links {
        match node.kind() {
            NodeKind::Element(id) => &self[id].links,
            NodeKind::Text(id) => &self.texts[id.0 as usize].links,
        }
    }

    fn links_mut(&mut self, node: Node) -> &mut Links {
        match node.kind() {
            NodeKind::Element(id) => &mut self[id].links,
            NodeKind::Text(id) => &mut self.texts[id.0 as usize].links,
        }
    }

    /// Links a node as the last child.
    pub(super) fn link(&mut self, parent: Id, node: Node) {
        let previous = self[parent].last.replace(node);
        match previous {
            Some(previous) => self.links_mut(previous).next = Some(node),
            None => self[parent].first = Some(node),
        }
        *self.links_mut(node) = Links { parent: Some(parent), previous, next: None };
        if let NodeKind::Element(id) = node.kind() {
            self.raise(parent, self[id].height);
        }
    }

    /// Unlinks a node from its parent, if it has one.
    pub(super) fn unlink(&mut self, node: Node) {
        let Links { parent, previous, next } = std::mem::take(self.links_mut(node));
        let Some(parent) = parent else { return };
        match previous {
            Some(previous) => self.links_mut(previous).next = next,
            None => self[parent].first = next,
        }
        match next {
            Some(next) => self.links_mut(next).previous = previous,
            None => self[parent].last = previous,
        }
    }

    /// Frees a node that is not linked, with what is in it; each element is shown before it goes.
    pub(super) fn free(&mut self, node: Node, mut shown: impl FnMut(Handle, &Element)) {
        let mut rest = vec![node];
        while let Some(node) = rest.pop() {
            self.nodes -= 1;
            match node.kind() {
                NodeKind::Text(TextId(index)) => {
                    let text = std::mem::take(&mut self.texts[index as usize]);
                    self.bytes -= text.text.len();
                    self.free_texts.push(index);
                }
                NodeKind::Element(id) => {
                    rest.extend(self.children(id));
                    let handle = self.handle(id);
                    let slot = &mut self.slots[id.0 as usize];
                    let element = slot.element.take().expect("a linked element is in the arena");
                    self.bytes -= element.bytes();
                    shown(handle, &element);
                    // At the last generation the slot stays empty for good.
                    if let Some(next) = slot.generation.checked_add(1) {
                        slot.generation = next;
                        self.free.push(id.0);
                    }
                }
            }
        }
    }

    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Node> + '_ {
        std::iter::successors(self[id].first, |node| self.links(*node).next)
    }

    /// The element and its ancestors, from inside out.
    pub(super) fn upwards(&self, id: Id) -> impl Iterator<Item = Id> + '_ {
        std::iter::successors(Some(id), |id| self[*id].links.parent)
    }

    /// The next node in document order within `top`.
    pub(super) fn next_in(&self, top: Id, node: Node) -> Option<Node> {
        if let NodeKind::Element(id) = node.kind()
            && let Some(first) = self[id].first
        {
            return Some(first);
        }
        let mut node = node;
        while node != Node::element(top) {
            let links = self.links(node);
            if links.next.is_some() {
                return links.next;
            }
            node = Node::element(links.parent?);
        }
        None
    }

    /// An element and all nodes in it, in document order.
    pub(super) fn within(&self, top: Id) -> impl Iterator<Item = Node> + '_ {
        std::iter::successors(Some(Node::element(top)), move |node| self.next_in(top, *node))
    }

    /// An element and the elements in it, in document order.
    pub(super) fn elements_within(&self, top: Id) -> impl Iterator<Item = Id> + '_ {
        self.within(top).filter_map(Node::as_element)
    }

    /// All text in an element.
    pub(super) fn text_within(&self, id: Id) -> String {
        self.within(id).fold(String::new(), |mut all, node| {
            if let NodeKind::Text(text) = node.kind() {
                all.push_str(self.text(text));
            }
            all
        })
    }

    pub(super) fn depth(&self, id: Id) -> u16 {
        u16::try_from(self.upwards(id).count()).unwrap_or(u16::MAX)
    }

    /// Levels of elements, the element's own included. The stored height is only a bound: it does
    /// not fall when something is removed.
    pub(super) fn exact_height(&mut self, id: Id) -> u16 {
        let mut deepest = 1;
        let mut level = 1_u16;
        let mut node = Node::element(id);
        while let Some(next) = self.next_in(id, node) {
            let parent = self.links(next).parent;
            if parent == node.as_element() {
                level += 1;
            } else {
                let mut up = self.links(node).parent;
                while up != parent {
                    level -= 1;
                    up = up.and_then(|up| self[up].links.parent);
                }
            }
            if next.as_element().is_some() {
                deepest = deepest.max(level);
            }
            node = next;
        }
        self[id].height = deepest;
        deepest
    }

    fn raise(&mut self, from: Id, mut height: u16) {
        let mut parent = Some(from);
        while let Some(id) = parent {
            height += 1;
            let element = &mut self[id];
            if element.height >= height {
                return;
            }
            element.height = height;
            parent = element.links.parent;
        }
    }

    /// Generations of all slots, and the free ones in the order in which they come back.
    pub(super) fn ledger(&self) -> (Vec<u32>, Vec<u32>) {
        (self.slots.iter().map(|slot| slot.generation).collect(), self.free.clone())
    }

    /// An empty arena that goes on from a ledger; nothing if the ledger cannot be one.
    pub(super) fn from_ledger(generations: Vec<u32>, free: Vec<u32>) -> Option<Self> {
        if generations.is_empty() || generations.len() > MAX_NODES {
            return None;
        }
        let mut seen = vec![false; generations.len()];
        for index in &free {
            if std::mem::replace(seen.get_mut(*index as usize)?, true) {
                return None;
            }
        }
        let slots = generations.into_iter().map(|generation| Slot { generation, element: None }).collect();
        Some(Self { slots, free, ..Self::default() })
    }

    /// Puts an element into an empty slot of its own.
    pub(super) fn restore(&mut self, index: u32, element: Element) -> Option<Id> {
        self.has_room(1, element.bytes()).ok()?;
        let bytes = element.bytes();
        let slot = self.slots.get_mut(index as usize)?;
        if slot.element.is_some() {
            return None;
        }
        slot.element = Some(element);
        self.nodes += 1;
        self.bytes += bytes;
        Some(Id(index))
    }

    /// All elements, attached or not, in the order of their slots.
    pub(super) fn elements(&self) -> impl Iterator<Item = Id> + '_ {
        let present = |(index, slot): (usize, &Slot)| {
            slot.element.as_ref().map(|_| Id(u32::try_from(index).expect("there are few slots")))
        };
        self.slots.iter().enumerate().filter_map(present)
    }

    /// Whether every free slot is empty and every other one, but for those used up, is not.
    pub(super) fn ledger_holds(&self) -> bool {
        let empty = self.slots.iter().filter(|slot| slot.element.is_none()).count();
        let used_up = |slot: &&Slot| slot.element.is_none() && slot.generation == u32::MAX;
        let used_up = self.slots.iter().filter(used_up).count();
        self.free.iter().all(|index| self.slots[*index as usize].element.is_none())
            && (empty - used_up..=empty).contains(&self.free.len())
    }
}

impl Index<Id> for Tree {
    type Output = Element;

    fn index(&self, id: Id) -> &Element {
        self.slots[id.0 as usize].element.as_ref().expect("an id is given only for an element in the arena")
    }
}

impl IndexMut<Id> for Tree {
    fn index_mut(&mut self, id: Id) -> &mut Element {
        self.slots[id.0 as usize].element.as_mut().expect("an id is given only for an element in the arena")
    }
}
