//! One session: its state and the commands that move it.

use std::{collections::BTreeMap, time::Duration};

use monty::{
    Dump, MontyRepl, ReplContinuationMode, ReplFunctionCall, ReplOsCall, ReplResolveFutures, Session, SessionRef,
    detect_repl_continuation_mode,
};
use monty_types::{
    CompileOptions, ExtFunctionResult, MontyException, MontyObject, NamedValues, OsPolicy, ResourceLimits,
    ResourceTracker, SleepMode,
};
use protocol::{
    Code, Command, Event, Limits, Misuse, Outcome, PROTOCOL_VERSION, Reply, Resolution, RunError, Source, Usage,
    milliseconds,
};

use crate::{
    convert::{Inward, exc_type},
    drive::Step,
    failure::UndefinedCall,
    memory::{Meter, interpreter_limit},
    print::Lines,
    ranges::Sources,
};

/// What the engine has not of its own.
pub trait Host {
    /// Time since any fixed moment. It must not go backwards.
    fn now(&self) -> Duration;
    /// How long, in all, [`Host::event`] has kept the engine waiting for a reader.
    fn waited(&self) -> Duration;
    /// The program goes on. Called often while it does, for hosts without another thread.
    fn poll(&mut self) {}
    /// The interpreter has stopped, but writing its answer will take a while.
    fn writing(&mut self) {}
    /// Takes an event. It may wait for a reader; the program's clock stands still meanwhile.
    fn event(&mut self, event: Event);
}

/// Who ends a run that reaches its time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The interpreter. It cannot tell execution from waiting inside [`Host::event`].
    Interpreter,
    /// The host, by [`crate::interrupt::trip`] when [`Engine::budget`] is used up.
    Host,
}

/// What became of a command.
#[derive(Debug)]
pub enum Handled {
    Reply(Reply),
    /// The session is ready to run: call [`Engine::turn`] until it replies.
    Run,
}

/// Why the engine stopped running.
#[derive(Debug)]
pub enum Turn {
    Reply(Reply),
    /// The program sleeps. Call again at this time by [`Host::now`], or [`Engine::stop`].
    Sleep(Duration),
}

/// One session of the interpreter.
pub struct Engine {
    clock: Clock,
    pub(crate) inward: Inward,
    pub(crate) lines: Lines,
    pub(crate) state: State,
    /// The interpreter whose names persist; absent until the first `feed` and while one runs.
    shared: Option<Interpreter>,
    changed: bool,
}

/// An interpreter at rest.
pub(crate) struct Interpreter {
    pub(crate) repl: MontyRepl,
    pub(crate) meter: Meter,
    pub(crate) sources: Sources,
}

/// What a session is doing. The variants own what belongs to them, so a command out of place finds
/// nothing to act on.
pub(crate) enum State {
    Idle,
    /// Between [`Engine::handle`] and [`Engine::turn`].
    Ready(Box<Run>, Step),
    Sleeping(Box<Run>, Sleep, Duration),
    Pending(Box<Run>, Box<ReplFunctionCall>),
    Futures(Box<Run>, Box<ReplResolveFutures>),
    Disposed,
}

/// Who sleeps.
pub(crate) enum Sleep {
    /// `time.sleep`: the whole program.
    All(Box<ReplOsCall>),
    /// `asyncio.sleep`: every task that is left.
    Tasks(Box<ReplResolveFutures>),
}

/// A program on its way.
pub(crate) struct Run {
    pub(crate) limits: Limits,
    pub(crate) external_functions: Vec<String>,
    /// Whether the interpreter stays for the next `feed`.
    pub(crate) shared: bool,
    pub(crate) meter: Meter,
    pub(crate) sources: Sources,
    pub(crate) undefined: Option<UndefinedCall>,
    /// Ends of `asyncio.sleep`, by call id.
    pub(crate) timers: BTreeMap<u32, Duration>,
    pub(crate) began: Duration,
    pub(crate) spent: Duration,
    pub(crate) slept: Duration,
    pub(crate) host_calls: u64,
}

