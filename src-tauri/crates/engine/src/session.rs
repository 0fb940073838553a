//! One session: its state and the commands that move it.

use std::{collections::BTreeMap, time::Duration};

use monty::{
    MontyRepl, ReplContinuationMode, ReplFunctionCall, ReplNameLookup, ReplOsCall, ReplProgress, ReplResolveFutures,
    detect_repl_continuation_mode,
};
use monty_types::{
    CompileOptions, ExcType, ExtFunctionResult, MontyException, MontyObject, NamedValues, ResourceLimits,
    ResourceTracker,
};
use protocol::{
    Code, Command, Event, Inputs, Limits, Misuse, Outcome, Outside, PROTOCOL_VERSION, Range, Reply, Resolution,
    RunError, Source, Underway, Usage, milliseconds,
};

use crate::{
    clock::{self, Clockwork},
    convert::{Inward, exc_type},
    diagnose,
    drive::Step,
    failure::UndefinedCall,
    memory::{Meter, interpreter_limit},
    outside,
    print::Lines,
    ranges::Sources,
    save::Keeper,
};

/// What the engine has not of its own.
pub trait Host {
    /// Time since any fixed moment. It must not go backwards.
    fn now(&self) -> Duration;
    /// How long, in all, [`Host::event`] has kept the engine waiting for a reader.
    fn waited(&self) -> Duration;
    /// The program goes on. Called often while it does, for hosts without another thread.
    fn poll(&mut self) {}
    /// The time of day in microseconds since 1970.
    fn time_of_day(&self) -> i64;
    /// The program has read the clock, this one or one that it was given.
    fn clock_was_read(&mut self, _name: &str, _micros: i64, _range: Option<Range>) {}
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
    pub(crate) shared: Option<Interpreter>,
    pub(crate) changed: bool,
    pub(crate) keepers: Vec<Box<dyn Keeper + Send>>,
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
    /// The owner answers in the interpreter's own words.
    Outside(Box<Run>, OutsidePause),
    Disposed,
}

/// What an owner that speaks the interpreter's own words is asked.
pub(crate) enum OutsidePause {
    Function(Box<ReplFunctionCall>),
    System(Box<ReplOsCall>),
    Name(Box<ReplNameLookup>),
}

/// A program that waits for the value of another one.
pub(crate) struct Caller {
    pub(crate) call: Box<ReplFunctionCall>,
    pub(crate) meter: Meter,
    pub(crate) sources: Sources,
    pub(crate) undefined: Option<UndefinedCall>,
}

/// How many programs may wait for one another.
const MAX_CALLERS: usize = 8;

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
    pub(crate) clockwork: Clockwork,
    /// Whether its pauses leave dumps.
    pub(crate) recorded: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) outside: Option<Outside>,
    /// Programs that wait for this one, outermost first.
    pub(crate) callers: Vec<Caller>,
    pub(crate) meter: Meter,
    pub(crate) sources: Sources,
    pub(crate) undefined: Option<UndefinedCall>,
    /// Ends of `asyncio.sleep`, by call id.
    pub(crate) timers: BTreeMap<u32, Duration>,
    pub(crate) began: Duration,
    /// How old it was when it was restored.
    pub(crate) past: Duration,
    pub(crate) spent: Duration,
    pub(crate) slept: Duration,
    pub(crate) host_calls: u64,
}

