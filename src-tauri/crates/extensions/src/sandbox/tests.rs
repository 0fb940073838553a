use protocol::Value;

use super::{MAX_ALIVE, MAX_KEPT, Sandbox, child::MAX_OUTPUT};
use crate::{
    call::{Effect, Raised},
    extension::{ChildPolicy, Extension, Heard, Incoming},
    testing::{Rig, dict, text},
};

fn spawn(rig: &mut Rig, sandbox: &mut Sandbox) -> u32 {
    match rig.value(sandbox, "sandbox_spawn", vec![text("1 + 1")]) {
        Value::Int(handle) => u32::try_from(handle).unwrap(),
        other => panic!("{other:?}"),
    }
}

fn ends(rig: &mut Rig, sandbox: &mut Sandbox, handle: u32, result: Result<Value, Raised>) {
    assert_eq!(rig.hear(sandbox, &Incoming::ChildEnded { handle, result }), Heard::Taken { queued: 0 });
}

fn prints(rig: &mut Rig, sandbox: &mut Sandbox, handle: u32, printed: &str) {
    rig.hear(sandbox, &Incoming::ChildPrinted { handle, text: printed.to_owned() });
}

fn handle(handle: u32) -> Vec<Value> {
    vec![Value::Int(handle.into())]
}

fn handles(handles: &[u32]) -> Vec<Value> {
    vec![Value::List(handles.iter().map(|handle| Value::Int((*handle).into())).collect())]
}

#[test]
fn spawn_gives_the_handle_at_once() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let args = vec![text("x"), Value::Int(100), Value::Int(5_000_000)];
    assert_eq!(rig.value(&mut sandbox, "sandbox_spawn", args), Value::Int(1));
    let code = "x".to_owned();
    let expected = Effect::Spawn { handle: 1, code, timeout_ms: Some(100), memory_bytes: Some(5_000_000) };
    assert_eq!(rig.take(), [expected]);
    assert_eq!(spawn(&mut rig, &mut sandbox), 2);
    let code = "1 + 1".to_owned();
    assert_eq!(rig.take(), [Effect::Spawn { handle: 2, code, timeout_ms: None, memory_bytes: None }]);
    for (name, index) in [("timeout_ms", 1), ("memory_bytes", 2)] {
        for (value, shown) in
            [(Value::Int(0), "0"), (Value::Int(-1), "-1"), (Value::BigInt(u64::MAX.into()), "18446744073709551615")]
        {
            let mut args = vec![text("x"), Value::None, Value::None];
            args[index] = value;
            let expected = format!("ValueError: {name} has to be positive and below 2^63, not {shown}");
            assert_eq!(rig.raised(&mut sandbox, "sandbox_spawn", args), expected);
        }
    }
    assert!(rig.take().is_empty());
}

#[test]
fn await_gives_the_value_early_or_late() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let child = spawn(&mut rig, &mut sandbox);
    let first = rig.waits(&mut sandbox, "sandbox_await", handle(child));
    let second = rig.waits(&mut sandbox, "sandbox_await", handle(child));
    ends(&mut rig, &mut sandbox, child, Ok(Value::Int(2)));
    assert_eq!(rig.resolved(), [(first, Ok(Value::Int(2))), (second, Ok(Value::Int(2)))]);
    assert_eq!(rig.value(&mut sandbox, "sandbox_await", handle(child)), Value::Int(2));
    ends(&mut rig, &mut sandbox, child, Ok(Value::Int(3)));
    assert_eq!(rig.value(&mut sandbox, "sandbox_await", handle(child)), Value::Int(2), "it ends once");
}

#[test]
fn a_released_wait_gets_nothing() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let child = spawn(&mut rig, &mut sandbox);
    let call = rig.waits(&mut sandbox, "sandbox_await", handle(child));
    sandbox.released(call, &mut rig.cx());
    ends(&mut rig, &mut sandbox, child, Ok(Value::None));
    assert!(rig.resolved().is_empty());
}

#[test]
fn a_failure_tells_the_child_and_its_exception() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let children: Vec<u32> = (0..3).map(|_| spawn(&mut rig, &mut sandbox)).collect();
    let all = rig.waits(&mut sandbox, "sandbox_await_all", handles(&children));
    ends(&mut rig, &mut sandbox, 3, Err(Raised::new("KeyError", "'late'")));
    ends(&mut rig, &mut sandbox, 1, Ok(Value::None));
    assert!(rig.resolved().is_empty(), "it waits for all of them");
    ends(&mut rig, &mut sandbox, 2, Err(Raised::value_error("bad")));
    let failed = Raised::runtime_error("the child 2 failed: ValueError: bad");
    assert_eq!(rig.resolved(), [(all, Err(failed))], "the first by handle decides");
    assert_eq!(
        rig.raised(&mut sandbox, "sandbox_await", handle(3)),
        "RuntimeError: the child 3 failed: KeyError: 'late'"
    );
    assert_eq!(
        rig.raised(&mut sandbox, "sandbox_gather", handles(&[1, 3])),
        "RuntimeError: the child 3 failed: KeyError: 'late'"
    );
}

