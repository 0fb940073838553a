//! The stage in a snapshot: all elements, attached or not, with handles that stay what they were.
//!
//! What waits is not in it: the engine asks again.

use protocol::stage::Handle;
use serde::{Deserialize, Serialize};

use super::{
    allowed,
    element::Element,
    node::{Id, Node, NodeKind},
    stage::Stage,
    style,
    tree::{MAX_DEPTH, ROOT, Tree},
};

/// It grows with every change of the format; others are refused.
const VERSION: u8 = 1;

#[derive(Serialize, Deserialize)]
struct Saved {
    generations: Vec<u32>,
    free: Vec<u32>,
    elements: Vec<SavedElement>,
    focused: Option<Handle>,
}

#[derive(Serialize, Deserialize)]
struct SavedElement {
    slot: u32,
    tag: String,
    attributes: Vec<(String, String)>,
    styles: Vec<(String, String)>,
    value: Option<String>,
    children: Vec<Child>,
}

#[derive(Serialize, Deserialize)]
enum Child {
    Element(u32),
    Text(String),
}

pub(super) fn save(stage: &Stage) -> Vec<u8> {
    let tree = &stage.tree;
    let (generations, free) = tree.ledger();
    let elements = tree.elements().map(|id| saved(tree, id)).collect();
    let saved = Saved { generations, free, elements, focused: stage.focused };
    let mut bytes = vec![VERSION];
    bytes.extend(postcard::to_allocvec(&saved).expect("plain data is always written"));
    bytes
}

/// Nothing that is read is trusted: it passes where a program would have to pass.
pub(super) fn load(bytes: &[u8]) -> Result<Stage, String> {
    let [VERSION, bytes @ ..] = bytes else {
        return Err("the stage of the snapshot is of another version".to_owned());
    };
    let Ok((saved, [])) = postcard::take_from_bytes::<Saved>(bytes) else {
        return Err("the stage of the snapshot cannot be read".to_owned());
    };
    let focused = saved.focused;
    let tree = tree(saved).map_err(|why| format!("the stage of the snapshot is damaged: {why}"))?;
    let focused = focused.filter(|handle| tree.find(*handle).is_ok());
    Ok(Stage::of(tree, focused))
}

fn saved(tree: &Tree, id: Id) -> SavedElement {
    let element = &tree[id];
    let own = |entries: &[(super::element::Name, String)]| {
        entries.iter().map(|(name, value)| (name.clone().into_owned(), value.clone())).collect()
    };
    let child = |node: Node| match node.kind() {
        NodeKind::Element(id) => Child::Element(id.0),
        NodeKind::Text(text) => Child::Text(tree.text(text).to_owned()),
    };
    SavedElement {
        slot: id.0,
        tag: element.tag.to_owned(),
        attributes: own(&element.attributes),
        styles: own(&element.styles),
        value: element.value.clone(),
        children: tree.children(id).map(child).collect(),
    }
}

fn tree(saved: Saved) -> Result<Tree, String> {
    let slots = saved.generations.len();
    let mut tree = Tree::from_ledger(saved.generations, saved.free).ok_or("its handles contradict each other")?;
    let mut ids = vec![None; slots];
    let mut children = Vec::with_capacity(saved.elements.len());
    for entry in saved.elements {
        let element = element(&entry)?;
        let id = tree.restore(entry.slot, element).ok_or("its elements contradict each other")?;
        ids[entry.slot as usize] = Some(id);
        children.push((id, entry.children));
    }
    if !tree.ledger_holds() || ids.first() != Some(&Some(ROOT)) {
        return Err("its handles contradict its elements".to_owned());
    }
    link(&mut tree, &ids, children)?;
    Ok(tree)
}

fn element(entry: &SavedElement) -> Result<Element, String> {
    let mut element = Element::new(allowed::tag(&entry.tag)?);
    for (name, value) in &entry.attributes {
        let name = allowed::attribute(element.tag, name)?;
        let value = allowed::value(element.tag, &name, value.clone())?;
        if name == "style" {
            return Err("styles are not an attribute".to_owned());
        }
        element.set_attribute(name, Some(value)).map_err(|error| error.message)?;
    }
    for (name, value) in &entry.styles {
        let (name, value) = (style::property(name)?, style::value(value)?);
        element.set_style(name, value).map_err(|error| error.message)?;
    }
    if entry.value.is_some() && !element.has_value() {
        return Err(format!("a <{}> has no value", element.tag));
    }
    element.value.clone_from(&entry.value);
    Ok(element)
}

/// Links elements with what is in them, if they are trees.
fn link(tree: &mut Tree, ids: &[Option<Id>], all: Vec<(Id, Vec<Child>)>) -> Result<(), String> {
    let mut is_inner = vec![false; ids.len()];
    for child in all.iter().flat_map(|(_, children)| children) {
        if let Child::Element(slot) = child
            && (ids.get(*slot as usize).copied().flatten().is_none_or(|id| id == ROOT)
                || std::mem::replace(&mut is_inner[*slot as usize], true))
        {
            return Err("an element is in two places, or is not there".to_owned());
        }
    }
    let mut rest: Vec<Id> = all.iter().map(|(id, _)| *id).filter(|id| !is_inner[id.0 as usize]).collect();
    let tops = rest.clone();
    let mut by_slot: Vec<Vec<Child>> = Vec::new();
    by_slot.resize_with(ids.len(), Vec::new);
    let count = all.len();
    for (id, children) in all {
        by_slot[id.0 as usize] = children;
    }
    let mut linked = 0;
    while let Some(id) = rest.pop() {
        linked += 1;
        for child in std::mem::take(&mut by_slot[id.0 as usize]) {
            match child {
                Child::Text(text) => {
                    tree.has_room(1, text.len()).map_err(|error| error.message)?;
                    tree.append_text(id, text);
                }
                Child::Element(slot) => {
                    let child = ids[slot as usize].ok_or("an element is not there")?;
                    tree.link(id, Node::element(child));
                    rest.push(child);
                }
            }
        }
    }
    // What no top leads to is in itself.
    if linked != count {
        return Err("an element is in itself".to_owned());
    }
    if tops.into_iter().any(|top| tree.exact_height(top) > MAX_DEPTH) {
        return Err("it is too deep".to_owned());
    }
    Ok(())
}
