//! Extensions over a pipe: what crosses runs, snapshots, children and the end of input.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};

use support::{Session, Value, error, json, refused, value};

const EXTENSIONS: [&str; 8] = ["host", "dom", "el", "storage", "msg", "sandbox", "tmpl", "fetch"];

trait Extended {
    fn begin(&mut self, code: &str) -> u64;
    fn finish(&mut self, code: &str) -> Value;
    fn event(&mut self, name: &str) -> Value;
    fn reply_to(&mut self, id: u64) -> Value;
    fn answer(&mut self, asked: &Value, answer: Value) -> Value;
    fn settle(&mut self, settings: Value) -> Value;
}

impl Extended for Session {
    fn begin(&mut self, code: &str) -> u64 {
        self.events.clear();
        self.send(json!({"type": "run", "code": code, "extensions": EXTENSIONS}))
    }

    fn finish(&mut self, code: &str) -> Value {
        let id = self.begin(code);
        self.reply_to(id)
    }

    /// The next event of a name, that of a child too.
    fn event(&mut self, name: &str) -> Value {
        if let Some(index) = self.events.iter().position(|event| told(event)["event"] == name) {
            return self.events.remove(index);
        }
        loop {
            let line = self.line();
            assert!(line.get("state").is_none_or(Value::is_object), "{name} expected, not {line}");
            if told(&line)["event"] == name {
                return line;
            }
            self.events.push(line);
        }
    }

    fn reply_to(&mut self, id: u64) -> Value {
        loop {
            let reply = self.reply();
            if reply["id"] == json!(id) {
                return reply;
            }
        }
    }

    fn answer(&mut self, asked: &Value, answer: Value) -> Value {
        let id = self.send(json!({"type": "answer", "callId": told(asked)["callId"], "value": answer}));
        self.reply_to(id)
    }

    fn settle(&mut self, mut settings: Value) -> Value {
        settings["type"] = json!("configure");
        self.call(settings)
    }
}

/// What is told, by a child or by none.
fn told(event: &Value) -> &Value {
    event.get("told").map_or(event, told)
}

#[test]
fn a_program_is_gone_through_call_by_call() {
    let mut session = Session::open();
    session.settle(json!({
        "functions": [{"name": "mine"}],
        "modes": {"el_emit": {"by": "rule", "value": 7}},
        "permissions": {"log": "deny"},
    }));
    let code = "import os\na = json_dumps([1])\nb = el_emit(2)\nc = os.getenv('HOME')\ntry:\n    log('x')\nexcept PermissionError:\n    a += '!'\nd = mine()\nnow()\n(a, b, c, d)";
    let id = session.send(json!({"type": "feed", "code": code, "extensions": EXTENSIONS, "step": true}));
    for (name, line) in [("json_dumps", 2), ("el_emit", 3), ("os.getenv", 4)] {
        let asked = session.event("permissionRequested");
        assert_eq!((&asked["functionName"], &asked["rule"]), (&json!(name), &json!("step")));
        assert_eq!(session.event("waiting")["range"]["start"]["line"], line);
        refused(&session.answer(&asked, json!("go")), "badInput");
        assert_eq!(session.answer(&asked, json!(true))["state"], "answered");
    }
    // A call that is denied is one that is not made, and so is not stopped at.
    let asked = session.event("permissionRequested");
    assert_eq!(asked["functionName"], "log");
    session.answer(&asked, json!(false));
    let pause = session.reply_to(id);
    assert_eq!((&pause["state"], &pause["functionName"]), (&json!("pending"), &json!("mine")), "{pause}");
    let resumed = session.send(json!({"type": "resume", "value": 4}));
    let asked = session.event("permissionRequested");
    assert_eq!(asked["functionName"], "now");
    // The step outlives a snapshot.
    let shot = session.call(json!({"type": "snapshot"}));
    let mut other = Session::open();
    let restored = other.send(json!({"type": "restore", "data": shot["data"], "acceptForeign": true}));
    let again = other.event("permissionRequested");
    assert_eq!(again["rule"], "step");
    assert_eq!(session.answer(&asked, json!("run"))["state"], "answered");
    let expected = json!({"$tuple": ["[1]!", 7, null, 4]});
    assert_eq!(session.reply_to(resumed)["value"], expected);
    let replayed = session.call(json!({"type": "replay"}));
    assert_eq!(replayed["same"], true, "{replayed}");
    other.answer(&again, json!(true));
    assert_eq!(other.reply_to(restored)["value"], expected);
}

