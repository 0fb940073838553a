//! The shadow tree together with what the page is told of its changes.

use std::borrow::Cow;

use protocol::stage::{Handle, Patch};

use super::{
    allowed,
    batch::{Batch, untold},
    element::{Element, Name, Place, rivals},
    html::Parsed,
    node::{Id, Node, NodeKind},
    style,
    tree::{MAX_DEPTH, NoElement, ROOT, Tree},
};
use crate::Raised;

/// What an element weighs in a batch besides its texts.
const ELEMENT: usize = 48;

#[derive(Debug)]
pub(super) struct Stage {
    pub(super) tree: Tree,
    pub(super) batch: Batch,
    /// The element with the focus, as the page says.
    pub(super) focused: Option<Handle>,
    /// Elements that were removed while a program waited for them.
    pub(super) lost: Vec<Handle>,
}

impl Stage {
    /// A stage of a root alone. Programs find it as `#sandbox`, as in the ancestor.
    pub(super) fn new() -> Self {
        let mut root = Element::new("div");
        root.attributes.push((Cow::Borrowed("id"), "sandbox".to_owned()));
        Self::of(Tree::new(root), None)
    }

    /// A stage of which the page knows nothing yet.
    pub(super) fn of(mut tree: Tree, focused: Option<Handle>) -> Self {
        untold(&mut tree);
        let batch = Batch::whole(&mut tree);
        Self { tree, batch, focused, lost: Vec::new() }
    }

    /// Whether it is as [`Self::new`] makes it.
    pub(super) fn is_untouched(&self) -> bool {
        let root = &self.tree[ROOT];
        self.tree.nodes() == 1
            && self.batch.is_whole()
            && root.styles.is_empty()
            && root.listens.is_none()
            && matches!(root.attributes.as_slice(), [(_, id)] if id == "sandbox")
    }

    /// The element of a handle that a program gives.
    pub(super) fn element(&self, handle: i64) -> Result<Id, Raised> {
        let why = match u64::try_from(handle).map(|handle| self.tree.find(handle)) {
            Ok(Ok(id)) => return Ok(id),
            Ok(Err(NoElement::Removed)) => "it was removed",
            Ok(Err(NoElement::NeverWas)) | Err(_) => "there never was one",
        };
        Err(Raised::value_error(format!("there is no element {handle} ({why})")))
    }

    /// Makes an element that is not on the stage yet.
    pub(super) fn create(&mut self, tag: &str) -> Result<Id, Raised> {
        self.tree.create(Element::new(allowed::tag(tag).map_err(Raised::value_error)?))
    }

    /// Makes an element the last child of another one, wherever it is.
    pub(super) fn append(&mut self, parent: Id, child: Id) -> Result<(), Raised> {
        if child == ROOT {
            return Err(Raised::value_error("the root of the stage cannot be put into an element"));
        }
        let mut depth = 0;
        for above in self.tree.upwards(parent) {
            depth += 1;
            if above == child {
                let (parent, child) = (self.tree.handle(parent), self.tree.handle(child));
                return Err(Raised::value_error(format!("element {child} cannot go into {parent}, which is in it")));
            }
        }
        self.deep_enough(depth, child)?;
        if self.tree[parent].last == Some(Node::element(child)) {
            return Ok(());
        }
        if self.tree[child].place == Place::Told {
            self.batch.tell(Patch::Remove { handle: self.tree.handle(child) }, 0);
        }
        self.tree.unlink(Node::element(child));
        self.tree.link(parent, Node::element(child));
        self.settle(parent, child);
        Ok(())
    }

    /// Takes an element off, with what is in it, for good.
    pub(super) fn remove(&mut self, id: Id) -> Result<(), Raised> {
        if id == ROOT {
            return Err(Raised::value_error("the root of the stage cannot be removed"));
        }
        if self.tree[id].place == Place::Told {
            self.batch.tell(Patch::Remove { handle: self.tree.handle(id) }, 0);
        }
        self.free(Node::element(id));
        Ok(())
    }

    /// Makes an element consist of one text.
    pub(super) fn set_text(&mut self, id: Id, text: String) -> Result<(), Raised> {
        let bytes = text.len();
        if let Some(only) = self.tree.only_text(id).filter(|_| bytes > 0) {
            if self.tree.text(only) == text {
                return Ok(());
            }
            self.tree.has_room(0, bytes.saturating_sub(self.tree.text(only).len()))?;
            self.tree.replace_text(only, text);
        } else {
            if bytes == 0 && self.tree[id].first.is_none() {
                return Ok(());
            }
            self.tree.has_room(usize::from(bytes > 0), bytes)?;
            self.empty(id);
            if bytes > 0 {
                self.tree.append_text(id, text);
            }
        }
        self.replaced(id, bytes);
        Ok(())
    }

