//! The protocol of `monty-engine stdio`, spoken from outside.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use std::time::{Duration, Instant};

use support::{Session, error, json, value};

#[test]
fn hello_says_what_answers() {
    let hello = Session::open().call(json!({"type": "hello"}));
    assert_eq!((&hello["state"], &hello["protocol"], &hello["monty"]), (&json!("hello"), &json!(1), &json!("1.4.0")));
    assert!(hello["capabilities"].as_array().unwrap().contains(&json!("start")), "{hello}");
}

#[test]
fn run_gives_the_last_value_and_prints_on_the_way() {
    let mut session = Session::open();
    let reply = session.run("import sys\nprint('a', 1)\nprint('e', file=sys.stderr)\nprint('rest', end='')\n[1, (2,)]");
    assert_eq!(value(&reply), &json!([1, {"$tuple": [2]}]));
    let run = reply["id"].clone();
    let print = |seq: u64, stream: &str, text: &str| json!({"id": run, "seq": seq, "event": "print", "stream": stream, "text": text});
    assert_eq!(session.events, [print(0, "stdout", "a 1\n"), print(1, "stderr", "e\n"), print(2, "stdout", "rest")]);
    assert_eq!(reply["usage"]["prints"], 3);
    assert!(reply["usage"]["elapsedMs"].as_f64().unwrap() > 0.0);
    assert!(reply["usage"]["peakMemoryBytes"].as_u64().unwrap() > 0);
}

#[test]
fn prints_arrive_while_python_runs() {
    let mut session = Session::open();
    let id =
        session.send(json!({"type": "run", "code": "print('before')\nwhile True: pass", "limits": {"timeoutMs": 0}}));
    session.wait_for_print();
    session.send(json!({"type": "cancel"}));
    assert_eq!(session.reply()["state"], "cancelled");
    let reply = session.reply();
    assert_eq!((&reply["id"], &error(&reply)["kind"]), (&json!(id), &json!("cancelled")));
}

#[test]
fn long_lines_come_in_pieces() {
    let mut session = Session::open();
    session.run("print('é' * 100_000)\nprint('x')");
    let texts: Vec<&str> = session.events.iter().map(|event| event["text"].as_str().unwrap()).collect();
    assert_eq!(texts.concat(), format!("{}\nx\n", "é".repeat(100_000)));
    assert!(texts.iter().all(|text| text.len() <= 64 * 1024));
    assert_eq!(texts.last(), Some(&"x\n"));
}

#[test]
fn errors_carry_a_traceback() {
    let mut session = Session::open();
    let reply = session
        .call(json!({"type": "run", "code": "def f(x):\n    return x / 0\n\nf('ä' and 3)", "scriptName": "deep.py"}));
    let error = error(&reply);
    assert_eq!(
        (&error["kind"], &error["excType"], &error["message"]),
        (&json!("exception"), &json!("ZeroDivisionError"), &json!("division by zero"))
    );
    assert_eq!(
        error["traceback"],
        json!([
            {"filename": "deep.py", "line": 4, "column": 1, "endLine": 4, "endColumn": 13, "frameName": "<module>", "sourceLine": "f('ä' and 3)"},
            {"filename": "deep.py", "line": 2, "column": 12, "endLine": 2, "endColumn": 17, "frameName": "f", "sourceLine": "    return x / 0"},
        ])
    );
    let reply = session.run("def (");
    let syntax = support::error(&reply);
    assert_eq!((&syntax["excType"], &syntax["traceback"][0]["frameName"]), (&json!("SyntaxError"), &json!(null)));
}

#[test]
fn unknown_names_read_as_in_cpython() {
    let mut session = Session::open();
    for (code, end_column) in [("1 + missing", 12), ("1 + missing(2, 3)", 12)] {
        let reply = session.run(code);
        let error = error(&reply);
        assert_eq!(
            (&error["excType"], &error["message"]),
            (&json!("NameError"), &json!("name 'missing' is not defined"))
        );
        let frame = &error["traceback"][0];
        assert_eq!((&frame["column"], &frame["endColumn"]), (&json!(5), &json!(end_column)), "{code}");
    }
}