/// A server that takes its time where it is asked to.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map_while(Result::ok);
                let path = lines.next().unwrap_or_default().split(' ').nth(1).unwrap_or_default().to_owned();
                lines.by_ref().take_while(|line| !line.is_empty()).for_each(drop);
                if path.contains("slow") {
                    thread::sleep(Duration::from_millis(700));
                }
                let body = format!("{{\"path\": {path:?}}}");
                let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            });
        }
    });
    port
}

#[test]
fn a_page_is_fetched_from_a_host_that_was_allowed_and_from_no_other() {
    let (port, mut session) = (server(), Session::open());
    let url = format!("http://127.0.0.1:{port}/quick");
    let refused = session.finish(&format!("fetch_text({url:?})"));
    assert_eq!(error(&refused)["excType"], "PermissionError", "{refused}");
    session.settle(json!({"fetch": [format!("127.0.0.1:{port}")]}));
    assert_eq!(value(&session.finish(&format!("fetch_json({url:?})"))), &json!({"path": "/quick"}));
    let refused = session.finish(&format!("fetch_text('http://127.0.0.1:{}/')", port ^ 1));
    assert_eq!(error(&refused)["excType"], "PermissionError", "{refused}");
}

#[test]
fn an_answer_that_comes_too_late_answers_no_call_of_the_next_run() {
    let (port, mut session) = (server(), Session::open());
    session.settle(json!({"fetch": [format!("127.0.0.1:{port}")]}));
    let old = session.begin(&format!("fetch_text('http://127.0.0.1:{port}/slow')"));
    session.event("waiting");
    session.send(json!({"type": "cancel"}));
    session.reply_to(old);
    let new = session.begin("prompt('who?')");
    let asked = session.event("dialogRequested");
    thread::sleep(Duration::from_millis(900));
    assert_eq!(session.answer(&asked, json!("me"))["state"], "answered");
    assert_eq!(value(&session.reply_to(new)), "me");
}

/// What a program waits for, in a session that was restored from there.
fn restored(session: &mut Session, code: &str, settings: &Value) -> u64 {
    let id = session.begin(code);
    session.event("waiting");
    let snapshot = session.call(json!({"type": "snapshot"}));
    session.send(json!({"type": "cancel"}));
    session.reply_to(id);
    assert_eq!(session.settle(settings.clone())["state"], "configured");
    session.events.clear();
    session.send(json!({"type": "restore", "data": snapshot["data"]}))
}

