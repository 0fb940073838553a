//! Snapshots, the record and what is made of it, variables, scripts and deterministic runs, as an
//! outside program sees them.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use support::{DATA, Session, Value, engine, error, json, refused, value};

type Change<'a> = &'a dyn Fn(&mut Value);

const TWO_CALLS: &str = "import random\na = f('one')\nprint('between')\nb = f(a)\n[a, b, random.random()]";

fn snapshot(session: &mut Session) -> String {
    let reply = session.call(json!({"type": "snapshot"}));
    assert_eq!(reply["state"], "snapshot", "{reply}");
    reply["data"].as_str().unwrap().to_owned()
}

fn restore(session: &mut Session, data: &str) -> Value {
    session.call(json!({"type": "restore", "data": data}))
}

fn entries(session: &mut Session) -> Vec<Value> {
    let reply = session.call(json!({"type": "record"}));
    assert_eq!(reply["state"], "record", "{reply}");
    reply["entries"].as_array().unwrap().clone()
}

fn calls(session: &mut Session) -> Vec<u64> {
    let entries = entries(session);
    let calls = entries.iter().filter(|entry| entry["kind"] == "call" && entry["lane"] == "host");
    calls.map(|entry| entry["seq"].as_u64().unwrap()).collect()
}

#[test]
fn a_snapshot_at_rest_carries_names_to_another_process() {
    let mut one = Session::open();
    one.feed("def double(x): return 2 * x\nn = 21");
    let data = snapshot(&mut one);
    let mut other = Session::open();
    assert_eq!(restore(&mut other, &data)["state"], "idle");
    assert_eq!(value(&other.feed("double(n)")), 42);
    let traceback = error(&other.feed("double(n) / 0"))["traceback"].clone();
    assert_eq!(traceback[0]["filename"], "<python-input-2>", "numbers go on");
}

#[test]
fn a_snapshot_in_the_middle_of_a_call_goes_on_elsewhere_and_more_than_once() {
    let mut one = Session::open();
    one.feed("kept = 'at rest'");
    let pause = one.start(TWO_CALLS, &["f"]);
    let data = snapshot(&mut one);
    let mut other = Session::open();
    for answer in ["x", "y"] {
        let mut again = restore(&mut other, &data);
        let mut expected = pause.clone();
        (again["id"], expected["id"]) = (json!(0), json!(0));
        assert_eq!(again, expected);
        let second = other.resume(answer);
        assert_eq!(second["args"], json!([answer]), "{second}");
        assert_eq!(other.printed(), "between\n");
        let done = other.resume(json!(null));
        assert_eq!(value(&done)[0], answer);
        assert_eq!(done["usage"]["hostCalls"], 2, "what was used before counts on");
    }
    assert_eq!(value(&other.feed("kept")), "at rest", "names at rest come along");
}

