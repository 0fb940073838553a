//! What the HTML parser builds into: a plain arena that bounds what the parser does.
//!
//! A short text can cost a parser hours or all memory: it walks its open elements at each tag,
//! makes unclosed formatting anew in each paragraph, and compares each attribute of a tag with all
//! others. So its steps are counted, and a text that asks for too many is refused.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
};

use html5ever::{
    Attribute, ParseOpts, QualName,
    interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
    local_name, ns, parse_fragment,
    tendril::{StrTendril, TendrilSink as _},
};

use super::tree::MAX_NODES;
use crate::Raised;

/// The document, as a parent.
pub(super) const DOCUMENT: usize = 0;

/// How often the parser may look at an element: a fraction of a second.
const MAX_STEPS: usize = 10_000_000;
/// How many slashes may pass before the parser says something, and half of that of spaces and
/// quotes: more attributes than that has no tag. (Pictures in a value are full of slashes.)
const MAX_SILENCE: usize = 16_384;
const FORMATS: [&str; 14] =
    ["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
/// After how many bytes the bounds are looked at. Two tags can make as much as all before them.
const CHUNK: usize = 16;

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
struct Sink {
    found: RefCell<Vec<Found>>,
    steps: Cell<usize>,
    /// How many formatting elements there have been: the parser compares each with those before.
    formats: Cell<usize>,
}

/// Reads a text as the content of a `div`. The first child of the document holds what was found.
pub(super) fn read(html: &str) -> Result<Vec<Found>, Raised> {
    let div = QualName::new(None, ns!(html), local_name!("div"));
    let mut parser = parse_fragment(Sink::new(), ParseOpts::default(), div, Vec::new(), false);
    let (mut rest, mut silence) = (html, 0);
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(rest.ceil_char_boundary(CHUNK));
        rest = after;
        let before = parser.tokenizer.sink.sink.steps.get();
        parser.process(chunk.into());
        let sink = &parser.tokenizer.sink.sink;
        if sink.steps.get() != before {
            silence = 0;
        }
        silence += chunk.bytes().map(weight).sum::<usize>();
        if sink.is_spent() || silence > MAX_SILENCE {
            return Err(Raised::value_error("the HTML is too entangled to be read"));
        }
    }
    Ok(parser.finish())
}

/// What a byte counts against the bound of silence.
fn weight(byte: u8) -> usize {
    match byte {
        b'/' => 1,
        b' ' | b'\t'..=b'\r' | b'"' | b'\'' => 2,
        _ => 0,
    }
}

impl Sink {
    fn new() -> Self {
        let document = Found { parent: None, children: Vec::new(), content: Content::Other };
        Self { found: RefCell::new(vec![document]), steps: Cell::new(0), formats: Cell::new(0) }
    }

    fn step(&self, count: usize) {
        self.steps.set(self.steps.get() + count);
    }

    fn is_spent(&self) -> bool {
        self.steps.get() > MAX_STEPS || self.found.borrow().len() > MAX_NODES + 1024
    }

    fn add(&self, content: Content) -> usize {
        self.step(1);
        let mut found = self.found.borrow_mut();
        found.push(Found { parent: None, children: Vec::new(), content });
        found.len() - 1
    }

    /// Where among the children of an element something new goes.
    fn place(&self, parent: usize, before: Option<usize>) -> usize {
        let children = &self.found.borrow()[parent].children;
        let found = before.and_then(|before| children.iter().position(|child| *child == before));
        if let Some(place) = found {
            self.step(place);
        }
        found.unwrap_or(children.len())
    }

    /// Puts a node or a text in front of a child, or at the end.
    fn insert(&self, parent: usize, before: Option<usize>, new: NodeOrText<usize>) {
        if let NodeOrText::AppendNode(node) = &new {
            self.remove_from_parent(node);
        }
        let place = self.place(parent, before);
        let new = match new {
            NodeOrText::AppendNode(node) => node,
            NodeOrText::AppendText(text) if self.lengthens(parent, place, &text) => return,
            NodeOrText::AppendText(text) => self.add(Content::Text(text.into())),
        };
        let mut found = self.found.borrow_mut();
        found[parent].children.insert(place, new);
        found[new].parent = Some(parent);
    }

    /// Whether there is a text in front of the place that takes the new one in.
    fn lengthens(&self, parent: usize, place: usize, text: &str) -> bool {
        self.step(1);
        let mut found = self.found.borrow_mut();
        let last = found[parent].children[..place].last().copied();
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
        self.found.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        DOCUMENT
    }

    fn elem_name(&self, target: &usize) -> Ref<'_, QualName> {
        self.step(1);
        Ref::map(self.found.borrow(), |found| match &found[*target].content {
            Content::Element { name, .. } => name,
            _ => unreachable!("the parser asks for the names of elements only"),
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> usize {
        if FORMATS.contains(&&*name.local) {
            self.formats.set(self.formats.get() + 1);
            self.step(self.formats.get() / 8);
        }
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
        let parent = self.found.borrow()[*element].parent;
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
        self.step(1);
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, new: NodeOrText<usize>) {
        let parent = self.found.borrow()[*sibling].parent;
        if let Some(parent) = parent {
            self.insert(parent, Some(*sibling), new);
        }
    }

    fn add_attrs_if_missing(&self, target: &usize, new: Vec<Attribute>) {
        if let Content::Element { attributes, .. } = &mut self.found.borrow_mut()[*target].content {
            for (name, value) in plain(new) {
                if !attributes.iter().any(|(there, _)| *there == name) {
                    attributes.push((name, value));
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &usize) {
        let mut found = self.found.borrow_mut();
        if let Some(parent) = found[*target].parent.take() {
            self.step(found[parent].children.len());
            found[parent].children.retain(|child| child != target);
        }
    }

    fn reparent_children(&self, node: &usize, new_parent: &usize) {
        let mut found = self.found.borrow_mut();
        let children = std::mem::take(&mut found[*node].children);
        self.step(children.len());
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
