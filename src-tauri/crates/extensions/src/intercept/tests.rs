use std::time::Duration;

use protocol::{Inputs, Value};
use serde_json::json;

use super::{Calls, Chain, Intercepted, Verdict};
use crate::{
    call::{Answer, Raised},
    policy::Policy,
};

fn chain(policies: &[serde_json::Value]) -> Chain {
    let policies: Vec<Policy> = policies.iter().map(|policy| serde_json::from_value(policy.clone()).unwrap()).collect();
    for policy in &policies {
        policy.check().unwrap();
    }
    Chain::of(&policies, false)
}

fn ask(chain: &mut Chain, name: &str) -> Verdict {
    chain.before(&Intercepted { name, args: &[], kwargs: &Inputs::default() })
}

fn value(value: i64) -> Verdict {
    Verdict::Answer(Answer::Value(Value::Int(value)))
}

fn raised(exc_type: &'static str, message: &str) -> Verdict {
    Verdict::Answer(Answer::Raise(Raised::new(exc_type, message)))
}

fn asked(rule: &str, then: Verdict) -> Verdict {
    Verdict::Ask { rule: rule.to_owned(), then: Box::new(then) }
}

#[test]
fn the_strictest_permission_holds() {
    let mut chain = chain(&[json!({"permissions": {
        "dom_*": "ask", "dom_html": "deny", "dom_text": "allow", "Path.": "ask", "Path.write*": "deny", "open": "deny",
    }})]);
    let deny =
        |name: &str, rule: &str| raised("PermissionError", &format!("{name}() is not allowed (rule \"{rule}\")"));
    for (name, expected) in [
        ("el_recv", Verdict::Pass),
        ("dom_root", asked("dom_*", Verdict::Pass)),
        ("dom_text", asked("dom_*", Verdict::Pass)),
        ("dom_html", deny("dom_html", "dom_html")),
        ("Path.read_text", asked("Path.", Verdict::Pass)),
        ("Path.write_text", deny("Path.write_text", "Path.write*")),
        ("open", deny("open", "open")),
        ("open_it", Verdict::Pass),
    ] {
        assert_eq!(ask(&mut chain, name), expected, "{name}");
    }
}

#[test]
fn a_limit_counts_each_function_in_each_run() {
    let mut chain = chain(&[json!({"rateLimits": {"msg_*": 2, "msg_peek": 0, "el_emit": 1}})]);
    for _run in 0..2 {
        for name in ["msg_send", "msg_recv"] {
            assert_eq!(ask(&mut chain, name), Verdict::Pass);
            assert_eq!(ask(&mut chain, name), Verdict::Pass);
            let text = format!("{name}() may be called 2 times in a run (rule \"msg_*\")");
            assert_eq!(ask(&mut chain, name), raised("RuntimeError", &text));
        }
        let text = "msg_peek() may be called 0 times in a run (rule \"msg_peek\")";
        assert_eq!(ask(&mut chain, "msg_peek"), raised("RuntimeError", text));
        assert_eq!(ask(&mut chain, "el_recv"), Verdict::Pass);
        chain.begin(Calls::new());
    }
}

#[test]
fn a_rule_answers_fails_or_delays() {
    let error = json!({"excType": "OSError", "message": "down"});
    let mut chain = chain(&[json!({"modes": {
        "auto": {"by": "extension"},
        "hand": {"by": "hand"},
        "fixed": {"by": "rule", "value": 7},
        "none": {"by": "rule", "value": null},
        "broken": {"by": "rule", "error": error},
        "both": {"by": "rule", "error": error, "value": 1},
        "slow": {"by": "rule", "delayMs": 20},
        "slow_fixed": {"by": "rule", "delayMs": 20, "value": 7},
        "third": {"by": "rule", "error": error, "failEvery": 3},
        "second": {"by": "rule", "error": error, "failEvery": 2, "value": 7},
        "nothing": {"by": "rule"},
    }})]);
    let down = || raised("OSError", "down");
    let slow = |then| Verdict::Delay(Duration::from_millis(20), Box::new(then));
    for _run in 0..2 {
        for (name, expected) in [
            ("auto", Verdict::Pass),
            ("other", Verdict::Pass),
            ("hand", Verdict::Hand),
            ("fixed", value(7)),
            ("none", Verdict::Answer(Answer::Value(Value::None))),
            ("broken", down()),
            ("both", down()),
            ("slow", slow(Verdict::Pass)),
            ("slow_fixed", slow(value(7))),
            ("nothing", Verdict::Pass),
        ] {
            assert_eq!(ask(&mut chain, name), expected, "{name}");
        }
        let calls: Vec<Verdict> = (0..4).map(|_| ask(&mut chain, "third")).collect();
        assert_eq!(calls, [Verdict::Pass, Verdict::Pass, down(), Verdict::Pass]);
        let calls: Vec<Verdict> = (0..3).map(|_| ask(&mut chain, "second")).collect();
        assert_eq!(calls, [value(7), down(), value(7)]);
        chain.begin(Calls::new());
    }
}