#[test]
fn a_snapshot_with_futures_open_can_be_resolved_elsewhere() {
    let mut one = Session::open();
    let code = "import asyncio\nasync def main():\n    return await asyncio.gather(f(1), f(2))\nasyncio.run(main())";
    one.start(code, &["f"]);
    one.call(json!({"type": "resumeAsFuture"}));
    let waits = one.call(json!({"type": "resumeAsFuture"}));
    assert_eq!(waits["state"], "resolveFutures", "{waits}");
    let data = snapshot(&mut one);
    let mut other = Session::open();
    let again = restore(&mut other, &data);
    assert_eq!(again["callIds"], waits["callIds"]);
    let ids: Vec<String> = again["callIds"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let done = other.call(json!({"type": "resolveFutures", "results": {&ids[0]: "a"}, "errors": {}}));
    assert_eq!(done["callIds"].as_array().unwrap().len(), 1, "{done}");
    let done = other.call(json!({"type": "resolveFutures", "results": {&ids[1]: "b"}}));
    assert_eq!(value(&done), &json!(["a", "b"]));
}

#[test]
fn limits_go_on_where_they_were() {
    let mut one = Session::open();
    let message = json!({"type": "start", "code": "for i in range(9): f(i)", "externalFunctions": ["f"],
        "limits": {"hostCalls": 3, "printBytes": 100}});
    one.call(message);
    one.resume(0);
    let data = snapshot(&mut one);
    let mut other = Session::open();
    restore(&mut other, &data);
    other.resume(0);
    let end = other.resume(0);
    assert_eq!(error(&end)["limit"], "hostCalls", "{end}");
    assert_eq!(error(&end)["max"], 3);
}

#[test]
fn altered_snapshots_are_refused_with_the_reason() {
    let mut session = Session::open();
    session.feed("x = 1");
    let data = STANDARD.decode(snapshot(&mut session)).unwrap();
    let mut refusal = |bytes: &[u8]| {
        let reply = restore(&mut session, &STANDARD.encode(bytes));
        refused(&reply, "badSnapshot");
        reply["reason"].as_str().unwrap().to_owned()
    };
    let with = |at: usize, byte: u8| {
        let mut changed = data.clone();
        changed[at] = byte;
        changed
    };
    let last = data.len() - 1;
    assert_eq!(refusal(&with(last, !data[last])), "altered", "the signature");
    assert_eq!(refusal(&with(data.len() / 2, !data[data.len() / 2])), "altered", "the content");
    assert_eq!(refusal(&with(12, b'9')), "altered", "the version of the app");
    assert_eq!(refusal(&with(0, b'X')), "notASnapshot");
    assert_eq!(refusal(b""), "notASnapshot");
    assert_eq!(refusal(&with(9, 9)), "newer");
    for length in [3, 9, 20, 40, data.len() - 1] {
        assert_eq!(refusal(&data[..length]), "truncated", "{length} bytes");
    }
    assert_eq!(refusal(&[data.as_slice(), b"more"].concat()), "oversized");
    let mut huge = data.clone();
    let length_at = 11 + usize::from(data[10]) + 8;
    huge[length_at + 5] = 0xff;
    assert_eq!(refusal(&huge), "oversized");
    let reply = session.call(json!({"type": "restore", "data": "not base64!"}));
    assert_eq!(reply["reason"], "notASnapshot", "{reply}");
    assert_eq!(value(&session.feed("x")), 1, "nothing has changed");
}

#[test]
fn a_foreign_snapshot_needs_a_yes_and_is_tried_aside_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut stranger = Session::open_with(engine().env("XDG_DATA_HOME", folder.path()));
    stranger.feed("secret = 5");
    let data = snapshot(&mut stranger);
    let mut session = Session::open();
    session.feed("mine = 1");
    let reply = restore(&mut session, &data);
    assert!(refused(&reply, "badSnapshot").contains("only if you trust"), "{reply}");
    assert_eq!(reply["reason"], "foreign");
    let accepted = session.call(json!({"type": "restore", "data": data, "acceptForeign": true}));
    assert_eq!(accepted["state"], "idle", "{accepted}");
    assert_eq!(value(&session.feed("secret")), 5);

    // What nobody vouches for may be anything.
    let mut bytes = STANDARD.decode(&data).unwrap();
    let middle = bytes.len() - 200;
    bytes[middle..].iter_mut().step_by(3).for_each(|byte| *byte = byte.wrapping_add(91));
    let reply = session.call(json!({"type": "restore", "data": STANDARD.encode(bytes), "acceptForeign": true}));
    assert_eq!((&reply["code"], &reply["reason"]), (&json!("badSnapshot"), &json!("unreadable")), "{reply}");
    assert_eq!(value(&session.feed("secret")), 5, "the session is as it was");
}

#[test]
fn the_key_is_for_its_user_alone() {
    let mut session = Session::open();
    session.call(json!({"type": "hello"}));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(format!("{DATA}/monty-playground/snapshot.key")).unwrap();
        assert_eq!((key.permissions().mode() & 0o777, key.len()), (0o600, 32));
    }
}

#[test]
fn a_session_without_a_place_for_its_key_signs_for_itself() {
    let mut session = Session::open_with(engine().env("XDG_DATA_HOME", "/proc/nothing/can/be/made/here"));
    session.feed("x = 1");
    let data = snapshot(&mut session);
    session.feed("x = 2");
    assert_eq!(restore(&mut session, &data)["state"], "idle");
    assert_eq!(value(&session.feed("x")), 1);
    assert_eq!(restore(&mut Session::open(), &data)["reason"], "foreign");
}

#[test]
fn restoring_fits_only_a_session_at_rest() {
    let mut session = Session::open();
    session.start("f()", &["f"]);
    let data = snapshot(&mut session);
    for message in
        [json!({"type": "restore", "data": data}), json!({"type": "fork", "at": 1}), json!({"type": "replay"})]
    {
        let reply = session.call(message);
        refused(&reply, "badState");
        assert_eq!(reply["current"], "pending");
    }
    assert_eq!(value(&session.resume(5)), 5);
}

