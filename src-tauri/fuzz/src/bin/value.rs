//! Values: what was read from JSON is written and reads the same by both readers, and its text
//! keeps to a budget.

#![no_main]

use fuzz::same;
use jiter::JsonValue;
use libfuzzer_sys::fuzz_target;
use protocol::{
    Value,
    value::{MAX_DEPTH, from_json},
};

fuzz_target!(init: fuzz::init(), |bytes: &[u8]| {
    let Some(value) = read(bytes) else {
        return;
    };
    survives(&value);
    budgets(&value);
    // Again where it only just fits: what is written may nest deeper than what was read.
    let inmost = |levels: usize| read(&[&b"[".repeat(levels), bytes, &b"]".repeat(levels)].concat());
    survives(&(0..=MAX_DEPTH).rev().find_map(inmost).expect("it fits at no depth"));
});

fn survives(value: &Value) {
    let json = text(value);
    let outside = read(json.as_bytes()).expect("what was written can be read");
    let from_child = serde_json::from_str(&json).expect("what was written can be read through serde");
    for again in [&outside, &from_child] {
        assert!(same(value, again), "{value:?} came back as {again:?}");
        assert_eq!(json, text(again), "{value:?}");
    }
}

fn read(json: &[u8]) -> Option<Value> {
    from_json(&JsonValue::parse(json, false).ok()?).ok()
}

fn text(value: &Value) -> String {
    serde_json::to_string(value).expect("a value can be written")
}

fn budgets(value: &Value) {
    let whole = value.repr(usize::MAX);
    for budget in [0, 1, 7, whole.len() / 2, whole.len().saturating_sub(1), whole.len()] {
        let shown = value.repr(budget);
        let wanted = if whole.len() <= budget {
            whole.clone()
        } else {
            format!("{}…", &whole[..whole.floor_char_boundary(budget)])
        };
        assert_eq!(shown, wanted, "with a budget of {budget}");
    }
}
