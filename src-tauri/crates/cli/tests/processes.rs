//! Nothing is left running, whatever a session went through.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use std::{
    fs,
    process::Command,
    time::{Duration, Instant},
};

use support::{Session, error, json, value};

/// Live processes whose parent is this one.
fn children(parent: u32) -> Vec<u32> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap() {
        let Some(pid) = entry.unwrap().file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else {
            continue;
        };
        let mut fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let (state, above) = (fields.next(), fields.next());
        if above == Some(&parent.to_string()) && state != Some("Z") {
            found.push(pid);
        }
    }
    found
}

fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

fn wait_until(what: &str, done: impl Fn() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < Duration::from_secs(5), "{what} takes too long");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn end(pid: u32) {
    // It may have ended by itself meanwhile.
    Command::new("kill").args(["-9", &pid.to_string()]).output().unwrap();
}

#[test]
fn sessions_leave_no_process_behind() {
    let mut seen = Vec::new();
    for round in 0..200 {
        let mut session = Session::open();
        let code = ["1", "while True: pass", "class C: pass\n[C, C()]", "'a' * 10**11"][round % 4];
        session.call(json!({"type": "run", "code": code, "limits": {"timeoutMs": 20}}));
        if round % 5 == 0 {
            // What goes on beside the child has children too.
            session.call(json!({"type": "diagnose", "code": "x ="}));
            session.call(json!({"type": "replay"}));
        }
        if round % 3 == 0 {
            session.send(json!({"type": "run", "code": "while True: pass", "limits": {"timeoutMs": 0}}));
            session.send(json!({"type": "cancel"}));
            assert_eq!(session.reply()["state"], "cancelled");
            session.reply();
        }
        seen.extend(children(session.pid()));
        seen.push(session.pid());
        if round % 8 < 4 {
            assert_eq!(session.close().1, Some(0));
        }
    }
    // Every session, and the children that lived at that moment: one that was just killed is not among them.
    assert!(seen.len() >= 300, "{} processes were seen", seen.len());
    for pid in seen {
        wait_until("the end of a process", || !is_alive(pid));
    }
}

#[test]
fn a_child_that_is_killed_is_an_error_and_the_next_run_works() {
    let mut session = Session::open();
    session.send(json!({"type": "run", "code": "print('on')\nwhile True: pass", "limits": {"timeoutMs": 0}}));
    session.wait_for_print();
    children(session.pid()).into_iter().for_each(end);
    let reply = session.reply();
    assert_eq!(error(&reply)["kind"], "crash", "{reply}");
    assert!(error(&reply)["message"].as_str().unwrap().contains("the system ended the interpreter"), "{reply}");
    assert_eq!(value(&session.run("1 + 1")), 2);
}

#[test]
fn a_child_that_is_killed_in_a_pause_is_an_error_at_the_next_answer() {
    let mut session = Session::open();
    session.call(json!({"type": "feed", "code": "x = 5"}));
    session.start("fetch()", &["fetch"]);
    // A spare may come up at any moment; it goes the same way.
    wait_until("the end of the children", || {
        let left = children(session.pid());
        for pid in &left {
            end(*pid);
        }
        left.is_empty()
    });
    assert_eq!(session.call(json!({"type": "hello"}))["state"], "hello");
    let refused = session.run("1");
    assert_eq!((&refused["code"], &refused["current"]), (&json!("badState"), &json!("pending")));
    let reply = session.resume(json!(1));
    assert_eq!(error(&reply)["kind"], "crash", "{reply}");
    assert_eq!(value(&session.call(json!({"type": "feed", "code": "x"}))), 5);
}

#[test]
fn children_end_with_a_parent_that_is_killed() {
    let mut session = Session::open();
    session.send(json!({"type": "run", "code": "print('on')\nwhile True: pass", "limits": {"timeoutMs": 0}}));
    session.wait_for_print();
    let orphans = children(session.pid());
    assert!(!orphans.is_empty());
    end(session.pid());
    for pid in orphans {
        wait_until("the end of an orphan", || !is_alive(pid));
    }
}

#[test]
fn a_child_sees_nothing_of_the_environment() {
    let mut session = Session::open();
    assert_eq!(value(&session.run("1")), 1);
    for pid in children(session.pid()) {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap();
        assert!(environment.is_empty(), "{}", String::from_utf8_lossy(&environment));
        let folder = fs::read_link(format!("/proc/{pid}/cwd")).unwrap();
        assert_eq!(folder.to_str(), Some("/"));
    }
}
