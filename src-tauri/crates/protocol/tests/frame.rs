//! Frames of the pipe between the owner and its child.

use std::io::Cursor;

use proptest::prelude::*;
use protocol::{
    Called, Command, Event, FromWorker, Inputs, MAX_FRAME, Position, Range, Resolution, Stream, ToWorker, Told, Value,
    Why, WorkerError, frame,
    record::{By, Lane},
    stage::{Patch, StageElement, StageNode},
};

#[test]
fn frames_follow_each_other() {
    let frames =
        [ToWorker::Command { seq: 1, command: Command::Hello }, ToWorker::Interrupt { seq: 1, why: Why::Cancel }];
    let mut bytes = Vec::new();
    for frame in &frames {
        frame::append(&mut bytes, frame).unwrap();
    }
    let mut reader = Cursor::new(bytes);
    for frame in frames {
        assert_eq!(frame::read::<ToWorker>(&mut reader).unwrap(), Some(frame));
    }
    assert_eq!(frame::read::<ToWorker>(&mut reader).unwrap(), None);
}

#[test]
fn a_length_that_is_too_long_is_refused_before_it_is_read() {
    let length = u32::try_from(MAX_FRAME).unwrap() + 1;
    let error = frame::read::<FromWorker>(&mut Cursor::new(length.to_le_bytes())).expect_err("too long");
    assert!(matches!(error, WorkerError::TooLong(_)), "{error}");
}

#[test]
fn a_promise_that_is_not_kept_takes_no_memory() {
    let mut bytes = u32::try_from(MAX_FRAME).unwrap().to_le_bytes().to_vec();
    bytes.extend_from_slice(b"{}");
    let error = frame::read::<FromWorker>(&mut Cursor::new(bytes)).expect_err("truncated");
    assert!(matches!(error, WorkerError::Io(_)), "{error}");
}

#[test]
fn what_a_program_has_done_comes_as_it_went() {
    let place = |line, column| Position { line, column };
    let range = Range { filename: "main.py".into(), start: place(1, 2), end: place(3, 4) };
    let called = |name: &'static str, range, answer, ends| {
        Told::Called(Box::new(Called {
            lane: Lane::Extension,
            function_name: name.into(),
            args: vec![Value::Int(1), Value::Str("a \"b\"\n".into())],
            kwargs: Inputs(vec![("key".into(), Value::List(vec![Value::None]))]),
            call_id: 7,
            awaited: ends,
            range,
            by: By::Extension,
            answer,
            ends,
        }))
    };
    let element = |children| StageElement { handle: 2, tag: "p".into(), children, ..StageElement::default() };
    let text = StageNode::Text("1".into());
    let patches = vec![
        Patch::Append { parent: 1, element: element(vec![text.clone(), StageNode::Element(element(vec![]))]) },
        Patch::Children { handle: 2, children: vec![text] },
        Patch::Remove { handle: 2 },
        Patch::Reset { root: element(vec![]) },
    ];
    let raised = Resolution::Error { exc_type: "ValueError".into(), message: "no".into() };
    let told = vec![
        Told::Event(Event::Print { stream: Stream::Stderr, text: "a\n\u{1}".into() }),
        Told::Event(Event::Stage { patches }),
        Told::Event(Event::Waited { call_id: 7 }),
        called("dom_create", Some(range), Some(Resolution::Value(Value::Int(2))), false),
        called("a name", None, Some(raised), true),
        called("el_recv", None, None, false),
        Told::Clock { name: "time.time".into(), micros: -1, range: None },
    ];
    let sent = FromWorker::Told { told };
    let mut bytes = Vec::new();
    frame::append(&mut bytes, &sent).unwrap();
    assert_eq!(frame::read::<FromWorker>(&mut Cursor::new(&bytes)).unwrap(), Some(sent));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_truncated_frame_is_an_error_and_not_a_panic(cut in 1..60_usize) {
        let event = Told::Event(Event::Print { stream: Stream::Stdout, text: "a line of text\n".into() });
        let mut bytes = Vec::new();
        frame::append(&mut bytes, &FromWorker::Told { told: vec![event] }).unwrap();
        let end = bytes.len().saturating_sub(cut).max(1);
        prop_assert!(frame::read::<FromWorker>(&mut Cursor::new(&bytes[..end])).is_err());
    }

    #[test]
    fn noise_is_never_a_panic(bytes in any::<Vec<u8>>()) {
        let _ = frame::read::<FromWorker>(&mut Cursor::new(&bytes));
        let mut framed = u32::try_from(bytes.len()).unwrap().to_le_bytes().to_vec();
        framed.extend(&bytes);
        prop_assert!(frame::read::<FromWorker>(&mut Cursor::new(framed)).is_err());
    }
}

#[test]
fn a_frame_of_very_many_values_is_refused_before_it_is_read() {
    let mut frame = Vec::new();
    let json = format!("[{}0]", "[0],".repeat(3_000_000));
    frame.extend_from_slice(&u32::try_from(json.len()).unwrap().to_le_bytes());
    frame.extend_from_slice(json.as_bytes());
    let refused = protocol::frame::read::<serde_json::Value>(&mut frame.as_slice());
    assert!(matches!(refused, Err(protocol::WorkerError::TooMany)), "{}", refused.is_ok());
    let text = format!("{{\"text\":\"{}\"}}", ",[{\\\"".repeat(2_000_000));
    let mut frame = u32::try_from(text.len()).unwrap().to_le_bytes().to_vec();
    frame.extend_from_slice(text.as_bytes());
    assert!(protocol::frame::read::<serde_json::Value>(&mut frame.as_slice()).is_ok(), "a text may have them");
}
