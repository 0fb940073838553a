//! Calls that wait, and the events that end them.

use protocol::{Value, stage::Patch};

use super::{Room, ints, text};
use crate::{Answer, Extension as _, Heard, Incoming, dom::Dom};

const TAKEN: Heard = Heard::Taken { queued: 0 };

fn clicked() -> Value {
    text("clicked")
}

#[test]
fn each_wait_gives_what_it_promises() {
    let mut room = Room::new();
    let [one, two] = [room.add(1, "button"), room.add(1, "input")];
    let call = room.waits("dom_on_click", vec![Value::Int(one)]);
    assert_eq!(room.hear(one, "click", None), TAKEN);
    assert_eq!(room.resolved(), [(call, Ok(clicked()))]);
    let call = room.waits("dom_await_click_any", vec![ints(&[two, one, one])]);
    room.hear(one, "click", None);
    assert_eq!(room.resolved(), [(call, Ok(Value::Int(one)))]);
    let types = Value::List(vec![text("input"), text("click")]);
    let call = room.waits("dom_await_event", vec![ints(&[one, two]), types]);
    assert_eq!(room.hear(two, "keydown", Some(text("a"))), TAKEN);
    assert!(room.resolved().is_empty());
    room.hear(two, "input", Some(text("abc")));
    let event = [("handle", Value::Int(two)), ("type", text("input")), ("value", text("abc"))];
    let event = event.map(|(key, value)| (text(key), value)).to_vec();
    assert_eq!(room.resolved(), [(call, Ok(Value::Dict(event)))]);
    // Its listeners are gone with it.
    room.hear(two, "input", Some(text("abcd")));
    assert!(room.resolved().is_empty());
}

#[test]
fn the_engine_is_told_for_which_elements_a_call_waits() {
    let mut room = Room::new();
    let one = room.add(1, "button");
    let Answer::Wait(wait) = room.call("dom_await_click_any", vec![ints(&[one, 1])]) else { panic!() };
    assert_eq!(wait.handles, [2, 1]);
    assert!(wait.timeout.is_none() && wait.question.is_none());
}

#[test]
fn an_event_rises_to_the_first_element_that_is_waited_for() {
    let mut room = Room::new();
    let outer = room.add(1, "div");
    let inner = room.add(outer, "button");
    let whole = room.waits("dom_await_click_any", vec![ints(&[outer])]);
    let near = room.waits("dom_await_click_any", vec![ints(&[inner])]);
    let later = room.waits("dom_on_click", vec![Value::Int(inner)]);
    for (call, gives) in [(near, Value::Int(inner)), (later, clicked()), (whole, Value::Int(outer))] {
        room.hear(inner, "click", None);
        assert_eq!(room.resolved(), [(call, Ok(gives))]);
    }
    room.waits("dom_await_event", vec![ints(&[outer]), text("focus")]);
    room.hear(inner, "focus", None);
    assert!(room.resolved().is_empty(), "focus is of one element alone");
}

#[test]
fn a_wait_ends_when_its_last_element_goes() {
    let mut room = Room::new();
    let [one, two] = [room.add(1, "div"), room.add(1, "div")];
    let call = room.waits("dom_await_click_any", vec![ints(&[one, two])]);
    room.value("dom_remove", vec![Value::Int(one)]);
    assert!(room.resolved().is_empty());
    room.value("dom_html", vec![Value::Int(1), text("")]);
    let resolved = room.resolved();
    let [(ended, Err(raised))] = resolved.as_slice() else { panic!("{resolved:?}") };
    assert_eq!((*ended, raised.exc_type.as_ref()), (call, "ValueError"));
    assert_eq!(raised.message, "dom_await_click_any(): every element that it waited for was removed");
}