#[test]
fn stopping_a_paused_feed_brings_its_names_back() {
    let mut session = Session::open();
    session.feed("x = 1");
    session.call(json!({"type": "feed", "code": "x = 2\nf()", "externalFunctions": ["f"]}));
    assert_eq!(session.call(json!({"type": "cancel"}))["state"], "cancelled");
    assert_eq!(value(&session.feed("x")), 1);
    // Also where the feed was restored.
    session.call(json!({"type": "feed", "code": "x = 3\nf()", "externalFunctions": ["f"]}));
    let data = snapshot(&mut session);
    let mut other = Session::open();
    assert_eq!(restore(&mut other, &data)["state"], "pending");
    assert_eq!(other.call(json!({"type": "cancel"}))["state"], "cancelled");
    assert_eq!(value(&other.feed("x")), 1);
}

#[test]
fn a_fresh_feed_forgets_names_and_stage_and_keeps_its_own() {
    let mut session = Session::open();
    session.feed("x = 1");
    session.call(json!({"type": "feed", "code": "storage_set('k', 1)", "extensions": ["storage"]}));
    let fresh =
        json!({"type": "feed", "fresh": true, "cell": "main.py", "code": "y = 2\ny / 0", "extensions": ["dom"]});
    let frame = error(&session.call(fresh))["traceback"][0].clone();
    assert_eq!((&frame["filename"], &frame["line"]), (&json!("main.py"), &json!(2)));
    assert_eq!(error(&session.feed("x"))["excType"], "NameError");
    assert_eq!(value(&session.feed("y")), 2, "an exception keeps the names");
    // One that is stopped has never been.
    session.call(json!({"type": "feed", "fresh": true, "code": "y = 3\nf()", "externalFunctions": ["f"]}));
    assert_eq!(session.call(json!({"type": "cancel"}))["state"], "cancelled");
    assert_eq!(value(&session.feed("y")), 2);
    let refused = json!({"type": "feed", "fresh": true, "code": "1", "limits": {"timeoutMs": -1}});
    assert_eq!(session.call(refused)["state"], "error");
    assert_eq!(value(&session.feed("y")), 2);
    assert_eq!(session.call(json!({"type": "replay"}))["same"], true);
}

#[test]
fn the_record_tells_what_happened() {
    let mut session = Session::open();
    session.start(TWO_CALLS, &["f"]);
    session.resume(json!({"a": 1.0}));
    session.call(json!({"type": "resumeWithError", "excType": "ValueError", "message": "no"}));
    let entries = entries(&mut session);
    let kinds: Vec<_> = entries.iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["run", "call", "print", "call", "end"]);
    let numbers: Vec<_> = entries.iter().map(|entry| entry["seq"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4]);
    assert_eq!(entries[0]["code"], TWO_CALLS);
    let call = &entries[1];
    assert_eq!((&call["functionName"], &call["args"], &call["lane"]), (&json!("f"), &json!(["one"]), &json!("host")));
    assert_eq!(call["answer"], json!({"by": "driver", "with": "value", "value": {"a": 1.0}}));
    assert_eq!(call["range"]["start"], json!({"line": 2, "column": 5}));
    assert!(call["durationMs"].as_f64().unwrap() >= 0.0 && call["dump"] == true, "{call}");
    assert_eq!(entries[2]["text"], "between\n");
    assert_eq!(entries[3]["answer"]["excType"], "ValueError");
    assert_eq!(entries[4]["error"]["excType"], "ValueError");
}

#[test]
fn the_record_comes_in_pages_and_large_values_on_demand() {
    let mut session = Session::open();
    session.start("f('x' * 100_000)", &["f"]);
    session.resume(1);
    let page = session.call(json!({"type": "record", "from": 1, "limit": 1}));
    assert_eq!((&page["next"], &page["end"], &page["first"]), (&json!(2), &json!(3), &json!(0)));
    let blob = &page["entries"][0]["args"]["$blob"];
    assert!(blob["bytes"].as_u64().unwrap() > 100_000 && blob["preview"].as_str().unwrap().len() < 200, "{blob}");
    let whole = session.call(json!({"type": "record", "value": blob["id"]}));
    assert_eq!(whole["value"][0].as_str().unwrap().len(), 100_000);
    let whole = session.call(json!({"type": "record", "whole": true}));
    assert_eq!(whole["entries"][1]["args"][0].as_str().unwrap().len(), 100_000);
    let reply = session.call(json!({"type": "record", "value": "nothing"}));
    refused(&reply, "badInput");
}

