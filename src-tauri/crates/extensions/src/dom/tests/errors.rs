//! Every way to call a function wrongly, and what is said.

use protocol::Value;

use super::{Room, ints, text};
use crate::{
    Raised,
    dom::tree::{MAX_NODES, MAX_TEXT},
};

#[track_caller]
fn raises(room: &mut Room, name: &str, args: Vec<Value>, exc_type: &str, message: &str) {
    let Raised { exc_type: found, message: said } = room.raised(name, args);
    assert_eq!((found.as_ref(), said.as_str()), (exc_type, format!("{name}(): {message}").as_str()));
}

/// A room in which 2 is an element and 3 was one.
fn room() -> Room {
    let mut room = Room::new();
    room.add(1, "div");
    let gone = room.add(1, "p");
    room.value("dom_remove", vec![Value::Int(gone)]);
    room
}

#[test]
fn bad_handles_are_named_by_every_function() {
    let one = |rest: &[&str]| rest.iter().map(|word| text(word)).collect::<Vec<_>>();
    let functions = [
        ("dom_text", one(&["x"])),
        ("dom_get_text", vec![]),
        ("dom_append", vec![Value::Int(2)]),
        ("dom_style", one(&["color", "red"])),
        ("dom_attr", one(&["id", "x"])),
        ("dom_get_attr", one(&["id"])),
        ("dom_html", one(&["x"])),
        ("dom_remove", vec![]),
        ("dom_set_value", one(&["x"])),
        ("dom_get_value", vec![]),
        ("dom_on_click", vec![]),
    ];
    for (name, rest) in functions {
        for (handle, why) in [
            (3, "it was removed"),
            (7, "there never was one"),
            (0, "there never was one"),
            (-1, "there never was one"),
            (i64::MAX, "there never was one"),
        ] {
            let args = [vec![Value::Int(handle)], rest.clone()].concat();
            raises(&mut room(), name, args, "ValueError", &format!("there is no element {handle} ({why})"));
        }
    }
    let removed = "there is no element 3 (it was removed)";
    raises(&mut room(), "dom_append", vec![Value::Int(2), Value::Int(3)], "ValueError", removed);
    raises(&mut room(), "dom_await_click_any", vec![ints(&[2, 3])], "ValueError", removed);
    raises(&mut room(), "dom_await_event", vec![ints(&[3]), text("click")], "ValueError", removed);
}

#[test]
fn a_wait_that_would_never_end_is_an_error() {
    let never = "there is no element to wait for: a wait with no element would never end";
    raises(&mut room(), "dom_await_click_any", vec![ints(&[])], "ValueError", never);
    raises(&mut room(), "dom_await_event", vec![ints(&[]), text("click")], "ValueError", never);
    let no_type = "there is no type of event to wait for: such a wait would never end";
    raises(&mut room(), "dom_await_event", vec![ints(&[2]), Value::List(vec![])], "ValueError", no_type);
    let strange = room().raised("dom_await_event", vec![ints(&[2]), text("explode")]);
    assert!(strange.message.starts_with("dom_await_event(): there is no event \"explode\"; there are click, dblclick"));
    let wrong = vec![Value::List(vec![text("2")])];
    raises(&mut room(), "dom_await_click_any", wrong, "TypeError", "handles are int, not str");
    let wrong = vec![ints(&[2]), Value::List(vec![Value::Int(1)])];
    raises(&mut room(), "dom_await_event", wrong, "TypeError", "types of events are str, not int");
}

#[test]
fn the_tree_stays_a_tree() {
    let mut room = Room::new();
    let outer = room.add(1, "div");
    let inner = room.add(outer, "div");
    let append = |parent: i64, child: i64| vec![Value::Int(parent), Value::Int(child)];
    raises(&mut room, "dom_append", append(inner, outer), "ValueError", "element 2 cannot go into 3, which is in it");
    raises(&mut room, "dom_append", append(outer, outer), "ValueError", "element 2 cannot go into 2, which is in it");
    let root = "the root of the stage cannot be put into an element";
    raises(&mut room, "dom_append", append(outer, 1), "ValueError", root);
    raises(&mut room, "dom_remove", vec![Value::Int(1)], "ValueError", "the root of the stage cannot be removed");
}

#[test]
fn nesting_is_bounded() {
    let mut room = Room::new();
    let mut inner = 1;
    for _ in 0..255 {
        inner = room.add(inner, "div");
    }
    let (parent, child) = (room.create("ul"), room.create("li"));
    room.value("dom_append", vec![Value::Int(parent), Value::Int(child)]);
    let deep = "elements nest at most 256 deep";
    raises(&mut room, "dom_append", vec![Value::Int(inner), Value::Int(parent)], "ValueError", deep);
    raises(&mut room, "dom_html", vec![Value::Int(inner), text("<b>x</b>")], "ValueError", deep);
    // The bound is on what is there, not on what once was.
    let above = 255;
    room.value("dom_remove", vec![Value::Int(child)]);
    room.value("dom_append", vec![Value::Int(above), Value::Int(parent)]);
    raises(&mut room, "dom_html", vec![Value::Int(1), text(&"<b><i>".repeat(200))], "ValueError", deep);
}

