//! Hostile programs. Each ends within its limit and a second, with a status and a line that says
//! what happened, and in a session the next run works.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use std::{
    process::Stdio,
    sync::Mutex,
    thread,
    time::{Duration, Instant},
};

use support::{Program, Session, engine, json, value};

const LIMIT: Duration = Duration::from_millis(1500);

/// What a program has to come to: it ends well, or its last line on stderr says this.
enum End {
    Well,
    Says(&'static str),
}

use End::{Says, Well};

const TIME: End = Says("time limit of 1500 ms (timeoutMs)");
const MEMORY: End = Says("(memoryBytes)");
const NESTED: End = Says("too deeply nested");
const BROKE: End = Says("the interpreter broke down");

fn programs() -> Vec<(&'static str, String, End)> {
    let nested_defs: Vec<String> = (0..30).map(|level| format!("{}def f{level}():\n", " ".repeat(level))).collect();
    let shared = |rest: &str| format!("a = []\nfor _ in range(60): a = [a, a]\n{rest}");
    let program = |name, code: &str, end| (name, code.to_owned(), end);
    vec![
        program("infinite_loop", "while True: pass", TIME),
        program("memory_bomb", "'a' * 10**11", MEMORY),
        program("stack_bomb", "eval('+'.join(['1'] * 2000000))", NESTED),
        program("class_beside_its_instance", "class C: pass\n[C, C()]", BROKE),
        program("locals_with_class_and_instance", "class C: pass\nc = C()\nlocals()", BROKE),
        program("print_flood", "print('x' * 50_000_000)", Well),
        program("print_flood_in_lines", "for i in range(200_000): print('x' * 99)", Well),
        program("stderr_flood", "import sys\nfor i in range(100_000): print('e' * 99, file=sys.stderr)", Well),
        ("nested_defs", nested_defs.concat() + &" ".repeat(30) + "pass", TIME),
        program("loop_that_catches_all", "while True:\n try:\n  while True: pass\n except BaseException: pass", TIME),
        program("loop_in_finally", "try:\n while True: pass\nfinally:\n while True: pass", TIME),
        program("loop_in_exec", "exec('while True: pass')", TIME),
        program("loop_in_repr", "class R:\n def __repr__(self):\n  while True: pass\nprint(R())", TIME),
        program("loop_in_eq", "class R:\n def __eq__(self, o):\n  while True: pass\nR() == R()", TIME),
        program("native_sum", "sum(range(10**12))", TIME),
        program("native_search", "import itertools\n-1 in itertools.count()", TIME),
        program("native_hash", "import hashlib\nhashlib.pbkdf2_hmac('sha256', b'a', b'b', 10**9)", TIME),
        program("native_permutations", "import itertools\nsum(1 for _ in itertools.permutations(range(20)))", TIME),
        program("big_integers", "x = 3**1000000\nwhile True: x = x * x", TIME),
        program("big_power", "10 ** (10**8)", TIME),
        program("big_gcd", "import math\nx = 3**500000\ny = 7**300000\nwhile True: math.gcd(x, y)", TIME),
        program("big_result", "1 << 10**8", Well),
        program("big_int_to_text", "str(10 ** (10**6))", Says("4300 digits")),
        ("shared_list_as_value", shared("a"), Well),
        ("shared_list_as_text", shared("repr(a)"), TIME),
        ("shared_list_compared", shared("b = []\nfor _ in range(60): b = [b, b]\na == b"), TIME),
        ("shared_list_as_json", shared("import json\njson.dumps(a)"), TIME),
        program("recursion", "def f(): return f()\nf()", Says("(recursionDepth)")),
        program("mutual_recursion", "def f(): return g()\ndef g(): return f()\nf()", Says("(recursionDepth)")),
        program(
            "recursion_in_repr",
            "class R:\n def __repr__(self): return repr(self)\nrepr(R())",
            Says("(recursionDepth)"),
        ),
        program("recursion_that_catches", "def f():\n try: return f()\n except RecursionError: return f()\nf()", TIME),
        program(
            "recursive_gather",
            "import asyncio\nasync def f(): await asyncio.gather(f(), f())\nasyncio.run(f())",
            MEMORY,
        ),
        program(
            "async_loop_that_catches",
            "import asyncio\nasync def m():\n while True:\n  try: await asyncio.sleep(0)\n  except BaseException: pass\nasyncio.run(m())",
            TIME,
        ),
        program("deep_list", "a = []\nfor _ in range(200_000): a = [a]\na", Well),
        program("deep_tuple", "a = ()\nfor _ in range(200_000): a = (a,)\na", Well),
        program("value_in_itself", "d = {}\nd['d'] = d\nd", Well),
        program("list_that_doubles", "a = [0]\nwhile True: a = a + a", MEMORY),
        program("list_that_grows", "a = []\nwhile True: a.append('x' * 1000)", MEMORY),
        program("dict_that_grows", "d = {}\nwhile True: d[len(d)] = 'x' * 1000", MEMORY),
        program("bytes_bomb", "bytes(10**12)", MEMORY),
        program("list_bomb", "[0] * 10**11", MEMORY),
        program("shift_bomb", "1 << 10**11", MEMORY),
        program("format_bomb", "f'{1:>10000000000}'", MEMORY),
        program("percent_bomb", "'%1000000000d' % 1", MEMORY),
        program("padding_bomb", "'x'.ljust(10**11)", MEMORY),
        program("join_bomb", "','.join(['a' * 10**6] * 10**6)", MEMORY),
        program("random_bomb", "import random\nrandom.randbytes(10**11)", MEMORY),
        program("replace_bomb", "s = 'a' * 10**6\nwhile True: s = s.replace('a', 'aa')", MEMORY),
        program("base64_bomb", "import base64\ns = b'a'\nwhile True: s = base64.b64encode(s) * 2", MEMORY),
        program("unpacking_bomb", "print(*range(10**8))", MEMORY),
        ("parentheses", "(".repeat(5000) + "1" + &")".repeat(5000), NESTED),
        ("brackets", "[".repeat(3000) + &"]".repeat(3000), NESTED),
        ("minus_signs", "-".repeat(100_000) + "1", NESTED),
        ("attribute_chain", "a".to_owned() + &".x".repeat(200_000), NESTED),
        ("call_chain", "a".to_owned() + &"()".repeat(200_000), NESTED),
        program("deep_json", "import json\njson.loads('[' * 1_000_000)", Says("recursion limit")),
        program("regex_backtracking", "import re\nre.match(r'(a|a)*\\1b', 'a' * 100)", Says("backtracking")),
        program("long_message", "raise ValueError('x' * 100_000_000)", Says("100000000 bytes in all")),
        (
            "long_line_in_a_traceback",
            format!("def f(): return f() #{}\nf()", "x".repeat(500_000)),
            Says("(recursionDepth)"),
        ),
        program("not_a_character", "\0", Says("SyntaxError")),
        program("nothing", "", Well),
        program("exit", "raise SystemExit", Says("SystemExit")),
    ]
}

#[test]
fn hostile_programs_end_in_time_and_say_why() {
    let programs = programs();
    let count = programs.len();
    let queue = Mutex::new(programs);
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let Some((name, code, end)) = queue.lock().unwrap().pop() else {
                        return;
                    };
                    if let Err(failure) = judge(&code, &end) {
                        failures.lock().unwrap().push(format!("{name}: {failure}"));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{} of {count} programs:\n{}", failures.len(), failures.join("\n"));
}

fn judge(code: &str, end: &End) -> Result<(), String> {
    let program = Program::new(code);
    // A program that runs into time gets little of it, so that the test ends; every other one gets
    // plenty, so that a busy machine does not turn its end into one of time.
    let limit = if matches!(end, Says(words) if words.contains("timeoutMs")) { LIMIT } else { Duration::from_secs(20) };
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
    match end {
        Well if output.status.code() == Some(0) => Ok(()),
        Says(words) if output.status.code() == Some(1) && last.contains(words) => Ok(()),
        _ => Err(format!("ended with {:?} and the line {last:?}", output.status)),
    }
}

#[test]
fn a_session_outlives_them_all() {
    let mut session = Session::open();
    for (name, code, _) in programs() {
        let began = Instant::now();
        let reply = session.call(json!({"type": "run", "code": code, "limits": {"timeoutMs": 300}}));
        assert_eq!(reply["state"], "complete", "{name}: {reply}");
        let again = session.run("1 + 1");
        assert_eq!(value(&again), 2, "after {name}");
        assert!(began.elapsed() < Duration::from_secs(6), "{name} took {:?}", began.elapsed());
    }
}