#[test]
fn limits_and_stops_are_in_the_record() {
    let mut session = Session::open();
    session.call(json!({"type": "run", "code": "while True: pass", "limits": {"timeoutMs": 30}}));
    session.start("f()", &["f"]);
    session.call(json!({"type": "cancel"}));
    let entries = entries(&mut session);
    let limit = entries.iter().find(|entry| entry["kind"] == "limit").unwrap();
    assert_eq!((&limit["name"], &limit["max"]), (&json!("timeoutMs"), &json!(30)));
    assert!(entries.iter().any(|entry| entry["kind"] == "state" && entry["state"] == "cancelled"));
}

#[test]
fn recording_can_be_switched_off() {
    let mut session = Session::open();
    assert_eq!(session.call(json!({"type": "record", "recording": false}))["recording"], false);
    session.start("f()", &["f"]);
    session.resume(1);
    assert_eq!(entries(&mut session).len(), 1, "that it is off is the last that it tells");
    session.call(json!({"type": "record", "recording": true}));
    session.run("1");
    assert_eq!(entries(&mut session).len(), 4);
}

#[test]
fn a_fork_goes_on_from_a_call_with_another_answer() {
    let mut session = Session::open();
    session.start(TWO_CALLS, &["f"]);
    session.resume("x");
    let first = session.resume("y");
    let calls = calls(&mut session);
    let forked = session.call(json!({"type": "fork", "at": calls[1], "value": "z"}));
    assert_eq!(value(&forked), &json!(["x", "z", value(&first)[2]]), "chance is the same");
    let paused = session.call(json!({"type": "fork", "at": calls[0]}));
    assert_eq!(paused["args"], json!(["one"]));
    let second = session.resume("q");
    assert_eq!(second["args"], json!(["q"]));
    let end = session.call(json!({"type": "resumeNotFound"}));
    assert_eq!(error(&end)["excType"], "NameError");
    let error_fork = session.call(json!({"type": "fork", "at": calls[0], "message": "broken", "excType": "OSError"}));
    assert_eq!(error(&error_fork)["excType"], "OSError");
    for at in [0, 999] {
        refused(&session.call(json!({"type": "fork", "at": at})), "badInput");
    }
    assert_eq!(session.call(json!({"type": "replay"}))["same"], true);
}

#[test]
fn a_call_without_a_dump_is_reached_by_the_recorded_answers() {
    let mut session = Session::open();
    // A heap that is too dear to write down at every call.
    let code = "import time\nbig = [str(i) for i in range(400_000)]\nt = []\nfor i in range(40): t.append((f(i), time.time()))\nt";
    session.start(code, &["f"]);
    for i in 0..39 {
        session.resume(i * 10);
    }
    let end = session.resume("last");
    let entries = entries(&mut session);
    let without = entries.iter().filter(|entry| entry["lane"] == "host" && entry["dump"] == false).nth(3);
    let without = without.expect("some call was too dear to write down");
    let index = without["args"][0].as_u64().unwrap();
    let forked = session.call(json!({"type": "fork", "at": without["seq"], "value": "other"}));
    assert_eq!(forked["args"], json!([index + 1]), "{forked}");
    let variables = session.call(json!({"type": "variables", "at": without["seq"], "open": ["t"], "from": index - 1}));
    let last = &variables["variables"][0];
    let recorded = &value(&end)[usize::try_from(index).unwrap() - 1]["$tuple"];
    assert_eq!(last["preview"], format!("({}, {})", recorded[0], recorded[1]), "the clock is the recorded one");
}

