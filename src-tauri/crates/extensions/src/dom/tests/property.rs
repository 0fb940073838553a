//! Whatever a program does, the tree holds together and the page shows it.

use std::collections::BTreeSet;

use proptest::prelude::*;
use protocol::Value;

use super::{Room, ints, page, page::Page, text};
use crate::{
    Answer, Extension as _,
    dom::{
        Dom,
        element::Place,
        node::NodeKind,
        tree::{ROOT, Tree},
    },
};

/// One step; numbers choose among the handles there have been.
#[derive(Debug, Clone)]
enum Step {
    Create(usize),
    Append(usize, usize),
    AppendNew(usize, usize),
    Text(usize, String),
    Html(usize, usize),
    Remove(usize),
    Attribute(usize, usize, Option<String>),
    Style(usize, usize, String),
    SetValue(usize, String),
    Click(Vec<usize>),
    Release(usize),
    Hear(usize, usize),
    Flush,
    SaveAndLoad,
    Begin,
}

const TAGS: [&str; 6] = ["div", "ul", "li", "input", "select", "option"];
const HTMLS: [&str; 5] = [
    "",
    "plain",
    "a<b id=x>c</b>d",
    "<ul><li>1<li>2</ul><input value=q checked type=checkbox>",
    "<p style='color:red'>t",
];
const ATTRIBUTES: [&str; 4] = ["id", "class", "title", "hidden"];
const STYLES: [&str; 3] = ["color", "margin", "margin-top"];

fn step() -> impl Strategy<Value = Step> {
    let which = 0..40_usize;
    let word = || "[a-z0-9]{0,3}";
    prop_oneof![
        2 => (0..TAGS.len()).prop_map(Step::Create),
        6 => (which.clone(), which.clone()).prop_map(|(a, b)| Step::Append(a, b)),
        6 => (which.clone(), 0..TAGS.len()).prop_map(|(a, b)| Step::AppendNew(a, b)),
        4 => (which.clone(), word()).prop_map(|(a, b)| Step::Text(a, b)),
        2 => (which.clone(), 0..HTMLS.len()).prop_map(|(a, b)| Step::Html(a, b)),
        2 => which.clone().prop_map(Step::Remove),
        2 => (which.clone(), 0..ATTRIBUTES.len(), proptest::option::of(word())).prop_map(|(a, b, c)| Step::Attribute(a, b, c)),
        2 => (which.clone(), 0..STYLES.len(), "[1-3]?").prop_map(|(a, b, c)| Step::Style(a, b, c)),
        1 => (which.clone(), word()).prop_map(|(a, b)| Step::SetValue(a, b)),
        1 => proptest::collection::vec(which.clone(), 1..3).prop_map(Step::Click),
        1 => (0..9_usize).prop_map(Step::Release),
        1 => (which.clone(), 0..3_usize).prop_map(|(a, b)| Step::Hear(a, b)),
        3 => Just(Step::Flush),
        1 => Just(Step::SaveAndLoad),
        1 => (0..8_usize).prop_map(|rare| if rare == 0 { Step::Begin } else { Step::Flush }),
    ]
}

#[derive(Default)]
struct Run {
    handles: Vec<i64>,
    waits: Vec<u32>,
}

impl Run {
    fn pick(&self, index: usize) -> Value {
        Value::Int(self.handles[index % self.handles.len()])
    }

    fn step(&mut self, room: &mut Room, page: &mut Page, step: Step) {
        match step {
            Step::Create(tag) => self.handles.push(room.create(TAGS[tag])),
            Step::Append(parent, child) => drop(room.call("dom_append", vec![self.pick(parent), self.pick(child)])),
            Step::AppendNew(parent, tag) => {
                let child = room.create(TAGS[tag]);
                room.call("dom_append", vec![self.pick(parent), Value::Int(child)]);
                self.handles.push(child);
            }
            Step::Text(at, words) => drop(room.call("dom_text", vec![self.pick(at), text(&words)])),
            Step::Html(at, html) => {
                room.call("dom_html", vec![self.pick(at), text(HTMLS[html])]);
                if let Value::List(found) = room.value("dom_query_all", vec![text("b, li, input")]) {
                    self.handles.extend(found.iter().map(super::int));
                }
            }
            Step::Remove(at) => drop(room.call("dom_remove", vec![self.pick(at)])),
            Step::Attribute(at, name, value) => {
                let value = value.map_or(Value::None, |value| text(&value));
                room.call("dom_attr", vec![self.pick(at), text(ATTRIBUTES[name]), value]);
            }
            Step::Style(at, name, value) => {
                room.call("dom_style", vec![self.pick(at), text(STYLES[name]), text(&value)]);
            }
            Step::SetValue(at, value) => drop(room.call("dom_set_value", vec![self.pick(at), text(&value)])),
            Step::Click(handles) => {
                let Value::Int(first) = self.pick(handles[0]) else { unreachable!() };
                if let Answer::Wait(_) = room.call("dom_await_click_any", vec![ints(&[first])]) {
                    self.waits.push(room.call_id);
                }
            }
            Step::Release(index) => {
                if let Some(call_id) = self.waits.get(index).copied() {
                    room.with(|dom, cx| dom.released(call_id, cx));
                }
            }
            Step::Hear(at, kind) => {
                let Value::Int(handle) = self.pick(at) else { unreachable!() };
                // A page speaks only of what it shows, and shows what it speaks of.
                page.apply(room.flush());
                if page.root.is_some() && page.handles().contains(&u64::try_from(handle).unwrap()) {
                    room.hear(handle, ["click", "focus", "blur"][kind], None);
                }
            }
            Step::Flush => {
                page.apply(room.flush());
                if page.root.is_some() {
                    assert_eq!(page.whole(), page::whole(room.dom.whole()), "the page shows the stage");
                }
            }
            Step::SaveAndLoad => {
                page.apply(room.flush());
                let saved = room.dom.save().unwrap();
                room.with(|dom, cx| dom.load(Some(&saved), cx)).unwrap();
                assert_eq!(room.dom.save().unwrap(), saved, "a snapshot keeps everything");
                self.waits.clear();
            }
            Step::Begin => {
                room.with(Dom::begin);
                *self = Self { handles: vec![1], ..Self::default() };
            }
        }
    }
}

