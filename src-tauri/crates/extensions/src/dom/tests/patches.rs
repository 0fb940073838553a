//! What the page is told, and how little.

use protocol::{
    Value,
    stage::{Patch, StageElement, StageNode},
};

use super::{Room, page::Page, text};
use crate::{Extension as _, dom::Dom};

fn element(handle: u64, tag: &str, children: Vec<StageNode>) -> StageElement {
    StageElement { handle, tag: tag.to_owned(), children, ..StageElement::default() }
}

/// A room whose page has a `p` with handle 2.
fn room() -> Room {
    let mut room = Room::new();
    room.add(1, "p");
    assert!(matches!(room.flush().as_slice(), [Patch::Reset { root }] if root.children.len() == 1));
    room
}

#[test]
fn a_program_without_a_stage_says_nothing() {
    let mut room = Room::new();
    assert!(room.flush().is_empty());
    room.with(Dom::begin);
    room.value("dom_root", vec![]);
    room.create("p");
    let lone = room.create("p");
    room.value("dom_remove", vec![Value::Int(lone)]);
    room.with(Dom::begin);
    assert!(room.flush().is_empty());
}

#[test]
fn a_fresh_program_empties_the_stage() {
    let mut room = room();
    room.with(Dom::begin);
    assert!(matches!(room.flush().as_slice(), [Patch::Reset { root }] if root.children.is_empty()));
    assert_eq!(room.create("p"), 2);
    room.with(Dom::begin);
    assert!(room.flush().is_empty(), "it is empty already");
}

#[test]
fn what_is_built_in_a_batch_is_told_at_once() {
    let mut room = room();
    let ul = room.add(1, "ul");
    let li = room.add(ul, "li");
    room.value("dom_text", vec![Value::Int(li), text("a")]);
    let inner = StageNode::Element(element(4, "li", vec![StageNode::Text("a".to_owned())]));
    assert_eq!(room.flush(), [Patch::Append { parent: 1, element: element(3, "ul", vec![inner]) }]);
    room.value("dom_text", vec![Value::Int(li), text("b")]);
    room.value("dom_text", vec![Value::Int(li), text("c")]);
    room.value("dom_text", vec![Value::Int(li), text("c")]);
    assert_eq!(room.flush(), [Patch::Children { handle: 4, children: vec![StageNode::Text("c".to_owned())] }]);
    assert!(room.flush().is_empty());
}

#[test]
fn the_same_thing_twice_is_told_once() {
    let mut room = room();
    let set = |room: &mut Room, name: &str, rest: &[&str]| {
        let args = std::iter::once(Value::Int(2)).chain(rest.iter().map(|word| text(word)));
        room.value(name, args.collect());
    };
    for word in ["a", "b", "b"] {
        set(&mut room, "dom_attr", &["title", word]);
    }
    for word in ["red", "blue", "blue"] {
        set(&mut room, "dom_style", &["color", word]);
    }
    let patches = room.flush();
    let (name, value) = ("color".to_owned(), Some("blue".to_owned()));
    let title = Patch::Attribute { handle: 2, name: "title".to_owned(), value: Some("b".to_owned()) };
    assert_eq!(patches, [title, Patch::Style { handle: 2, name, value }]);
    set(&mut room, "dom_attr", &["title", "b"]);
    assert!(room.flush().is_empty());
}

#[test]
fn what_is_not_on_the_stage_is_not_told() {
    let mut room = room();
    let ul = room.create("ul");
    let li = room.create("li");
    room.value("dom_append", vec![Value::Int(ul), Value::Int(li)]);
    room.value("dom_text", vec![Value::Int(li), text("a")]);
    assert!(room.flush().is_empty());
    // What was on it and moves away is removed there.
    room.value("dom_append", vec![Value::Int(li), Value::Int(2)]);
    room.value("dom_text", vec![Value::Int(2), text("b")]);
    assert_eq!(room.flush(), [Patch::Remove { handle: 2 }]);
    room.value("dom_append", vec![Value::Int(1), Value::Int(ul)]);
    assert!(matches!(room.flush().as_slice(), [Patch::Append { parent: 1, .. }]));
}

#[test]
fn an_element_moves_into_one_that_is_new_in_the_same_batch() {
    let mut room = room();
    let mut page = Page::default();
    page.apply(room.dom.whole());
    let ul = room.add(1, "ul");
    let after = room.add(1, "b");
    room.value("dom_append", vec![Value::Int(ul), Value::Int(2)]);
    let patches = room.flush();
    let new = |handle, tag| element(handle, tag, vec![]);
    let expected = [
        Patch::Append { parent: 1, element: new(3, "ul") },
        Patch::Append { parent: 1, element: new(u64::try_from(after).unwrap(), "b") },
        Patch::Remove { handle: 2 },
        Patch::Append { parent: 3, element: new(2, "p") },
    ];
    // The removal stands where the move was asked for, after what came before it.
    assert_eq!(patches, expected);
    page.apply(patches);
    assert_eq!(page.whole(), super::page::whole(room.dom.whole()));
}

#[test]
fn deep_parts_are_told_in_levels_that_readers_take() {
    let mut room = room();
    let mut inner = 1;
    for _ in 0..255 {
        inner = room.add(inner, "div");
    }
    room.value("dom_text", vec![Value::Int(inner), text("bottom")]);
    let json = serde_json::to_string(&room.flush()).unwrap();
    let read: Vec<Patch> = serde_json::from_str(&json).unwrap();
    let mut page = Page::default();
    page.apply(room.dom.whole());
    assert_eq!(page.handles().len(), 257);
    assert!(read.len() > 7);
}

#[test]
fn a_batch_fills_up() {
    let mut room = room();
    for _ in 0..2000 {
        assert!(!room.dom.is_full());
        room.add(1, "p");
        if room.dom.is_full() {
            break;
        }
    }
    assert!(room.dom.is_full());
    room.flush();
    assert!(!room.dom.is_full());
    room.value("dom_text", vec![Value::Int(2), text(&"x".repeat(70_000))]);
    assert!(room.dom.is_full());
}

#[test]
fn a_value_is_told_even_if_it_is_the_same() {
    let mut room = room();
    let input = room.add(1, "input");
    room.flush();
    for _ in 0..2 {
        room.value("dom_set_value", vec![Value::Int(input), text("a")]);
        assert_eq!(room.flush(), [Patch::Value { handle: 3, value: "a".to_owned() }]);
    }
}
