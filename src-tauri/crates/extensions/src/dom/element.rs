//! An element: what it is, what it carries, and what the page knows of it.

use std::borrow::Cow;

use super::{
    events::EventTypes,
    node::{Id, Links, Node, NodeKind},
    tree::Tree,
};
use crate::Raised;

/// How many attributes an element has at most, and how many styles.
const MAX_ENTRIES: usize = 256;
/// What an entry costs besides its text.
const ENTRY: usize = 48;

/// The name of an attribute or a property. Most are constants.
pub(super) type Name = Cow<'static, str>;

/// Where an element is, as the page sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Not below the root.
    Detached,
    /// Below the root, and a change that has not gone out will tell of it as it is then.
    Pending,
    /// The page has it, or a change ahead in the batch tells of it.
    Told,
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) tag: &'static str,
    /// By name.
    pub(super) attributes: Vec<(Name, String)>,
    /// The one set last comes last: a shorthand and its parts depend on the order.
    pub(super) styles: Vec<(Name, String)>,
    /// What was set or typed, where that has happened.
    pub(super) value: Option<String>,
    pub(super) links: Links,
    pub(super) first: Option<Node>,
    pub(super) last: Option<Node>,
    /// At least the number of levels in it, its own included.
    pub(super) height: u16,
    pub(super) place: Place,
    /// The page has had it at some time.
    pub(super) was_told: bool,
    /// The change of the batch that tells of the element (pending) or of its children (told).
    pub(super) change: Option<u32>,
    /// What programs wait for, and what the page knows of that.
    pub(super) listens: EventTypes,
    pub(super) told_listens: EventTypes,
}

impl Element {
    pub(super) fn new(tag: &'static str) -> Self {
        Self {
            tag,
            attributes: Vec::new(),
            styles: Vec::new(),
            value: None,
            links: Links::default(),
            first: None,
            last: None,
            height: 1,
            place: Place::Detached,
            was_told: false,
            change: None,
            listens: EventTypes::NONE,
            told_listens: EventTypes::NONE,
        }
    }

    /// What it counts against the limit of text, its children apart.
    pub(super) fn bytes(&self) -> usize {
        let entries = self.attributes.iter().chain(&self.styles);
        entries.map(|(name, value)| name.len() + value.len() + ENTRY).sum::<usize>()
            + self.value.as_ref().map_or(0, String::len)
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.binary_search_by(|(there, _)| there.as_ref().cmp(name)).ok()?;
        Some(&self.attributes[found].1)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.attribute(name).is_some()
    }

    /// Sets or takes away an attribute; false if that changes nothing.
    pub(super) fn set_attribute(&mut self, name: Name, value: Option<String>) -> Result<bool, Raised> {
        let found = self.attributes.binary_search_by(|(there, _)| there.cmp(&name));
        match (found, value) {
            (Ok(index), Some(value)) if self.attributes[index].1 == value => return Ok(false),
            (Ok(index), Some(value)) => self.attributes[index].1 = value,
            (Ok(index), None) => {
                self.attributes.remove(index);
            }
            (Err(_), None) => return Ok(false),
            (Err(_), Some(_)) if self.attributes.len() == MAX_ENTRIES => return Err(too_many("attributes")),
            (Err(index), Some(value)) => self.attributes.insert(index, (name, value)),
        }
        Ok(true)
    }

    /// Sets or takes away a style; false if that changes nothing.
    pub(super) fn set_style(&mut self, name: Name, value: Option<String>) -> Result<bool, Raised> {
        let found = self.styles.iter().position(|(there, _)| *there == name);
        match (found, value) {
            (Some(index), Some(value)) => {
                if index + 1 == self.styles.len() && self.styles[index].1 == value {
                    return Ok(false);
                }
                self.styles.remove(index);
                self.styles.push((name, value));
            }
            (Some(index), None) => {
                self.styles.remove(index);
            }
            (None, None) => return Ok(false),
            (None, Some(_)) if self.styles.len() == MAX_ENTRIES => return Err(too_many("styles")),
            (None, Some(value)) => self.styles.push((name, value)),
        }
        Ok(true)
    }

    /// Its styles as the attribute `style` writes them.
    pub(super) fn style_text(&self) -> Option<String> {
        let declarations = self.styles.iter().map(|(name, value)| format!("{name}: {value};"));
        let text = declarations.collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then_some(text)
    }

    /// Whether a person can type or choose something in it.
    pub(super) fn has_value(&self) -> bool {
        matches!(self.tag, "input" | "textarea" | "select")
    }

    /// An input that is on or off.
    pub(super) fn is_switch(&self) -> bool {
        self.tag == "input" && self.attribute("type").is_some_and(|kind| matches!(kind, "checkbox" | "radio"))
    }

    pub(super) fn is_radio(&self) -> bool {
        self.tag == "input" && self.attribute("type") == Some("radio")
    }
}

fn too_many(what: &str) -> Raised {
    Raised::new("MemoryError", format!("an element holds at most {MAX_ENTRIES} {what}"))
}

/// The value of an input, a textarea or a select, without a trip to the page. That of a checkbox or
/// a radio button is what a form would send: none while it is off.
pub(super) fn value(tree: &Tree, id: Id) -> Option<String> {
    let element = &tree[id];
    let attribute = |default: &str| element.attribute("value").unwrap_or(default).to_owned();
    match element.tag {
        "input" if element.is_switch() => element.has("checked").then(|| attribute("on")),
        "input" => Some(element.value.clone().unwrap_or_else(|| attribute(""))),
        "textarea" => Some(element.value.clone().unwrap_or_else(|| tree.text_within(id))),
        "select" => Some(chosen(tree, id)),
        _ => None,
    }
}

/// The value of the option that a select shows.
fn chosen(tree: &Tree, select: Id) -> String {
    let options = || tree.elements_within(select).filter(|id| tree[*id].tag == "option");
    let value =
        |id: Id| tree[id].attribute("value").map_or_else(|| tree.text_within(id).trim().to_owned(), str::to_owned);
    let set = tree[select].value.as_deref();
    set.and_then(|set| options().map(value).find(|value| value == set))
        .or_else(|| options().filter(|id| tree[*id].has("selected")).last().map(value))
        .or_else(|| options().find(|id| !tree[*id].has("disabled")).map(value))
        .unwrap_or_default()
}

/// The other radio buttons that go off when this one goes on: those of its name in its form, or
/// outside of any.
pub(super) fn rivals(tree: &Tree, radio: Id) -> Vec<Id> {
    let form = |id: Id| tree.upwards(id).find(|id| tree[*id].tag == "form");
    let name = tree[radio].attribute("name").unwrap_or_default();
    let Some(top) = tree.upwards(radio).last().filter(|_| !name.is_empty()) else {
        return Vec::new();
    };
    let own = form(radio);
    let rival = |id: &Id| {
        let element = &tree[*id];
        *id != radio
            && element.is_radio()
            && element.has("checked")
            && element.attribute("name") == Some(name)
            && form(*id) == own
    };
    tree.elements_within(top).filter(rival).collect()
}

/// Whether an element has neither elements nor text in it.
pub(super) fn is_empty(tree: &Tree, id: Id) -> bool {
    tree.children(id).all(|node| match node.kind() {
        NodeKind::Element(_) => false,
        NodeKind::Text(text) => tree.text(text).is_empty(),
    })
}
