//! What holds for any conversation: each message has one reply, the states are legal, a record
//! replays as it was, and no bytes that are called a snapshot do any harm.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use std::cell::RefCell;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proptest::prelude::*;
use support::{Session, Value, engine, json, value};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::with_cases(cases) }
}

/// Programs that call, print, read clock and chance, wait for futures, fail and hit limits.
fn program() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("x = f(x)".to_owned()),
        (0..9_i32).prop_map(|n| format!("x = f({n}, key=[x, {n}.5])")),
        Just("print('x is', x)".to_owned()),
        Just("import sys\nprint('to stderr', file=sys.stderr, end='')".to_owned()),
        Just("import time\nx = time.time()\ntime.sleep(0.001)".to_owned()),
        Just("import random\nx = random.random()".to_owned()),
        Just("import os\nx = os.urandom(3)".to_owned()),
        Just("from datetime import datetime\nprint(datetime.now())".to_owned()),
        Just("import asyncio\nasync def main(): return await asyncio.gather(f(1), f(2), asyncio.sleep(0.001))\nx = asyncio.run(main())".to_owned()),
        Just("try:\n    x = f()\nexcept Exception as e:\n    x = str(e)".to_owned()),
        Just("x = 1 / 0".to_owned()),
        Just("x = 'x' * 5000".to_owned()),
        Just("x = g(x)".to_owned()),
        Just("def h(n): return n if n < 1 else h(n - 1)\nx = h(50)".to_owned()),
    ];
    proptest::collection::vec(line, 1..7).prop_map(|lines| format!("x = None\n{}\nx", lines.join("\n")))
}

/// How a pause is answered.
fn answer() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => (0..100_i32).prop_map(|n| json!({"type": "resume", "value": {"n": n, "f": 1.5}})),
        1 => Just(json!({"type": "resume", "value": null})),
        1 => Just(json!({"type": "resumeWithError", "excType": "ValueError", "message": "no"})),
        1 => Just(json!({"type": "resumeNotFound"})),
        3 => Just(json!({"type": "resumeAsFuture"})),
        1 => Just(json!({"type": "resumeWithScript", "code": "print('inside')\n[1, f(2)]"})),
        1 => Just(json!({"type": "cancel"})),
    ]
}

