//! Hostile programs. Each ends within its limit and a second, with a status and a line that says
//! what happened, and in a session the next run works. The interface runs the same list.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use std::{
    collections::HashMap,
    process::Stdio,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use serde::Deserialize;

use support::{Program, Session, Value, engine, error, json, value};

const PROGRAMS: &str = include_str!("../../../../tests/abuse.json");
const LIMIT: Duration = Duration::from_millis(1500);
const SHORT: Duration = Duration::from_millis(300);

#[derive(Deserialize)]
struct Hostile {
    name: String,
    code: Code,
    end: End,
    /// Functions that it calls. Whoever runs it has to answer.
    #[serde(default)]
    functions: Vec<String>,
    #[serde(default)]
    limits: serde_json::Map<String, Value>,
    /// Who cannot run it, and why.
    #[serde(default)]
    skip: HashMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Code {
    Whole(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Once(String),
    Times(String, usize),
}

/// What a program has to come to: a value, or an error of a kind whose last line says this.
#[derive(Deserialize)]
#[serde(untagged)]
enum End {
    Well { well: bool },
    Says { kind: String, says: String },
}

impl Hostile {
    fn code(&self) -> String {
        match &self.code {
            Code::Whole(code) => code.clone(),
            Code::Parts(parts) => parts.iter().map(Part::text).collect(),
        }
    }

    /// Whether only a limit of time ends it.
    fn is_endless(&self) -> bool {
        matches!(&self.end, End::Says { says, .. } if says.contains("{timeoutMs}"))
    }
}

impl Part {
    fn text(&self) -> String {
        match self {
            Self::Once(text) => text.clone(),
            Self::Times(text, times) => text.repeat(*times),
        }
    }
}

fn programs() -> Vec<Hostile> {
    serde_json::from_str(PROGRAMS).unwrap()
}

#[test]
fn hostile_programs_end_in_time_and_say_why() {
    let mut programs = programs();
    programs.retain(|program| !program.skip.contains_key("run"));
    let count = programs.len();
    let queue = Mutex::new(programs);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some(program) = queue.lock().unwrap().pop() else {
                        return;
                    };
                    if let Err(failure) = judge(&program) {
                        failures.lock().unwrap().push(format!("{}: {failure}", program.name));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {count} programs:\n{}", failures.len(), failures.join("\n"));
}

fn judge(hostile: &Hostile) -> Result<(), String> {
    let program = Program::new(&hostile.code());
    // A program that runs into time gets little of it, so that the test ends; every other one gets
    // plenty, so that a busy machine does not turn its end into one of time.
    let limit = if hostile.is_endless() { LIMIT } else { Duration::from_secs(20) };
    let began = Instant::now();
    let output = engine()
        .arg("run")
        .arg(&program.path)
        .args(["--timeout-ms", &limit.as_millis().to_string()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let took = began.elapsed();
    let stderr = String::from_utf8_lossy(&output.stderr);
    if took > limit + Duration::from_secs(1) {
        return Err(format!("took {took:?}"));
    }
    if stderr.contains("panicked") {
        return Err(format!("shows a panic: {stderr}"));
    }
    let last = stderr.lines().last().unwrap_or_default();
    let ended = match &hostile.end {
        End::Well { well } => *well && output.status.code() == Some(0),
        End::Says { says, .. } => output.status.code() == Some(1) && last.contains(&with_limit(says, limit)),
    };
    if ended { Ok(()) } else { Err(format!("ended with {:?} and the line {last:?}", output.status)) }
}

fn with_limit(says: &str, limit: Duration) -> String {
    says.replace("{timeoutMs}", &limit.as_millis().to_string())
}

#[test]
fn a_session_outlives_them_all() {
    let mut session = Session::open();
    for program in programs() {
        let name = &program.name;
        let began = Instant::now();
        let mut limits = program.limits.clone();
        limits.insert("timeoutMs".to_owned(), json!(SHORT.as_millis()));
        let how = if program.functions.is_empty() { "run" } else { "start" };
        let source = json!({
            "type": how, "code": program.code(), "limits": limits, "externalFunctions": program.functions,
        });
        let mut reply = session.call(source);
        while reply["state"] == "pending" {
            reply = session.resume(Value::Null);
        }
        assert_eq!(reply["state"], "complete", "{name}: {reply}");
        // With so little time any program may run out of it before it comes to its own end.
        let early = reply["error"]["limit"] == "timeoutMs" && !program.is_endless();
        if !early {
            match &program.end {
                End::Well { well } => assert_eq!(reply["ok"], *well, "{name}: {reply}"),
                End::Says { kind, says } => {
                    let error = error(&reply);
                    assert_eq!(error["kind"], **kind, "{name}: {error}");
                    let part = |name| error[name].as_str().unwrap_or_default();
                    let line = format!("{}: {}", part("excType"), part("message"));
                    assert!(line.contains(&with_limit(says, SHORT)), "{name}: {error}");
                }
            }
        }
        let again = session.run("1 + 1");
        assert_eq!(value(&again), 2, "after {name}");
        assert!(began.elapsed() < Duration::from_secs(6), "{name} took {:?}", began.elapsed());
    }
}
