//! `monty-engine worker`: the child process that holds an interpreter.
//!
//! Four threads: the main one reads frames and passes interruptions on, `engine` runs the
//! interpreter on a large stack, `clock` ends a turn whose time is up, `flush` sends what was
//! printed. The process ends when its input does.

mod clock;
mod confine;
mod dumps;
mod outbox;

use std::{
    io,
    process::{self, ExitCode},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use crossbeam_channel::{Receiver, unbounded};
use engine::{Clock, Engine, Handled, Host, Place, Turn, interrupt};
use protocol::{
    Arrival, Asked, Bytes, Called, Command, Event, FromWorker, Outcome, Range, Reply, RunError, RunErrorKind, ToWorker,
    Told, Underway, Why, frame,
};

use clock::TurnClock;
use dumps::{Dumps, When};
use outbox::Outbox;

/// Room for the deepest recursion and for parsing the longest chains. Reserved, hardly ever used.
const STACK: usize = 256 * 1024 * 1024;

/// The command that the engine works on. Locked to interrupt it, so that an interruption never
/// meets the next one.
#[derive(Default)]
struct Current(Mutex<Work>);

#[derive(Default)]
struct Work {
    seq: Option<u64>,
    /// Interrupted before it began.
    doomed: Option<u64>,
}

impl Current {
    fn lock(&self) -> MutexGuard<'_, Work> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, seq: u64) {
        let mut work = self.lock();
        work.seq = Some(seq);
        if work.doomed == Some(seq) {
            interrupt::trip(interrupt::Reason::Cancel);
        }
    }

    fn end(&self) {
        self.lock().seq = None;
        interrupt::take();
    }

    fn interrupt(&self, seq: u64, why: Why) {
        let mut work = self.lock();
        if work.seq == Some(seq) {
            interrupt::trip(match why {
                Why::Cancel => interrupt::Reason::Cancel,
                Why::Timeout => interrupt::Reason::Timeout,
                Why::TurnTimeout => interrupt::Reason::TurnTimeout,
            });
        } else if why == Why::Cancel {
            work.doomed = Some(seq);
        }
    }
}

pub(crate) fn serve() -> ExitCode {
    confine::confine();
    // A panic is an answer, not a text.
    std::panic::set_hook(Box::new(|_| {}));
    let (work, received) = unbounded();
    let current = Arc::new(Current::default());
    let outbox = Arc::new(Outbox::new());
    let clock = Arc::new(TurnClock::new(Arc::clone(&outbox)));
    let host = WorkerHost {
        began: Instant::now(),
        current: Arc::clone(&current),
        outbox: Arc::clone(&outbox),
        frames: received.clone(),
    };
    let engine = Worker {
        engine: Engine::new(Clock::Host, Place::Desktop),
        host,
        clock: Arc::clone(&clock),
        current: Arc::clone(&current),
        dumps: Dumps::default(),
        stopped: None,
    };
    let started = start("clock", 256 * 1024, move || clock.watch())
        .and_then(|()| start("flush", 256 * 1024, move || outbox.flush_forever()))
        .and_then(|()| start("engine", STACK, move || engine.work(&received)));
    if let Err(error) = started {
        eprintln!("a thread cannot be started: {error}");
        return ExitCode::from(70);
    }
    let mut stdin = io::stdin().lock();
    while let Ok(Some(frame)) = frame::read::<ToWorker>(&mut stdin) {
        if let ToWorker::Interrupt { seq, why } = frame {
            current.interrupt(seq, why);
        }
        if work.send(frame).is_err() {
            break;
        }
    }
    // The engine may be in the middle of anything; nobody waits for it any more.
    process::exit(0)
}

fn start(name: &str, stack: usize, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).stack_size(stack).spawn(body).map(drop)
}

struct Worker {
    engine: Engine,
    host: WorkerHost,
    clock: Arc<TurnClock>,
    current: Arc<Current>,
    dumps: Dumps,
    /// What became of a program that was stopped while it waited.
    stopped: Option<Reply>,
}

