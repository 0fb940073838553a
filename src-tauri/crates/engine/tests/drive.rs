//! The engine without any process around it: what a host in a browser sees too.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::time::Duration;

use engine::{Clock, Engine, Handled, Host, Loaded, Place, Turn};
use proptest::prelude::*;
use protocol::{Command, Event, Inputs, Limits, Outcome, Reply, RunErrorKind, Source, Value, value};

/// A host whose clock moves only when the test says so.
#[derive(Default)]
struct TestHost {
    now: Duration,
    printed: String,
    /// What else was told.
    events: Vec<Event>,
    /// Whether its clock goes on by itself, a microsecond a look.
    ticks: bool,
    looks: std::cell::Cell<u32>,
}

impl Host for TestHost {
    fn now(&self) -> Duration {
        self.looks.set(self.looks.get() + u32::from(self.ticks));
        self.now + Duration::from_micros(self.looks.get().into())
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn time_of_day(&self) -> i64 {
        1_700_000_000_000_000 + i64::try_from(self.now.as_micros()).unwrap()
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Print { text, .. } => self.printed += &text,
            other => self.events.push(other),
        }
    }
}

struct Session {
    engine: Engine,
    host: TestHost,
}

impl Session {
    fn new() -> Self {
        Self { engine: Engine::new(Clock::Interpreter, Place::Desktop), host: TestHost::default() }
    }

    /// Hands over a command; sleeps pass at once.
    fn call(&mut self, command: Command) -> Reply {
        match self.engine.handle(command, &mut self.host) {
            Handled::Reply(reply) => reply,
            Handled::Run => self.go_on(),
        }
    }

    /// Lets the program run. One that waits for somebody outside is left waiting.
    fn go_on(&mut self) -> Reply {
        loop {
            match self.engine.turn(&mut self.host) {
                Turn::Reply(reply) => return reply,
                Turn::Wait(Some(until)) => self.host.now = until,
                Turn::Wait(None) => return Reply::Waiting,
                Turn::Yield => {}
            }
        }
    }

    fn start(&mut self, code: &str, functions: &[&str]) -> Reply {
        let external_functions = functions.iter().map(ToString::to_string).collect();
        self.call(Command::Start(Source { code: code.into(), external_functions, ..Source::default() }))
    }