impl Engine {
    pub fn new(clock: Clock) -> Self {
        Self { clock, inward: Inward::default(), lines: Lines::new(), state: State::Idle, shared: None, changed: false }
    }

    /// Takes a command. What it says of the session is in the reply; what it sets off is run by
    /// [`Engine::turn`].
    pub fn handle(&mut self, command: Command, now: Duration) -> Handled {
        self.accept(command, now).unwrap_or_else(|misuse| Handled::Reply(Reply::Error(misuse)))
    }

    /// The execution that the next turn may use up: the rest of the run's time or the time of a
    /// turn, whichever is less, and whether it is the latter.
    pub fn budget(&self) -> Option<(Duration, bool)> {
        let (State::Ready(run, _) | State::Sleeping(run, ..)) = &self.state else {
            return None;
        };
        let rest = run.limits.timeout().map(|limit| (limit.saturating_sub(run.spent), false));
        let turn = run.limits.turn_timeout().map(|limit| (limit, true));
        match (rest, turn) {
            (Some(rest), Some(turn)) => Some(if turn.0 < rest.0 { turn } else { rest }),
            (one, other) => one.or(other),
        }
    }

    /// The execution so far of the run that is on its way.
    pub fn spent(&self) -> Duration {
        match &self.state {
            State::Ready(run, _) | State::Sleeping(run, ..) | State::Pending(run, _) | State::Futures(run, _) => {
                run.spent
            }
            State::Idle | State::Disposed => Duration::ZERO,
        }
    }

    /// The shared interpreter at rest, if a run has changed it since it was last asked for.
    pub fn checkpoint(&mut self) -> Option<Vec<u8>> {
        std::mem::take(&mut self.changed).then_some(())?;
        let Interpreter { repl, sources, .. } = self.shared.as_ref()?;
        let state = monty::dump("main.py", None, &[], SessionRef::Idle(repl)).ok()?;
        Some(sources.pack(&state))
    }

    /// Takes over a shared interpreter. The bytes have to be from [`Engine::checkpoint`]: the
    /// interpreter does not survive others.
    pub fn restore(&mut self, checkpoint: &[u8]) -> bool {
        let mut meter = Meter::default();
        let Some((sources, state)) = Sources::unpack(checkpoint) else {
            return false;
        };
        let Ok(Dump { state: Session::Idle(repl), .. }) = meter.give(|| Dump::load(state)) else {
            return false;
        };
        self.shared = Some(Interpreter { repl: *repl, meter, sources });
        true
    }

    /// Ends a run that sleeps or has not begun its turn. A run inside a turn is ended by
    /// [`crate::interrupt::trip`].
    pub fn stop(&mut self, now: Duration) -> Option<Reply> {
        match std::mem::replace(&mut self.state, State::Idle) {
            State::Sleeping(run, sleep, _) => Some(self.abandon(run, sleep.into_repl(), now)),
            State::Ready(run, step) => Some(self.abandon(run, step.into_repl(), now)),
            other => {
                self.state = other;
                None
            }
        }
    }

    fn accept(&mut self, command: Command, now: Duration) -> Result<Handled, Misuse> {
        match command {
            Command::Hello => return Ok(Handled::Reply(hello())),
            Command::Continuation { code } => return Ok(Handled::Reply(continuation(&code))),
            Command::Dispose => {
                self.state = State::Disposed;
                self.shared = None;
                return Ok(Handled::Reply(Reply::Disposed));
            }
            _ => {}
        }
        let name = command.name();
        match (std::mem::replace(&mut self.state, State::Idle), command) {
            (State::Idle, Command::Run(source) | Command::Start(source)) => self.begin(source, false, now),
            (State::Idle, Command::Feed(source)) => self.begin(source, true, now),
            (State::Pending(run, call), command) if RESUMES.contains(&name) => self.resume(run, call, command),
            (State::Futures(run, futures), Command::ResolveFutures { answers }) => self.resolve(run, futures, answers),
            (State::Pending(run, call), Command::Cancel) => Ok(self.cancel(run, call.into_repl())),
            (State::Futures(run, futures), Command::Cancel) => Ok(self.cancel(run, futures.into_repl())),
            (state, _) => {
                let misuse = Misuse::bad_state(name, state.name(), state.allowed());
                self.state = state;
                Err(misuse)
            }
        }
    }