#[test]
fn start_pauses_at_calls_of_the_listed_functions() {
    let mut session = Session::open();
    let reply = session.start("x = 'é'; fetch(1, [2], key=None) + 1", &["fetch"]);
    assert_eq!(
        reply,
        json!({"id": reply["id"], "state": "pending", "functionName": "fetch", "args": [1, [2]], "kwargs": {"key": null},
            "callId": 0, "awaited": false,
            "range": {"filename": "main.py", "start": {"line": 1, "column": 10}, "end": {"line": 1, "column": 33}}})
    );
    let reply = session.resume(json!(41));
    assert_eq!((value(&reply), &reply["usage"]["hostCalls"]), (&json!(42), &json!(1)));
}

#[test]
fn a_listed_name_is_a_function() {
    let mut session = Session::open();
    let reply = session.start("g = fetch\ng(5)", &["fetch"]);
    assert_eq!((&reply["functionName"], &reply["args"]), (&json!("fetch"), &json!([5])));
    assert_eq!(value(&session.resume(json!("ok"))), "ok");
}

#[test]
fn errors_of_the_host_can_be_caught() {
    let mut session = Session::open();
    let code = "try:\n    fetch()\nexcept KeyError as e:\n    r = repr(e)\nr";
    session.start(code, &["fetch"]);
    let reply = session.call(json!({"type": "resumeWithError", "excType": "KeyError", "message": "gone"}));
    assert_eq!(value(&reply), "KeyError('gone')");

    session.start("fetch()", &["fetch"]);
    let reply = session.call(json!({"type": "resumeWithError", "message": "network timeout"}));
    assert_eq!(
        (&error(&reply)["excType"], &error(&reply)["message"]),
        (&json!("RuntimeError"), &json!("network timeout"))
    );

    session.start("fetch()", &["fetch"]);
    let refused = session.call(json!({"type": "resumeWithError", "excType": "NoSuchError", "message": ""}));
    assert_eq!((&refused["state"], &refused["code"]), (&json!("error"), &json!("unknownExcType")));
    assert!(refused["allowed"].as_array().unwrap().contains(&json!("ValueError")), "{refused}");
    assert_eq!(value(&session.resume(json!(1))), 1, "the pause is still there");
}

#[test]
fn a_function_may_turn_out_not_to_exist() {
    let mut session = Session::open();
    session.start("fetch(1)", &["fetch"]);
    let reply = session.call(json!({"type": "resumeNotFound"}));
    assert_eq!(
        (&error(&reply)["excType"], &error(&reply)["message"]),
        (&json!("NameError"), &json!("name 'fetch' is not defined"))
    );
}

#[test]
fn awaited_calls_and_futures() {
    let mut session = Session::open();
    let reply = session.start("await fetch(1) + 1", &["fetch"]);
    assert_eq!(reply["awaited"], true, "{reply}");
    assert_eq!(value(&session.resume(json!(1))), 2);

    let code = "import asyncio\nasync def m():\n    return await asyncio.gather(fetch(1), fetch(2), asyncio.sleep(0.05))\nawait m()";
    assert_eq!(session.start(code, &["fetch"])["callId"], 0);
    assert_eq!(session.call(json!({"type": "resumeAsFuture"}))["callId"], 1);
    assert_eq!(session.call(json!({"type": "resumeAsFuture"}))["callIds"], json!([0, 1]));
    for unknown in [
        json!({"results": {"7": 1}}),
        json!({"results": {"0": 1, "7": 1}}),
        json!({"results": {"0": 1}, "errors": {"0": "e"}}),
    ] {
        let mut message = unknown;
        message["type"] = json!("resolveFutures");
        assert_eq!(session.call(message.clone())["code"], "unknownCall", "{message}");
    }
    assert_eq!(session.call(json!({"type": "resolveFutures", "results": {"1": "b"}}))["callIds"], json!([0]));
    let reply = session.call(json!({"type": "resolveFutures", "results": {"0": "a"}}));
    assert_eq!(value(&reply), &json!(["a", "b", null]));

    let code = "import asyncio\nasync def m():\n    try:\n        await asyncio.gather(fetch(1))\n    except ValueError as e:\n        return str(e)\nawait m()";
    session.start(code, &["fetch"]);
    session.call(json!({"type": "resumeAsFuture"}));
    let reply =
        session.call(json!({"type": "resolveFutures", "errors": {"0": {"excType": "ValueError", "message": "bad"}}}));
    assert_eq!(value(&reply), "bad");
}

