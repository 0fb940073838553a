use std::time::Duration;

use protocol::Value;

use super::{MAX_CHANNELS, MAX_QUEUED, Msg};
use crate::{
    call::{Answer, Raised},
    extension::{ChildPolicy, Extension},
    testing::{Rig, dict, text},
};

fn send(rig: &mut Rig, msg: &mut Msg, message: i64) {
    assert_eq!(rig.value(msg, "msg_send", vec![text("c"), Value::Int(message)]), Value::None);
}

fn receive(rig: &mut Rig, msg: &mut Msg) -> Value {
    rig.value(msg, "msg_recv", vec![text("c")])
}

#[test]
fn messages_come_in_the_order_they_were_sent() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    send(&mut rig, &mut msg, 1);
    send(&mut rig, &mut msg, 2);
    rig.value(&mut msg, "msg_send", vec![text("other"), Value::Int(3)]);
    assert_eq!(rig.value(&mut msg, "msg_peek", vec![text("c")]), Value::Int(1));
    assert_eq!(receive(&mut rig, &mut msg), Value::Int(1));
    assert_eq!(receive(&mut rig, &mut msg), Value::Int(2));
    assert_eq!(rig.value(&mut msg, "msg_peek", vec![text("c")]), Value::None);
    assert_eq!(rig.value(&mut msg, "msg_peek", vec![text("never seen")]), Value::None);
}

#[test]
fn waiters_are_served_in_order_and_a_released_one_not() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    let calls: Vec<u32> = (0..3).map(|_| rig.waits(&mut msg, "msg_recv", vec![text("c")])).collect();
    msg.released(calls[0], &mut rig.cx());
    for message in 1..=3 {
        send(&mut rig, &mut msg, message);
    }
    assert_eq!(rig.resolved(), [(calls[1], Ok(Value::Int(1))), (calls[2], Ok(Value::Int(2)))]);
    assert_eq!(receive(&mut rig, &mut msg), Value::Int(3));
}

#[test]
fn a_closed_channel_gives_what_is_left_then_none() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    send(&mut rig, &mut msg, 1);
    assert_eq!(rig.value(&mut msg, "msg_close", vec![text("c")]), Value::None);
    assert_eq!(receive(&mut rig, &mut msg), Value::Int(1));
    assert_eq!(receive(&mut rig, &mut msg), Value::None);
    assert_eq!(
        rig.raised(&mut msg, "msg_send", vec![text("c"), Value::Int(2)]),
        "RuntimeError: the channel \"c\" is closed"
    );
    let waiting = rig.waits(&mut msg, "msg_recv", vec![text("d")]);
    rig.value(&mut msg, "msg_close", vec![text("d")]);
    assert_eq!(rig.resolved(), [(waiting, Ok(Value::None))]);
}

#[test]
fn a_wait_ends_after_its_timeout() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    let Answer::Wait(wait) = rig.call(&mut msg, "msg_recv", vec![text("c"), Value::Int(50)]) else {
        panic!("there is nothing to receive");
    };
    assert_eq!((wait.timeout, wait.question), (Some(Duration::from_millis(50)), None));
    let raised = Raised::new("TimeoutError", "msg_recv timed out after 50 ms");
    assert_eq!(msg.timed_out(rig.last_call, Duration::from_millis(50)), Err(raised));
    send(&mut rig, &mut msg, 1);
    assert!(rig.resolved().is_empty(), "who timed out gets nothing more");
    assert_eq!(receive(&mut rig, &mut msg), Value::Int(1));

    let cases = [
        (Value::Int(0), "TimeoutError: msg_recv timed out after 0 ms"),
        (Value::Int(-1), "ValueError: timeout_ms is negative"),
        (Value::BigInt(u64::MAX.into()), "OverflowError: timeout_ms is too large"),
        (Value::Float(1.0), "TypeError: msg_recv() argument 'timeout_ms' must be int or None, not float"),
    ];
    for (timeout, expected) in cases {
        assert_eq!(rig.raised(&mut msg, "msg_recv", vec![text("c"), timeout]), expected);
    }
    let Answer::Wait(wait) = rig.call(&mut msg, "msg_recv", vec![text("c")]) else { panic!("it waits") };
    assert_eq!(wait.timeout, None);
}