#[test]
fn links_add_up() {
    let mut chain = chain(&[json!({
        "permissions": {"f": "ask", "slow": "ask"},
        "rateLimits": {"f": 1},
        "modes": {"f": {"by": "rule", "value": 7}, "slow": {"by": "rule", "delayMs": 20}},
    })]);
    assert_eq!(ask(&mut chain, "f"), asked("f", value(7)));
    let text = "f() may be called 1 times in a run (rule \"f\")";
    assert_eq!(ask(&mut chain, "f"), raised("RuntimeError", text), "what is refused anyway is not asked");
    let delay = Verdict::Delay(Duration::from_millis(20), Box::new(Verdict::Pass));
    assert_eq!(ask(&mut chain, "slow"), asked("slow", delay));
}

#[test]
fn a_child_is_never_wider_than_its_parent() {
    let parent = json!({
        "permissions": {"f": "deny", "g": "ask"},
        "rateLimits": {"h": 0},
        "modes": {"i": {"by": "rule", "value": 1}, "j": {"by": "rule", "value": 1}, "l": {"by": "rule", "delayMs": 9}},
    });
    let child = json!({
        "permissions": {"f": "allow", "g": "ask", "*": "allow", "j": "deny"},
        "rateLimits": {"h": 100},
        "modes": {
            "f": {"by": "rule", "value": 2}, "i": {"by": "hand"}, "k": {"by": "hand"}, "l": {"by": "rule", "value": 2},
        },
    });
    let mut chain = chain(&[parent, child]);
    assert_eq!(ask(&mut chain, "f"), raised("PermissionError", "f() is not allowed (rule \"f\")"));
    assert_eq!(ask(&mut chain, "g"), asked("g", Verdict::Pass), "asked once");
    assert_eq!(ask(&mut chain, "h"), raised("RuntimeError", "h() may be called 0 times in a run (rule \"h\")"));
    assert_eq!(ask(&mut chain, "i"), value(1), "the parent's rule answers");
    let denied = raised("PermissionError", "j() is not allowed (rule \"j\")");
    assert_eq!(ask(&mut chain, "j"), denied, "the parent's rule does not hide what the child forbids");
    assert_eq!(ask(&mut chain, "k"), Verdict::Hand);
    assert_eq!(ask(&mut chain, "l"), Verdict::Delay(Duration::from_millis(9), Box::new(value(2))));
}

#[test]
fn a_recording_answers_call_by_call() {
    let error = json!({"excType": "OSError", "message": "down"});
    let mut chain = chain(&[json!({"modes": {"f": {"by": "recording", "answers": [{"value": 1}, {"error": error}]}}})]);
    for _run in 0..2 {
        assert_eq!(ask(&mut chain, "f"), Verdict::Recorded(Answer::Value(Value::Int(1))));
        assert_eq!(ask(&mut chain, "f"), Verdict::Recorded(Raised::new("OSError", "down").into()));
        let text = "f() was answered 2 times in the recording";
        assert_eq!(ask(&mut chain, "f"), Verdict::Recorded(Raised::runtime_error(text).into()));
        chain.begin(Calls::new());
    }
}

#[test]
fn what_is_limited_is_counted_by_the_root() {
    let policy: Policy = serde_json::from_value(json!({"rateLimits": {"f": 2}, "permissions": {"f": "ask"}})).unwrap();
    let mut below = Chain::of(std::slice::from_ref(&policy), true);
    let counted = Verdict::Count(Box::new(Verdict::Pass));
    for _call in 0..5 {
        assert_eq!(ask(&mut below, "f"), asked("f", counted.clone()));
        assert_eq!(ask(&mut below, "g"), Verdict::Pass);
    }
    let mut root = Chain::of(&[policy], false);
    assert_eq!(ask(&mut root, "f"), asked("f", Verdict::Pass));
    assert_eq!(root.count("f"), Ok(()));
    assert_eq!(root.count("g"), Ok(()));
    let text = "f() may be called 2 times in a run (rule \"f\")";
    assert_eq!(root.count("f"), Err(Raised::runtime_error(text.to_owned())));
    let mut restored = Chain::of(&[], false);
    restored.begin(root.calls().clone());
    assert_eq!(restored.calls(), root.calls());
}