#[test]
fn commands_out_of_place_change_nothing() {
    let mut session = Session::open();
    let refused = session.resume(json!(1));
    assert_eq!((&refused["code"], &refused["current"]), (&json!("badState"), &json!("idle")));
    assert!(refused["allowed"].as_array().unwrap().contains(&json!("start")), "{refused}");
    session.start("fetch(1) + 1", &["fetch"]);
    for out_of_place in ["run", "start", "feed", "resolveFutures"] {
        let refused = session.call(json!({"type": out_of_place, "code": "1"}));
        assert_eq!(
            (&refused["state"], &refused["code"], &refused["current"]),
            (&json!("error"), &json!("badState"), &json!("pending"))
        );
        assert!(refused["allowed"].as_array().unwrap().contains(&json!("resume")), "{refused}");
    }
    let refused = session.call(json!({"type": "resume", "value": {"$nope": 1}}));
    assert_eq!(refused["code"], "badValue");
    assert_eq!(value(&session.resume(json!(1))), 2);
}

#[test]
fn messages_are_answered_in_order_and_each_once() {
    let mut session = Session::open();
    let burst = concat!(
        r#"{"id":"a","type":"run","code":"1"}"#,
        "\n",
        "{bad\n",
        "\n",
        r#"{"id":"b","type":"resume","value":1}"#,
        "\n",
        r#"{"id":"c","type":"nope"}"#,
        "\n",
        r#"{"id":"d","type":"typeCheck"}"#,
        "\n",
        r#"{"id":"e","type":"run","code":"2"}"#,
        "\n",
    );
    session.write(burst.as_bytes());
    session.write(b"\xff\xfe\n");
    let replies: Vec<_> = (0..7).map(|_| session.reply()).collect();
    let short: Vec<_> =
        replies.iter().map(|reply| (reply["id"].as_str(), reply["state"].as_str(), reply["code"].as_str())).collect();
    assert_eq!(
        short,
        [
            (Some("a"), Some("complete"), None),
            (None, Some("error"), Some("badMessage")),
            (Some("b"), Some("error"), Some("badState")),
            (Some("c"), Some("error"), Some("badMessage")),
            (Some("d"), Some("error"), Some("unsupported")),
            (Some("e"), Some("complete"), None),
            (None, Some("error"), Some("badMessage")),
        ]
    );
}

#[test]
fn inputs_are_values() {
    let mut session = Session::open();
    let reply = session.call(json!({"type": "run", "code": "[x, type(y).__name__]", "inputs": {"x": {"$int": "99999999999999999999"}, "y": {"$bytes": "AAE="}}}));
    assert_eq!(value(&reply), &json!([{"$int": "99999999999999999999"}, "bytes"]));
    let spliced = "x = 1\n); import os; (";
    let reply = session.call(json!({"type": "run", "code": "x", "inputs": {"x": spliced}}));
    assert_eq!(value(&reply), spliced);
}

#[test]
fn feed_keeps_names_and_run_does_not_see_them() {
    let mut session = Session::open();
    session.call(json!({"type": "feed", "code": "x = 1\ndef f(a):\n    return a / 0"}));
    assert_eq!(value(&session.call(json!({"type": "feed", "code": "x + 1"}))), 2);
    assert_eq!(error(&session.run("x"))["excType"], "NameError");
    let reply = session.call(json!({"type": "feed", "code": "f(x)"}));
    let names: Vec<_> = error(&reply)["traceback"]
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| frame["filename"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["<python-input-2>", "<python-input-0>"]);
}