#[test]
fn a_replay_names_the_first_difference() {
    let mut session = Session::open();
    session.start("import time\nprint(time.time())\nx = f(1)\nprint(x)\nf(x + 1)", &["f"]);
    session.resume(10);
    session.resume("end");
    session.feed("n = 1");
    session.feed("n + 1");
    let same = session.call(json!({"type": "replay"}));
    assert_eq!((&same["same"], &same["runs"], &same["calls"]), (&json!(true), &json!(3), &json!(2)), "{same}");

    let record = session.call(json!({"type": "record", "whole": true}))["entries"].clone();
    let other = Session::open().call(json!({"type": "replay", "record": record}));
    assert_eq!(other["same"], true, "elsewhere too: {other}");
    let mut changed = |at: &dyn Fn(&mut Value)| {
        let mut record = record.clone();
        at(&mut record);
        session.call(json!({"type": "replay", "record": record}))
    };
    let index = |kind: &str, nth: usize| {
        let of_kind = record.as_array().unwrap().iter().enumerate();
        of_kind.filter(|(_, entry)| entry["kind"] == kind && entry["lane"] != "clock").nth(nth).unwrap().0
    };
    let (first, second, printed, end) = (index("call", 0), index("call", 1), index("print", 1), index("end", 0));
    let cases: [(&str, usize, Change<'_>); 5] = [
        ("args", second, &|record| record[first]["answer"]["value"] = json!(11)),
        ("printed", printed, &|record| record[printed]["text"] = json!("11\n")),
        ("function", first, &|record| record[first]["functionName"] = json!("g")),
        ("value", end, &|record| record[end]["value"] = json!("other")),
        ("args", second, &|record| record[second]["args"] = json!([12])),
    ];
    for (what, at, change) in cases {
        let reply = changed(change);
        // What was printed with the other answer differs first.
        let what = if at == second && reply["difference"]["what"] == "printed" { "printed" } else { what };
        assert_eq!((&reply["same"], &reply["difference"]["what"]), (&json!(false), &json!(what)), "{reply}");
        assert!(reply["difference"]["recorded"] != reply["difference"]["now"], "{reply}");
    }
    let reply = session.call(json!({"type": "replay", "record": [{"seq": 0}]}));
    refused(&reply, "badMessage");
    assert_eq!(value(&session.feed("n")), 1, "a replay is aside");
}

#[test]
fn what_was_stopped_or_broke_down_does_not_keep_the_rest_from_being_replayed() {
    let mut session = Session::open();
    session.feed("x = 1");
    session.call(json!({"type": "feed", "code": "x = 2\nwhile True: pass", "limits": {"timeoutMs": 30}}));
    session.feed("class C: pass\n[C, C()]");
    session.call(json!({"type": "feed", "code": "x = 3\nf()", "externalFunctions": ["f"]}));
    session.call(json!({"type": "cancel"}));
    let last = session.feed("x");
    assert_eq!(value(&last), 1);
    let reply = session.call(json!({"type": "replay"}));
    assert_eq!(reply["same"], true, "{reply}");
}

#[test]
fn variables_are_read_from_a_copy_and_open_piece_by_piece() {
    let mut session = Session::open();
    session.feed(
        "class Point:\n    def __init__(self): self.x = [1, 2]\n    def __repr__(self):\n        global touched\n        touched = True\n        return 'P'\n\
         touched = False\np = Point()\nlist = {'a': (1, 2.5)}\ntype = 'shadowed'\nbig = 'x' * 1_000_000\nnumbers = [i for i in range(5000)]\nshared = []\nfor _ in range(60): shared = [shared, shared]\npair = [Point, p]",
    );
    let all = session.call(json!({"type": "variables"}));
    let variables = all["variables"].as_array().unwrap();
    let of = |name: &str| {
        variables.iter().find(|variable| variable["name"] == name).unwrap_or_else(|| panic!("{name}: {all}"))
    };
    assert_eq!((&of("p")["type"], &of("p")["preview"]), (&json!("Point"), &json!("Point(x=[1, 2])")));
    assert_eq!((&of("list")["preview"], &of("list")["size"]), (&json!("{'a': (1, 2.5)}"), &json!(1)));
    assert_eq!(of("big")["size"], 1_000_000);
    assert!(of("big")["preview"].as_str().unwrap().len() < 300);
    assert_eq!(of("numbers")["size"], 5000);
    assert!(of("shared")["preview"].as_str().unwrap().len() < 300, "a shared list is no bomb");
    assert!(of("pair")["preview"].as_str().unwrap().contains("cannot be shown"), "{}", of("pair"));
    assert_eq!(value(&session.feed("touched")), false, "nothing of the program's own ran");

    let mut open = |path: Value, from: u64| {
        let reply = session.call(json!({"type": "variables", "open": path, "from": from}));
        assert_eq!(reply["state"], "variables", "{reply}");
        reply
    };
    assert_eq!(open(json!(["list"]), 0)["variables"][0]["name"], "['a']");
    let inner = open(json!(["list", 0]), 0);
    assert_eq!(inner["variables"][1], json!({"name": "[1]", "type": "float", "preview": "2.5", "step": 1}));
    assert_eq!(open(json!(["p", "x"]), 0)["total"], 2);
    let page = open(json!(["numbers"]), 4900);
    assert_eq!((&page["total"], &page["variables"][99]["preview"]), (&json!(5000), &json!("4999")));
    let wrong = session.call(json!({"type": "variables", "open": ["p.x; 1"]}));
    refused(&wrong, "unsupported");
}

#[test]
fn variables_can_be_read_at_every_pause() {
    let mut session = Session::open();
    assert_eq!(session.call(json!({"type": "variables"}))["total"], 0);
    session.start("n = 1\nf()\nn = 2\nf()\nn = 3", &["f"]);
    session.resume(0);
    let now = session.call(json!({"type": "variables"}));
    assert_eq!(now["variables"][0]["preview"], "2", "{now}");
    let calls = calls(&mut session);
    let before = session.call(json!({"type": "variables", "at": calls[0]}));
    assert_eq!(before["variables"][0]["preview"], "1", "{before}");
    let snapshot = session.call(json!({"type": "snapshot", "at": calls[0]}));
    assert_eq!(value(&session.resume(0)), &Value::Null);
    assert_eq!(restore(&mut session, snapshot["data"].as_str().unwrap())["state"], "pending");
}

#[test]
fn a_program_is_diagnosed_without_running_it() {
    let mut session = Session::open();
    session.start("f()", &["f"]);
    let mut diagnose = |code: &str| session.call(json!({"type": "diagnose", "code": code}))["diagnostics"].clone();
    assert_eq!(diagnose("print('never printed')\nx = 1"), json!([]));
    assert_eq!(diagnose("await f()"), json!([]), "a program may await");
    let found = diagnose("s = '🐍🐍'; x = = 1");
    assert_eq!(found[0]["range"]["start"], json!({"line": 1, "column": 15}), "columns are characters: {found}");
    assert!(found[0]["message"].as_str().unwrap().starts_with("SyntaxError"));
    let found = diagnose("x = 1\nclass E(Exception): pass");
    assert!(found[0]["message"].as_str().unwrap().contains("inheritance"), "{found}");
    assert_eq!(found[0]["range"]["start"]["line"], 2);
    let nested: Vec<String> = (0..30).map(|level| format!("{}def f{level}():\n", " ".repeat(level))).collect();
    let nested = nested.concat() + &" ".repeat(30) + "pass";
    let hung = session.call(json!({"type": "diagnose", "code": nested}));
    assert!(refused(&hung, "unsupported").contains("took longer"), "{hung}");
    assert_eq!(value(&session.resume(7)), 7, "the paused run has noticed nothing");
}

#[test]
fn a_deterministic_run_is_the_same_every_time() {
    let mut session = Session::open();
    let code = "import time, random, os, asyncio\nfrom datetime import date\nstart = time.time()\ntime.sleep(3600)\n\
                asyncio.run(asyncio.sleep(60))\n[start, time.time() - start, random.random(), os.urandom(4), date.today().year]";
    let mut run = |how: Value| {
        let reply = session.call(json!({"type": "run", "code": code, "deterministic": how}));
        assert!(reply["usage"]["waitMs"].as_f64().unwrap() < 1000.0, "sleep takes no time");
        value(&reply).clone()
    };
    let first = run(json!(true));
    assert_eq!(first, run(json!(true)));
    assert_eq!((&first[0], &first[1], &first[4]), (&json!(1_767_225_600.0), &json!(3660.0), &json!(2026)));
    let other = run(json!({"seed": 7, "clockMs": 0}));
    assert_eq!(other[0], 0.0);
    assert_ne!(other[2], first[2]);
    for bad in [json!({"seed": -1}), json!({"clockMs": 1e300}), json!("yes")] {
        refused(&session.call(json!({"type": "run", "code": "1", "deterministic": bad})), "badInput");
    }
}

#[test]
fn a_call_is_answered_by_the_value_of_another_program() {
    let mut session = Session::open();
    session.start("x = load('helper')\nx + [f(3)]", &["load", "f"]);
    let inner = session.call(json!({"type": "resumeWithScript", "code": "print('inside')\n[n, f(n)]",
        "inputs": {"n": 1}, "scriptName": "helper.py"}));
    assert_eq!((&inner["functionName"], &inner["range"]["filename"]), (&json!("f"), &json!("helper.py")));
    let data = snapshot(&mut session);
    let variables = session.call(json!({"type": "variables"}));
    assert_eq!(variables["variables"][0]["name"], "n", "{variables}");
    let outer = session.resume(2);
    assert_eq!((&outer["args"], &outer["range"]["filename"]), (&json!([3]), &json!("main.py")));
    let end = session.resume(4);
    assert_eq!(value(&end), &json!([1, 2, 4]));
    assert_eq!(end["usage"]["hostCalls"], 3);

    let mut other = Session::open();
    restore(&mut other, &data);
    other.resume("two");
    assert_eq!(value(&other.resume(0)), &json!([1, "two", 0]), "a snapshot inside a script");
    assert_eq!(session.call(json!({"type": "replay"}))["same"], true);
}

#[test]
fn what_a_script_raises_is_raised_at_its_call_and_limits_are_shared() {
    let mut session = Session::open();
    session.start("try:\n    load()\nexcept KeyError as e:\n    r = str(e)\nr", &["load"]);
    let end = session.call(json!({"type": "resumeWithScript", "code": "{}['gone']"}));
    assert_eq!(value(&end), "'gone'");
    let limits = json!({"timeoutMs": 100});
    session.call(json!({"type": "start", "code": "try:\n    load()\nexcept BaseException: pass", "externalFunctions": ["load"], "limits": limits}));
    let end = session.call(json!({"type": "resumeWithScript", "code": "while True: pass"}));
    assert_eq!(error(&end)["limit"], "timeoutMs");
    let limits = json!({"memoryBytes": 20_000_000});
    session.call(json!({"type": "start", "code": "big = 'x' * 15_000_000\nload()", "externalFunctions": ["load"], "limits": limits}));
    let end = session.call(json!({"type": "resumeWithScript", "code": "'y' * 10_000_000"}));
    assert_eq!(error(&end)["limit"], "memoryBytes", "what the caller holds counts");
    // Scripts in scripts end somewhere.
    let mut reply = session.start("load()", &["load"]);
    for _ in 0..20 {
        if reply["state"] != "pending" {
            break;
        }
        reply = session.call(json!({"type": "resumeWithScript", "code": "load()"}));
    }
    assert_eq!(error(&reply)["excType"], "RecursionError", "{reply}");
    assert_eq!(value(&session.run("1")), 1);
}

#[test]
fn a_stop_says_which_of_the_two_it_was() {
    let mut session = Session::open();
    let mut stopped = |code: &str| {
        session.send(json!({"type": "run", "code": format!("print('on')\n{code}"), "limits": {"timeoutMs": 0}}));
        session.wait_for_print();
        session.send(json!({"type": "cancel"}));
        assert_eq!(session.reply()["state"], "cancelled");
        error(&session.reply())["message"].as_str().unwrap().to_owned()
    };
    assert_eq!(stopped("while True: pass"), "the run was stopped");
    assert!(stopped("10 ** (10**8)").contains("its process was ended"));
}

#[test]
fn a_cell_has_the_name_that_it_was_given() {
    let mut session = Session::open();
    session.call(json!({"type": "feed", "code": "def f():\n    return 1 / 0", "cell": "first tab"}));
    let end = session.call(json!({"type": "feed", "code": "f()", "cell": "second tab"}));
    let names: Vec<_> = error(&end)["traceback"].as_array().unwrap().iter().map(|frame| &frame["filename"]).collect();
    assert_eq!(names, ["second tab", "first tab"]);
}

#[test]
fn names_at_rest_outlive_a_fork_of_a_run_that_had_its_own() {
    let mut session = Session::open();
    session.feed("a = 1");
    session.start("f(1)", &["f"]);
    session.resume(1);
    let at = calls(&mut session)[0];
    session.call(json!({"type": "fork", "at": at}));
    session.resume(2);
    session.call(json!({"type": "feed", "code": "b = 2\nf(1)", "externalFunctions": ["f"]}));
    session.call(json!({"type": "cancel"}));
    assert_eq!(value(&session.feed("a")), 1);
    assert_eq!(session.call(json!({"type": "replay"}))["same"], true);
}

#[test]
fn a_fork_of_a_restored_run_that_is_stopped_has_the_names_from_before_it() {
    let mut one = Session::open();
    one.feed("x = 'before'");
    one.call(json!({"type": "feed", "code": "x = 'during'\nf()", "externalFunctions": ["f"]}));
    let data = snapshot(&mut one);
    let mut other = Session::open();
    other.feed("x = 'unrelated'");
    restore(&mut other, &data);
    other.resume(1);
    let at = calls(&mut other)[0];
    other.call(json!({"type": "fork", "at": at}));
    other.call(json!({"type": "cancel"}));
    assert_eq!(value(&other.feed("x")), "before");
    other.call(json!({"type": "fork", "at": at, "value": 2}));
    assert_eq!(value(&other.feed("x")), "during");
    let replayed = other.call(json!({"type": "replay"}));
    assert_eq!(replayed["same"], true, "{replayed}");
}

#[test]
fn a_stop_on_the_heels_of_a_fork_is_heard() {
    let mut session = Session::open();
    session.call(json!({"type": "start", "code": "if f(): print('on')\nwhile x: pass", "inputs": {"x": false}, "externalFunctions": ["f"], "limits": {"timeoutMs": 0}}));
    session.resume(0);
    session.call(json!({"type": "start", "code": "f()\nwhile True: pass", "externalFunctions": ["f"], "limits": {"timeoutMs": 0}}));
    session.send(json!({"type": "resume", "value": 0}));
    session.send(json!({"type": "cancel"}));
    session.reply();
    session.reply();
    let at = *calls(&mut session).last().unwrap();
    session.write(
        format!("{{\"id\":901,\"type\":\"fork\",\"at\":{at},\"value\":1}}\n{{\"id\":902,\"type\":\"cancel\"}}\n")
            .as_bytes(),
    );
    assert_eq!(session.reply(), json!({"id": 902, "state": "cancelled"}));
    assert_eq!(error(&session.reply())["kind"], "cancelled");
    assert_eq!(value(&session.run("1")), 1);
}

#[test]
fn a_fork_whose_answer_is_refused_has_changed_nothing() {
    let mut session = Session::open();
    session.feed("kept = 1");
    session.start("import asyncio\nasync def m(): return await asyncio.gather(f(1), f(2))\nasyncio.run(m())", &["f"]);
    session.call(json!({"type": "resumeAsFuture"}));
    let waits = session.call(json!({"type": "resumeAsFuture"}));
    let results: serde_json::Map<String, Value> =
        waits["callIds"].as_array().unwrap().iter().map(|id| (id.to_string(), json!(0))).collect();
    session.call(json!({"type": "resolveFutures", "results": results}));
    let record = entries(&mut session);
    let waited = record.iter().find(|entry| entry["kind"] == "futures").unwrap()["seq"].clone();
    let call = calls(&mut session)[0];
    for (message, code) in [
        (json!({"type": "fork", "at": call, "message": "x", "excType": "Nope"}), "unknownExcType"),
        (json!({"type": "fork", "at": call, "value": {"$type": "Nope"}}), "badValue"),
        (json!({"type": "fork", "at": waited, "value": 1}), "badInput"),
        (json!({"type": "fork", "at": call, "value": 1, "message": "x"}), "badMessage"),
    ] {
        refused(&session.call(message), code);
        assert_eq!(value(&session.feed("kept")), 1, "{code}");
    }
    let replayed = session.call(json!({"type": "replay"}));
    assert_eq!(replayed["same"], true, "{replayed}");
}

#[test]
fn sleeps_overlap_where_they_take_no_time() {
    let mut session = Session::open();
    let code = "import asyncio, time\nstart = time.time()\norder = []\nasync def s(name, t):\n    await asyncio.sleep(t)\n    order.append((name, round(time.time() - start, 1)))\n\
                async def main(): await asyncio.gather(s('late', .3), s('early', .1))\nasyncio.run(main())\nf()\norder";
    let message = json!({"type": "start", "code": code, "deterministic": true, "externalFunctions": ["f"]});
    let pause = session.call(message);
    assert_eq!(pause["state"], "pending", "{pause}");
    let end = session.resume(0);
    assert_eq!(value(&end), &json!([{"$tuple": ["early", 0.1]}, {"$tuple": ["late", 0.3]}]));
    session.start(code, &["f"]);
    session.resume(0);
    let replayed = session.call(json!({"type": "replay"}));
    assert_eq!(replayed["same"], true, "{replayed}");
}

#[test]
fn a_hole_in_the_record_is_told() {
    let mut session = Session::open();
    session.feed("n = 1");
    session.start("f()\nf()", &["f"]);
    session.call(json!({"type": "record", "recording": false}));
    session.resume(1);
    session.call(json!({"type": "record", "recording": true}));
    session.resume(1);
    session.feed("n");
    let kinds: Vec<_> = entries(&mut session).iter().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["run", "end", "run", "call", "state", "state", "run", "end"]);
    assert!(refused(&session.call(json!({"type": "replay"})), "unsupported").contains("recording was off"));
}

#[test]
fn a_script_whose_value_cannot_be_handed_over_raises_where_it_was_called() {
    let mut session = Session::open();
    let code = "try:\n    r = load()\nexcept TypeError as e:\n    r = str(e)\nr";
    session.start(code, &["load"]);
    let end = session.call(json!({"type": "resumeWithScript", "code": "lambda: 1"}));
    assert!(value(&end).as_str().unwrap().contains("cannot be handed over"), "{end}");
    session.start(code, &["load"]);
    let end =
        session.call(json!({"type": "resumeWithScript", "code": "class P:\n    def __init__(self): self.x = 1\nP()"}));
    assert_eq!(value(&end)["$instance"]["attributes"]["x"], 1, "{end}");
}
