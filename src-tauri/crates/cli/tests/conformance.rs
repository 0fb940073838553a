//! The programs by which the interpreter is tested where it is made, through the engine's own
//! process and words. At every pause a program is written down, and goes on in another process.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod conformance {
    pub(crate) mod child;
    pub(crate) mod corpus;
    pub(crate) mod files;
    pub(crate) mod host;
    pub(crate) mod objects;
    pub(crate) mod traceback;
}

use protocol::{Command, Inputs, Limits, Outcome, Outside, Source, Value};

use conformance::{
    child::Pair,
    corpus::{self, Expected, Program},
    files::{FOLDER, Folders},
    host::Host,
    traceback,
};

/// How a program is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    OneShot,
    Repl,
}

/// Programs that cannot pass, and the error by which they fail: they call what only an interpreter
/// has that is built with its feature `test-hooks`.
const EXCEPTIONS: [(&str, &str); 7] = [
    ("functools__gc.py", NO_GC),
    ("itertools__gc.py", NO_GC),
    ("json__dumps_recursion.py", NO_RECURSION_LIMIT),
    ("recursion__deep_copy.py", NO_RECURSION_LIMIT),
    ("recursion__deep_repr.py", NO_RECURSION_LIMIT),
    ("recursion__limit_depth.py", NO_RECURSION_LIMIT),
    ("refcount__exec_namespace.py", NO_GC),
];
const NO_GC: &str = "ModuleNotFoundError: No module named 'gc'";
const NO_RECURSION_LIMIT: &str = "AttributeError: module 'sys' has no attribute 'setrecursionlimit'";

#[test]
fn programs_pass_in_one_shot() {
    all_pass(Mode::OneShot);
}

#[test]
fn programs_pass_as_feeds() {
    all_pass(Mode::Repl);
}

fn all_pass(mode: Mode) {
    let programs = corpus::programs();
    let folders = Folders::new();
    let mut pair = Pair::start();
    let mut passed = 0;
    let mut wrong = String::new();
    for program in &programs {
        let mut host = Host::new(program, folders.files(program));
        let ended = pair.run(command(program, mode), &mut host);
        let judged = ended.and_then(|outcome| judge(program, &outcome));
        let exception = EXCEPTIONS.iter().find(|(name, _)| *name == program.name);
        match (judged, exception) {
            (Ok(()), None) => passed += 1,
            (Err(error), Some((_, expected))) if error.ends_with(expected) => {}
            (Ok(()), Some(_)) => wrong += &format!("\n=== {} passes, but is listed\n", program.name),
            (Err(error), _) => wrong += &format!("\n=== {}\n{error}\n", program.name),
        }
    }
    println!("{passed} of {} programs passed, and moved {} times", programs.len(), pair.moves);
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!((programs.len(), passed), (710, 710 - EXCEPTIONS.len()));
}

fn command(program: &Program, mode: Mode) -> Command {
    let root = ("root".to_owned(), Value::Path(FOLDER.to_owned()));
    let source = Source {
        code: program.code.clone(),
        inputs: Inputs(program.has_folder.then_some(root).into_iter().collect()),
        limits: Limits {
            timeout_ms: Some(60_000),
            memory_bytes: Some(0),
            recursion_depth: Some(traceback::RECURSION),
            ..Limits::default()
        },
        script_name: Some(program.name.clone()),
        outside: Some(Outside {
            folder: program.has_folder.then(|| FOLDER.to_owned()),
            time_zone: program.time_zone.clone(),
        }),
        ..Source::default()
    };
    match mode {
        Mode::OneShot => Command::Run(source),
        Mode::Repl => Command::Feed(source),
    }
}

/// Whether a program came to what it has to.
fn judge(program: &Program, outcome: &Outcome) -> Result<(), String> {
    let found = compare(program, outcome);
    if program.is_known_to_fail {
        return if found.is_err() { Ok(()) } else { Err("the corpus says that it fails, but it does not".to_owned()) };
    }
    found
}

fn compare(program: &Program, outcome: &Outcome) -> Result<(), String> {
    let (what, expected, found) = match (&program.expected, &outcome.result) {
        (Expected::Well, Ok(_)) => return Ok(()),
        (Expected::Value(expected), Ok(value)) => ("value", expected, value.repr(usize::MAX)),
        (Expected::Text(expected), Ok(Value::Str(text))) => ("text", expected, text.clone()),
        (Expected::Text(expected), Ok(value)) => ("text", expected, value.repr(usize::MAX)),
        (Expected::Type(expected), Ok(value)) => ("type", expected, value.type_name().to_owned()),
        (Expected::Exception(expected), Err(error)) => ("exception", expected, traceback::repr(error)),
        (Expected::Traceback(expected), Err(error)) => {
            let found = traceback::render(error).replace("<python-input-0>", &program.name);
            ("traceback", expected, found)
        }
        (_, Ok(value)) => return Err(format!("it ended well, with {}", value.repr(200))),
        (_, Err(error)) => return Err(format!("it raised\n{}", traceback::render(error))),
    };
    if found == *expected { Ok(()) } else { Err(format!("--- {what} expected\n{expected}\n--- {what} found\n{found}")) }
}