#[test]
fn await_all_and_gather_keep_the_order_of_the_handles() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let (a, b) = (spawn(&mut rig, &mut sandbox), spawn(&mut rig, &mut sandbox));
    prints(&mut rig, &mut sandbox, a, "one\n");
    let all = rig.waits(&mut sandbox, "sandbox_await_all", handles(&[b, a, b]));
    let gather = rig.waits(&mut sandbox, "sandbox_gather", handles(&[b, a]));
    ends(&mut rig, &mut sandbox, a, Ok(text("A")));
    ends(&mut rig, &mut sandbox, b, Ok(text("B")));
    let report = |handle: u32, value: &str, output: &str| {
        dict(&[("handle", Value::Int(handle.into())), ("value", text(value)), ("output", text(output))])
    };
    assert_eq!(
        rig.resolved(),
        [
            (all, Ok(Value::List(vec![text("B"), text("A"), text("B")]))),
            (gather, Ok(Value::List(vec![report(b, "B", ""), report(a, "A", "one\n")]))),
        ]
    );
    for name in ["sandbox_await_all", "sandbox_gather"] {
        assert_eq!(rig.value(&mut sandbox, name, handles(&[])), Value::List(vec![]));
        let args = vec![Value::List(vec![text("1")])];
        assert_eq!(rig.raised(&mut sandbox, name, args), "TypeError: handles of children are int, not str");
    }
}

#[test]
fn output_can_be_read_at_the_end_and_is_bounded() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let child = spawn(&mut rig, &mut sandbox);
    prints(&mut rig, &mut sandbox, child, "a\n");
    assert_eq!(
        rig.raised(&mut sandbox, "sandbox_get_output", handle(child)),
        "RuntimeError: the child 1 is still running"
    );
    prints(&mut rig, &mut sandbox, child, &"é".repeat(MAX_OUTPUT));
    prints(&mut rig, &mut sandbox, child, "dropped");
    ends(&mut rig, &mut sandbox, child, Ok(Value::None));
    let Value::Str(output) = rig.value(&mut sandbox, "sandbox_get_output", handle(child)) else { panic!("text") };
    assert!(output.starts_with("a\né") && output.ends_with('é'), "what came first is kept, without a hole");
    assert_eq!(output.len(), MAX_OUTPUT);
    assert_eq!(rig.hear(&mut sandbox, &Incoming::Dispatch(Value::None)), Heard::NotMine);
}

#[test]
fn cancel_ends_a_child_and_who_waits_for_it() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let child = spawn(&mut rig, &mut sandbox);
    assert_eq!(rig.value(&mut sandbox, "sandbox_is_alive", handle(child)), Value::Bool(true));
    let call = rig.waits(&mut sandbox, "sandbox_await", handle(child));
    rig.take();
    assert_eq!(rig.value(&mut sandbox, "sandbox_cancel", handle(child)), Value::Bool(true));
    let cancelled = Raised::runtime_error("the child 1 was cancelled");
    let expected = [Effect::EndChild { handle: child }, Effect::Resolve { call_id: call, result: Err(cancelled) }];
    assert_eq!(rig.take(), expected);
    assert_eq!(rig.value(&mut sandbox, "sandbox_is_alive", handle(child)), Value::Bool(false));
    assert_eq!(rig.value(&mut sandbox, "sandbox_cancel", handle(child)), Value::Bool(false));
    ends(&mut rig, &mut sandbox, child, Ok(Value::Int(1)));
    assert_eq!(rig.raised(&mut sandbox, "sandbox_await", handle(child)), "RuntimeError: the child 1 was cancelled");
    assert!(rig.take().is_empty());
}

#[test]
fn a_freed_handle_is_unknown_and_never_comes_back() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let child = spawn(&mut rig, &mut sandbox);
    assert_eq!(rig.raised(&mut sandbox, "sandbox_free", handle(child)), "RuntimeError: the child 1 is still running");
    ends(&mut rig, &mut sandbox, child, Ok(Value::None));
    assert_eq!(rig.value(&mut sandbox, "sandbox_free", handle(child)), Value::None);
    assert_eq!(spawn(&mut rig, &mut sandbox), 2);
    let wrong = [Value::Int(1), Value::Int(0), Value::Int(-1), Value::Int(1 << 40), Value::BigInt(u64::MAX.into())];
    for value in wrong {
        let expected = format!("ValueError: there is no child with the handle {}", value.repr(40));
        for name in ["sandbox_is_alive", "sandbox_get_output", "sandbox_cancel", "sandbox_free", "sandbox_await_all"] {
            let args =
                if name == "sandbox_await_all" { vec![Value::List(vec![value.clone()])] } else { vec![value.clone()] };
            assert_eq!(rig.raised(&mut sandbox, name, args), expected, "{name}");
        }
        if let Value::Int(_) = value {
            assert_eq!(rig.raised(&mut sandbox, "sandbox_await", vec![value]), expected);
        }
    }
}