#[test]
fn a_restored_call_goes_through_the_chain_again() {
    let mut session = Session::open();
    session.settle(json!({"permissions": {"storage_clear": "ask"}}));
    session.finish("storage_set('a', 1)");
    let id = restored(&mut session, "storage_clear()\nstorage_list()", &json!({}));
    let asked = session.event("permissionRequested");
    assert_eq!((&asked["id"], &asked["functionName"]), (&json!(id), &json!("storage_clear")));
    session.answer(&asked, json!(true));
    assert_eq!(value(&session.reply_to(id)), &json!([]));

    let id = restored(&mut session, "storage_clear()", &json!({"permissions": {"storage_clear": "deny"}}));
    assert_eq!(error(&session.reply_to(id))["excType"], "PermissionError");

    session.settle(json!({"permissions": {"confirm": "ask"}}));
    let id = session.begin("confirm('x')");
    let asked = session.event("permissionRequested");
    session.answer(&asked, json!(true));
    session.event("dialogRequested");
    let snapshot = session.call(json!({"type": "snapshot"}));
    session.send(json!({"type": "cancel"}));
    session.reply_to(id);
    let id = session.send(json!({"type": "restore", "data": snapshot["data"]}));
    let asked = session.event("dialogRequested");
    assert!(!session.events.iter().any(|event| event["event"] == "permissionRequested"), "it was allowed once");
    session.answer(&asked, json!(true));
    assert_eq!(value(&session.reply_to(id)), &json!(true));

    session.settle(json!({"permissions": {}, "modes": {"now": {"by": "rule", "delayMs": 300, "value": "RULE"}}}));
    let id = restored(&mut session, "now()", &json!({}));
    assert_eq!(value(&session.reply_to(id)), "RULE");
}

#[test]
fn a_refused_configuration_changes_nothing() {
    let mut session = Session::open();
    session.settle(json!({"environ": {"A": "1"}}));
    for wrong in [
        json!({"environ": {"A": "2"}, "rateLimits": {"x": -1}}),
        json!({"environ": {"A": "2"}, "permissions": {"x": "perhaps"}}),
        json!({"environ": {"A": "2"}, "files": {"/tmp/x\0": ""}}),
        json!({"environ": {"A": "2"}, "modes": {"now": {"by": "rule", "error": {"excType": "Bogus"}}}}),
        json!({"environ": {"A": "2", "B=C": ""}}),
        json!({"environ": {"A": "2"}, "functions": [{"name": "print"}]}),
        json!({"environ": {"A": "2"}, "functions": [{"name": "now"}]}),
        json!({"environ": {"A": "2"}, "functions": [{"name": "f"}, {"name": "f"}]}),
        json!({"environ": {"A": "2"}, "functions": [{"name": "dom_more"}]}),
        json!({"environ": {"A": "2"}, "functions": [{"name": "f", "returns": "integer"}],
            "modes": {"f": {"by": "rule", "value": "x"}}}),
    ] {
        let refused = session.settle(wrong.clone());
        assert_eq!((&refused["state"], &refused["code"]), (&json!("error"), &json!("badInput")), "{wrong}");
    }
    assert_eq!(value(&session.run("import os\nos.environ['A']")), "1");
    assert_eq!(session.settle(json!({"functions": [{"name": "input", "returns": "string"}]}))["state"], "configured");
    session.call(json!({"type": "run", "code": "input()"}));
    let refused = session.resume(5);
    assert_eq!(refused["message"], "input() gives str, not int");
    assert_eq!(value(&session.resume("yes")), "yes");
}

#[test]
fn what_a_child_asks_is_answered_under_a_number_of_its_own() {
    let mut session = Session::open();
    session.settle(json!({"permissions": {"now": "ask"}}));
    let code = "hs = [sandbox_spawn('confirm(\"a\")'), sandbox_spawn('confirm(\"b\")')]\nsandbox_await_all(hs)";
    let id = session.begin(code);
    let mut asked = [session.event("dialogRequested"), session.event("dialogRequested")];
    asked.sort_by_key(|event| event["handle"].as_u64());
    assert_ne!(told(&asked[0])["callId"], told(&asked[1])["callId"]);
    assert_eq!(session.answer(&asked[1], json!(true))["state"], "answered");
    assert_eq!(session.answer(&asked[0], json!(false))["state"], "answered");
    assert_eq!(value(&session.reply_to(id)), &json!([false, true]));
    assert_eq!(session.answer(&asked[0], json!(true))["code"], "unknownCall");

    let id = session.begin("sandbox_await(sandbox_spawn('sandbox_await(sandbox_spawn(\"now() and 7\"))'))");
    let asked = session.event("permissionRequested");
    assert_eq!(session.answer(&asked, json!(1))["code"], "badInput");
    assert_eq!(session.answer(&asked, json!(true))["state"], "answered");
    assert_eq!(value(&session.reply_to(id)), 7);
}

