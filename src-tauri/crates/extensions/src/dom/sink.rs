//! What the HTML parser builds into: a plain arena.

use std::{
    borrow::Cow,
    cell::{Ref, RefCell},
};

use html5ever::{
    Attribute, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    tendril::StrTendril,
};

/// The document, as a parent.
pub(super) const DOCUMENT: usize = 0;

#[derive(Debug)]
pub(super) enum Content {
    Element {
        name: QualName,
        attributes: Vec<(String, String)>,
    },
    Text(String),
    /// The document, a comment, an instruction.
    Other,
}

#[derive(Debug)]
pub(super) struct Found {
    parent: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) content: Content,
}

#[derive(Debug)]
pub(super) struct Sink(RefCell<Vec<Found>>);

impl Default for Sink {
    fn default() -> Self {
        Self(RefCell::new(vec![Found { parent: None, children: Vec::new(), content: Content::Other }]))
    }
}

impl Sink {
    fn add(&self, content: Content) -> usize {
        let mut found = self.0.borrow_mut();
        found.push(Found { parent: None, children: Vec::new(), content });
        found.len() - 1
    }

    /// Puts a node or a text in front of a child, or at the end.
    fn insert(&self, parent: usize, before: Option<usize>, new: NodeOrText<usize>) {
        let new = match new {
            NodeOrText::AppendNode(node) => {
                self.remove_from_parent(&node);
                node
            }
            NodeOrText::AppendText(text) if self.lengthened(parent, before, &text) => return,
            NodeOrText::AppendText(text) => self.add(Content::Text(text.into())),
        };
        let mut found = self.0.borrow_mut();
        let children = &found[parent].children;
        let place = before.and_then(|before| children.iter().position(|child| *child == before));
        let place = place.unwrap_or(children.len());
        found[parent].children.insert(place, new);
        found[new].parent = Some(parent);
    }

    /// Whether there is a text in front of the place that takes the new one in.
    fn lengthened(&self, parent: usize, before: Option<usize>, text: &str) -> bool {
        let mut found = self.0.borrow_mut();
        let children = &found[parent].children;
        let place = before.and_then(|before| children.iter().position(|child| *child == before));
        let last = children[..place.unwrap_or(children.len())].last().copied();
        match last.map(|last| &mut found[last].content) {
            Some(Content::Text(there)) => {
                there.push_str(text);
                true
            }
            _ => false,
        }
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Vec<Found>;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Vec<Found> {
        self.0.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        DOCUMENT
    }

    fn elem_name(&self, target: &usize) -> Ref<'_, QualName> {
        Ref::map(self.0.borrow(), |found| match &found[*target].content {
            Content::Element { name, .. } => name,
            _ => unreachable!("the parser asks for the names of elements only"),
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> usize {
        self.add(Content::Element { name, attributes: plain(attributes) })
    }

    fn create_comment(&self, _: StrTendril) -> usize {
        self.add(Content::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
        self.add(Content::Other)
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        self.insert(*parent, None, child);
    }

    fn append_based_on_parent_node(&self, element: &usize, previous: &usize, child: NodeOrText<usize>) {
        let parent = self.0.borrow()[*element].parent;
        match parent {
            Some(parent) => self.insert(parent, Some(*element), child),
            None => self.insert(*previous, None, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// Templates are refused, so what is in them may stand in the element itself.
    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, one: &usize, other: &usize) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, new: NodeOrText<usize>) {
        let parent = self.0.borrow()[*sibling].parent;
        if let Some(parent) = parent {
            self.insert(parent, Some(*sibling), new);
        }
    }

    fn add_attrs_if_missing(&self, target: &usize, new: Vec<Attribute>) {
        if let Content::Element { attributes, .. } = &mut self.0.borrow_mut()[*target].content {
            for (name, value) in plain(new) {
                if !attributes.iter().any(|(there, _)| *there == name) {
                    attributes.push((name, value));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &usize) {
        let mut found = self.0.borrow_mut();
        if let Some(parent) = found[*target].parent.take() {
            found[parent].children.retain(|child| child != target);
        }
    }

    fn reparent_children(&self, node: &usize, new_parent: &usize) {
        let mut found = self.0.borrow_mut();
        let children = std::mem::take(&mut found[*node].children);
        for child in &children {
            found[*child].parent = Some(*new_parent);
        }
        found[*new_parent].children.extend(children);
    }
}

/// Attributes without a namespace of their own; others are none that the stage has.
fn plain(attributes: Vec<Attribute>) -> Vec<(String, String)> {
    let plain = attributes.into_iter().filter(|attribute| attribute.name.ns.is_empty());
    plain.map(|attribute| (attribute.name.local.to_string(), attribute.value.into())).collect()
}