fn resolve(reply: &Value) -> Value {
    let ids = reply["callIds"].as_array().unwrap();
    let results: serde_json::Map<String, Value> =
        ids.iter().map(|id| (id.to_string(), json!(["answer", id]))).collect();
    json!({"type": "resolveFutures", "results": results})
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn a_record_replays_as_it_was(
        runs in proptest::collection::vec((program(), prop_oneof![Just("start"), Just("feed")]), 1..4),
        answers in proptest::collection::vec(answer(), 1..30),
    ) {
        let mut session = Session::open();
        let mut answers = answers.into_iter().cycle();
        for (code, kind) in runs {
            let mut reply = session.call(json!({"type": kind, "code": code, "externalFunctions": ["f"]}));
            for _ in 0..100 {
                let next = match reply["state"].as_str().unwrap() {
                    "pending" => answers.next().unwrap(),
                    "resolveFutures" => resolve(&reply),
                    _ => break,
                };
                reply = session.call(next);
            }
            if reply["state"] != "complete" {
                session.call(json!({"type": "cancel"}));
            }
        }
        let replayed = session.call(json!({"type": "replay"}));
        prop_assert_eq!(&replayed["same"], &json!(true), "{}", replayed);
        let record = session.call(json!({"type": "record", "whole": true, "limit": 10_000}))["entries"].clone();
        let elsewhere = Session::open().call(json!({"type": "replay", "record": record}));
        prop_assert_eq!(&elsewhere["same"], &json!(true), "{}", elsewhere);
    }

    #[test]
    fn any_conversation_has_one_reply_for_each_message_and_legal_states(
        choices in proptest::collection::vec(0..22_usize, 1..40),
    ) {
        let mut session = Session::open();
        let mut snapshot = String::new();
        for choice in choices {
            let code = "x = f(1)\nimport asyncio\nawait asyncio.gather(f(2), f(3))";
            let message = match choice {
                0 => json!({"type": "run", "code": "1"}),
                1 | 2 => json!({"type": "start", "code": code, "externalFunctions": ["f"]}),
                3 => json!({"type": "feed", "code": code, "externalFunctions": ["f"]}),
                4..=6 => json!({"type": "resume", "value": 1}),
                7 => json!({"type": "resumeWithError", "message": "no"}),
                8 => json!({"type": "resumeNotFound"}),
                9 | 10 => json!({"type": "resumeAsFuture"}),
                11 => json!({"type": "resolveFutures", "results": {"1": 1}}),
                12 => json!({"type": "snapshot"}),
                13 => json!({"type": "restore", "data": snapshot}),
                14 => json!({"type": "variables"}),
                15 => json!({"type": "diagnose", "code": "x ="}),
                16 => json!({"type": "continuation", "code": "if x:"}),
                17 => json!({"type": "record"}),
                18 => json!({"type": "fork", "at": 1, "value": 5}),
                19 => json!({"type": "resumeWithScript", "code": "f(9)"}),
                20 => json!({"type": "nonsense"}),
                _ => json!({"type": "cancel"}),
            };
            let kind = message["type"].as_str().unwrap().to_owned();
            // `call` holds every reply against its message.
            let reply = session.call(message);
            match reply["state"].as_str().unwrap() {
                "snapshot" => reply["data"].as_str().unwrap().clone_into(&mut snapshot),
                "error" if reply["code"] == "badState" => {
                    let allowed = reply["allowed"].as_array().unwrap();
                    prop_assert!(!allowed.contains(&json!(kind)), "{} was refused although it fits: {}", kind, reply);
                    prop_assert!(["idle", "pending", "resolveFutures"].contains(&reply["current"].as_str().unwrap()));
                }
                _ => {}
            }
        }
        session.call(json!({"type": "cancel"}));
        let last = session.run("1 + 1");
        prop_assert_eq!(value(&last), 2);
        let (rest, status) = session.close();
        prop_assert_eq!((rest.len(), status), (0, Some(0)));
    }
}

/// What damage does to bytes.
fn damage() -> impl Strategy<Value = Vec<(usize, u8)>> {
    proptest::collection::vec((any::<usize>(), any::<u8>()), 1..20)
}

thread_local! {
    static STRANGER: RefCell<Option<(tempfile::TempDir, Vec<u8>)>> = const { RefCell::new(None) };
    static READER: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// A snapshot that another user made in the middle of a call.
fn foreign() -> Vec<u8> {
    STRANGER.with_borrow_mut(|stranger| {
        let (_, bytes) = stranger.get_or_insert_with(|| {
            let folder = tempfile::tempdir().unwrap();
            let mut session = Session::open_with(engine().env("XDG_DATA_HOME", folder.path()));
            session.call(json!({"type": "feed", "code": "names = {'a': [1, 2.5, 'x']}"}));
            session.start("x = [1, 2]\ny = f(x)\ny", &["f"]);
            let reply = session.call(json!({"type": "snapshot"}));
            (folder, STANDARD.decode(reply["data"].as_str().unwrap()).unwrap())
        });
        bytes.clone()
    })
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn altered_snapshots_that_somebody_accepts_do_no_harm(damage in damage()) {
        let mut bytes = foreign();
        // Behind the cover: what a check of signatures would never let in.
        let (from, to) = (48, bytes.len() - 32);
        for (at, byte) in damage {
            bytes[from + at % (to - from)] = byte;
        }
        READER.with_borrow_mut(|reader| {
            let session = reader.get_or_insert_with(Session::open);
            let data = STANDARD.encode(&bytes);
            let reply = session.call(json!({"type": "restore", "data": data, "acceptForeign": true}));
            let state = reply["state"].as_str().unwrap();
            prop_assert!(["pending", "idle", "resolveFutures", "error", "complete"].contains(&state), "{}", reply);
            if state == "error" {
                prop_assert_eq!(&reply["code"], &json!("badSnapshot"), "{}", reply);
            }
            if state != "error" {
                session.call(json!({"type": "cancel"}));
            }
            let again = session.run("1 + 1");
            prop_assert_eq!(&again["value"], &json!(2), "{}", again);
            Ok(())
        })?;
    }
}
