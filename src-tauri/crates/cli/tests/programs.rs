//! Programs for every function of every extension, and for what goes wrong with each, over a pipe.
//! The browser version runs the same list (`tests/e2e/programs.spec.ts`).
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use support::{Session, Value, json};

/// Asked while it runs: checkouts share a target folder, so this may have been compiled in another one.
fn programs_file() -> std::path::PathBuf {
    std::path::Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../../../tests/programs.json")
}
const EXTENSIONS: [&str; 8] = ["host", "dom", "el", "storage", "msg", "sandbox", "tmpl", "fetch"];

/// Runs a program; at its n-th wait does what its n-th step says, and where a child asks, what is
/// said of that.
fn run(program: &Value) -> Result<(), String> {
    let mut session = Session::open();
    if let Some(settings) = program.get("settings") {
        let mut message = settings.clone();
        message["type"] = json!("configure");
        let reply = session.call(message);
        if reply["state"] != "configured" {
            return Err(format!("the settings were refused: {reply}"));
        }
    }
    for message in program["before"].as_array().into_iter().flatten() {
        session.call(message.clone());
    }
    let extensions = program.get("extensions").cloned().unwrap_or_else(|| json!(EXTENSIONS));
    let id = session.send(json!({"type": "run", "code": program["code"], "extensions": extensions}));
    let mut steps = program["on"].as_array().into_iter().flatten();
    let mut printed = String::new();
    let reply = loop {
        let line = session.line();
        match line["event"].as_str() {
            Some("child") => {
                let (told, answer) = (told(&line), &program["onChild"]);
                if told["event"] == "waiting" && told["functionName"] != "sandbox_await" && answer.is_object() {
                    let mut message = answer.clone();
                    message["callId"] = told["callId"].clone();
                    session.send(message);
                }
            }
            Some("print") => printed += line["text"].as_str().unwrap(),
            Some("waiting") => {
                let messages = match steps.next() {
                    Some(Value::Array(messages)) => messages.clone(),
                    Some(Value::Null) | None => Vec::new(),
                    Some(message) => vec![message.clone()],
                };
                for mut message in messages {
                    if message["type"] == "answer" {
                        message["callId"] = line["callId"].clone();
                    }
                    session.send(message);
                }
            }
            None if line["id"] == json!(id) => break line,
            None if line["state"] == "error" => return Err(format!("a step was refused: {line}")),
            // Other events, and replies to steps.
            _ => {}
        }
    };
    if program.get("printed").is_some_and(|wanted| *wanted != json!(printed)) {
        return Err(format!("it printed {printed:?}"));
    }
    match program["error"].as_array() {
        Some(error) => {
            let (exc_type, part) = (&error[0], error[1].as_str().unwrap());
            let message = reply["error"]["message"].as_str().unwrap_or_default();
            if reply["error"]["excType"] == *exc_type && message.contains(part) {
                Ok(())
            } else {
                Err(reply.to_string())
            }
        }
        None if reply["ok"] == true && reply["value"] == program["value"] => Ok(()),
        None => Err(reply.to_string()),
    }
}

/// What is told, by a child or by none.
fn told(line: &Value) -> &Value {
    if line["event"] == "child" { told(&line["told"]) } else { line }
}

#[test]
fn every_program_comes_to_its_end() {
    let programs: Vec<Value> = serde_json::from_slice(&std::fs::read(programs_file()).unwrap()).unwrap();
    let failed: Vec<String> = programs
        .iter()
        .filter_map(|program| run(program).err().map(|why| format!("{}: {why}", program["name"].as_str().unwrap())))
        .collect();
    assert!(failed.is_empty(), "{} of {}:\n{}", failed.len(), programs.len(), failed.join("\n"));
}

/// Every function has at least one program that calls it.
#[test]
fn no_function_is_left_out() {
    let programs = std::fs::read_to_string(programs_file()).unwrap();
    let described = Session::open().call(json!({"type": "describe"}));
    let functions = described["functions"].as_array().unwrap();
    assert!(functions.len() > 45, "{}", functions.len());
    let names = functions.iter().map(|function| function["name"].as_str().unwrap());
    let missing: Vec<&str> = names.filter(|name| !programs.contains(&format!("{name}("))).collect();
    assert_eq!(missing, [""; 0]);
}
