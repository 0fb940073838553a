//! One table: what the engine, the pipe and the child process cost, each beside its peer in the
//! same run. Peers take turns, medians are shown.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, bounded};
use engine::{Clock, Engine, Handled, Host, Turn};
use isolate::{Launcher, Output, Reader, Request, Session};
use monty::{MontyRepl, ReplProgress};
use monty_types::{
    CompileOptions, ExtFunctionResult, MontyObject, NameLookupResult, PrintWriter, PrintWriterCallback, ResourceLimits,
    ResourceTracker,
};
use protocol::{Command, Event, Limits, MessageId, Outcome, Reply, Source, Value};

const FIB: &str = "def fib(n):\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\nfib(25)";
const LOOP: &str = "s = 0\nfor i in range(1_000_000):\n    s += i * 2\ns";
const CALLS: usize = 100_000;
const PIPE_CALLS: usize = 10_000;
const LINES: usize = 1_000_000;

fn main() {
    println!("| what | ours | peer | ratio | goal |");
    println!("|---|---|---|---|---|");
    for (name, code) in [("fib(25)", FIB), ("loop of 1 M", LOOP)] {
        let (ours, peer) = pair(9, || engine_run(code), || bare_run(code));
        row(&format!("{name}: engine, bare crate"), ours, peer, peer.as_secs_f64() / ours.as_secs_f64(), "≥ 0.97");
    }
    let (ours, peer) = pair(5, engine_calls, bare_calls);
    let per = |time: Duration, calls: usize| time / u32::try_from(calls).unwrap();
    let ratio = ours.as_secs_f64() / peer.as_secs_f64();
    row(
        "host call: engine, bare crate's resume loop",
        per(ours, CALLS),
        per(peer, CALLS),
        ratio,
        "≤ 1.5 answered inside; this one leaves the engine",
    );

    let launcher = Arc::new(Launcher::new(env!("CARGO_BIN_EXE_monty-engine").into(), true).unwrap());
    let mut piped = Piped::open(&launcher);
    let piped_calls = median(3, || piped.calls());
    let ratio = per(piped_calls, PIPE_CALLS).as_secs_f64() / per(ours, CALLS).as_secs_f64();
    row("host call: through the pipe, in-process engine", per(piped_calls, PIPE_CALLS), per(ours, CALLS), ratio, "—");

    let first = |launcher: &Arc<Launcher>| {
        let began = Instant::now();
        let session = Piped::open(launcher).first();
        let time = began.elapsed();
        drop(session);
        time
    };
    let cold = median(15, || {
        let launcher = Arc::new(Launcher::new(env!("CARGO_BIN_EXE_monty-engine").into(), false).unwrap());
        first(&launcher)
    });
    let warm = median(15, || {
        std::thread::sleep(Duration::from_millis(30));
        first(&launcher)
    });
    row(
        "session to its first result: warm spare, cold start",
        warm,
        cold,
        warm.as_secs_f64() / cold.as_secs_f64(),
        "≤ 5 ms",
    );

    let asked = median(15, || piped.stop("print('on')\nwhile True: pass"));
    let killed = median(15, || piped.stop("print('on')\nx = 3**1000000\nwhile True: x = x * x"));
    row(
        "Stop to the next result: a loop, what has to be killed",
        asked,
        killed,
        asked.as_secs_f64() / killed.as_secs_f64(),
        "≤ 100 ms",
    );

    let inside = median(3, || engine_run(&format!("for i in range({LINES}): print('a line')")));
    let through = median(3, || timed(|| drop(piped.run(&format!("for i in range({LINES}): print('a line')")))));
    row(
        "1 M printed lines: through the pipe, in-process engine",
        through,
        inside,
        through.as_secs_f64() / inside.as_secs_f64(),
        "—",
    );
    memory(&launcher);
}

fn row(what: &str, ours: Duration, peer: Duration, ratio: f64, goal: &str) {
    println!("| {what} | {ours:.2?} | {peer:.2?} | {ratio:.2} | {goal} |");
}

fn timed(run: impl FnOnce()) -> Duration {
    let began = Instant::now();
    run();
    began.elapsed()
}

fn median(rounds: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<_> = (0..rounds).map(|_| run()).collect();
    times.sort();
    times[rounds / 2]
}

/// Medians of two that take turns, so that a machine that slows down slows both.
fn pair(rounds: usize, mut one: impl FnMut() -> Duration, mut other: impl FnMut() -> Duration) -> (Duration, Duration) {
    let (mut ones, mut others): (Vec<_>, Vec<_>) = (0..rounds).map(|_| (one(), other())).unzip();
    ones.sort();
    others.sort();
    (ones[rounds / 2], others[rounds / 2])
}

/// The bare crate as a careful embedder uses it: limits and a print callback are on.
fn bare() -> MontyRepl {
    let limits = ResourceLimits::default().max_feed_duration(Duration::from_secs(60));
    MontyRepl::new("main.py", ResourceTracker::new(limits), CompileOptions::default())
}

struct Silent;

impl PrintWriterCallback for Silent {
    fn stdout_write(&mut self, _: std::borrow::Cow<'_, str>) -> Result<(), monty_types::MontyException> {
        Ok(())
    }

    fn stdout_push(&mut self, _: char) -> Result<(), monty_types::MontyException> {
        Ok(())
    }
}

fn bare_run(code: &str) -> Duration {
    timed(|| {
        let progress = bare().feed_start(code, vec![], PrintWriter::Callback(&mut Silent)).unwrap();
        assert!(progress.into_complete().is_some());
    })
}

