//! The engine without any process around it: what a host in a browser sees too.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::time::Duration;

use engine::{Clock, Engine, Handled, Host, Turn};
use proptest::prelude::*;
use protocol::{Command, Event, Inputs, Limits, Outcome, Reply, RunErrorKind, Source, Value, value};

/// A host whose clock moves only when the test says so.
#[derive(Default)]
struct TestHost {
    now: Duration,
    printed: String,
}

impl Host for TestHost {
    fn now(&self) -> Duration {
        self.now
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn time_of_day(&self) -> i64 {
        1_700_000_000_000_000 + i64::try_from(self.now.as_micros()).unwrap()
    }

    fn event(&mut self, event: Event) {
        let Event::Print { text, .. } = event;
        self.printed += &text;
    }
}

struct Session {
    engine: Engine,
    host: TestHost,
}

impl Session {
    fn new() -> Self {
        Self { engine: Engine::new(Clock::Interpreter), host: TestHost::default() }
    }

    /// Hands over a command; sleeps pass at once.
    fn call(&mut self, command: Command) -> Reply {
        let now = self.host.now;
        if let Handled::Reply(reply) = self.engine.handle(command, now) {
            return reply;
        }
        loop {
            match self.engine.turn(&mut self.host) {
                Turn::Reply(reply) => return reply,
                Turn::Sleep(until) => self.host.now = until,
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
    assert!(matches!(session.engine.handle(Command::Run(source), Duration::ZERO), Handled::Run));
    assert!(matches!(session.engine.turn(&mut session.host), Turn::Sleep(_)));
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
    assert_eq!(other.engine.load(&checkpoint, Duration::ZERO), Ok(Reply::Idle));
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
        assert!(Session::new().engine.load(damaged, Duration::ZERO).is_err());
    }
}

/// What an extension keeps, as a snapshot sees it.
#[derive(Clone, Default)]
struct Counter(std::sync::Arc<std::sync::atomic::AtomicU8>);

impl Counter {
    fn set(&self, value: u8) {
        self.0.store(value, std::sync::atomic::Ordering::Relaxed);
    }

    fn get(&self) -> u8 {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

impl engine::Keeper for Counter {
    fn name(&self) -> &'static str {
        "counter"
    }

    fn save(&self) -> Vec<u8> {
        vec![self.get()]
    }

    fn load(&mut self, saved: &[u8]) -> Result<(), String> {
        self.set(*saved.first().ok_or("nothing was kept")?);
        Ok(())
    }

    fn reset(&mut self) {
        self.set(0);
    }
}

#[test]
fn what_extensions_keep_is_part_of_a_snapshot() {
    let (mut one, mut other, mut plain) = (Session::new(), Session::new(), Session::new());
    let (kept, restored) = (Counter::default(), Counter::default());
    one.engine.keep(Box::new(kept.clone()));
    other.engine.keep(Box::new(restored.clone()));
    let start = Source { code: "f()".into(), external_functions: vec!["f".into()], ..Source::default() };
    one.call(Command::Start(start));
    kept.set(7);
    let saved = one.engine.save(Duration::ZERO).unwrap();
    kept.set(8);
    assert!(other.engine.load(&saved, Duration::ZERO).unwrap().is_pause());
    assert_eq!((kept.get(), restored.get()), (8, 7));
    assert!(plain.engine.load(&saved, Duration::ZERO).unwrap().is_pause(), "who has no such extension goes on without");
    let without = plain.engine.save(Duration::ZERO).unwrap();
    other.call(Command::Cancel);
    other.engine.load(&without, Duration::ZERO).unwrap();
    assert_eq!(restored.get(), 0, "what was not kept begins anew");
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
    fn any_order_of_commands_is_answered(choices in proptest::collection::vec(0..9_u8, 1..30)) {
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
