//! Elements as the page is told of them.

use protocol::stage::{Patch, StageElement, StageNode};

use super::{
    element::Name,
    node::{Id, Node, NodeKind},
    tree::{ROOT, Tree},
};

/// How many levels one patch tells at once; deeper ones follow. Readers of JSON bound the nesting
/// at 128, and a level takes two.
const LEVELS: u16 = 32;

/// The whole stage.
pub(super) fn reset(tree: &Tree, out: &mut Vec<Patch>) {
    let mut deep = Vec::new();
    let root = element(tree, ROOT, LEVELS, &mut deep);
    out.push(Patch::Reset { root });
    follow(tree, deep, out);
}

/// An element that becomes the last child of its parent.
pub(super) fn append(tree: &Tree, id: Id, out: &mut Vec<Patch>) {
    let Some(parent) = tree[id].links.parent else { return };
    let mut deep = Vec::new();
    let element = element(tree, id, LEVELS, &mut deep);
    out.push(Patch::Append { parent: tree.handle(parent), element });
    follow(tree, deep, out);
}

/// All children of an element.
pub(super) fn children(tree: &Tree, id: Id, out: &mut Vec<Patch>) {
    follow(tree, vec![id], out);
}

fn follow(tree: &Tree, mut deep: Vec<Id>, out: &mut Vec<Patch>) {
    while let Some(id) = deep.pop() {
        let children = nodes(tree, id, LEVELS, &mut deep);
        out.push(Patch::Children { handle: tree.handle(id), children });
    }
}

fn nodes(tree: &Tree, id: Id, levels: u16, deep: &mut Vec<Id>) -> Vec<StageNode> {
    let node = |node: Node| match node.kind() {
        NodeKind::Text(text) => StageNode::Text(tree.text(text).to_owned()),
        NodeKind::Element(child) => StageNode::Element(element(tree, child, levels, deep)),
    };
    tree.children(id).map(node).collect()
}

fn element(tree: &Tree, id: Id, levels: u16, deep: &mut Vec<Id>) -> StageElement {
    let element = &tree[id];
    let children = if element.first.is_none() {
        Vec::new()
    } else if levels == 0 {
        deep.push(id);
        Vec::new()
    } else {
        nodes(tree, id, levels - 1, deep)
    };
    StageElement {
        handle: tree.handle(id),
        tag: element.tag.to_owned(),
        attributes: entries(&element.attributes),
        styles: entries(&element.styles),
        value: element.value.clone(),
        listens: element.listens.names(),
        children,
    }
}

fn entries(entries: &[(Name, String)]) -> Vec<(String, String)> {
    entries.iter().map(|(name, value)| (name.clone().into_owned(), value.clone())).collect()
}