/// What has to hold of every tree.
fn check(tree: &Tree) {
    let (mut nodes, mut bytes) = (0, 0);
    let mut seen = BTreeSet::new();
    for id in tree.elements() {
        nodes += 1;
        bytes += tree[id].bytes();
        assert_eq!(tree.find(tree.handle(id)), Ok(id));
        let mut previous = None;
        for node in tree.children(id) {
            let links = tree.links(node);
            assert_eq!((links.parent, links.previous), (Some(id), previous));
            previous = Some(node);
            match node.kind() {
                NodeKind::Text(text) => {
                    nodes += 1;
                    bytes += tree.text(text).len();
                }
                NodeKind::Element(child) => {
                    assert!(seen.insert(child), "an element is in one place");
                    assert!(tree[id].height > tree[child].height);
                }
            }
        }
        assert_eq!(tree[id].last, previous);
        let is_attached = tree.upwards(id).last() == Some(ROOT);
        assert_eq!(is_attached, tree[id].place != Place::Detached);
        if let (Place::Told, Some(parent)) = (tree[id].place, tree[id].links.parent) {
            assert!(tree[parent].place == Place::Told && tree[parent].change.is_none());
        }
    }
    assert_eq!((nodes, bytes), (tree.nodes(), tree.bytes()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_page_shows_the_stage(steps in proptest::collection::vec(step(), 1..60)) {
        let (mut room, mut page) = (Room::new(), Page::default());
        let mut run = Run { handles: vec![1], ..Run::default() };
        for step in steps {
            run.step(&mut room, &mut page, step);
            check(&room.dom.stage.tree);
        }
        run.step(&mut room, &mut page, Step::Flush);
    }

    #[test]
    fn a_damaged_snapshot_is_an_error(steps in proptest::collection::vec(step(), 1..30), at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let (mut room, mut page) = (Room::new(), Page::default());
        let mut run = Run { handles: vec![1], ..Run::default() };
        for step in steps {
            run.step(&mut room, &mut page, step);
        }
        let mut saved = room.dom.save().unwrap();
        let at = at.index(saved.len());
        saved[at] ^= 1_u8 << bit;
        let before = room.dom.save();
        if room.with(|dom, cx| dom.load(Some(&saved), cx)).is_err() {
            prop_assert_eq!(room.dom.save(), before, "an error leaves everything as it was");
        }
        check(&room.dom.stage.tree);
    }

    #[test]
    fn no_html_panics(html in "(<|</|[a-z]{1,8}|>|=|\"|'|&|;|#| |!--|svg|table|tr|td|select|a href|style|/){0,60}") {
        let mut room = Room::new();
        let _ = room.call("dom_html", vec![Value::Int(1), text(&html)]);
        check(&room.dom.stage.tree);
        page::whole(room.dom.whole());
    }

    #[test]
    fn no_selector_panics(selector in "[a-z#.:()\\[\\]='\"*>+~ ,|&\\\\]{0,20}") {
        let _ = Room::new().call("dom_query", vec![text(&selector)]);
    }

    #[test]
    fn no_style_panics(value in "[a-zA-Z0-9#.:;()\\[\\]{}='\"*/!@ ,%\\\\<>-]{0,30}") {
        let mut room = Room::new();
        let _ = room.call("dom_style", vec![Value::Int(1), text("color"), text(&value)]);
        let _ = room.call("dom_attr", vec![Value::Int(1), text("style"), text(&value)]);
    }
}
