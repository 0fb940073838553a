//! One table: what the engine, the pipe and the child process cost, each beside its peer in the
//! same run. Peers take turns, medians are shown.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot run has nothing to say")]

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, bounded};
use engine::{Clock, Engine, Handled, Host, Place, Turn};
use isolate::{Launcher, Output, Reader, Request, Session, Terms, own_key};
use monty::{MontyRepl, ReplProgress};
use monty_types::{
    CompileOptions, ExtFunctionResult, MontyObject, NameLookupResult, PrintWriter, PrintWriterCallback, ResourceLimits,
    ResourceTracker,
};
use protocol::{
    Command, Event, Limits, MessageId, Outcome, Range, Reply, Settings, Source, Value, record::By, seal::Key,
};
use record::Recorder;

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
    let (clocks, peer) = pair(5, || clock_calls(false), bare_calls);
    let ratio = clocks.as_secs_f64() / peer.as_secs_f64();
    row(
        "call answered in the engine, record off: engine, bare crate's resume loop",
        per(clocks, CALLS),
        per(peer, CALLS),
        ratio,
        "≤ 1.5",
    );
    let (recorded, peer) = pair(5, || clock_calls(true), bare_calls);
    let ratio = recorded.as_secs_f64() / peer.as_secs_f64();
    row("the same, record on", per(recorded, CALLS), per(peer, CALLS), ratio, "≤ 3");
    let (recorded, off) = pair(3, recorded_calls, engine_calls);
    let ratio = recorded.as_secs_f64() / off.as_secs_f64();
    row(
        "call that leaves the engine: recorded with a dump each, record off",
        per(recorded, CALLS),
        per(off, CALLS),
        ratio,
        "—",
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
    drop(piped);
    for (size, items) in [("small", 10), ("10 k strings", 10_000), ("1 M strings", 1_000_000)] {
        sessions(&launcher, size, items);
    }
    memory(&launcher);
    children();
}

/// Four children that compute, together and one after the other. Each is a process of its own.
fn children() {
    let work = "'t = 0\\nfor i in range(3_000_000):\\n    t += i * i % 7\\nt'";
    let apart = format!("[sandbox_await(sandbox_spawn({work})) for _ in range(4)]");
    let together = format!("sandbox_await_all([sandbox_spawn({work}) for _ in range(4)])");
    let (together, apart) = pair(5, || alone(&together), || alone(&apart));
    let ratio = together.as_secs_f64() / apart.as_secs_f64();
    row("four children that compute: together, one after the other", together, apart, ratio, "≤ 0.59 on 2 cores");
}

/// How long the command line takes for a program.
fn alone(code: &str) -> Duration {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_monty-engine"));
    program.args(["run", "-", "--extensions", "sandbox", "--timeout-ms", "0"]);
    program.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    timed(|| {
        let mut child = program.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), code.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success() && output.stdout.starts_with(b"["), "{output:?}");
    })
}

/// What it takes to write a paused session down, to go on with it elsewhere, and to fork it, each
/// beside the bare crate's own dump and load.
fn sessions(launcher: &Arc<Launcher>, size: &str, items: usize) {
    let code = format!("x = [str(i) for i in range({items})]\nf()");
    let rounds = if items > 100_000 { 3 } else { 15 };
    let begin = || Command::Start(Source { external_functions: vec!["f".into()], ..source(&code) });
    let piped = Piped::open(launcher);
    piped.send(begin());
    assert!(piped.reply().is_pause());
    let mut data = protocol::Bytes::default();
    let dump = median(rounds, || {
        timed(|| {
            piped.send(Command::Snapshot { at: None });
            let Reply::Snapshot { data: written, .. } = piped.reply() else { panic!("no snapshot") };
            data = written;
        })
    });
    let bare_paused = bare().feed_start(&code, vec![], PrintWriter::Callback(&mut Silent)).unwrap();
    let bytes = dump_of(&bare_paused);
    let bare_dump = median(rounds, || timed(|| drop(dump_of(&bare_paused))));
    let bare_load = median(rounds, || timed(|| drop(monty::Dump::load(&bytes).unwrap())));
    let ratio = |ours: Duration, peer: Duration| ours.as_secs_f64() / peer.as_secs_f64();
    row(
        &format!("snapshot over the pipe, signed; the crate's dump ({size})"),
        dump,
        bare_dump,
        ratio(dump, bare_dump),
        "—",
    );
    let restore = median(rounds, || {
        let other = Piped::open(launcher).first();
        timed(|| {
            other.send(Command::Restore {
                data: data.clone(),
                accept_foreign: true,
                clock: None,
                arrivals: Vec::new(),
            });
            let reply = other.reply();
            assert!(reply.is_pause(), "{reply:?}");
        })
    });
    row(
        &format!("restore over the pipe, checked; the crate's load ({size})"),
        restore,
        bare_load,
        ratio(restore, bare_load),
        if items < 100 { "≤ 10 ms" } else { "—" },
    );
    piped.send(Command::Resume { value: Value::Int(1) });
    piped.reply();
    let fork = median(rounds, || {
        let time = timed(|| {
            piped.send(Command::Fork { at: 1, answer: None });
            let reply = piped.reply();
            assert!(reply.is_pause(), "{reply:?}");
        });
        piped.send(Command::Cancel);
        piped.reply();
        time
    });
    row(
        &format!("fork from the record; the crate's load ({size})"),
        fork,
        bare_load,
        ratio(fork, bare_load),
        if items < 100 { "≤ 10 ms" } else { "—" },
    );
}