    /// Makes an element consist of what a sanitised text of HTML has.
    pub(super) fn set_html(&mut self, id: Id, parsed: &Parsed) -> Result<(), Raised> {
        self.tree.has_room(parsed.nodes(), parsed.bytes())?;
        if usize::from(self.tree.depth(id)) + parsed.depth() > usize::from(MAX_DEPTH) {
            return Err(too_deep());
        }
        self.empty(id);
        let place = if self.tree[id].place == Place::Detached { Place::Detached } else { Place::Pending };
        let built = parsed.build(id, |parent, element| match element {
            Ok(mut element) => {
                element.place = place;
                let child = self.tree.create(element)?;
                self.tree.link(parent, Node::element(child));
                Ok(child)
            }
            Err(text) => {
                self.tree.append_text(parent, text);
                Ok(parent)
            }
        });
        self.replaced(id, parsed.bytes());
        built
    }

    /// Sets an attribute that is allowed, or takes it away.
    pub(super) fn set_attribute(&mut self, id: Id, name: &str, value: Option<String>) -> Result<(), Raised> {
        let name = allowed::attribute(self.tree[id].tag, name).map_err(Raised::value_error)?;
        if name == "style" {
            return self.set_styles(id, value.as_deref().unwrap_or_default());
        }
        let value = match value {
            Some(value) => Some(allowed::value(self.tree[id].tag, &name, value).map_err(Raised::value_error)?),
            None => None,
        };
        let goes_on = name == "checked" && value.is_some();
        let size = name.len() + value.as_ref().map_or(0, String::len);
        let told = self.tree[id].place == Place::Told;
        let patch = told.then(|| (name.clone().into_owned(), value.clone()));
        // A switch may have been turned by the person meanwhile: the page is told anyway.
        let changed = self.change(id, size, |element| element.set_attribute(name, value))?;
        if let Some((name, value)) = patch
            && (changed || name == "checked")
        {
            self.batch.tell(Patch::Attribute { handle: self.tree.handle(id), name, value }, size);
        }
        if goes_on && self.tree[id].is_radio() {
            for rival in rivals(&self.tree, id) {
                self.set_attribute(rival, "checked", None)?;
            }
        }
        Ok(())
    }

    /// Sets a style that is allowed, or takes it away.
    pub(super) fn set_style(&mut self, id: Id, name: &str, value: &str) -> Result<(), Raised> {
        let name = style::property(name).map_err(Raised::value_error)?;
        let value = style::value(value).map_err(|why| Raised::value_error(format!("{name}: {why}")))?;
        self.put_style(id, name, value)
    }

    /// What a person or a program puts into an input, a textarea or a select.
    pub(super) fn set_value(&mut self, id: Id, value: String) -> Result<(), Raised> {
        if !self.tree[id].has_value() {
            let tag = self.tree[id].tag;
            return Err(Raised::value_error(format!("a <{tag}> has no value; input, textarea and select have one")));
        }
        let size = value.len();
        if self.tree[id].place == Place::Told {
            let patch = Patch::Value { handle: self.tree.handle(id), value: value.clone() };
            self.keep_value(id, value)?;
            self.batch.tell(patch, size);
            return Ok(());
        }
        self.keep_value(id, value)
    }

    /// Takes over a value that the page shows already.
    pub(super) fn keep_value(&mut self, id: Id, value: String) -> Result<(), Raised> {
        self.change(id, value.len(), |element| {
            element.value = Some(value);
            Ok(true)
        })?;
        Ok(())
    }

    /// Takes over the state of a switch that the page shows already.
    pub(super) fn keep_checked(&mut self, id: Id, on: bool) -> Result<(), Raised> {
        let off = if on && self.tree[id].is_radio() { rivals(&self.tree, id) } else { Vec::new() };
        for (id, on) in off.into_iter().map(|rival| (rival, false)).chain([(id, on)]) {
            let value = on.then(String::new);
            self.change(id, 0, |element| element.set_attribute(Cow::Borrowed("checked"), value))?;
        }
        Ok(())
    }

    pub(super) fn take(&mut self) -> Vec<Patch> {
        let is_whole = self.batch.is_whole();
        let mut patches = self.batch.take(&mut self.tree);
        if is_whole && self.focused.is_some() {
            patches.push(Patch::Focus { handle: self.focused });
        }
        patches
    }