#[test]
fn what_breaks_a_feed_leaves_its_names_as_they_were() {
    let mut session = Session::open();
    session.call(json!({"type": "feed", "code": "x = [1]"}));
    let limits = json!({"timeoutMs": 300, "memoryBytes": 50_000_000});
    for (code, kind) in [
        ("x.append(2)\nwhile True: pass", "limit"),
        ("x.append(2)\nx = 'a' * 10**9", "limit"),
        ("x.append(2)\nclass C: pass\n[C, C()]", "crash"),
        ("x.append(2)\ny = 3**1000000\nwhile True: y = y * y", "limit"),
    ] {
        let reply = session.call(json!({"type": "feed", "code": code, "limits": limits}));
        assert_eq!(error(&reply)["kind"], kind, "{reply}");
        assert_eq!(value(&session.call(json!({"type": "feed", "code": "x"}))), &json!([1]), "after {code}");
    }
    let reply = session.call(json!({"type": "feed", "code": "x.append(2)\n1 / 0"}));
    assert_eq!(error(&reply)["kind"], "exception");
    assert_eq!(
        value(&session.call(json!({"type": "feed", "code": "x"}))),
        &json!([1, 2]),
        "an exception keeps names, as in CPython"
    );
}

#[test]
fn continuation_tells_what_a_prompt_has_to_do() {
    let mut session = Session::open();
    for (code, mode) in [("1", "complete"), ("f(1,", "incompleteImplicit"), ("if x:", "incompleteBlock")] {
        assert_eq!(session.call(json!({"type": "continuation", "code": code}))["mode"], mode);
    }
}

