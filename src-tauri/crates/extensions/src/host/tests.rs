use protocol::{Bytes, DialogKind, Event, Inputs, MAX_PRINT, Stream, Value};

use super::{Host, MAX_FILE};
use crate::{
    call::{Answer, Question, Raised},
    extension::Extension,
    testing::{Rig, dict, text},
};

/// The event by which somebody is asked.
fn asks(rig: &mut Rig, host: &mut Host, name: &str, args: Vec<Value>) -> Event {
    match rig.call(host, name, args) {
        Answer::Wait(wait) => match wait.question {
            Some(Question::Person(event)) => event,
            other => panic!("{name} asked {other:?}"),
        },
        other => panic!("{name} gave {other:?}"),
    }
}

fn file(name: &str, data: &[u8]) -> Value {
    dict(&[("name", text(name)), ("data", Value::Bytes(data.to_vec()))])
}

fn upload(binary: bool, answer: Result<Value, Raised>) -> Result<Value, String> {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    asks(&mut rig, &mut host, "upload_file", vec![Value::None, Value::Bool(binary)]);
    host.answered(rig.last_call, answer).map_err(|raised| raised.to_string())
}

#[test]
fn upload_file_asks_for_a_file() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    let expected = |call_id, accept: Option<&str>, binary| Event::UploadRequested {
        call_id,
        accept: accept.map(str::to_owned),
        binary,
        max_bytes: 16 * 1024 * 1024,
    };
    assert_eq!(asks(&mut rig, &mut host, "upload_file", vec![]), expected(1, None, false));
    let args = vec![text(".csv"), Value::Bool(true)];
    assert_eq!(asks(&mut rig, &mut host, "upload_file", args), expected(2, Some(".csv"), true));
    assert_eq!(host.answered(1, Ok(file("a", b"text"))), Ok(text("text")));
    assert_eq!(host.answered(2, Ok(file("a", b"text"))), Ok(Value::Bytes(b"text".to_vec())), "each call its own way");
}

#[test]
fn an_upload_is_text_bytes_or_none() {
    assert_eq!(upload(false, Ok(Value::None)), Ok(Value::None));
    assert_eq!(upload(false, Ok(file("a.txt", "é".as_bytes()))), Ok(text("é")));
    assert_eq!(upload(true, Ok(file("a.png", &[0xff]))), Ok(Value::Bytes(vec![0xff])));
    assert_eq!(upload(true, Ok(file("a", &vec![0; MAX_FILE]))).map(|_| ()), Ok(()));
    let cases = [
        (Ok(file("a.bin", b"ab\xff")), "ValueError: \"a.bin\" is not UTF-8 (byte 2); give binary=True for its bytes"),
        (
            Ok(file("a.bin", &vec![0; MAX_FILE + 1])),
            "ValueError: \"a.bin\" has 16777217 bytes; upload_file takes at most 16777216",
        ),
        (
            Ok(text("text")),
            "RuntimeError: upload_file() was answered with str from outside, instead of None or a dict of name and data",
        ),
        (
            Ok(dict(&[("name", text("a")), ("data", text("no bytes"))])),
            "RuntimeError: upload_file() was answered from outside without a name and data as bytes",
        ),
        (Err(Raised::new("OSError", "disk")), "OSError: disk"),
    ];
    for (answer, expected) in cases {
        assert_eq!(upload(false, answer), Err(expected.to_owned()));
    }
}

#[test]
fn what_is_no_longer_asked_is_forgotten() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    let forget: [fn(&mut Host, &mut Rig); 3] = [
        |host, rig| host.released(rig.last_call, &mut rig.cx()),
        |host, rig| host.begin(&mut rig.cx()),
        |host, rig| host.load(None, &mut rig.cx()).unwrap(),
    ];
    for forget in forget {
        asks(&mut rig, &mut host, "confirm", vec![text("?")]);
        forget(&mut host, &mut rig);
        assert!(host.asked.is_empty());
    }
    assert_eq!(host.save(), None);
}