#[test]
fn a_child_freed_by_another_task_is_an_error_of_who_waits() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    let (a, b) = (spawn(&mut rig, &mut sandbox), spawn(&mut rig, &mut sandbox));
    let call = rig.waits(&mut sandbox, "sandbox_await_all", handles(&[a, b]));
    ends(&mut rig, &mut sandbox, a, Ok(Value::None));
    rig.value(&mut sandbox, "sandbox_free", handle(a));
    ends(&mut rig, &mut sandbox, b, Ok(Value::None));
    assert_eq!(rig.resolved(), [(call, Err(Raised::value_error("there is no child with the handle 1")))]);
}

#[test]
fn at_most_sixteen_are_alive() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    for _ in 0..MAX_ALIVE {
        spawn(&mut rig, &mut sandbox);
    }
    let refused = "RuntimeError: Maximum concurrent children (16) reached.";
    assert_eq!(rig.raised(&mut sandbox, "sandbox_spawn", vec![text("")]), refused);
    ends(&mut rig, &mut sandbox, 5, Ok(Value::None));
    assert_eq!(spawn(&mut rig, &mut sandbox), 17);
    assert_eq!(rig.raised(&mut sandbox, "sandbox_spawn", vec![text("")]), refused);
}

#[test]
fn ended_children_do_not_pile_up() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    for _ in 0..MAX_KEPT {
        let child = spawn(&mut rig, &mut sandbox);
        ends(&mut rig, &mut sandbox, child, Ok(Value::None));
    }
    assert_eq!(
        rig.raised(&mut sandbox, "sandbox_spawn", vec![text("")]),
        "RuntimeError: 256 ended children are kept; free some with sandbox_free"
    );
    rig.value(&mut sandbox, "sandbox_free", handle(1));
    spawn(&mut rig, &mut sandbox);
}

#[test]
fn children_spawn_up_to_the_third_level() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    assert_eq!(sandbox.profile().child_policy, ChildPolicy::Clone);
    spawn(&mut rig, &mut sandbox);
    let mut child = sandbox.for_child().unwrap();
    assert!(rig.raised(&mut *child, "sandbox_is_alive", handle(1)).starts_with("ValueError"), "it has none yet");
    for depth in 1..3 {
        rig.depth = depth;
        rig.value(&mut *child, "sandbox_spawn", vec![text("")]);
    }
    rig.depth = 3;
    assert_eq!(
        rig.raised(&mut *child, "sandbox_spawn", vec![text("")]),
        "RuntimeError: Maximum sandbox recursion depth (3) exceeded."
    );
}

#[test]
fn a_fresh_program_or_a_snapshot_has_no_children() {
    let drop_all: [fn(&mut Sandbox, &mut Rig); 2] =
        [|sandbox, rig| sandbox.begin(&mut rig.cx()), |sandbox, rig| sandbox.load(None, &mut rig.cx()).unwrap()];
    for drop_all in drop_all {
        let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
        let (a, b) = (spawn(&mut rig, &mut sandbox), spawn(&mut rig, &mut sandbox));
        rig.waits(&mut sandbox, "sandbox_await", handle(a));
        ends(&mut rig, &mut sandbox, b, Ok(Value::None));
        rig.take();
        drop_all(&mut sandbox, &mut rig);
        assert_eq!(rig.take(), [Effect::EndChild { handle: a }], "what runs is ended");
        assert!(rig.raised(&mut sandbox, "sandbox_is_alive", handle(a)).starts_with("ValueError"));
        ends(&mut rig, &mut sandbox, a, Ok(Value::None));
        assert!(rig.take().is_empty(), "late words are not heard");
        assert_eq!(spawn(&mut rig, &mut sandbox), 3);
    }
}

#[test]
fn a_restored_program_does_not_meet_strangers_under_its_old_handles() {
    let (mut rig, mut sandbox) = (Rig::new(), Sandbox::default());
    assert_eq!(sandbox.save(), None);
    for _ in 0..3 {
        spawn(&mut rig, &mut sandbox);
    }
    let saved = sandbox.save();
    let mut other = Sandbox::default();
    other.load(saved.as_deref(), &mut rig.cx()).unwrap();
    assert_eq!(rig.raised(&mut other, "sandbox_await", handle(1)), "ValueError: there is no child with the handle 1");
    assert_eq!(spawn(&mut rig, &mut other), 4);
    assert_eq!(other.load(Some(b"?"), &mut rig.cx()), Err("no state of sandbox".to_owned()));
    assert_eq!(rig.value(&mut other, "sandbox_is_alive", handle(4)), Value::Bool(true), "it is as it was");
}