    fn run(&mut self, code: &str, inputs: Vec<(String, Value)>) -> Result<Value, protocol::RunError> {
        let source = Source { code: code.into(), inputs: Inputs(inputs), ..Source::default() };
        match self.call(Command::Run(source)) {
            Reply::Complete(Outcome { result, .. }) => result,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_pause_is_a_value_that_waits() {
    let mut session = Session::new();
    let Reply::Pending { function_name, args, .. } = session.start("print('a')\nfetch(1) + 1", &["fetch"]) else {
        panic!("it did not pause");
    };
    assert_eq!((function_name.as_str(), args, session.host.printed.as_str()), ("fetch", vec![Value::Int(1)], "a\n"));
    let Reply::Complete(outcome) = session.call(Command::Resume { value: Value::Int(41) }) else {
        panic!("it did not end");
    };
    assert_eq!(outcome.result, Ok(Value::Int(42)));
}

#[test]
fn a_run_that_is_refused_takes_no_names_along() {
    let mut session = Session::new();
    let feed = |code: &str| Command::Feed(Source { code: code.into(), ..Source::default() });
    session.call(feed("x = 1"));
    let inputs = Inputs(vec![("a".into(), Value::Type("Nope".into()))]);
    let refused = session.call(Command::Run(Source { code: "1".into(), inputs, ..Source::default() }));
    assert!(matches!(refused, Reply::Error(_)), "{refused:?}");
    let Reply::Complete(outcome) = session.call(feed("x")) else {
        panic!("it did not end");
    };
    assert_eq!(outcome.result, Ok(Value::Int(1)));
}

#[test]
fn sleeping_is_asked_for_and_not_done() {
    let mut session = Session::new();
    let result = session.run("import time\ntime.sleep(3600)\n'woke'", vec![]);
    assert_eq!((result, session.host.now), (Ok(Value::Str("woke".into())), Duration::from_secs(3600)));
    let code = "import asyncio\nasync def nap(n):\n    await asyncio.sleep(n)\n    print(n)\nasync def main():\n    await asyncio.gather(nap(3), nap(1), nap(2))\nawait main()";
    session.run(code, vec![]).unwrap();
    assert_eq!(session.host.printed, "1\n2\n3\n", "tasks wake in the order of their times");
    assert_eq!(session.host.now, Duration::from_secs(3603), "they sleep together");
}

#[test]
fn a_sleep_can_be_stopped() {
    let mut session = Session::new();
    let source = Source { code: "import time\ntime.sleep(10)".into(), ..Source::default() };
    assert!(matches!(session.engine.handle(Command::Run(source), &mut session.host), Handled::Run));
    assert!(matches!(session.engine.turn(&mut session.host), Turn::Wait(Some(_))));
    let Some(Reply::Complete(outcome)) = session.engine.stop(Duration::ZERO) else {
        panic!("nothing was stopped");
    };
    assert_eq!(outcome.result.unwrap_err().kind, RunErrorKind::Cancelled);
    assert_eq!(session.run("1", vec![]), Ok(Value::Int(1)));
}

#[test]
fn the_interpreter_keeps_time_where_the_host_does_not() {
    let mut session = Session::new();
    let limits = Limits { timeout_ms: Some(20), ..Limits::default() };
    let source = Source { code: "while True: pass".into(), limits, ..Source::default() };
    let Reply::Complete(outcome) = session.call(Command::Run(source)) else {
        panic!("it did not end");
    };
    assert_eq!(outcome.result.unwrap_err().limit.as_deref(), Some("timeoutMs"));
}

#[test]
fn a_loop_of_calls_is_one_stretch() {
    let mut session = Session::new();
    session.host.ticks = true;
    let limits = Limits { turn_timeout_ms: Some(20), ..Limits::default() };
    let source = Source { limits, ..with(&["host"], "while True: now()") };
    let Reply::Complete(outcome) = session.call(Command::Run(source)) else { panic!("it did not end") };
    assert_eq!(outcome.result.unwrap_err().limit.as_deref(), Some("turnTimeoutMs"));
}

#[test]
fn a_breakdown_of_the_interpreter_is_an_answer() {
    let mut session = Session::new();
    let error = session.run("class C: pass\n[C, C()]", vec![]).unwrap_err();
    assert_eq!(error.kind, RunErrorKind::Crash);
    assert!(error.message.contains("a class together with an instance"), "{}", error.message);
    assert_eq!(session.run("1", vec![]), Ok(Value::Int(1)));
}

#[test]
fn a_saved_session_has_its_names_and_sources() {
    let feed = |code: &str| Command::Feed(Source { code: code.into(), ..Source::default() });
    let mut one = Session::new();
    one.call(feed("def f(x):\n    return x / 0\ny = [1]"));
    assert!(one.engine.has_changed());
    assert!(!one.engine.has_changed(), "nothing has changed since");
    let checkpoint = one.engine.save(Duration::ZERO).unwrap();
    one.call(feed("y.append(2)"));

    let mut other = Session::new();
    assert_eq!(other.engine.load(&checkpoint, &mut other.host), Ok(Loaded::Reply(Reply::Idle)));
    let Reply::Complete(outcome) = other.call(feed("y")) else {
        panic!("it did not end");
    };
    assert_eq!(outcome.result, Ok(Value::List(vec![Value::Int(1)])));
    let Reply::Complete(outcome) = other.call(feed("f(1)")) else {
        panic!("it did not end");
    };
    let names: Vec<_> = outcome.result.unwrap_err().traceback.into_iter().map(|frame| frame.filename).collect();
    assert_eq!(names, ["<python-input-2>", "<python-input-0>"]);

    for damaged in [&checkpoint[..checkpoint.len() / 2], &[], b"noise"] {
        assert!(Session::new().engine.load(damaged, &mut TestHost::default()).is_err());
    }
}

fn with(extensions: &[&str], code: &str) -> Source {
    let extensions = extensions.iter().map(ToString::to_string).collect();
    Source { code: code.into(), extensions, ..Source::default() }
}

#[test]
fn a_wait_is_a_value_too() {
    let (mut one, mut other) = (Session::new(), Session::new());
    let code = "b = dom_create('button')\ndom_append(dom_root(), b)\nel_emit('up')\ndom_on_click(b)";
    assert_eq!(one.call(Command::Start(with(&["dom", "el"], code))), Reply::Waiting);
    assert!(one.engine.is_waiting());
    let saved = one.engine.save(Duration::ZERO).unwrap();
    assert_eq!(other.engine.load(&saved, &mut other.host), Ok(Loaded::Waits));
    assert_eq!(other.go_on(), Reply::Waiting, "it waits again");
    let told: Vec<_> = other.host.events.iter().map(|event| matches!(event, Event::Waiting { .. })).collect();
    assert!(told.contains(&true), "and says so: {:?}", other.host.events);
    for session in [&mut one, &mut other] {
        let click = Command::DomEvent { handle: 2, event_type: "click".into(), value: None };
        assert_eq!(session.call(click), Reply::Delivered);
        let Reply::Complete(outcome) = session.go_on() else { panic!("it did not end") };
        assert_eq!(outcome.result, Ok(Value::Str("clicked".into())));
    }
}

#[test]
fn whatever_is_cut_off_of_a_wait_is_no_session() {
    let mut session = Session::new();
    session.call(Command::Start(with(&["el"], "el_recv()")));
    let saved = session.engine.save(Duration::ZERO).unwrap();
    for end in (0..saved.len()).step_by(97) {
        assert!(Session::new().engine.load(&saved[..end], &mut TestHost::default()).is_err(), "{end}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        "-?[1-9][0-9]{19,40}".prop_map(|digits| Value::int(digits.parse().unwrap())),
        any::<f64>().prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        (1..=9999_u16, 1..=12_u8, 1..=28_u8).prop_map(|(y, m, d)| Value::Date(value::Date::new(y, m, d).unwrap())),
        (-999..999_i64, 0..86_400_i64, 0..1_000_000_i64)
            .prop_map(|(d, s, us)| Value::TimeDelta(value::TimeDelta::normal(d, s, us).unwrap())),
        "(/[a-z]{1,5}){1,3}".prop_map(Value::Path),
        "[1-9][0-9]{0,5}\\.[0-9]{1,5}".prop_map(Value::Decimal),
        (any::<f64>(), any::<f64>()).prop_map(|(real, imag)| Value::Complex(real, imag)),
        Just(Value::Ellipsis),
        Just(Value::Type("int".into())),
        Just(Value::Function("len".into())),
        ".{0,9}".prop_map(|text| Value::Exception { type_name: "ValueError".into(), message: Some(text) }),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let items = || proptest::collection::vec(inner.clone(), 0..5);
        prop_oneof![
            items().prop_map(Value::List),
            items().prop_map(Value::Tuple),
            proptest::collection::btree_map(".{0,4}", inner.clone(), 0..5).prop_map(|pairs| Value::Dict(
                pairs.into_iter().map(|(key, value)| (Value::Str(key), value)).collect()
            )),
            proptest::collection::btree_map("[a-z]{1,4}", inner.clone(), 0..4).prop_map(|attributes| Value::Instance {
                type_name: "Thing".into(),
                attributes: attributes.into_iter().collect(),
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn every_value_survives_the_interpreter(value in any_value()) {
        let text = |value: &Value| serde_json::to_string(value).unwrap();
        let mut session = Session::new();
        let back = session.run("x", vec![("x".into(), value.clone())]).unwrap();
        prop_assert_eq!(text(&back), text(&value));
    }

    #[test]
    fn any_order_of_commands_is_answered(choices in proptest::collection::vec(0..13_u8, 1..30)) {
        let mut session = Session::new();
        for choice in choices {
            let source = |code: &str| Source { code: code.into(), external_functions: vec!["f".into()], ..Source::default() };
            let command = match choice {
                0 => Command::Run(source("1")),
                1 => Command::Start(source("f() or f()")),
                2 => Command::Feed(source("import asyncio\nawait asyncio.gather(f(), f())")),
                3 => Command::Resume { value: Value::None },
                4 => Command::ResumeAsFuture,
                5 => Command::ResumeNotFound,
                6 => Command::ResumeWithError { exc_type: "ValueError".into(), message: "no".into() },
                7 => Command::ResolveFutures { answers: vec![] },
                8 => Command::Start(with(&["el", "dom"], "import asyncio\nx = el_recv()\nawait asyncio.gather(el_recv(), el_recv())")),
                9 => Command::Dispatch { value: Value::Int(1) },
                10 => Command::DomEvent { handle: 1, event_type: "click".into(), value: None },
                11 => Command::Redraw,
                _ => Command::Cancel,
            };
            let name = command.name();
            let reply = session.call(command);
            if let Reply::Error(misuse) = reply {
                prop_assert!(misuse.current.is_some(), "{name} was refused for {misuse:?}");
                let allowed = misuse.allowed.unwrap_or_default();
                prop_assert!(!allowed.contains(&name.to_owned()), "{name} was refused although it is allowed");
            }
        }
        session.call(Command::Cancel);
        prop_assert_eq!(session.run("1 + 1", vec![]), Ok(Value::Int(2)));
    }
}