#[test]
fn a_family_counts_its_calls_together() {
    let mut session = Session::open();
    session.settle(json!({"rateLimits": {"now": 2, "Path.": 3}}));
    let code = "\
from pathlib import Path
now()
Path('/tmp').exists()
done = []
for code in ['now()'] * 3 + ['from pathlib import Path\\nPath(\"/tmp\").exists()'] * 3:
    try:
        sandbox_await(sandbox_spawn(code))
        done.append(True)
    except RuntimeError as error:
        done.append('may be called' in str(error) and 'limit')
done";
    assert_eq!(value(&session.finish(code)), &json!([true, "limit", "limit", true, true, "limit"]));
    let below = "sandbox_await(sandbox_spawn('sandbox_await(sandbox_spawn(\"now(); now(); now()\"))'))";
    assert!(error(&session.finish(below))["message"].as_str().unwrap().contains("now() may be called 2 times"));
}

#[test]
fn children_have_the_files_and_say_what_they_lack() {
    let mut session = Session::open();
    session.settle(json!({"files": {"/tmp/given": "Z2l2ZW4="}}));
    let code = "open('/tmp/written', 'w').write('written')\nsandbox_await(sandbox_spawn('open(\"/tmp/given\").read() + open(\"/tmp/written\").read()'))";
    assert_eq!(value(&session.finish(code)), "givenwritten");
    for (child, message) in [
        ("dom_root()", "a child of the sandbox has no dom"),
        ("fetch_text('x')", "a child of the sandbox has no fetch"),
        ("el_recv()", "which a child of the sandbox never gets"),
    ] {
        let reply = session.finish(&format!("sandbox_await(sandbox_spawn({child:?}))"));
        assert!(error(&reply)["message"].as_str().unwrap().contains(message), "{reply}");
    }
}

#[test]
fn at_the_end_of_input_what_can_end_ends_and_nothing_hangs() {
    let port = server();
    let fetch = json!({"type": "configure", "fetch": [format!("127.0.0.1:{port}")]});
    let url = format!("http://127.0.0.1:{port}/slow");
    for (code, result) in [
        ("el_recv()".to_owned(), None),
        ("sandbox_await(sandbox_spawn('msg_recv(\"q\")'))".to_owned(), None),
        ("sandbox_await(sandbox_spawn('confirm(\"q\")'))".to_owned(), None),
        (format!("fetch_json({url:?})['path']"), Some("/slow")),
        ("sandbox_await(sandbox_spawn('import time\\ntime.sleep(0.4)\\n\"slept\"'))".to_owned(), Some("slept")),
        (
            "import time\nh = sandbox_spawn('msg_recv(\"a\")')\ntime.sleep(0.3)\nmsg_send('a', 'sent')\nsandbox_await(h)"
                .to_owned(),
            Some("sent"),
        ),
    ] {
        let mut session = Session::open();
        session.call(fetch.clone());
        let id = session.begin(&code);
        let next = session.send(json!({"type": "run", "code": "'next'"}));
        let began = Instant::now();
        let (rest, status) = session.close();
        assert!(began.elapsed() < Duration::from_secs(10), "{code}");
        assert_eq!(status, Some(0), "{code}");
        let of = |id: u64| rest.iter().find(|line| line["id"] == json!(id) && line["state"] == "complete");
        assert_eq!(of(id).map(|reply| value(reply).clone()), result.map(Value::from), "{code}: {rest:?}");
        assert_eq!(of(next).map(|reply| value(reply).clone()), Some(json!("next")), "{code}: {rest:?}");
    }
}