impl Engine {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            inward: Inward::default(),
            lines: Lines::new(),
            state: State::Idle,
            shared: None,
            changed: false,
            keepers: Vec::new(),
        }
    }

    /// Makes snapshots carry what an extension keeps.
    pub fn keep(&mut self, keeper: Box<dyn Keeper + Send>) {
        self.keepers.push(keeper);
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
        self.state.run().map_or(Duration::ZERO, |run| run.spent)
    }

    /// Whether a shared interpreter is at rest that was not at rest like this the last time.
    pub fn has_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// Whether the run that is on its way leaves dumps at its pauses.
    pub fn is_recorded(&self) -> bool {
        self.state.run().is_some_and(|run| run.recorded)
    }

    /// What is wrong with a command that only fits a session at rest.
    pub fn out_of_place(&self, command: &Command) -> Option<Misuse> {
        let at_rest = matches!(self.state, State::Idle);
        (!at_rest).then(|| Misuse::bad_state(command.name(), self.state.name(), self.state.allowed()))
    }

    /// About how many bytes there are to write down.
    pub fn size(&self) -> usize {
        let run = self.state.run().map_or(0, |run| run.meter.used() + Meter::used_by(&run.callers));
        run + self.shared.as_ref().map_or(0, |shared| shared.meter.used())
    }

    /// What the session is in the middle of, if it is paused.
    pub fn underway(&self) -> Option<Underway> {
        let run = self.state.run()?;
        Some(Underway {
            limits: run.limits,
            shared: run.shared,
            spent_ms: milliseconds(run.spent),
            host_calls: run.host_calls,
            prints: self.lines.prints,
        })
    }

    /// What the session has to be asked for to go on, if it is paused.
    pub fn pause(&mut self) -> Option<Reply> {
        match &self.state {
            State::Pending(run, call) => Some(run.pending(call)),
            State::Futures(run, futures) => Some(Reply::ResolveFutures { call_ids: run.open_calls(futures) }),
            State::Outside(_, pause) => Some(Reply::Outside { call: outside::call(pause) }),
            _ => None,
        }
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
            Command::Diagnose { code } => return Ok(Handled::Reply(diagnose::diagnose(&code))),
            Command::Record(_)
            | Command::Fork { .. }
            | Command::Replay { .. }
            | Command::Snapshot { at: Some(_) }
            | Command::Variables { at: Some(_), .. } => {
                let message = format!("{} is answered by whoever keeps the record", command.name());
                return Err(Misuse::new(Code::Unsupported, message));
            }
            Command::Snapshot { at: None } if self.state.is_still() => return self.snapshot(now),
            Command::Variables { open, from, .. } if self.state.is_still() => {
                return self.variables(&open, from, now).map(Handled::Reply);
            }
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
            (State::Idle, Command::Restore { data, clock, .. }) => self
                .load(&data.0, now)
                .map(|reply| {
                    if let (Some(readings), Some(run)) = (clock, self.state.run_mut()) {
                        run.clockwork.repeat(readings);
                    }
                    Handled::Reply(reply)
                })
                .map_err(|error| Misuse::bad_snapshot("unreadable", format!("the snapshot cannot be read: {error}"))),
            (State::Pending(run, call), Command::ResumeWithScript { code, inputs, script_name }) => {
                self.call_script(run, call, code, inputs, script_name.as_deref())
            }
            (State::Outside(run, pause), Command::AnswerOutside { answer }) => match outside::step(pause, answer) {
                Ok(step) => {
                    self.state = State::Ready(run, step);
                    Ok(Handled::Run)
                }
                Err((pause, misuse)) => {
                    self.state = State::Outside(run, pause);
                    Err(misuse)
                }
            },
            (State::Futures(run, futures), Command::ResolveOutside { answers }) => {
                match answers.into_iter().map(|(id, answer)| Ok((id, outside::result(id, answer)?))).collect() {
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
            (State::Outside(run, pause), Command::Cancel) => Ok(self.cancel(run, pause.into_repl())),
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
        let (clockwork, policy) = (Clockwork::of(&source), clock::policy(&source));
        let code = with_newlines(source.code);
        let tracker = ResourceTracker::new(self.interpreter_limits(&limits));
        let mut values = Vec::with_capacity(source.inputs.0.len());
        let kept = if shared { self.shared.take() } else { None };
        let script = source.script_name.as_deref().unwrap_or("main.py");
        let Interpreter { mut repl, mut meter, mut sources } = kept.unwrap_or_else(|| Interpreter {
            repl: MontyRepl::new(script, ResourceTracker::default(), CompileOptions::default()),
            meter: Meter::default(),
            sources: Sources::default(),
        });
        meter.start_run();
        for (name, value) in source.inputs.0 {
            match meter.give(|| self.inward.object(&value)) {
                Ok(object) => values.push((name, object)),
                Err(misuse) => {
                    if shared {
                        self.shared = Some(Interpreter { repl, meter, sources });
                    }
                    return Err(misuse);
                }
            }
        }
        *repl.tracker_mut() = tracker;
        repl = repl.with_os_policy(policy);
        if let Some(folder) = source.outside.as_ref().and_then(|outside| outside.folder.as_deref()) {
            repl.set_cwd(folder);
        }
        let interpreter_name = repl.next_script_name();
        if shared {
            sources.add(&interpreter_name, &code);
            if let Some(cell) = &source.cell {
                sources.show(&interpreter_name, cell);
            }
        } else {
            sources = Sources::script(&interpreter_name, script, &code);
        }
        self.lines.start_run(limits.print());
        let run = Run {
            limits,
            external_functions: source.external_functions,
            shared,
            clockwork,
            recorded: source.recorded,
            seed: source.deterministic.map(|fixed| fixed.seed).or(source.seed),
            outside: source.outside,
            callers: Vec::new(),
            meter,
            sources,
            undefined: None,
            timers: BTreeMap::new(),
            began: now,
            past: Duration::ZERO,
            spent: Duration::ZERO,
            slept: Duration::ZERO,
            host_calls: 0,
        };
        let step = Step::Begin { repl: Box::new(repl), code, inputs: NamedValues::from(values) };
        self.state = State::Ready(Box::new(run), step);
        Ok(Handled::Run)
    }

    /// Has a call answered by another program.
    fn call_script(
        &mut self,
        mut run: Box<Run>,
        call: Box<ReplFunctionCall>,
        code: String,
        inputs: Inputs,
        script_name: Option<&str>,
    ) -> Result<Handled, Misuse> {
        if run.callers.len() >= MAX_CALLERS {
            let message = format!("scripts call one another more than {MAX_CALLERS} deep");
            let error = MontyException::new(ExcType::RecursionError, Some(message));
            self.state = State::Ready(run, Step::Answer(call, ExtFunctionResult::Error(error)));
            return Ok(Handled::Run);
        }
        let code = with_newlines(code);
        let mut meter = Meter::default();
        let mut values = Vec::with_capacity(inputs.0.len());
        for (name, value) in inputs.0 {
            match meter.give(|| self.inward.object(&value)) {
                Ok(object) => values.push((name, object)),
                Err(misuse) => {
                    self.state = State::Pending(run, call);
                    return Err(misuse);
                }
            }
        }
        let source = Source { seed: run.seed, outside: run.outside.clone(), ..Source::default() };
        let script = script_name.unwrap_or("script.py");
        let mut repl = MontyRepl::new(script, ResourceTracker::default(), CompileOptions::default())
            .with_os_policy(clock::policy(&source));
        let sources = Sources::script(&repl.next_script_name(), script, &code);
        let caller = Caller {
            call,
            meter: std::mem::replace(&mut run.meter, meter),
            sources: std::mem::replace(&mut run.sources, sources),
            undefined: run.undefined.take(),
        };
        run.callers.push(caller);
        run.meter.start_run();
        let mut limits = run.limits;
        limits.memory_bytes = run.memory_limit().map(|bytes| bytes as u64);
        let mut own = self.interpreter_limits(&limits);
        if self.clock == Clock::Interpreter {
            own.max_feed_duration = limits.timeout().map(|limit| limit.saturating_sub(run.spent));
        }
        *repl.tracker_mut() = ResourceTracker::new(own);
        let step = Step::Begin { repl: Box::new(repl), code, inputs: NamedValues::from(values) };
        self.state = State::Ready(run, step);
        Ok(Handled::Run)
    }

    /// Gives a restored program the clock of this engine, which may be of the other kind.
    pub(crate) fn limit_again(&self, run: &Run, progress: &mut ReplProgress) {
        if self.clock == Clock::Interpreter {
            let tracker = progress.tracker_mut();
            if let Some(limit) = run.limits.timeout() {
                let left = limit.saturating_sub(run.spent);
                tracker.set_max_feed_duration(tracker.feed_elapsed().saturating_add(left));
            }
            if let Some(limit) = run.limits.turn_timeout() {
                tracker.set_max_turn_duration(limit);
            }
        }
    }

    fn snapshot(&mut self, now: Duration) -> Result<Handled, Misuse> {
        let unfit = || Misuse::bad_snapshot("unreadable", "the interpreter cannot be written down here");
        let data = self.save(now).ok_or_else(unfit)?;
        let bytes = data.len() as u64;
        Ok(Handled::Reply(Reply::Snapshot { data: protocol::Bytes(data), bytes }))
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
    pub(crate) fn rest(&mut self, mut run: Run, mut repl: Option<MontyRepl>) {
        self.state = State::Idle;
        if !run.callers.is_empty() {
            // What ends a script from outside ends whoever waits for it.
            let Caller { call, meter, sources, .. } = run.callers.swap_remove(0);
            (run.meter, run.sources) = (meter, sources);
            repl = repl.map(|_| call.into_repl());
        }
        let Run { shared, meter, sources, .. } = run;
        if let (true, Some(repl)) = (shared, repl) {
            self.shared = Some(Interpreter { repl, meter, sources });
            self.changed = true;
        }
    }
}

impl Run {
    /// What is left of it after the programs that wait.
    pub(crate) fn memory_limit(&self) -> Option<usize> {
        let limit = self.limits.memory().and_then(|bytes| usize::try_from(bytes).ok())?;
        Some(limit.saturating_sub(Meter::used_by(&self.callers)))
    }

    pub(crate) fn age(&self, now: Duration) -> Duration {
        self.past.saturating_add(now.saturating_sub(self.began))
    }

    pub(crate) fn usage(&self, prints: u64, now: Duration) -> Usage {
        let past_peaks = self.callers.iter().map(|caller| caller.meter.peak_of_run()).max().unwrap_or(0);
        let peak = past_peaks.max(Meter::used_by(&self.callers) + self.meter.peak_of_run());
        Usage {
            elapsed_ms: milliseconds(self.spent),
            wait_ms: milliseconds(self.age(now).saturating_sub(self.spent)),
            peak_memory_bytes: peak as u64,
            host_calls: self.host_calls,
            prints,
        }
    }
}

/// As CPython reads sources, and so that everybody counts the same lines.
fn with_newlines(code: String) -> String {
    if code.contains('\r') { code.replace("\r\n", "\n").replace('\r', "\n") } else { code }
}

const RESUMES: [&str; 4] = ["resume", "resumeWithError", "resumeNotFound", "resumeAsFuture"];

impl State {
    pub(crate) fn run(&self) -> Option<&Run> {
        match self {
            Self::Ready(run, _)
            | Self::Sleeping(run, ..)
            | Self::Pending(run, _)
            | Self::Futures(run, _)
            | Self::Outside(run, _) => Some(run),
            Self::Idle | Self::Disposed => None,
        }
    }

    fn run_mut(&mut self) -> Option<&mut Run> {
        match self {
            Self::Ready(run, _)
            | Self::Sleeping(run, ..)
            | Self::Pending(run, _)
            | Self::Futures(run, _)
            | Self::Outside(run, _) => Some(run),
            Self::Idle | Self::Disposed => None,
        }
    }

    /// Whether nothing runs, so that it can be written down.
    fn is_still(&self) -> bool {
        matches!(self, Self::Idle | Self::Pending(..) | Self::Futures(..) | Self::Outside(..))
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Ready(..) | Self::Sleeping(..) => "running",
            Self::Pending(..) => "pending",
            Self::Futures(..) => "resolveFutures",
            Self::Outside(..) => "outside",
            Self::Disposed => "disposed",
        }
    }

    fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Idle => Misuse::FITS_IDLE,
            Self::Ready(..) | Self::Sleeping(..) => Misuse::FITS_RUNNING,
            Self::Pending(..) => Misuse::FITS_PENDING,
            Self::Futures(..) => Misuse::FITS_FUTURES,
            Self::Outside(..) => &["answerOutside", "snapshot", "variables", "cancel", "hello", "dispose"],
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
    let capabilities = [
        "run",
        "start",
        "feed",
        "futures",
        "script",
        "snapshot",
        "variables",
        "diagnose",
        "continuation",
        "record",
        "fork",
        "replay",
        "deterministic",
        "cancel",
    ];
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