fn dump_of(paused: &ReplProgress) -> Vec<u8> {
    monty::dump("main.py", None, &[], monty::SessionRef::Suspended(paused)).unwrap()
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

    fn time_of_day(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_micros()).unwrap()
    }

    fn event(&mut self, event: Event) {
        std::hint::black_box(event);
    }
}

fn source(code: &str) -> Source {
    Source { code: code.into(), limits: Limits { timeout_ms: Some(60_000), ..Limits::DEFAULT }, ..Source::default() }
}

fn engine_reply(engine: &mut Engine, host: &mut BenchHost, command: Command) -> Reply {
    match engine.handle(command, host) {
        Handled::Reply(reply) => reply,
        Handled::Run => match engine.turn(host) {
            Turn::Reply(reply) => reply,
            _ => panic!("nothing here waits"),
        },
    }
}

fn engine_run(code: &str) -> Duration {
    let (mut engine, mut host) = (Engine::new(Clock::Host, Place::Desktop), BenchHost(Instant::now()));
    timed(|| {
        let reply = engine_reply(&mut engine, &mut host, Command::Run(source(code)));
        assert!(matches!(reply, Reply::Complete(Outcome { result: Ok(_), .. })), "{reply:?}");
    })
}

fn engine_calls() -> Duration {
    let (mut engine, mut host) = (Engine::new(Clock::Host, Place::Desktop), BenchHost(Instant::now()));
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

/// Calls that the engine answers itself: readings of the clock.
fn clock_calls(recorded: bool) -> Duration {
    let mut engine = Engine::new(Clock::Host, Place::Desktop);
    let mut host = RecordingHost { began: Instant::now(), recorder: Recorder::default() };
    let code = format!("from time import time\nfor i in range({CALLS}): time()");
    let begin = Source { recorded, ..source(&code) };
    timed(|| {
        if recorded {
            host.recorder.run(0.0, "run", &begin);
        }
        let Handled::Run = engine.handle(Command::Run(begin), &mut host) else { panic!("it does not run") };
        let Turn::Reply(reply) = engine.turn(&mut host) else { panic!("nothing here sleeps") };
        assert!(matches!(reply, Reply::Complete(Outcome { result: Ok(_), .. })), "{reply:?}");
        assert_eq!(host.recorder.end(), if recorded { 1 + CALLS as u64 } else { 0 });
    })
}

struct RecordingHost {
    began: Instant,
    recorder: Recorder,
}

impl Host for RecordingHost {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn time_of_day(&self) -> i64 {
        i64::try_from(self.began.elapsed().as_micros()).unwrap()
    }

    fn clock_was_read(&mut self, name: &str, micros: i64, range: Option<Range>) {
        self.recorder.clock(0.0, name, micros, range);
    }

    fn event(&mut self, event: Event) {
        std::hint::black_box(event);
    }
}

/// Calls that leave the engine, each with its entry and its dump.
fn recorded_calls() -> Duration {
    let (mut engine, mut host) = (Engine::new(Clock::Host, Place::Desktop), BenchHost(Instant::now()));
    let mut recorder = Recorder::default();
    let begin = Source { external_functions: vec!["f".into()], recorded: true, ..source(&call_loop(CALLS)) };
    timed(|| {
        recorder.run(0.0, "start", &begin);
        let mut reply = engine_reply(&mut engine, &mut host, Command::Start(begin));
        while reply.is_pause() {
            recorder.paused(0.0, &reply);
            recorder.dump(engine.save(host.now()).unwrap());
            let answer = Command::Resume { value: Value::Int(1) };
            recorder.answered(0.0, &answer, By::Driver);
            reply = engine_reply(&mut engine, &mut host, answer);
        }
        assert_eq!(recorder.end(), 1 + CALLS as u64);
    })
}

/// A session over a real child process.
struct Piped {
    session: Session,
    said: Receiver<Output>,
}

fn terms() -> Terms {
    static KEY: OnceLock<Key> = OnceLock::new();
    let key = KEY.get_or_init(|| own_key().unwrap()).clone();
    Terms { defaults: Limits::DEFAULT, key, log: None, settings: Settings::default(), outside: None }
}

impl Piped {
    fn open(launcher: &Arc<Launcher>) -> Self {
        let (say, said) = bounded(256);
        Self { session: Session::open(launcher, terms(), say, Reader::default()).unwrap(), said }
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
