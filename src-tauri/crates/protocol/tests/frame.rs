//! Frames of the pipe between the owner and its child.

use std::io::Cursor;

use proptest::prelude::*;
use protocol::{Command, Event, FromWorker, MAX_FRAME, Stream, ToWorker, Told, Why, WorkerError, frame};

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