#[test]
fn a_process_that_takes_over_tells_the_stage_and_asks_again() {
    let mut session = Session::open();
    session.begin("dom_append(1, dom_create('p'))\nconfirm('sure?')");
    session.event("dialogRequested");
    let snapshot = session.call(json!({"type": "snapshot"}));
    let mut other = Session::open();
    let id = other.send(json!({"type": "restore", "data": snapshot["data"], "acceptForeign": true}));
    let stage = other.event("stage");
    assert_eq!((&stage["id"], &stage["seq"]), (&json!(id), &json!(0)));
    assert_eq!(stage["patches"][0]["root"]["children"][0]["tag"], "p");
    let asked = other.event("dialogRequested");
    assert_eq!((&asked["id"], &asked["message"]), (&json!(id), &json!("sure?")));
    other.answer(&asked, json!(true));
    assert_eq!(value(&other.reply_to(id)), &json!(true));

    let mut fresh = Session::open();
    fresh.send(json!({"type": "redraw"}));
    assert_eq!(fresh.event("stage")["patches"][0]["op"], "reset");
}

#[test]
fn a_stop_tells_at_once_how_things_stand_again() {
    let mut session = Session::open();
    let feed = |code: &str| json!({"type": "feed", "code": code, "extensions": EXTENSIONS});
    session.call(feed("dom_append(1, dom_create('p'))"));
    let id = session.send(feed("dom_append(1, dom_create('b'))\nel_recv()"));
    session.event("state");
    session.send(json!({"type": "cancel"}));
    session.reply_to(id);
    let stage = session.event("stage");
    let children = stage["patches"][0]["root"]["children"].as_array().unwrap();
    assert_eq!(children.iter().map(|child| &child["tag"]).collect::<Vec<_>>(), ["p"]);
    assert_eq!(session.event("state")["value"]["waiting"], 0);
    session.call(feed("dom_append(1, dom_create('i'))"));
    let resets = session.events.iter().filter(|event| event["patches"][0]["op"] == "reset");
    assert_eq!(resets.count(), 0, "it was told once");
}

#[test]
fn an_event_that_came_at_rest_is_there_again_after_a_stop_and_in_a_replay() {
    let mut session = Session::open();
    session.call(json!({"type": "dispatch", "value": "early"}));
    let id = session.begin("el_recv()\nprint('got it')\nwhile True: pass");
    session.event("print");
    session.send(json!({"type": "cancel"}));
    session.reply_to(id);
    assert_eq!(value(&session.finish("el_recv()")), "early");
    let replayed = session.call(json!({"type": "replay"}));
    assert_eq!((&replayed["same"], &replayed["runs"]), (&json!(true), &json!(2)), "{replayed}");
}

#[test]
fn every_function_can_be_awaited_in_a_task() {
    let mut session = Session::open();
    session.settle(json!({"files": {"/tmp/r.py": "NDI=", "/tmp/bad.py": "MS8w"}}));
    let code = "\
import asyncio
async def one():
    return await run_script('/tmp/r.py')
async def bad():
    try:
        await run_script('/tmp/bad.py')
    except ZeroDivisionError as error:
        return str(error)
async def main():
    return await asyncio.gather(one(), bad(), run_script('/tmp/r.py'), interpreter_snapshot())
await main()";
    assert_eq!(value(&session.finish(code)), &json!([42, "division by zero", 42, "snapshot-1"]));
    assert_eq!(value(&session.finish("make = dom_create\nmake('p')")), 2, "a function is a value");
}

#[test]
fn an_error_that_python_does_not_have_answers_nothing() {
    let mut session = Session::open();
    let id = session.begin("confirm('x')");
    let asked = session.event("dialogRequested");
    let wrong = json!({"type": "answer", "callId": asked["callId"], "message": "m", "excType": "Bogus"});
    let wrong = session.send(wrong);
    assert_eq!(session.reply_to(wrong)["code"], "unknownExcType");
    assert_eq!(session.answer(&asked, json!(true))["state"], "answered");
    assert_eq!(value(&session.reply_to(id)), &json!(true));
}