#[test]
fn stats_count_what_went_through() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    let stats = |exists, closed, depth, sent, received, peak| {
        dict(&[
            ("exists", Value::Bool(exists)),
            ("closed", Value::Bool(closed)),
            ("queue_depth", Value::Int(depth)),
            ("send_count", Value::Int(sent)),
            ("recv_count", Value::Int(received)),
            ("peak_queue_depth", Value::Int(peak)),
        ])
    };
    let ask = |rig: &mut Rig, msg: &mut Msg| rig.value(msg, "msg_stats", vec![text("c")]);
    assert_eq!(ask(&mut rig, &mut msg), stats(false, false, 0, 0, 0, 0));
    rig.waits(&mut msg, "msg_recv", vec![text("c")]);
    send(&mut rig, &mut msg, 1);
    assert_eq!(ask(&mut rig, &mut msg), stats(true, false, 0, 1, 1, 0));
    for message in 0..3 {
        send(&mut rig, &mut msg, message);
    }
    receive(&mut rig, &mut msg);
    rig.value(&mut msg, "msg_close", vec![text("c")]);
    assert_eq!(ask(&mut rig, &mut msg), stats(true, true, 2, 4, 2, 3));
}

#[test]
fn a_flood_of_messages_or_channels_is_refused() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    for _ in 0..MAX_QUEUED {
        send(&mut rig, &mut msg, 0);
    }
    assert_eq!(
        rig.raised(&mut msg, "msg_send", vec![text("c"), Value::Int(0)]),
        "RuntimeError: the channel \"c\" is full: 10000 messages wait in it"
    );
    for channel in 1..MAX_CHANNELS {
        rig.value(&mut msg, "msg_send", vec![text(&channel.to_string()), Value::None]);
    }
    for name in ["msg_send", "msg_recv", "msg_close"] {
        let mut args = vec![text("one more"), Value::Int(1)];
        args.truncate(if name == "msg_close" { 1 } else { 2 });
        assert_eq!(rig.raised(&mut msg, name, args), "RuntimeError: there are 1000 channels already");
    }
}

#[test]
fn a_memory_bomb_of_messages_is_refused() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    let megabyte = || vec![text("c"), Value::List(vec![Value::Bytes(vec![0; 1024 * 1024 - 1024])])];
    for _ in 0..64 {
        rig.value(&mut msg, "msg_send", megabyte());
    }
    let saved = msg.save().unwrap();
    let refused = "RuntimeError: messages of 67108864 bytes wait in the channels already";
    assert_eq!(rig.raised(&mut msg, "msg_send", megabyte()), refused);
    rig.value(&mut msg, "msg_recv", vec![text("c")]);
    rig.value(&mut msg, "msg_send", megabyte());
    assert_eq!(rig.raised(&mut msg, "msg_send", megabyte()), refused);
    let mut restored = Msg::default();
    restored.load(Some(&saved), &mut rig.cx()).unwrap();
    assert_eq!(rig.raised(&mut restored, "msg_send", megabyte()), refused);
    for _ in 0..64 {
        rig.value(&mut msg, "msg_recv", vec![text("c")]);
    }
    assert_eq!(msg.bytes, 0);
}

#[test]
fn a_snapshot_keeps_the_channels_but_not_the_waits() {
    let (mut rig, mut msg) = (Rig::new(), Msg::default());
    send(&mut rig, &mut msg, 1);
    rig.value(&mut msg, "msg_close", vec![text("d")]);
    rig.waits(&mut msg, "msg_recv", vec![text("e")]);
    let saved = msg.save().unwrap();
    let mut other = Msg::default();
    other.load(Some(&saved), &mut rig.cx()).unwrap();
    assert_eq!(other.save().unwrap(), saved);
    rig.value(&mut other, "msg_send", vec![text("e"), Value::None]);
    assert!(rig.resolved().is_empty());
    assert_eq!(receive(&mut rig, &mut other), Value::Int(1));
    assert_eq!(rig.value(&mut other, "msg_recv", vec![text("d")]), Value::None);

    assert!(other.load(Some(b"[]"), &mut rig.cx()).unwrap_err().starts_with("no state of msg: "));
    let before = other.save();
    other.load(None, &mut rig.cx()).unwrap();
    assert_ne!(other.save(), before);
    msg.begin(&mut rig.cx());
    assert_eq!(msg.save(), other.save(), "both are as in the beginning");
}

#[test]
fn children_share_it() {
    assert_eq!(Msg::default().profile().child_policy, ChildPolicy::Inherit);
}
