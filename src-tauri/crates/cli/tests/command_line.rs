//! `monty-engine run` and its options.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use std::{
    io::Write,
    process::{Output, Stdio},
};

use support::{Program, engine, json};

fn run(code: &str, options: &[&str]) -> Output {
    let program = Program::new(code);
    engine().arg("run").arg(&program.path).args(options).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn a_program_prints_and_shows_its_last_value() {
    let output = run("print('a')\nimport sys\nprint('b', file=sys.stderr)\n[1, 'x']", &[]);
    assert_eq!((output.status.code(), text(&output.stdout), text(&output.stderr)), (Some(0), "a\n[1, 'x']\n", "b\n"));
    let output = run("print('a')", &[]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "a\n"), "None is not shown");
}

#[test]
fn an_error_is_a_traceback_and_status_1() {
    let program = Program::new("def f(x):\n    return x / 0\n\nf(1)\n");
    let output = engine().arg("run").arg(&program.path).output().unwrap();
    let path = program.path.display();
    let wanted = format!(
        "Traceback (most recent call last):\n  File \"{path}\", line 4, in <module>\n    f(1)\n  File \"{path}\", line 2, in f\n    return x / 0\n           ^^^^^\nZeroDivisionError: division by zero\n"
    );
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), wanted.as_str()));
}

#[test]
fn inputs_have_names_and_json() {
    let output = run("a + b['x']", &["--input", "a=1", "--input", r#"b={"x": 2}"#]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), "3\n"));
}

#[test]
fn json_lines_are_those_of_the_protocol() {
    let output = run("print('a')\n(1,)", &["--json"]);
    let lines: Vec<support::Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], json!({"id": 1, "seq": 0, "event": "print", "stream": "stdout", "text": "a\n"}));
    assert_eq!((&lines[1]["state"], &lines[1]["value"]), (&json!("complete"), &json!({"$tuple": [1]})));
    let output = run("1 / 0", &["--json"]);
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(1), ""));
}

#[test]
fn floods_that_are_read_end_with_their_time() {
    for code in ["while True: print('x')", "import sys\nwhile True: print('x' * 1000, file=sys.stderr)"] {
        let began = std::time::Instant::now();
        let output = run(code, &["--timeout-ms", "500"]);
        let took = began.elapsed();
        assert!(text(&output.stderr).ends_with("500 ms (timeoutMs)\n"), "{:?}", output.status);
        assert!(took < std::time::Duration::from_millis(1500), "{code} took {took:?}");
    }
}

#[test]
fn limits_are_options() {
    let output = run("while True: pass", &["--timeout-ms", "100"]);
    assert!(text(&output.stderr).contains("100 ms (timeoutMs)"), "{output:?}");
    let output = run("'a' * 2_000_000", &["--memory-bytes", "1000000"]);
    assert!(text(&output.stderr).contains("1000000 bytes (memoryBytes)"), "{output:?}");
}

#[test]
fn a_program_comes_from_standard_input_too() {
    let mut process = engine().args(["run", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(b"'from ' + 'stdin'").unwrap();
    assert_eq!(text(&process.wait_with_output().unwrap().stdout), "'from stdin'\n");
}

#[test]
fn wrong_use_says_what_is_wrong_and_ends_with_2() {
    let cases: [(&[&str], &str); 9] = [
        (&[], "say what to do"),
        (&["walk"], "walk is no command"),
        (&["run"], "FILE"),
        (&["run", "/no/such/file.py"], "/no/such/file.py"),
        (&["run", "x.py", "y.py"], "y.py"),
        (&["run", "x.py", "--timeout-ms", "-1"], "--timeout-ms"),
        (&["run", "x.py", "--input", "a"], "NAME=JSON"),
        (&["run", "x.py", "--input", "1a=1"], "no Python name"),
        (&["run", "x.py", "--input", "a={"], "not JSON"),
    ];
    let output = run("x", &["--input", r#"x={"$type": "nope"}"#]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    for (args, says) in cases {
        let output = engine().args(args).output().unwrap();
        let stderr = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        assert!(stderr.contains(says) && output.stdout.is_empty(), "{args:?}: {stderr}");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latin.py");
    std::fs::write(&path, b"'\xe4'").unwrap();
    let output = engine().arg("run").arg(&path).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("not UTF-8"), "{output:?}");
}

#[test]
fn help_and_version_are_on_standard_output() {
    for option in ["--help", "-h", "--version", "-V"] {
        let output = engine().arg(option).output().unwrap();
        assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(0), false), "{option}");
    }
}

#[cfg(unix)]
#[test]
fn a_reader_that_leaves_ends_the_program() {
    let program = Program::new("while True: print('x' * 1000)");
    let mut process =
        engine().arg("run").arg(&program.path).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(process.stdout.take());
    assert_eq!(process.wait().unwrap().code(), Some(1), "a status, not a signal");
}