struct WorkerHost {
    began: Instant,
    current: Arc<Current>,
    outbox: Arc<Outbox>,
    frames: Receiver<ToWorker>,
}

impl Host for WorkerHost {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn waited(&self) -> Duration {
        self.outbox.waited()
    }

    fn time_of_day(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    fn clock_was_read(&mut self, name: &str, micros: i64, range: Option<Range>) {
        self.outbox.push(&Told::Clock { name: name.to_owned(), micros, range });
    }

    fn called(&mut self, called: Called) {
        self.outbox.push(&Told::Called(Box::new(called)));
    }

    fn arrived(&mut self, arrival: Arrival) {
        self.outbox.push(&Told::Arrival(arrival));
    }

    fn ask(&mut self, call_id: u32, asked: Asked) {
        self.outbox.send(&FromWorker::Asked { call_id, asked });
    }

    fn incoming(&mut self) -> Option<(u64, Command)> {
        while !self.frames.is_empty() {
            if let Ok(ToWorker::Command { seq, command }) = self.frames.try_recv() {
                return Some((seq, command));
            }
        }
        None
    }

    fn becomes(&mut self, underway: Underway) {
        self.outbox.queue(&FromWorker::Underway(underway));
    }

    fn heard(&mut self, seq: u64, reply: Reply) {
        self.outbox.queue(&FromWorker::Reply { seq, reply, spent_ms: 0.0, dump_follows: false, touched: false });
    }

    fn writing(&mut self) {
        let seq = self.current.lock().seq;
        if let Some(seq) = seq {
            self.outbox.send(&FromWorker::Writing { seq });
        }
    }

    fn event(&mut self, event: Event) {
        self.outbox.push(&Told::Event(event));
    }
}

impl Worker {
    fn work(mut self, frames: &Receiver<ToWorker>) {
        // Whatever breaks outside the interpreter ends the process; its owner starts another.
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.host.outbox.send(&FromWorker::Ready);
            while let Ok(frame) = frames.recv() {
                match frame {
                    ToWorker::Command { seq, command } => self.command(seq, command, frames),
                    ToWorker::Configure { settings } => {
                        // It was taken once, so nothing is wrong with it.
                        let _ = self.engine.handle(Command::Configure(settings), &mut self.host);
                    }
                    ToWorker::Restore { state } => {
                        // What our owner kept of another child fits.
                        let _ = self.engine.come_back(&state.0, &self.host);
                        self.host.outbox.send(&FromWorker::Restored);
                    }
                    ToWorker::Interrupt { .. } => {}
                }
            }
        }));
        if let Err(panic) = result {
            let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
            eprintln!("{}", text.unwrap_or("an unknown fault"));
            process::exit(70);
        }
    }

    fn command(&mut self, seq: u64, command: Command, frames: &Receiver<ToWorker>) {
        let runs = command.runs();
        self.current.begin(seq);
        let handled = self.engine.handle(command, &mut self.host);
        let reply = match handled {
            Handled::Reply(reply) => reply,
            Handled::Run => self.run(seq, frames),
        };
        self.current.end();
        let size = self.engine.size();
        let when = match &reply {
            // What ended otherwise is undone: its owner goes on from the dump before.
            Reply::Complete(outcome) if outcome.is_sound() && self.engine.has_changed() => {
                self.dumps.when_at_rest(size)
            }
            // What reached a session at rest must not be lost with the next program.
            Reply::Dispatched { .. } | Reply::Delivered | Reply::Configured
                if self.engine.underway().is_none() && self.engine.has_changed() =>
            {
                self.dumps.when_paused(size, self.host.now())
            }
            reply if runs && reply.is_pause() && self.engine.is_recorded() => {
                self.dumps.when_paused(size, self.host.now())
            }
            _ => When::Never,
        };
        let at_rest = !reply.is_pause();
        let spent_ms = self.spent_ms();
        let touched = self.engine.is_touched();
        if when == When::Before {
            let dump = self.dump(at_rest);
            self.host.outbox.queue(&dump);
        }
        self.reply(seq, reply, spent_ms, when == When::After, touched);
        if when == When::After {
            // Nobody waits for the reply any more.
            let dump = self.dump(at_rest);
            self.host.outbox.send(&dump);
        }
    }

    fn dump(&mut self, at_rest: bool) -> FromWorker {
        let now = self.host.now();
        let state = self.engine.save(now);
        let size = state.as_ref().map_or(0, Vec::len);
        self.dumps.took(size, self.host.now().saturating_sub(now));
        FromWorker::Dump { state: state.filter(|state| Dumps::fits(state)).map(Bytes), at_rest }
    }

    fn spent_ms(&self) -> f64 {
        self.engine.spent().as_secs_f64() * 1e3
    }

    fn run(&mut self, seq: u64, frames: &Receiver<ToWorker>) -> Reply {
        loop {
            if let Some((budget, turn)) = self.engine.budget() {
                self.clock.arm(budget, turn);
            }
            let turn = self.engine.turn(&mut self.host);
            self.clock.disarm();
            let until = match turn {
                Turn::Reply(reply) => return reply,
                Turn::Yield => continue,
                Turn::Wait(until) => until,
            };
            self.wait(seq, until, frames);
            if let Some(reply) = self.stopped.take() {
                return reply;
            }
        }
    }

    /// Waits for what the program waits for: its time, or something from outside.
    fn wait(&mut self, seq: u64, until: Option<Duration>, frames: &Receiver<ToWorker>) {
        let (waiting, timed) = (self.engine.is_waiting(), until.is_some());
        let spent_ms = self.spent_ms();
        self.host.outbox.send(&FromWorker::Sleeping { seq, asleep: true, waiting, timed, spent_ms });
        // While nobody waits for us.
        let dumps = waiting && frames.is_empty() && self.engine.is_recorded();
        if dumps && self.dumps.when_waiting(self.engine.size()) {
            let dump = self.dump(false);
            self.host.outbox.send(&dump);
        }
        let frame = match until {
            Some(until) => frames.recv_timeout(until.saturating_sub(self.host.now())).ok(),
            // Our owner has gone, and this process goes with it.
            None => frames.recv().ok(),
        };
        // Before the reply: whoever hears that knows that the program may go on.
        // Neither need go at once: mostly the program waits again in a moment, and what it says then
        // takes both along. One write less wakes three threads less.
        let spent_ms = self.spent_ms();
        self.host.outbox.queue(&FromWorker::Sleeping { seq, asleep: false, waiting, timed, spent_ms });
        match frame {
            Some(ToWorker::Interrupt { seq: meant, .. }) if meant == seq => {
                interrupt::take();
                self.stopped = self.engine.stop(self.host.now());
            }
            Some(ToWorker::Command { seq, command }) => {
                let cancels = matches!(command, Command::Cancel);
                let reply = match self.engine.handle(command, &mut self.host) {
                    Handled::Reply(reply) => reply,
                    Handled::Run => Reply::Idle,
                };
                if cancels {
                    self.stopped = Some(reply.clone());
                }
                self.host.heard(seq, reply);
            }
            _ => {}
        }
    }

    /// A reply that is too long for a frame is replaced by one that says so.
    fn reply(&self, seq: u64, reply: Reply, spent_ms: f64, dump_follows: bool, touched: bool) {
        if self.host.outbox.send(&FromWorker::Reply { seq, reply, spent_ms, dump_follows, touched }) {
            return;
        }
        let error = RunError::new(RunErrorKind::Crash, "SystemError", "the answer is too long to be sent");
        let outcome = Outcome { result: Err(error), usage: protocol::Usage::default() };
        self.host.outbox.send(&FromWorker::Reply {
            seq,
            reply: Reply::Complete(outcome),
            spent_ms,
            dump_follows,
            touched,
        });
    }
}
