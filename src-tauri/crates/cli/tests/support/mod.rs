//! Drives `monty-engine stdio` as any outside program would.
#![expect(dead_code, reason = "every test file uses a part of it")]

use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

pub(crate) use serde_json::{Value, json};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The user's data is not ours to write to.
pub(crate) const DATA: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/data");

pub(crate) fn engine() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_monty-engine"));
    command.env("XDG_DATA_HOME", DATA);
    command
}

pub(crate) struct Session {
    process: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Value>,
    /// Events that came before the last reply.
    pub(crate) events: Vec<Value>,
    next_id: u64,
}

impl Session {
    pub(crate) fn open() -> Self {
        Self::open_with(&mut engine())
    }

    pub(crate) fn open_with(command: &mut Command) -> Self {
        let mut process = command.arg("stdio").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines() {
                let value = serde_json::from_str(&line.unwrap()).unwrap();
                if send.send(value).is_err() {
                    return;
                }
            }
        });
        let stdin = process.stdin.take();
        Self { process, stdin, lines, events: Vec::new(), next_id: 1 }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).and_then(|()| stdin.flush()).unwrap();
    }

    /// Sends a message and returns its id.
    pub(crate) fn send(&mut self, mut message: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        message["id"] = json!(id);
        self.write(format!("{message}\n").as_bytes());
        id
    }

    /// The next line, event or reply.
    pub(crate) fn line(&mut self) -> Value {
        self.lines.recv_timeout(PATIENCE).expect("a line in time")
    }

    /// The next reply; events on the way are kept.
    pub(crate) fn reply(&mut self) -> Value {
        loop {
            let line = self.line();
            if line.get("state").is_some() {
                return line;
            }
            self.events.push(line);
        }
    }

    /// Sends a message and waits for its reply.
    pub(crate) fn call(&mut self, message: Value) -> Value {
        self.events.clear();
        let id = self.send(message);
        let reply = self.reply();
        assert_eq!(reply["id"], json!(id), "{reply}");
        reply
    }

    pub(crate) fn run(&mut self, code: &str) -> Value {
        self.call(json!({"type": "run", "code": code}))
    }

    pub(crate) fn feed(&mut self, code: &str) -> Value {
        self.call(json!({"type": "feed", "code": code}))
    }

    pub(crate) fn start(&mut self, code: &str, functions: &[&str]) -> Value {
        self.call(json!({"type": "start", "code": code, "externalFunctions": functions}))
    }

    pub(crate) fn resume(&mut self, value: impl Into<Value>) -> Value {
        self.call(json!({"type": "resume", "value": value.into()}))
    }

    /// What was printed before the last reply.
    pub(crate) fn printed(&self) -> String {
        self.events.iter().filter_map(|event| event["text"].as_str()).collect()
    }

    /// Waits until Python has printed a line, so that it is certainly running.
    pub(crate) fn wait_for_print(&mut self) {
        let line = self.line();
        assert_eq!(line["event"], "print", "{line}");
    }

    /// Ends the input, and returns the replies that were left and the status.
    pub(crate) fn close(mut self) -> (Vec<Value>, Option<i32>) {
        drop(self.stdin.take());
        let mut rest = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            rest.push(line);
        }
        (rest, self.process.wait().unwrap().code())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A program in a file of its own, gone with the test.
pub(crate) struct Program {
    folder: tempfile::TempDir,
    pub(crate) path: PathBuf,
}

impl Program {
    pub(crate) fn new(code: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program.py");
        std::fs::write(&path, code).unwrap();
        Self { folder, path }
    }
}

/// What is wrong with a message that was refused.
pub(crate) fn refused<'a>(reply: &'a Value, code: &str) -> &'a str {
    assert_eq!((&reply["state"], &reply["code"]), (&json!("error"), &json!(code)), "{reply}");
    reply["message"].as_str().unwrap()
}

/// The value of a run that ended well.
pub(crate) fn value(reply: &Value) -> &Value {
    assert_eq!(reply["ok"], true, "{reply}");
    &reply["value"]
}

/// The error of a run that did not.
pub(crate) fn error(reply: &Value) -> &Value {
    assert_eq!(reply["ok"], false, "{reply}");
    &reply["error"]
}