    fn begin(&mut self, source: Source, shared: bool, now: Duration) -> Result<Handled, Misuse> {
        let limits = source.limits;
        // As CPython reads sources, and so that everybody counts the same lines.
        let code = if source.code.contains('\r') {
            source.code.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            source.code
        };
        let tracker = ResourceTracker::new(self.interpreter_limits(&limits));
        let mut values = Vec::with_capacity(source.inputs.0.len());
        let kept = if shared { self.shared.take() } else { None };
        let Interpreter { mut repl, mut meter, mut sources } = kept.unwrap_or_else(|| Interpreter {
            repl: MontyRepl::new("main.py", ResourceTracker::default(), CompileOptions::default())
                .with_os_policy(OsPolicy { sleep: SleepMode::CallHost, ..OsPolicy::default() }),
            meter: Meter::default(),
            sources: Sources::default(),
        });
        meter.start_run();
        for (name, value) in source.inputs.0 {
            match meter.give(|| self.inward.object(&value)) {
                Ok(object) => values.push((name, object)),
                Err(misuse) => {
                    self.shared = shared.then_some(Interpreter { repl, meter, sources });
                    return Err(misuse);
                }
            }
        }
        *repl.tracker_mut() = tracker;
        let interpreter_name = repl.next_script_name();
        if shared {
            sources.add(&interpreter_name, &code);
        } else {
            let script = source.script_name.as_deref().unwrap_or("main.py");
            sources = Sources::script(&interpreter_name, script, &code);
        }
        self.lines.start_run(limits.print());
        let run = Run {
            limits,
            external_functions: source.external_functions,
            shared,
            meter,
            sources,
            undefined: None,
            timers: BTreeMap::new(),
            began: now,
            spent: Duration::ZERO,
            slept: Duration::ZERO,
            host_calls: 0,
        };
        let step = Step::Begin { repl: Box::new(repl), code, inputs: NamedValues::from(values) };
        self.state = State::Ready(Box::new(run), step);
        Ok(Handled::Run)
    }

    fn interpreter_limits(&self, limits: &Limits) -> ResourceLimits {
        let memory = limits.memory().and_then(|bytes| usize::try_from(bytes).ok());
        let mut own = ResourceLimits::default().max_memory(interpreter_limit(memory));
        own.max_recursion_depth = usize::try_from(limits.recursion()).unwrap_or(usize::MAX);
        if self.clock == Clock::Interpreter {
            own.max_feed_duration = limits.timeout();
            own.max_turn_duration = limits.turn_timeout();
        }
        own
    }

    fn resume(&mut self, mut run: Box<Run>, call: Box<ReplFunctionCall>, command: Command) -> Result<Handled, Misuse> {
        let answer = match command {
            Command::Resume { value } => run.meter.give(|| self.inward.object(&value)).map(ExtFunctionResult::Return),
            Command::ResumeWithError { exc_type: name, message } => {
                exc_type(&name).map(|kind| ExtFunctionResult::Error(MontyException::new(kind, Some(message))))
            }
            Command::ResumeAsFuture => Ok(ExtFunctionResult::Future(call.call_id)),
            _ => Ok(ExtFunctionResult::NotFound(call.function_name.clone())),
        };
        match answer {
            Ok(answer) => {
                self.state = State::Ready(run, Step::Answer(call, answer));
                Ok(Handled::Run)
            }
            Err(misuse) => {
                self.state = State::Pending(run, call);
                Err(misuse)
            }
        }
    }