#[test]
fn html_that_would_take_hours_is_refused() {
    let formats = |count: usize| (0..count).map(|number| format!("<b x={number}>")).collect::<Vec<_>>().concat();
    let attributes = (0..200_000).map(|number| format!("{number:x} ")).collect::<Vec<_>>().concat();
    let entangled = [
        ("deep elements", "<div>".repeat(400_000)),
        ("hidden depth", "<div><table><td></div></table>".repeat(60_000)),
        ("formatting made anew", format!("<p>{}</p>{}", formats(1000), "<p>x</p>".repeat(100_000))),
        ("formatting without end", "<i>x</i>".repeat(100_000)),
        ("texts in front of a table", format!("<table>{}", "x<br>".repeat(150_000))),
        ("attributes", format!("<p {attributes}>")),
        ("attributes behind slashes", format!("<p {}>", attributes.replace(' ', "/"))),
        ("attributes with quotes", format!("<p {}>", "a='>'".repeat(200_000))),
    ];
    for (name, html) in entangled {
        let mut room = Room::new();
        let raised = room.raised("dom_html", vec![Value::Int(1), text(&html)]);
        assert_eq!(raised.message, "dom_html(): the HTML is too entangled to be read", "{name}");
    }
}

#[test]
fn the_stage_is_bounded() {
    let mut room = Room::new();
    for _ in 1..MAX_NODES {
        room.create("p");
    }
    let full = "the stage holds at most 200000 elements and texts";
    raises(&mut room, "dom_create", vec![text("p")], "MemoryError", full);
    raises(&mut room, "dom_text", vec![Value::Int(2), text("x")], "MemoryError", full);
    room.value("dom_remove", vec![Value::Int(5)]);
    room.create("p");
    assert_eq!(
        room.raised("dom_text", vec![Value::Int(5), text("x")]).message,
        "dom_text(): there is no element 5 (it was removed)"
    );

    let mut room = Room::new();
    let half = "x".repeat(MAX_TEXT / 2);
    let one = room.add(1, "p");
    room.value("dom_text", vec![Value::Int(one), text(&half)]);
    room.value("dom_attr", vec![Value::Int(one), text("title"), text(&half[..MAX_TEXT / 2 - 4096])]);
    let full = "the stage holds at most 32 MB of text, attributes and styles";
    raises(&mut room, "dom_text", vec![Value::Int(1), text(&half)], "MemoryError", full);
    raises(&mut room, "dom_attr", vec![Value::Int(1), text("title"), text(&half)], "MemoryError", full);
    let huge = "<p>".repeat(1024 * 1024);
    raises(&mut room, "dom_html", vec![Value::Int(1), text(&huge)], "MemoryError", "HTML has at most 2 MB at once");
}

#[test]
fn an_element_is_bounded() {
    let mut room = Room::new();
    for number in 1..256 {
        room.value("dom_attr", vec![Value::Int(1), text(&format!("data-{number}")), text("")]);
    }
    let args = vec![Value::Int(1), text("title"), text("x")];
    raises(&mut room, "dom_attr", args, "MemoryError", "an element holds at most 256 attributes");
}

#[test]
fn what_is_not_allowed_is_said_with_the_reason() {
    let cases = [
        (
            "dom_create",
            vec![text("script")],
            "the tag \"script\" is not allowed: the stage shows elements and runs no code; styles are set with dom_style()",
        ),
        (
            "dom_create",
            vec![text("blink")],
            "the tag \"blink\" is not allowed: it is not in the list of tags that the stage shows",
        ),
        (
            "dom_attr",
            vec![Value::Int(2), text("onClick"), text("x")],
            "the attribute \"onClick\" is not allowed on <div>: the stage runs no code; wait for events with dom_on_click() or dom_await_event()",
        ),
        (
            "dom_attr",
            vec![Value::Int(2), text("href"), text("x")],
            "the attribute \"href\" is not allowed on <div>: it is not in the list for <div>; data-… and aria-… are allowed everywhere",
        ),
        (
            "dom_attr",
            vec![Value::Int(2), text("style"), text("color: red; top")],
            "\" top\" is no style: there is no \":\"",
        ),
        (
            "dom_style",
            vec![Value::Int(2), text("zoom"), text("2")],
            "the style \"zoom\" is not in the list of properties that the stage allows",
        ),
        (
            "dom_style",
            vec![Value::Int(2), text("background"), text("url(x)")],
            "background: \"url(x)\" is not allowed: the stage loads nothing",
        ),
        (
            "dom_style",
            vec![Value::Int(2), text("width"), text("attr(x)")],
            "width: \"attr(x)\" is not allowed: the function attr() is not in the list that the stage allows",
        ),
        ("dom_set_value", vec![Value::Int(2), text("x")], "a <div> has no value; input, textarea and select have one"),
        ("dom_query", vec![text("div[")], "the selector \"div[\" is wrong: it ends too early"),
        ("dom_query", vec![text("")], "the selector \"\" is wrong: a part of it is empty (at 1)"),
        (
            "dom_query",
            vec![text("div >")],
            "the selector \"div >\" is wrong: nothing follows the last combinator (at 6)",
        ),
        (
            "dom_query_all",
            vec![text("a:hover")],
            "the selector \"a:hover\" is wrong: the stage knows no \":hover\" (at 3)",
        ),
        ("dom_query_all", vec![text(":is(p, 4)")], "the selector \":is(p, 4)\" is wrong: a part of it is empty (at 8)"),
    ];
    for (name, args, message) in cases {
        raises(&mut room(), name, args, "ValueError", message);
    }
    let nested = format!("{}p{}", ":not(".repeat(17), ")".repeat(17));
    assert!(room().raised("dom_query", vec![text(&nested)]).message.ends_with("brackets nest more than 16 deep"));
    assert!(room().raised("dom_query", vec![text(&"p,".repeat(600))]).message.ends_with("more than 1024 characters"));
}