    /// The attribute `style`: all styles anew.
    fn set_styles(&mut self, id: Id, text: &str) -> Result<(), Raised> {
        let declarations = style::declarations(text);
        let declarations = declarations.into_iter().collect::<Result<Vec<_>, _>>().map_err(Raised::value_error)?;
        let old: Vec<Name> = self.tree[id].styles.iter().map(|(name, _)| name.clone()).collect();
        for name in old {
            if !declarations.iter().any(|(new, _)| *new == name) {
                self.put_style(id, name, None)?;
            }
        }
        for (name, value) in declarations {
            self.put_style(id, name, Some(value))?;
        }
        Ok(())
    }

    fn put_style(&mut self, id: Id, name: Name, value: Option<String>) -> Result<(), Raised> {
        let size = name.len() + value.as_ref().map_or(0, String::len);
        let told = self.tree[id].place == Place::Told;
        let patch = told.then(|| (name.clone().into_owned(), value.clone()));
        let changed = self.change(id, size, |element| element.set_style(name, value))?;
        if let Some((name, value)) = patch.filter(|_| changed) {
            self.batch.tell(Patch::Style { handle: self.tree.handle(id), name, value }, size);
        }
        Ok(())
    }

    /// Changes what an element carries, within the limits.
    fn change(
        &mut self,
        id: Id,
        size: usize,
        change: impl FnOnce(&mut Element) -> Result<bool, Raised>,
    ) -> Result<bool, Raised> {
        self.tree.has_room(0, size)?;
        let before = self.tree[id].bytes();
        let changed = change(&mut self.tree[id])?;
        self.tree.recount(before, self.tree[id].bytes());
        if changed && self.tree[id].place == Place::Pending {
            self.batch.weigh(size);
        }
        Ok(changed)
    }

    fn deep_enough(&mut self, depth: u16, child: Id) -> Result<(), Raised> {
        if depth + self.tree[child].height > MAX_DEPTH && depth + self.tree.exact_height(child) > MAX_DEPTH {
            return Err(too_deep());
        }
        Ok(())
    }

    /// Decides how the page is told of an element that has a new parent.
    fn settle(&mut self, parent: Id, child: Id) {
        let is_attached = self.tree[parent].place != Place::Detached;
        if !is_attached && self.tree[child].place == Place::Detached {
            return;
        }
        let place = if is_attached { Place::Pending } else { Place::Detached };
        let (mut was_told, mut weight) = (false, 0);
        let mut next = Some(Node::element(child));
        while let Some(node) = next {
            match node.kind() {
                NodeKind::Text(text) => weight += self.tree.text(text).len(),
                NodeKind::Element(id) => {
                    let element = &mut self.tree[id];
                    element.place = place;
                    was_told |= element.was_told;
                    weight += ELEMENT + element.bytes();
                    self.batch.void(element.change.take());
                }
            }
            next = self.tree.next_in(child, node);
        }
        if !is_attached {
            return;
        }
        self.batch.weigh(weight);
        if self.takes_in(parent) {
            if !was_told {
                return;
            }
            // Told further ahead than its own removal it would be there twice.
            self.tree.unlink(Node::element(child));
            self.batch.close(&mut self.tree, parent);
            self.tree.link(parent, Node::element(child));
        }
        self.batch.append(&mut self.tree, child);
    }

    /// Whether new children of an element are told by a change that is in the batch already.
    fn takes_in(&self, parent: Id) -> bool {
        self.tree[parent].place == Place::Pending || self.tree[parent].change.is_some()
    }

    /// The children of an element are others than before.
    fn replaced(&mut self, id: Id, bytes: usize) {
        if self.tree[id].place == Place::Detached {
            return;
        }
        self.batch.weigh(bytes);
        if !self.takes_in(id) {
            self.batch.children(&mut self.tree, id);
        }
    }

    /// Frees all children.
    fn empty(&mut self, id: Id) {
        while let Some(child) = self.tree[id].first {
            self.free(child);
        }
    }

    fn free(&mut self, node: Node) {
        self.tree.unlink(node);
        let Self { tree, batch, focused, lost } = self;
        tree.free(node, |handle, element| {
            batch.void(element.change);
            if !element.listens.is_none() {
                lost.push(handle);
            }
            if *focused == Some(handle) {
                *focused = None;
            }
        });
    }
}

pub(super) fn too_deep() -> Raised {
    Raised::value_error(format!("elements nest at most {MAX_DEPTH} deep"))
}
