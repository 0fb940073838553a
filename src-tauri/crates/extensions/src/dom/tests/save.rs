//! The stage in a snapshot.

use protocol::{
    Value,
    stage::{Handle, Patch},
};

use super::{Room, page, text};
use crate::{Answer, Extension as _};

#[test]
fn everything_comes_back() {
    let mut room = Room::new();
    room.value("dom_html", vec![Value::Int(1), text("<input id=i><p style='color: red'>a<b>b</b></p>")]);
    let input = super::int(&room.value("dom_query", vec![text("#i")]));
    let detached = room.create("ul");
    let gone = room.add(1, "p");
    room.value("dom_remove", vec![Value::Int(gone)]);
    room.hear(input, "input", Some(text("typed")));
    room.hear(input, "focus", None);
    room.waits("dom_on_click", vec![Value::Int(input)]);
    room.flush();
    let saved = room.dom.save().unwrap();
    room.with(|dom, cx| dom.released(1, cx));

    let mut other = Room::new();
    other.add(1, "hr");
    other.flush();
    other.with(|dom, cx| dom.load(Some(&saved), cx)).unwrap();
    let patches = other.flush();
    let focus = Patch::Focus { handle: Some(Handle::try_from(input).unwrap()) };
    assert!(matches!(patches.as_slice(), [Patch::Reset { .. }, last] if *last == focus));
    let root = page::whole(patches);
    let mut before = page::whole(room.dom.whole());
    // What waits is asked again.
    let protocol::stage::StageNode::Element(first) = &mut before.children[0] else { panic!() };
    assert_eq!(std::mem::take(&mut first.listens), ["click"]);
    assert_eq!(root, before);
    assert_eq!(other.value("dom_get_value", vec![Value::Int(input)]), text("typed"));
    assert_eq!(other.value("dom_query", vec![text(":focus")]), Value::Int(input));
    assert_eq!(other.value("dom_append", vec![Value::Int(1), Value::Int(detached)]), Value::None);
    assert!(other.raised("dom_get_text", vec![Value::Int(gone)]).message.contains("it was removed"));
    assert_eq!(other.create("p"), room.create("p"), "the next handle is the same");
}

#[test]
fn nothing_saved_is_the_beginning() {
    let mut room = Room::new();
    room.add(1, "p");
    room.flush();
    room.with(|dom, cx| dom.load(None, cx)).unwrap();
    assert!(matches!(room.flush().as_slice(), [Patch::Reset { root }] if root.children.is_empty()));
}

#[test]
fn a_snapshot_that_lies_is_refused() {
    let mut room = Room::new();
    room.value("dom_html", vec![Value::Int(1), text("<a href=https://a.b>a</a><button data-kk=x>b</button>")]);
    let saved = room.dom.save().unwrap();
    let swaps: [(&[u8], &[u8]); 5] = [
        (b"button", b"script"),
        (b"https://a.b", b"javascript:"),
        (b"data-kk", b"onclick"),
        (b"data-kk", b"data kk"),
        (b"sandbox", b"\xffandbox"),
    ];
    for (from, to) in swaps {
        let at = saved.windows(from.len()).position(|window| window == from).unwrap();
        let mut altered = saved.clone();
        altered[at..at + to.len()].copy_from_slice(to);
        let before = room.dom.whole();
        assert!(room.with(|dom, cx| dom.load(Some(&altered), cx)).is_err(), "{}", String::from_utf8_lossy(to));
        assert_eq!(room.dom.whole(), before);
    }
    for end in 0..saved.len() {
        assert!(room.with(|dom, cx| dom.load(Some(&saved[..end]), cx)).is_err());
    }
    let longer = [saved.as_slice(), &[0]].concat();
    assert!(room.with(|dom, cx| dom.load(Some(&longer), cx)).is_err());
    assert!(matches!(room.call("dom_root", vec![]), Answer::Value(_)));
}
