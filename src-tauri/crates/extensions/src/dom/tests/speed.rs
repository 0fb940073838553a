//! What an operation costs. Run with `--ignored --nocapture`.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a measurement reads the clock and prints"
)]

use std::time::Instant;

use protocol::Value;

use super::{Room, text};
use crate::{Args, Extension as _, dom::functions::FUNCTIONS};

const ROUNDS: i64 = 50_000;

fn index(name: &str) -> usize {
    FUNCTIONS.iter().position(|declared| declared.function.name == name).unwrap()
}

/// Creates, fills and appends, flushing as the engine does.
#[test]
#[ignore = "a measurement"]
fn create_text_append() {
    let [create, set_text, append] = ["dom_create", "dom_text", "dom_append"].map(index);
    for _ in 0..3 {
        let mut room = Room::new();
        let start = Instant::now();
        let mut patches = 0;
        for _ in 0..ROUNDS {
            let handle = room.with(|dom, cx| dom.call(create, Args(vec![text("li")]), cx));
            let crate::Answer::Value(handle) = handle else { unreachable!() };
            room.with(|dom, cx| dom.call(set_text, Args(vec![handle.clone(), text("a line of text")]), cx));
            room.with(|dom, cx| dom.call(append, Args(vec![Value::Int(1), handle]), cx));
            if room.dom.is_full() {
                patches += room.flush().len();
            }
        }
        patches += room.flush().len();
        let each = start.elapsed().as_nanos() / u128::try_from(ROUNDS).unwrap();
        println!("create + text + append + patch: {each} ns ({patches} patches)");
    }
}

#[test]
#[ignore = "a measurement"]
fn changes_of_one_element() {
    let cases = [
        ("dom_text", vec![text("line 1234567")]),
        ("dom_style", vec![text("color"), text("#00d4ff")]),
        ("dom_attr", vec![text("class"), text("done")]),
        ("dom_get_text", vec![]),
        ("dom_query", vec![]),
    ];
    for (name, rest) in cases {
        let mut room = Room::new();
        let handles: Vec<i64> = (0..100).map(|_| room.add(1, "p")).collect();
        room.value("dom_attr", vec![Value::Int(handles[99]), text("id"), text("last")]);
        let function = index(name);
        room.flush();
        let start = Instant::now();
        for round in 0..ROUNDS {
            let handle = Value::Int(handles[usize::try_from(round).unwrap() % 100]);
            let mut args = vec![handle];
            args.extend(rest.iter().cloned());
            match (name, args.last_mut()) {
                ("dom_query", _) => args = vec![text("#last")],
                ("dom_style", Some(value)) => *value = text(&format!("#00{:04}", round % 9999)),
                (_, Some(Value::Str(value))) => value.push_str(&round.to_string()),
                _ => {}
            }
            room.with(|dom, cx| dom.call(function, Args(args), cx));
            if room.dom.is_full() {
                room.flush();
            }
        }
        room.flush();
        println!("{name}: {} ns", start.elapsed().as_nanos() / u128::try_from(ROUNDS).unwrap());
    }
}
