//! A page as simple as can be: it applies patches and trusts nothing of the tree.

use std::collections::BTreeMap;

use protocol::stage::{Handle, Patch, StageElement, StageNode};

/// What the page shows.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) root: Option<Handle>,
    elements: BTreeMap<Handle, StageElement>,
    /// Children by parent; those of an element in `elements` are empty.
    children: BTreeMap<Handle, Vec<Child>>,
    pub(super) focus: Option<Handle>,
}

#[derive(Debug, Clone, PartialEq)]
enum Child {
    Text(String),
    Element(Handle),
}

impl Page {
    pub(super) fn apply(&mut self, patches: Vec<Patch>) {
        for patch in patches {
            self.apply_one(patch);
        }
    }

    fn apply_one(&mut self, patch: Patch) {
        match patch {
            Patch::Reset { root } => {
                *self = Self { root: Some(root.handle), ..Self::default() };
                self.add(root);
            }
            Patch::Append { parent, element } => {
                let child = Child::Element(element.handle);
                self.add(element);
                self.children.get_mut(&parent).expect("the parent is on the page").push(child);
            }
            Patch::Remove { handle } => {
                for children in self.children.values_mut() {
                    children.retain(|child| *child != Child::Element(handle));
                }
                self.drop(handle);
            }
            Patch::Children { handle, children } => {
                for child in self.children.insert(handle, Vec::new()).expect("the element is on the page") {
                    if let Child::Element(child) = child {
                        self.drop(child);
                    }
                }
                self.fill(handle, children);
            }
            Patch::Attribute { handle, name, value } => put(&mut self.at(handle).attributes, name, value, true),
            Patch::Style { handle, name, value } => put(&mut self.at(handle).styles, name, value, false),
            Patch::Value { handle, value } => self.at(handle).value = Some(value),
            Patch::Listen { handle, types } => self.at(handle).listens = types,
            Patch::Focus { handle } => self.focus = handle,
        }
    }

    /// The page as one element, to be compared.
    pub(super) fn whole(&self) -> StageElement {
        self.element(self.root.expect("a page begins with a reset"))
    }

    /// All elements that are there.
    pub(super) fn handles(&self) -> Vec<Handle> {
        self.elements.keys().copied().collect()
    }

    fn at(&mut self, handle: Handle) -> &mut StageElement {
        self.elements.get_mut(&handle).expect("patches speak of elements of the page")
    }

    fn add(&mut self, mut element: StageElement) {
        let (handle, children) = (element.handle, std::mem::take(&mut element.children));
        assert!(self.elements.insert(handle, element).is_none(), "element {handle} is there twice");
        self.children.insert(handle, Vec::new());
        self.fill(handle, children);
    }

    fn fill(&mut self, handle: Handle, children: Vec<StageNode>) {
        for child in children {
            let child = match child {
                StageNode::Text(text) => Child::Text(text),
                StageNode::Element(element) => {
                    let child = Child::Element(element.handle);
                    self.add(element);
                    child
                }
            };
            self.children.get_mut(&handle).unwrap().push(child);
        }
    }

    fn drop(&mut self, handle: Handle) {
        self.elements.remove(&handle).expect("what is removed is on the page");
        for child in self.children.remove(&handle).unwrap() {
            if let Child::Element(child) = child {
                self.drop(child);
            }
        }
    }

    fn element(&self, handle: Handle) -> StageElement {
        let child = |child: &Child| match child {
            Child::Text(text) => StageNode::Text(text.clone()),
            Child::Element(handle) => StageNode::Element(self.element(*handle)),
        };
        let children = self.children[&handle].iter().map(child).collect();
        StageElement { children, ..self.elements[&handle].clone() }
    }
}

fn put(entries: &mut Vec<(String, String)>, name: String, value: Option<String>, is_sorted: bool) {
    entries.retain(|(there, _)| *there != name);
    entries.extend(value.map(|value| (name, value)));
    if is_sorted {
        entries.sort();
    }
}

/// Puts together what was told in levels.
pub(super) fn whole(patches: Vec<Patch>) -> StageElement {
    let mut page = Page::default();
    page.apply(patches);
    page.whole()
}