#[test]
fn the_page_knows_what_is_waited_for() {
    let mut room = Room::new();
    let one = room.add(1, "button");
    room.flush();
    let click = room.waits("dom_on_click", vec![Value::Int(one)]);
    let listen =
        |types: &[&str]| Patch::Listen { handle: 2, types: types.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(room.flush(), [listen(&["click"])]);
    let keys = room.waits("dom_await_event", vec![ints(&[one]), Value::List(vec![text("keyup"), text("click")])]);
    assert_eq!(room.flush(), [listen(&["click", "keyup"])]);
    room.with(|dom, cx| dom.released(keys, cx));
    assert_eq!(room.flush(), [listen(&["click"])]);
    room.with(|dom, cx| dom.released(click, cx));
    assert_eq!(room.flush(), [listen(&[])]);
    // A loop that waits again and again tells nothing.
    room.waits("dom_on_click", vec![Value::Int(one)]);
    room.flush();
    for _ in 0..3 {
        room.hear(one, "click", None);
        room.waits("dom_on_click", vec![Value::Int(one)]);
        room.effects.clear();
        assert!(room.flush().is_empty());
    }
}

#[test]
fn an_element_that_is_waited_for_joins_the_stage() {
    let mut room = Room::new();
    room.add(1, "p");
    room.flush();
    let button = room.create("button");
    room.waits("dom_on_click", vec![Value::Int(button)]);
    assert!(room.flush().is_empty());
    let refused = Heard::Refused(format!("element {button} is not on the stage"));
    assert_eq!(room.hear(button, "click", None), refused);
    room.value("dom_append", vec![Value::Int(1), Value::Int(button)]);
    let patches = room.flush();
    assert!(matches!(patches.as_slice(), [Patch::Append { element, .. }] if element.listens == ["click"]));
}

#[test]
fn a_wait_is_told_with_its_element() {
    let mut room = Room::new();
    room.add(1, "p");
    room.flush();
    let button = room.add(1, "button");
    room.waits("dom_on_click", vec![Value::Int(button)]);
    let patches = room.flush();
    assert!(matches!(patches.as_slice(), [Patch::Append { element, .. }] if element.listens == ["click"]));
}

#[test]
fn what_is_typed_needs_no_trip_and_no_echo() {
    let mut room = Room::new();
    room.value("dom_html", vec![Value::Int(1), text(
        "<input id=i><textarea id=t>x</textarea><select id=s><option>a<option>b</select><input id=c type=checkbox>\
         <input id=r type=radio name=n checked><input id=q type=radio name=n>",
    )]);
    room.flush();
    let mut at = |selector: &str| super::int(&room.value("dom_query", vec![text(selector)]));
    let [input, area, select, check, radio, rival] = ["#i", "#t", "#s", "#c", "#r", "#q"].map(&mut at);
    for (handle, kind, value) in [
        (input, "input", text("abc")),
        (area, "change", text("long")),
        (select, "change", text("b")),
        (check, "change", Value::Bool(true)),
        (rival, "input", Value::Bool(true)),
    ] {
        assert_eq!(room.hear(handle, kind, Some(value)), TAKEN);
    }
    for (handle, value) in [
        (input, text("abc")),
        (area, text("long")),
        (select, text("b")),
        (check, text("on")),
        (radio, Value::None),
        (rival, text("on")),
    ] {
        assert_eq!(room.value("dom_get_value", vec![Value::Int(handle)]), value);
    }
    room.hear(check, "change", Some(Value::Bool(false)));
    assert_eq!(room.value("dom_get_attr", vec![Value::Int(check), text("checked")]), Value::None);
    assert!(room.flush().is_empty());
    // The page may be ahead of us, so what a program turns is always told.
    room.value("dom_set_value", vec![Value::Int(check), Value::Bool(false)]);
    assert!(matches!(room.flush().as_slice(), [Patch::Attribute { value: None, .. }]));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut room = Room::new();
    let [p, check] = [room.add(1, "p"), room.add(1, "input")];
    room.value("dom_attr", vec![Value::Int(check), text("type"), text("checkbox")]);
    let refused = |text: &str| Heard::Refused(text.to_owned());
    assert_eq!(room.hear(9, "click", None), refused("there is no element 9"));
    assert!(matches!(room.hear(p, "load", None), Heard::Refused(why) if why.starts_with("there is no event \"load\"")));
    let cases = [
        (p, "input", text("x"), "this <p> takes no value of type str"),
        (check, "change", text("x"), "this <input> takes no value of type str"),
        (check, "change", Value::Int(1), "this <input> takes no value of type int"),
    ];
    for (handle, kind, value, why) in cases {
        assert_eq!(room.hear(handle, kind, Some(value)), refused(why));
    }
    let other = room.with(|dom, cx| dom.hear(&Incoming::Dispatch(Value::None), cx));
    assert_eq!(other, Heard::NotMine);
}

#[test]
fn the_focus_is_kept() {
    let mut room = Room::new();
    let [one, two] = [room.add(1, "input"), room.add(1, "input")];
    let focused = |room: &mut Room| room.value("dom_query", vec![text(":focus")]);
    room.hear(one, "focus", None);
    assert_eq!(focused(&mut room), Value::Int(one));
    room.hear(two, "focus", None);
    room.hear(one, "blur", None);
    assert_eq!(focused(&mut room), Value::Int(two));
    room.value("dom_remove", vec![Value::Int(two)]);
    assert_eq!(focused(&mut room), Value::None);
}

#[test]
fn a_fresh_program_forgets_the_waits_of_the_last() {
    let mut room = Room::new();
    let one = room.add(1, "button");
    room.waits("dom_on_click", vec![Value::Int(one)]);
    room.with(Dom::begin);
    let one = room.add(1, "button");
    room.hear(one, "click", None);
    assert!(room.resolved().is_empty());
}