#[test]
fn limits_end_a_run_and_name_themselves() {
    let mut session = Session::open();
    let cases = [
        ("timeoutMs", 100, "while True: pass", "TimeoutError"),
        ("turnTimeoutMs", 100, "while True: pass", "TimeoutError"),
        ("memoryBytes", 10_000_000, "a = []\nwhile True: a.append('x' * 1000)", "MemoryError"),
        ("recursionDepth", 50, "def f(): return f()\nf()", "RecursionError"),
        ("sleepMs", 20, "import time\ntime.sleep(0.01)\ntime.sleep(0.02)", "RuntimeError"),
        ("printBytes", 10, "while True: print('abc')", "RuntimeError"),
    ];
    for (limit, max, code, exc_type) in cases {
        let reply = session.call(json!({"type": "run", "code": code, "limits": {limit: max}}));
        let error = error(&reply);
        assert_eq!(
            (&error["kind"], &error["excType"], &error["limit"], &error["max"]),
            (&json!("limit"), &json!(exc_type), &json!(limit), &json!(max)),
            "{reply}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(limit) && message.contains(&max.to_string()), "{message}");
    }
    assert_eq!(session.printed(), "abc\nabc\nab", "the limit of 10 bytes");

    let code = "for i in range(9): fetch(i)";
    let mut reply = session
        .call(json!({"type": "start", "code": code, "externalFunctions": ["fetch"], "limits": {"hostCalls": 3}}));
    for _ in 0..3 {
        assert_eq!(reply["state"], "pending");
        reply = session.resume(json!(null));
    }
    assert_eq!((&error(&reply)["limit"], &reply["usage"]["hostCalls"]), (&json!("hostCalls"), &json!(3)));
}

#[test]
fn a_limit_of_zero_is_none() {
    let mut session = Session::open();
    let code = "import time\nx = 'a' * 600_000_000\nlen(x)";
    let reply = session.call(json!({"type": "run", "code": code, "limits": {"memoryBytes": 0, "timeoutMs": 0}}));
    assert_eq!(value(&reply), 600_000_000);
}

#[test]
fn limits_cannot_be_caught() {
    let mut session = Session::open();
    for code in [
        "while True:\n    try:\n        while True: pass\n    except BaseException:\n        pass",
        "try:\n    while True: pass\nfinally:\n    while True: pass",
        "def f():\n    try:\n        while True: pass\n    except:\n        f()\nf()",
    ] {
        let began = Instant::now();
        let reply = session.call(json!({"type": "run", "code": code, "limits": {"timeoutMs": 200}}));
        assert_eq!(error(&reply)["limit"], "timeoutMs", "{reply}");
        assert!(began.elapsed() < Duration::from_millis(1200), "{code}: {:?}", began.elapsed());
    }
}

#[test]
fn waiting_does_not_count_as_execution() {
    let mut session = Session::open();
    let limits = json!({"timeoutMs": 150});
    session.call(
        json!({"type": "start", "code": "fetch()\nfetch()\n'done'", "externalFunctions": ["fetch"], "limits": limits}),
    );
    for _ in 0..2 {
        std::thread::sleep(Duration::from_millis(200));
        session.send(json!({"type": "resume", "value": null}));
        session.reply();
    }
    let reply = session.call(json!({"type": "run", "code": "import time\ntime.sleep(0.4)\n'slept'", "limits": limits}));
    assert_eq!(value(&reply), "slept");
    assert!(reply["usage"]["waitMs"].as_f64().unwrap() >= 400.0, "{reply}");
}

#[test]
fn waiting_for_a_slow_reader_does_not_count_as_execution() {
    use std::io::{BufRead, BufReader, Write};
    let mut process = support::engine()
        .arg("stdio")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let code = "for i in range(100_000): print('x' * 90)\n'done'";
    let message = json!({"id": 1, "type": "run", "code": code, "limits": {"timeoutMs": 2000}});
    let mut stdin = process.stdin.take().unwrap();
    stdin.write_all(format!("{message}\n").as_bytes()).unwrap();
    std::thread::sleep(Duration::from_secs(3));
    let lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let last = lines.map(|line| line.unwrap()).find(|line| line.contains("\"state\"")).unwrap();
    let reply: support::Value = serde_json::from_str(&last).unwrap();
    assert_eq!(value(&reply), "done");
    assert_eq!(reply["usage"]["prints"], 100_000, "nothing was dropped");
    drop(stdin);
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

#[test]
fn cancel_stops_anything_and_the_next_run_works() {
    let mut session = Session::open();
    for code in [
        "print('on')\nwhile True: pass",
        "print('on')\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass",
        "print('on')\nsum(range(10**12))",
        "print('on')\nx = 3**1000000\nwhile True: x = x * x",
        "import time\nprint('on')\ntime.sleep(100)",
        "print('on')\na = []\nwhile True: a.append(1)",
    ] {
        let run = session.send(json!({"type": "run", "code": code, "limits": {"timeoutMs": 0}}));
        session.wait_for_print();
        let began = Instant::now();
        let cancel = session.send(json!({"type": "cancel"}));
        let (cancelled, complete) = (session.reply(), session.reply());
        assert_eq!((&cancelled["id"], &cancelled["state"]), (&json!(cancel), &json!("cancelled")));
        assert_eq!((&complete["id"], &error(&complete)["kind"]), (&json!(run), &json!("cancelled")));
        let again = session.run("1 + 1");
        assert_eq!(value(&again), 2);
        assert!(began.elapsed() < Duration::from_millis(400), "{code}: {:?}", began.elapsed());
    }
}

#[test]
fn cancel_ends_a_pause_and_is_out_of_place_at_rest() {
    let mut session = Session::open();
    session.start("try:\n    fetch()\nexcept BaseException:\n    print('caught')", &["fetch"]);
    assert_eq!(session.call(json!({"type": "cancel"}))["state"], "cancelled");
    assert_eq!(session.printed(), "");
    assert_eq!(session.call(json!({"type": "cancel"}))["code"], "badState");
    assert_eq!(session.resume(json!(1))["code"], "badState");
    assert_eq!(value(&session.run("2")), 2);
}

#[test]
fn dispose_jumps_the_queue_and_ends_the_process() {
    let mut session = Session::open();
    let run = session.send(json!({"type": "run", "code": "print('on')\nwhile True: pass", "limits": {"timeoutMs": 0}}));
    let queued = session.send(json!({"type": "run", "code": "1"}));
    session.wait_for_print();
    let dispose = session.send(json!({"type": "dispose"}));
    let (rest, status) = session.close();
    let short: Vec<_> = rest
        .iter()
        .map(|reply| (reply["id"].as_u64().unwrap(), reply["state"].as_str().unwrap(), reply["current"].as_str()))
        .collect();
    assert_eq!(short, [(run, "complete", None), (queued, "error", Some("disposed")), (dispose, "disposed", None)]);
    assert_eq!(rest[0]["error"]["kind"], "cancelled");
    assert_eq!(status, Some(0));
}

#[test]
fn the_end_of_input_finishes_what_is_queued() {
    let mut session = Session::open();
    session.send(json!({"type": "run", "code": "import time\ntime.sleep(0.1)\n1"}));
    session.send(json!({"type": "start", "code": "fetch()", "externalFunctions": ["fetch"]}));
    let (rest, status) = session.close();
    let states: Vec<_> = rest.iter().map(|reply| reply["state"].as_str().unwrap()).collect();
    assert_eq!((states, status), (vec!["complete", "pending"], Some(0)));
}

#[test]
fn a_long_line_that_is_no_message_is_refused_and_the_next_is_read() {
    let mut session = Session::open();
    let mut line = vec![b'x'; 33 * 1024 * 1024];
    line.push(b'\n');
    session.write(&line);
    let refused = session.reply();
    assert_eq!((&refused["id"], &refused["code"]), (&json!(null), &json!("badMessage")));
    assert_eq!(value(&session.run("1")), 1);
}

#[test]
fn large_values_are_cut_and_say_so() {
    let mut session = Session::open();
    assert_eq!(value(&session.run("'a' * 20_000_000"))["$cut"]["size"], 20_000_000);
    assert_eq!(value(&session.run("list(range(400_000))"))["$cut"]["type"], "list");
    assert_eq!(value(&session.run("len(list(range(400_000)))")), 400_000);
    assert_eq!(value(&session.run("1 << 10**8"))["$cut"]["type"], "int");
    let shared = value(&session.run("a = []\nfor _ in range(60): a = [a, a]\na")).to_string();
    assert!(shared.contains("$cut") && shared.len() < 20_000_000);
    let deep = value(&session.run("a = []\nfor _ in range(100_000): a = [a]\na")).to_string();
    assert!(deep.contains("$cut") && deep.len() < 1000);
    assert_eq!(value(&session.run("a = [1]\na.append(a)\na")), &json!([1, {"$cycle": "[...]"}]));
}

#[test]
fn the_outside_is_out_of_reach() {
    let mut session = Session::open();
    for (code, exc_type) in [
        ("open('/etc/passwd').read()", "FileNotFoundError"),
        ("open('/etc/written', 'w').write('x')", "FileNotFoundError"),
        ("import os\nos.system('true')", "AttributeError"),
        ("import subprocess", "ModuleNotFoundError"),
        ("import socket", "ModuleNotFoundError"),
        ("input()", "NameError"),
    ] {
        let reply = session.run(code);
        assert_eq!(error(&reply)["excType"], exc_type, "{code}: {reply}");
    }
    let root = "from pathlib import Path\nsorted(str(p) for p in Path('/').iterdir())";
    assert_eq!(value(&session.run(root)), &json!(["/home", "/tmp"]), "the files are those in memory");
    let mark = format!("/tmp/written-by-{}", std::process::id());
    assert_eq!(value(&session.run(&format!("open('{mark}', 'w').write('x')"))), 1);
    assert!(!std::path::Path::new(&mark).exists());
    assert_eq!(value(&session.run("import os\nlen(os.environ)")), 0);
    assert_eq!(value(&session.run("import os\nos.getenv('PATH', 'none')")), "none");
}

#[test]
fn sleep_does_not_count_as_execution() {
    let mut session = Session::open();
    for (code, limits) in [
        ("import time\ntime.sleep(0.9)\n'woke'", json!({"timeoutMs": 200})),
        ("import time\nfor i in range(12): time.sleep(0.1)\n'woke'", json!({"timeoutMs": 200})),
        ("import time\ntime.sleep(0.8)\n'woke'", json!({"timeoutMs": 0, "turnTimeoutMs": 50})),
        ("import asyncio\nasyncio.run(asyncio.sleep(0.9))\n'woke'", json!({"timeoutMs": 200})),
    ] {
        let reply = session.call(json!({"type": "run", "code": code, "limits": limits}));
        assert_eq!(value(&reply), "woke", "{code}");
        assert!(reply["usage"]["waitMs"].as_f64().unwrap() > 700.0, "{reply}");
    }
    let code = "import asyncio\nasync def main():\n    while True: await asyncio.sleep(0)\nasyncio.run(main())";
    let reply = session.call(json!({"type": "run", "code": code, "limits": {"timeoutMs": 200}}));
    assert_eq!(error(&reply)["limit"], "timeoutMs", "a sleep of nothing is execution");
}

#[test]
fn a_path_that_names_nothing_comes_out_as_it_prints() {
    let mut session = Session::open();
    session.call(json!({"type": "feed", "code": "kept = 1"}));
    let reply = session.run("from pathlib import Path\nPath('a\\x00b')");
    assert!(value(&reply)["$repr"].as_str().unwrap().contains("PosixPath"), "{reply}");
    assert_eq!(value(&session.call(json!({"type": "feed", "code": "kept"}))), 1);
}

#[test]
fn large_ints_are_cut_where_reading_them_would_be_refused() {
    let mut session = Session::open();
    for bits in [400_000, 431_800, 431_900, 432_000, 433_000, 500_000] {
        let reply = session.run(&format!("(1 << {bits}) - 1"));
        let value = value(&reply);
        assert!(value["$int"].is_string() || value["$cut"].is_object(), "{bits} bits");
    }
}

#[test]
fn a_large_state_comes_back_too() {
    let mut session = Session::open();
    session.call(json!({"type": "feed", "code": "b = ['c' * 100 + str(i) for i in range(900_000)]\nlen(b)"}));
    session.call(json!({"type": "feed", "code": "c = 3"}));
    session.call(json!({"type": "feed", "code": "while True: pass", "limits": {"timeoutMs": 50}}));
    let check = json!({"type": "feed", "code": "[c, len(b)]", "limits": {"timeoutMs": 50}});
    assert_eq!(value(&session.call(check)), &json!([3, 900_000]), "restoring it is not execution either");
}

#[test]
fn a_future_of_an_earlier_feed_is_an_error_and_not_a_dead_end() {
    let mut session = Session::open();
    session.call(json!({"type": "feed", "code": "a = fetch()", "externalFunctions": ["fetch"]}));
    assert_eq!(session.run("1")["code"], "badState", "and nothing else of the feed is forgotten");
    session.call(json!({"type": "resumeAsFuture"}));
    let reply = session.call(json!({"type": "feed", "code": "await a"}));
    assert!(error(&reply)["message"].as_str().unwrap().contains("earlier run"), "{reply}");
}

#[test]
fn every_way_to_end_a_line_counts() {
    let mut session = Session::open();
    for code in ["x = 1\ry = 2\r1 / 0", "x = 1\r\ny = 2\r\n1 / 0", "x = 1\ny = 2\n1 / 0"] {
        let reply = session.run(code);
        let frame = &error(&reply)["traceback"][0];
        assert_eq!((&frame["line"], &frame["sourceLine"]), (&json!(3), &json!("1 / 0")), "{code:?}");
    }
    assert_eq!(session.start("y = 1\rfetch(2)", &["fetch"])["range"]["start"], json!({"line": 2, "column": 1}));
}

#[test]
fn several_who_stop_are_answered_in_their_order() {
    let mut session = Session::open();
    let run = session.send(json!({"type": "run", "code": "print('on')\nwhile True: pass", "limits": {"timeoutMs": 0}}));
    session.wait_for_print();
    session.write(b"{\"id\":\"a\",\"type\":\"cancel\"}\n{\"id\":\"b\",\"type\":\"cancel\"}\n{\"id\":\"c\",\"type\":\"dispose\"}\n{\"id\":\"d\",\"type\":\"dispose\"}\n");
    let (rest, status) = session.close();
    let short: Vec<_> = rest.iter().map(|reply| (reply["id"].clone(), reply["state"].as_str().unwrap())).collect();
    assert_eq!(
        short,
        [
            (json!("a"), "cancelled"),
            (json!(run), "complete"),
            (json!("b"), "error"),
            (json!("d"), "error"),
            (json!("c"), "disposed"),
        ]
    );
    assert_eq!(status, Some(0));
}