fn call_loop(calls: usize) -> String {
    format!("for i in range({calls}): f(i)")
}

fn bare_calls() -> Duration {
    timed(|| {
        let mut progress = bare().feed_start(&call_loop(CALLS), vec![], PrintWriter::Callback(&mut Silent)).unwrap();
        let mut calls = 0;
        loop {
            let print = PrintWriter::Callback(&mut Silent);
            progress = match progress {
                ReplProgress::FunctionCall(call) => {
                    calls += 1;
                    call.resume(ExtFunctionResult::Return(MontyObject::int(1)), print).unwrap()
                }
                ReplProgress::NameLookup(lookup) => lookup.resume(NameLookupResult::Undefined, print).unwrap(),
                ReplProgress::Complete { .. } => break,
                other => panic!("{other:?}"),
            };
        }
        assert_eq!(calls, CALLS);
    })
}

struct BenchHost(Instant);

impl Host for BenchHost {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn event(&mut self, event: Event) {
        std::hint::black_box(event);
    }
}

fn source(code: &str) -> Source {
    Source { code: code.into(), limits: Limits { timeout_ms: Some(60_000), ..Limits::DEFAULT }, ..Source::default() }
}

fn engine_reply(engine: &mut Engine, host: &mut BenchHost, command: Command) -> Reply {
    match engine.handle(command, host.now()) {
        Handled::Reply(reply) => reply,
        Handled::Run => match engine.turn(host) {
            Turn::Reply(reply) => reply,
            Turn::Sleep(_) => panic!("nothing here sleeps"),
        },
    }
}

fn engine_run(code: &str) -> Duration {
    let (mut engine, mut host) = (Engine::new(Clock::Host), BenchHost(Instant::now()));
    timed(|| {
        let reply = engine_reply(&mut engine, &mut host, Command::Run(source(code)));
        assert!(matches!(reply, Reply::Complete(Outcome { result: Ok(_), .. })), "{reply:?}");
    })
}

fn engine_calls() -> Duration {
    let (mut engine, mut host) = (Engine::new(Clock::Host), BenchHost(Instant::now()));
    let begin = Source { external_functions: vec!["f".into()], ..source(&call_loop(CALLS)) };
    timed(|| {
        let mut reply = engine_reply(&mut engine, &mut host, Command::Start(begin));
        let mut calls = 0;
        while reply.is_pause() {
            calls += 1;
            reply = engine_reply(&mut engine, &mut host, Command::Resume { value: Value::Int(1) });
        }
        assert_eq!(calls, CALLS);
    })
}

/// A session over a real child process.
struct Piped {
    session: Session,
    said: Receiver<Output>,
}

impl Piped {
    fn open(launcher: &Arc<Launcher>) -> Self {
        let (say, said) = bounded(256);
        Self { session: Session::open(launcher, Limits::DEFAULT, say, Reader::default()).unwrap(), said }
    }

    fn send(&self, command: Command) {
        self.session.send(Request { id: Some(MessageId::Number(1)), command: Ok(command) });
    }

    fn reply(&self) -> Reply {
        loop {
            if let Output::Reply { reply, .. } = self.said.recv().unwrap() {
                return reply;
            }
        }
    }

    fn run(&mut self, code: &str) -> Reply {
        self.send(Command::Run(source(code)));
        let reply = self.reply();
        assert!(matches!(reply, Reply::Complete(Outcome { result: Ok(_), .. })), "{reply:?}");
        reply
    }

    fn first(mut self) -> Self {
        self.run("1 + 1");
        self
    }

    fn calls(&mut self) -> Duration {
        let begin = Source { external_functions: vec!["f".into()], ..source(&call_loop(PIPE_CALLS)) };
        timed(|| {
            self.send(Command::Start(begin));
            while self.reply().is_pause() {
                self.send(Command::Resume { value: Value::Int(1) });
            }
        })
    }

    /// From asking for the stop to the result of the next run.
    fn stop(&mut self, code: &str) -> Duration {
        self.send(Command::Run(Source { limits: Limits { timeout_ms: Some(0), ..Limits::DEFAULT }, ..source(code) }));
        while !matches!(self.said.recv().unwrap(), Output::Events { .. }) {}
        timed(|| {
            self.send(Command::Cancel);
            assert_eq!(self.reply(), Reply::Cancelled);
            self.reply();
            self.run("1 + 1");
        })
    }
}

/// What idle sessions cost, by the kernel's account of memory that nobody else shares.
#[cfg(target_os = "linux")]
fn memory(launcher: &Arc<Launcher>) {
    for count in [1_u32, 10, 100] {
        let before = private_bytes();
        let sessions: Vec<_> = (0..count).map(|_| Piped::open(launcher).first()).collect();
        let each = private_bytes().saturating_sub(before) / u64::from(count);
        println!("| private memory of {count} idle sessions, each | {} KB | — | — | — |", each / 1024);
        drop(sessions);
    }
}

#[cfg(not(target_os = "linux"))]
fn memory(_: &Arc<Launcher>) {}

/// Private memory of this process and its children.
#[cfg(target_os = "linux")]
fn private_bytes() -> u64 {
    let me = std::process::id().to_string();
    let of = |pid: &str| -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let lines = text.lines().filter(|line| line.starts_with("Private_"));
        lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).sum::<u64>() * 1024
    };
    let mut sum = of(&me);
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let pid = entry.file_name().to_string_lossy().into_owned();
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        if stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)) == Some(&me) {
            sum += of(&pid);
        }
    }
    sum
}