#[test]
fn download_file_gives_the_content_away() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    for (content, data) in [(text("é"), "é".as_bytes()), (Value::Bytes(vec![0, 1]), &[0, 1])] {
        assert_eq!(rig.value(&mut host, "download_file", vec![text("a.txt"), content]), Value::None);
        let expected = Event::DownloadRequested { filename: "a.txt".to_owned(), data: Bytes(data.to_vec()) };
        assert_eq!(rig.events(), [expected]);
    }
    assert_eq!(
        rig.raised(&mut host, "download_file", vec![text("a"), Value::Int(1)]),
        "TypeError: download_file() argument 'content' must be str or bytes, not int"
    );
    assert_eq!(
        rig.raised(&mut host, "download_file", vec![text("a"), Value::Bytes(vec![0; MAX_FILE + 1])]),
        "ValueError: the content has 16777217 bytes; a download has at most 16777216"
    );
}

#[test]
fn a_file_name_leads_nowhere_else() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    let long = "x".repeat(256);
    for (name, wrong) in [
        ("", "is empty"),
        (" ", "is empty"),
        (".", "has a path"),
        ("..", "has a path"),
        ("../a", "has a path"),
        ("/etc/passwd", "has a path"),
        ("a\\b", "has a path"),
        ("C:a", "has a path"),
        ("a\0", "has a control character"),
        ("a\nb", "has a control character"),
        (&long, "is longer than 255 bytes"),
    ] {
        let raised = rig.raised(&mut host, "download_file", vec![text(name), text("")]);
        assert!(raised.starts_with("ValueError: the file name ") && raised.contains(wrong), "{raised}");
    }
    assert!(rig.events().is_empty());
    for name in ["a..b.txt", ".hidden", "10:30.txt", "ä b.txt"] {
        rig.value(&mut host, "download_file", vec![text(name), text("")]);
    }
}

#[test]
fn json_goes_both_ways() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    let object = dict(&[("a", Value::List(vec![Value::Float(1.0), Value::Int(2), text("é")]))]);
    let json = rig.value(&mut host, "json_dumps", vec![object.clone()]);
    assert_eq!(json, text(r#"{"a": [1.0, 2, "\u00e9"]}"#));
    assert_eq!(rig.value(&mut host, "json_loads", vec![json]), object);
    assert_eq!(rig.value(&mut host, "json_loads", vec![Value::Bytes(b"[]".to_vec())]), Value::List(vec![]));
    assert_eq!(
        rig.raised(&mut host, "json_loads", vec![text("")]),
        "ValueError: Expecting value: line 1 column 1 (char 0)"
    );
    assert_eq!(
        rig.raised(&mut host, "json_dumps", vec![Value::Bytes(vec![])]),
        "TypeError: Object of type bytes is not JSON serializable"
    );
}

#[test]
fn log_prints_lines() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    let mut printed = |value| {
        assert_eq!(rig.value(&mut host, "log", vec![value]), Value::None);
        let pieces = rig.events().into_iter().map(|event| match event {
            Event::Print { stream: Stream::Stdout, text } => text,
            other => panic!("{other:?}"),
        });
        pieces.collect::<Vec<_>>()
    };
    assert_eq!(printed(text("hi")), ["hi\n"]);
    assert_eq!(printed(text("a\nb\n")), ["a\n", "b\n", "\n"]);
    assert_eq!(printed(text("")), ["\n"]);
    assert_eq!(printed(Value::List(vec![text("a")])), ["['a']\n"]);
    let long = printed(text(&"é".repeat(MAX_PRINT)));
    assert!(long.iter().all(|piece| piece.len() <= MAX_PRINT));
    assert_eq!(long.concat(), "é".repeat(MAX_PRINT) + "\n");
}

