//! Lines of `monty-engine stdio`: any line is a message or a refusal, its id survives either way,
//! and what is accepted reaches the child as it is.

#![no_main]

use std::io::Cursor;

use fuzz::same;
use libfuzzer_sys::fuzz_target;
use protocol::{Message, MessageId, ToWorker, frame};

fuzz_target!(init: fuzz::init(), |line: &[u8]| {
    match Message::parse(line) {
        Ok(message) => {
            keeps(line, Some(&message.id));
            reaches(message);
        }
        Err(unread) => {
            assert!(!unread.misuse.message.is_empty(), "a refusal without a reason");
            keeps(line, unread.id.as_ref());
        }
    }
});

/// The id is the one that another reader of JSON finds in the line, and is written as it came.
fn keeps(line: &[u8], id: Option<&MessageId>) {
    let Some(id) = id else {
        return;
    };
    let written = serde_json::to_string(id).expect("an id can be written");
    let again: MessageId = serde_json::from_str(&written).expect("an id that was written can be read");
    assert_eq!(*id, again);
    let Ok(json) = serde_json::from_slice::<serde_json::Value>(line) else {
        return; // Too deep for that reader, or a number too large.
    };
    match (&json["id"], id) {
        (serde_json::Value::String(text), MessageId::Text(id)) => assert_eq!(text, id),
        // Zero may be written `-0`, which that reader takes for a float.
        (serde_json::Value::Number(number), MessageId::Number(id)) => {
            assert!(number.as_i64() == Some(*id) || (*id == 0 && number.as_f64() == Some(0.0)), "{number} became {id}");
        }
        (other, id) => panic!("{other} became {id:?}"),
    }
}

fn reaches(message: Message) {
    let sent = ToWorker::Command { seq: 1, command: message.command };
    let mut bytes = Vec::new();
    frame::append(&mut bytes, &sent).expect("a command can be written");
    let heard = frame::read::<ToWorker>(&mut Cursor::new(bytes)).expect("a command can be read");
    let heard = heard.expect("there is a frame");
    assert!(same(&sent, &heard), "{sent:?} came back as {heard:?}");
}