    fn resolve(
        &mut self,
        mut run: Box<Run>,
        futures: Box<ReplResolveFutures>,
        answers: Vec<(u32, Resolution)>,
    ) -> Result<Handled, Misuse> {
        let open = futures.pending_call_ids();
        let results = answers.into_iter().map(|(id, answer)| {
            if !open.contains(&id) || run.timers.contains_key(&id) {
                return Err(Misuse::new(Code::UnknownCall, format!("no call {id} is open")));
            }
            let result = match answer {
                Resolution::Value(value) => ExtFunctionResult::Return(run.meter.give(|| self.inward.object(&value))?),
                Resolution::Error { exc_type: name, message } => {
                    ExtFunctionResult::Error(MontyException::new(exc_type(&name)?, Some(message)))
                }
            };
            Ok((id, result))
        });
        match results.collect::<Result<Vec<_>, Misuse>>() {
            Ok(results) => {
                self.state = State::Ready(run, Step::Resolve(futures, results));
                Ok(Handled::Run)
            }
            Err(misuse) => {
                self.state = State::Futures(run, futures);
                Err(misuse)
            }
        }
    }

    fn cancel(&mut self, run: Box<Run>, repl: MontyRepl) -> Handled {
        self.rest(*run, Some(repl));
        Handled::Reply(Reply::Cancelled)
    }

    fn abandon(&mut self, run: Box<Run>, repl: MontyRepl, now: Duration) -> Reply {
        let usage = run.usage(self.lines.prints, now);
        self.rest(*run, Some(repl));
        Reply::Complete(Outcome { result: Err(RunError::cancelled()), usage })
    }

    /// Comes to rest after a run. The shared interpreter is kept, any other one is dropped.
    pub(crate) fn rest(&mut self, run: Run, repl: Option<MontyRepl>) {
        self.state = State::Idle;
        let Run { shared, meter, sources, .. } = run;
        if let (true, Some(repl)) = (shared, repl) {
            self.shared = Some(Interpreter { repl, meter, sources });
            self.changed = true;
        }
    }
}

impl Run {
    pub(crate) fn memory_limit(&self) -> Option<usize> {
        self.limits.memory().and_then(|bytes| usize::try_from(bytes).ok())
    }

    pub(crate) fn usage(&self, prints: u64, now: Duration) -> Usage {
        let all = now.saturating_sub(self.began);
        Usage {
            elapsed_ms: milliseconds(self.spent),
            wait_ms: milliseconds(all.saturating_sub(self.spent)),
            peak_memory_bytes: self.meter.peak(),
            host_calls: self.host_calls,
            prints,
        }
    }
}

const RESUMES: [&str; 4] = ["resume", "resumeWithError", "resumeNotFound", "resumeAsFuture"];

impl State {
    fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Ready(..) | Self::Sleeping(..) => "running",
            Self::Pending(..) => "pending",
            Self::Futures(..) => "resolveFutures",
            Self::Disposed => "disposed",
        }
    }

    fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Idle => &["run", "start", "feed", "continuation", "hello", "dispose"],
            Self::Ready(..) | Self::Sleeping(..) => &["cancel", "dispose"],
            Self::Pending(..) => &[
                "resume",
                "resumeWithError",
                "resumeNotFound",
                "resumeAsFuture",
                "cancel",
                "continuation",
                "hello",
                "dispose",
            ],
            Self::Futures(..) => &["resolveFutures", "cancel", "continuation", "hello", "dispose"],
            Self::Disposed => &[],
        }
    }
}

impl Sleep {
    fn into_repl(self) -> MontyRepl {
        match self {
            Self::All(call) => call.into_repl(),
            Self::Tasks(futures) => futures.into_repl(),
        }
    }
}

fn hello() -> Reply {
    let capabilities = ["run", "start", "feed", "futures", "continuation", "cancel"];
    Reply::Hello {
        protocol: PROTOCOL_VERSION,
        engine: env!("CARGO_PKG_VERSION").to_owned(),
        monty: "1.4.0".to_owned(),
        capabilities: capabilities.map(str::to_owned).to_vec(),
    }
}

fn continuation(code: &str) -> Reply {
    let mode = match detect_repl_continuation_mode(code) {
        ReplContinuationMode::Complete => "complete",
        ReplContinuationMode::IncompleteImplicit => "incompleteImplicit",
        ReplContinuationMode::IncompleteBlock => "incompleteBlock",
    };
    Reply::Continuation { mode: mode.to_owned() }
}

/// A value for a wait that is over.
pub(crate) fn nothing() -> ExtFunctionResult {
    ExtFunctionResult::Return(MontyObject::none())
}
