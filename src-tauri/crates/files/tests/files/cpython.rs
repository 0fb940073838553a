//! The same calls in a real folder, as `python3` carries them out.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use files::MemoryFiles;
use monty_types::{
    MontyException, MontyObject, OsFunctionCall as Call,
    unstable::{self, MontyNode},
};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use serde_json::{Value, json};

use crate::random::sequences;

const SCRIPT: &str = include_str!("cpython.py");

/// A `python3` that carries out calls in a folder of its own.
struct Python {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Python {
    /// None where there is no `python3`.
    fn start() -> Option<Self> {
        let mut command = Command::new("python3");
        command.args(["-c", SCRIPT]).env("PYTHONUTF8", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().ok()?;
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Some(Self { child, input, output })
    }

    fn ask(&mut self, call: &Value) -> Value {
        writeln!(self.input.as_mut().unwrap(), "{call}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        // The script ends, and clears its folder away, when its input does.
        self.input = None;
        let _ = self.child.wait();
    }
}

fn seen(call: &Call, result: Result<MontyObject, MontyException>) -> Value {
    match result {
        Ok(value) => json!({ "ok": plain(call, &value) }),
        Err(error) => json!({ "error": [error.exc_type().to_string(), error.message()] }),
    }
}

/// A value in JSON, without times.
fn plain(call: &Call, value: &MontyObject) -> Value {
    let (graph, _) = unstable::graph_parts(value);
    let text = |node: &MontyNode| match node {
        MontyNode::Path(text) | MontyNode::String(text) => json!(text),
        MontyNode::Bool(value) => json!(value),
        MontyNode::Int(value) => json!(value),
        MontyNode::Bytes(bytes) => json!(bytes),
        MontyNode::None | MontyNode::FileHandle(_) => Value::Null,
        other => panic!("{other:?}"),
    };
    match unstable::root_node(value) {
        MontyNode::List(items) if matches!(call, Call::Scan(_)) => items
            .iter()
            .map(|id| match graph.node(*id) {
                MontyNode::Tuple(parts) => {
                    json!([text(graph.node(parts[0])), text(graph.node(parts[1]))])
                }
                other => panic!("{other:?}"),
            })
            .collect(),
        MontyNode::List(items) => items.iter().map(|id| text(graph.node(*id))).collect(),
        // Kind, and the size of a file; that of a folder is the disk's.
        MontyNode::NamedTuple { values, .. } => {
            let mode = text(graph.node(values[0])).as_i64().unwrap();
            let size = text(graph.node(values[6]));
            if mode == 0o040_755 { json!("folder") } else { json!([mode, size]) }
        }
        node => text(node),
    }
}

#[test]
fn python_answers_the_same() {
    let Some(mut python) = Python::start() else {
        eprintln!("no python3: not compared");
        return;
    };
    let mut runner = TestRunner::deterministic();
    for _ in 0..150 {
        python.ask(&json!("Clear"));
        let mut files = MemoryFiles::default();
        for call in sequences(true).new_tree(&mut runner).unwrap().current() {
            let ours = seen(&call, files.handle(&call, 1.0).unwrap());
            let theirs = python.ask(&serde_json::to_value(&call).unwrap());
            assert_eq!(ours, theirs, "{call:?}");
        }
    }
}