#[test]
fn dialogs_ask_and_take_only_what_they_asked_for() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    let outside = |function: &str, found: &str, expected: &str| {
        let text = format!("{function}() was answered with {found} from outside, instead of {expected}");
        Err(Raised::runtime_error(text))
    };
    let cases = [
        ("alert", vec![text("m")], DialogKind::Alert, None, Value::None, Ok(Value::None)),
        ("alert", vec![text("m")], DialogKind::Alert, None, Value::Int(1), Ok(Value::None)),
        ("confirm", vec![text("m")], DialogKind::Confirm, None, Value::Bool(true), Ok(Value::Bool(true))),
        ("confirm", vec![text("m")], DialogKind::Confirm, None, Value::None, outside("confirm", "NoneType", "a bool")),
        ("prompt", vec![text("m")], DialogKind::Prompt, Some(""), text("x"), Ok(text("x"))),
        ("prompt", vec![text("m"), text("d")], DialogKind::Prompt, Some("d"), Value::None, Ok(Value::None)),
        (
            "prompt",
            vec![text("m")],
            DialogKind::Prompt,
            Some(""),
            Value::Int(1),
            outside("prompt", "int", "a str or None"),
        ),
    ];
    for (name, args, kind, default, answer, expected) in cases {
        let event = asks(&mut rig, &mut host, name, args);
        let (call_id, message, default) = (rig.last_call, "m".to_owned(), default.map(str::to_owned));
        assert_eq!(event, Event::DialogRequested { call_id, kind, message, default });
        assert_eq!(host.answered(call_id, Ok(answer)), expected, "{name}");
    }
    let Event::DialogRequested { message, .. } = asks(&mut rig, &mut host, "alert", vec![Value::Int(5)]) else {
        panic!("a dialog is asked for");
    };
    assert_eq!(message, "5");
}

#[test]
fn the_interpreter_itself_is_the_engines() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    assert_eq!(rig.call(&mut host, "now", vec![]), Answer::Now);
    assert_eq!(rig.call(&mut host, "interpreter_snapshot", vec![]), Answer::Snapshot);
    let restore = rig.call(&mut host, "interpreter_restore", vec![text("t")]);
    assert_eq!(restore, Answer::Restore { token: "t".to_owned() });
    let inputs = Inputs(vec![("n".to_owned(), Value::Int(1))]);
    let script = |inputs| Answer::ScriptFile { path: "/a.py".to_owned(), inputs };
    assert_eq!(rig.call(&mut host, "run_script", vec![text("/a.py")]), script(Inputs::default()));
    let args = vec![text("/a.py"), dict(&[("n", Value::Int(1))])];
    assert_eq!(rig.call(&mut host, "run_script", args), script(inputs));
    for name in ["a b", "class", ""] {
        let args = vec![text("/a.py"), dict(&[(name, Value::None)])];
        let expected = format!("ValueError: {name:?} is no name that a program can find");
        assert_eq!(rig.raised(&mut host, "run_script", args), expected);
    }
}

#[test]
fn help_tells_of_all_functions_of_the_session() {
    let mut host = Host::default();
    let mut functions = host.functions();
    functions[0].name = "el_recv".into();
    functions[0].namespace = "el".into();
    let mut rig = Rig::with_functions(functions);
    let Value::Str(all) = rig.value(&mut host, "help", vec![]) else { panic!("help gives text") };
    assert!(all.contains("\"el\":[{\"name\":\"el_recv\""), "{all}");
    let Value::Str(one) = rig.value(&mut host, "help", vec![text("recv")]) else { panic!("help gives text") };
    assert!(one.starts_with("{\"name\":\"el_recv\""), "{one}");
    assert_eq!(rig.raised(&mut host, "help", vec![text("lg")]), "ValueError: Unknown function: lg. Did you mean log?");
}

#[test]
fn a_child_asks_for_itself() {
    let (mut rig, mut host) = (Rig::new(), Host::default());
    asks(&mut rig, &mut host, "alert", vec![text("m")]);
    let mut child = host.for_child().unwrap();
    assert_eq!(child.functions(), host.functions());
    let odd = child.answered(rig.last_call, Ok(Value::Int(1)));
    assert_eq!(odd, Ok(Value::Int(1)), "it knows nothing of its parent's questions");
}
