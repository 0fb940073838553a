//! Lines of `monty-engine stdio`: what is a message, and what is said of the rest.

use proptest::prelude::*;
use protocol::{Code, Command, Limits, Message, MessageId, Resolution, Value};

fn misuse(line: &str) -> (Option<MessageId>, Code, String) {
    let unread = Message::parse(line.as_bytes()).expect_err(line);
    (unread.id, unread.misuse.code, unread.misuse.message)
}

#[test]
fn lines_that_are_no_message_say_why() {
    let number = Some(MessageId::Number(1));
    let cases = [
        ("{", None, Code::BadMessage, "not JSON"),
        ("", None, Code::BadMessage, "not JSON"),
        ("[]", None, Code::BadMessage, "an object"),
        (r#"{"type":"run"}"#, None, Code::BadMessage, "no id"),
        (r#"{"id":null,"type":"run"}"#, None, Code::BadMessage, "no id"),
        (r#"{"id":1.5,"type":"run"}"#, None, Code::BadMessage, "whole number"),
        (r#"{"id":[],"type":"run"}"#, None, Code::BadMessage, "string"),
        (r#"{"id":1}"#, number.clone(), Code::BadMessage, "no type"),
        (r#"{"id":1,"type":5}"#, number.clone(), Code::BadMessage, "type"),
        (r#"{"id":1,"type":"zap"}"#, number.clone(), Code::BadMessage, "zap"),
        (r#"{"id":1,"type":"run"}"#, number.clone(), Code::BadMessage, "code"),
        (r#"{"id":1,"type":"run","code":7}"#, number.clone(), Code::BadMessage, "code"),
        (r#"{"id":1,"type":"resume"}"#, number.clone(), Code::BadMessage, "value"),
        (r#"{"id":1,"type":"resume","value":{"$x":1}}"#, number.clone(), Code::BadValue, "$x"),
        (r#"{"id":1,"type":"resume","value":[{"$repr":"x"}]}"#, number.clone(), Code::BadValue, "only comes out"),
        (r#"{"id":1,"type":"resumeWithError"}"#, number.clone(), Code::BadMessage, "message"),
        (r#"{"id":1,"type":"resolveFutures","results":[]}"#, number.clone(), Code::BadMessage, "by call id"),
        (r#"{"id":1,"type":"resolveFutures","results":{"x":1}}"#, number.clone(), Code::UnknownCall, "x"),
        (r#"{"id":1,"type":"resolveFutures","results":{"01":1}}"#, number.clone(), Code::UnknownCall, "01"),
        (
            r#"{"id":1,"type":"resolveFutures","results":{"1":1},"errors":{"1":"e"}}"#,
            number.clone(),
            Code::UnknownCall,
            "twice",
        ),
        (r#"{"id":1,"type":"run","code":"","inputs":{"a b":1}}"#, number.clone(), Code::BadInput, "a b"),
        (r#"{"id":1,"type":"run","code":"","inputs":{"class":1}}"#, number.clone(), Code::BadInput, "class"),
        (r#"{"id":1,"type":"run","code":"","inputs":{"a":{"$int":"x"}}}"#, number.clone(), Code::BadValue, "$int"),
        (r#"{"id":1,"type":"run","code":"","limits":{"timeoutMs":-1}}"#, number.clone(), Code::BadInput, "timeoutMs"),
        (r#"{"id":1,"type":"run","code":"","limits":{"timeoutMs":1.5}}"#, number.clone(), Code::BadInput, "timeoutMs"),
        (
            r#"{"id":1,"type":"run","code":"","limits":{"memoryBytes":"1"}}"#,
            number.clone(),
            Code::BadInput,
            "memoryBytes",
        ),
        (r#"{"id":1,"type":"run","code":"","limits":{"recursionDepth":1001}}"#, number.clone(), Code::BadInput, "1000"),
        (r#"{"id":1,"type":"run","code":"","limits":{"timeout":1}}"#, number.clone(), Code::BadInput, "timeoutMs"),
        (r#"{"id":1,"type":"start","code":"","externalFunctions":["a.b"]}"#, number.clone(), Code::BadInput, "a.b"),
        (r#"{"id":1,"type":"start","code":"","externalFunctions":"a"}"#, number.clone(), Code::BadMessage, "array"),
        (r#"{"id":1,"type":"run","code":"","extensions":[1]}"#, number.clone(), Code::BadMessage, "extensions"),
        (r#"{"id":1,"type":"dispatch"}"#, number.clone(), Code::BadMessage, "dispatch wants value"),
        (r#"{"id":1,"type":"domEvent","handle":-1,"eventType":"click"}"#, number.clone(), Code::BadInput, "handle"),
        (r#"{"id":1,"type":"answer","callId":1}"#, number.clone(), Code::BadMessage, "answer wants value"),
        (r#"{"id":1,"type":"configure","environ":5}"#, number.clone(), Code::BadInput, "settings"),
        (r#"{"id":1,"type":"configure","speed":5}"#, number.clone(), Code::BadInput, "unknown field `speed`"),
        (r#"{"id":1,"type":"typeCheck","code":""}"#, number, Code::Unsupported, "typeCheck"),
    ];
    for (line, id, code, says) in cases {
        let (got_id, got_code, message) = misuse(line);
        assert_eq!((got_id, got_code), (id, code), "{line}: {message}");
        assert!(message.contains(says), "{line}: {message:?} does not say {says:?}");
    }
    assert_eq!(Message::parse(b"\xff").expect_err("not UTF-8").misuse.code, Code::BadMessage);
}

#[test]
fn messages_are_read_in_full() {
    let read = |line: &str| Message::parse(line.as_bytes()).expect(line);
    let message = read(
        r#"{"id":"a","type":"start","code":"x","inputs":{"z":1,"a":null},"limits":{"timeoutMs":5,"hostCalls":0},
            "scriptName":"s.py","externalFunctions":["fetch"],"extensions":["dom"],"unknown":1}"#,
    );
    assert_eq!(message.id, MessageId::Text("a".into()));
    let source = message.command.source().expect("start has a source");
    assert_eq!(source.inputs.0, [("z".into(), Value::Int(1)), ("a".into(), Value::None)]);
    assert_eq!(source.limits, Limits { timeout_ms: Some(5), host_calls: Some(0), ..Limits::default() });
    assert_eq!(source.script_name.as_deref(), Some("s.py"));
    assert_eq!(source.external_functions, ["fetch"]);

    let run = read(r#"{"id":1,"type":"run","code":"x","externalFunctions":["fetch"]}"#);
    assert!(run.command.source().expect("run has a source").external_functions.is_empty(), "nothing pauses in a run");

    assert_eq!(read(r#"{"id":1,"type":"resume","value":null}"#).command, Command::Resume { value: Value::None });
    assert_eq!(
        read(r#"{"id":1,"type":"resolveFutures","results":{"3":1},"errors":{"4":"e","5":{"excType":"KeyError","message":"k"}}}"#)
            .command,
        Command::ResolveFutures {
            answers: vec![
                (3, Resolution::Value(Value::Int(1))),
                (4, Resolution::Error { exc_type: "RuntimeError".into(), message: "e".into() }),
                (5, Resolution::Error { exc_type: "KeyError".into(), message: "k".into() }),
            ]
        }
    );
}

#[test]
fn commands_survive_the_pipe() {
    for line in [
        r#"{"id":1,"type":"start","code":"x","inputs":{"a":{"$tuple":[{"$int":"99999999999999999999"}]}},"limits":{"timeoutMs":5}}"#,
        r#"{"id":1,"type":"resume","value":{"$float":"nan"}}"#,
        r#"{"id":1,"type":"resolveFutures","results":{"3":{"$bytes":"AA=="}},"errors":{"4":"e"}}"#,
        r#"{"id":1,"type":"resumeNotFound"}"#,
    ] {
        let command = Message::parse(line.as_bytes()).expect(line).command;
        let json = serde_json::to_string(&command).unwrap();
        let back: Command = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&back).unwrap(), json);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reading_never_panics(line in any::<Vec<u8>>()) {
        let _ = Message::parse(&line);
    }

    #[test]
    fn reading_objects_never_panics(
        kind in "run|start|resume|resolveFutures|resumeWithError|hello",
        field in "code|value|inputs|limits|results|errors|message|externalFunctions",
        json in "[\\[\\]{}:,\"$a-z0-9.-]{0,20}",
    ) {
        let _ = Message::parse(format!(r#"{{"id":1,"type":"{kind}","{field}":{json}}}"#).as_bytes());
    }
}
