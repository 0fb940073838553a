//! One session: its state and the commands that move it.

use std::time::Duration;

use extensions::Place;
use monty::{MontyRepl, ReplContinuationMode, ReplFunctionCall, ReplResolveFutures, detect_repl_continuation_mode};
use monty_types::{ExtFunctionResult, MontyException, MontyObject};
use protocol::{
    Arrival, Asked, Called, Code, Command, Event, Misuse, Outcome, PROTOCOL_VERSION, Range, Reply, Resolution,
    RunError, Underway, milliseconds,
};

use crate::{
    children::ForChildren,
    convert::{Inward, exc_type},
    diagnose,
    drive::Step,
    house::House,
    memory::Meter,
    outside,
    print::Lines,
    save::Loaded,
    state::{Blocked, Caller, Interpreter, Run, State},
    tokens::Tokens,
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
    /// A call was answered without a pause, or waits, or waits no longer.
    fn called(&mut self, _called: Called) {}
    /// Something has reached the program.
    fn arrived(&mut self, _arrival: Arrival) {}
    /// The program wants something of its owner, who answers by [`Command::Arrived`].
    fn ask(&mut self, _call_id: u32, _asked: Asked) {}
    /// The session becomes another one that is in the middle of a run. Events of that follow.
    fn becomes(&mut self, _underway: Underway) {}
    /// A command that has come while the program was busy, and its number.
    fn incoming(&mut self) -> Option<(u64, Command)> {
        None
    }
    /// What came of it.
    fn heard(&mut self, _seq: u64, _reply: Reply) {}
    /// Whether the program should let others have a turn at its next call.
    fn should_yield(&mut self) -> bool {
        false
    }
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
    /// The program sleeps or waits for something outside. Call again at this time by [`Host::now`],
    /// after each [`Engine::handle`] that something came by, or [`Engine::stop`].
    Wait(Option<Duration>),
    /// Somebody else may have a turn; call again.
    Yield,
}

/// One session of the interpreter.
pub struct Engine {
    pub(crate) clock: Clock,
    pub(crate) inward: Inward,
    pub(crate) lines: Lines,
    pub(crate) state: State,
    /// The interpreter whose names persist; absent until the first `feed` and while one runs.
    pub(crate) shared: Option<Interpreter>,
    pub(crate) changed: bool,
    pub(crate) house: House,
    /// What `interpreter_snapshot()` gave, in the run that is on its way.
    pub(crate) tokens: Tokens,
    /// The time after the last step.
    pub(crate) last_now: Duration,
    /// That time and what the reader had kept us waiting by then, while the turn goes on.
    pub(crate) mark: Option<(Duration, Duration)>,
    /// Calls of children that wait here.
    pub(crate) for_children: ForChildren,
}

impl Engine {
    pub fn new(clock: Clock, place: Place) -> Self {
        Self::with(clock, House::new(place))
    }

    /// One whose interpreter is only looked at.
    pub(crate) fn bare() -> Self {
        Self::with(Clock::Interpreter, House::empty())
    }

    fn with(clock: Clock, house: House) -> Self {
        Self {
            clock,
            inward: Inward::default(),
            lines: Lines::new(),
            state: State::Idle,
            shared: None,
            changed: false,
            house,
            tokens: Tokens::default(),
            last_now: Duration::ZERO,
            mark: None,
            for_children: ForChildren::default(),
        }
    }

    /// Takes a command. What it says of the session is in the reply; what it sets off is run by
    /// [`Engine::turn`].
    pub fn handle(&mut self, command: Command, host: &mut dyn Host) -> Handled {
        self.accept(command, host).unwrap_or_else(|misuse| Handled::Reply(Reply::Error(misuse)))
    }

    /// The execution that the next turn may use up: the rest of the run's time or the time of a
    /// turn, whichever is less, and whether it is the latter.
    pub fn budget(&self) -> Option<(Duration, bool)> {
        let (State::Ready(run, _) | State::Waiting(run, _)) = &self.state else {
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

    /// Whether the session at rest is not as it was the last time somebody asked.
    pub fn has_changed(&mut self) -> bool {
        let touched = std::mem::take(&mut self.house.touched);
        std::mem::take(&mut self.changed) || touched
    }

    /// Whether programs have changed what extensions keep since [`Engine::has_changed`].
    pub fn is_touched(&self) -> bool {
        self.house.touched
    }

    /// Whether the program stands still at something outside.
    pub fn is_waiting(&self) -> bool {
        matches!(&self.state, State::Waiting(_, blocked) if !matches!(blocked, Blocked::Sleep(_)))
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
            waiting: matches!(self.state, State::Waiting(..)),
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
            State::Waiting(run, blocked) => Some(self.abandon(run, blocked.into_repl(), now)),
            State::Ready(run, step) => Some(self.abandon(run, step.into_repl(), now)),
            other => {
                self.state = other;
                None
            }
        }
    }

    fn accept(&mut self, command: Command, host: &mut dyn Host) -> Result<Handled, Misuse> {
        let now = host.now();
        if command.interjects() && !matches!(self.state, State::Disposed) {
            return self.interject(command, host).map(Handled::Reply);
        }
        match command {
            Command::Configure(settings) if self.state.is_still() => {
                #[expect(clippy::cast_precision_loss, reason = "times of files are floats")]
                let time = host.time_of_day() as f64 / 1e6;
                self.house.configure(*settings, time)?;
                return Ok(Handled::Reply(Reply::Configured));
            }
            Command::Describe { extensions } => {
                let described = self.house.describe(extensions.as_deref())?;
                return Ok(Handled::Reply(Reply::Described(described)));
            }
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
            (State::Idle, Command::Restore { data, clock, arrivals, .. }) => self
                .load(&data.0, host)
                .map(|loaded| {
                    if let (Some(readings), Some(run)) = (clock, self.state.run_mut()) {
                        run.repeat(readings, arrivals, now);
                    }
                    match loaded {
                        Loaded::Reply(reply) => Handled::Reply(reply),
                        Loaded::Waits => Handled::Run,
                    }
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
                let results = answers.into_iter().map(|(id, answer)| Ok((id, outside::result(id, answer)?))).collect();
                self.resolved(run, futures, results)
            }
            (State::Waiting(run, blocked), Command::Cancel) => Ok(self.cancel(run, blocked.into_repl())),
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

    fn snapshot(&mut self, now: Duration) -> Result<Handled, Misuse> {
        let unfit = || Misuse::bad_snapshot("unreadable", "the interpreter cannot be written down here");
        let data = self.save(now).ok_or_else(unfit)?;
        let bytes = data.len() as u64;
        Ok(Handled::Reply(Reply::Snapshot { data: protocol::Bytes(data), bytes }))
    }

    fn resume(&mut self, mut run: Box<Run>, call: Box<ReplFunctionCall>, command: Command) -> Result<Handled, Misuse> {
        let answer = match command {
            Command::Resume { value } => {
                match self.house.own(&call.function_name).map(|own| own.check_result(&value)) {
                    Some(Err(raised)) => Err(Misuse::bad_input(raised.message)),
                    _ => run.meter.give(|| self.inward.object(&value)).map(ExtFunctionResult::Return),
                }
            }
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
            if !open.contains(&id) || run.timers.contains_key(&id) || run.waits.knows(id) {
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
        let results = results.collect();
        self.resolved(run, futures, results)
    }

    /// Goes on with the results of open calls, or waits for them again.
    fn resolved(
        &mut self,
        run: Box<Run>,
        futures: Box<ReplResolveFutures>,
        results: Result<Vec<(u32, ExtFunctionResult)>, Misuse>,
    ) -> Result<Handled, Misuse> {
        match results {
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
        self.tokens = Tokens::default();
        for (call_id, wait) in std::mem::take(&mut run.waits.open) {
            self.house.release(wait.calling.known, call_id);
        }
        self.house.ended();
        let Run { shared, meter, sources, .. } = run;
        if let (true, Some(repl)) = (shared, repl) {
            self.shared = Some(Interpreter { repl, meter, sources });
            self.changed = true;
        }
    }
}

const RESUMES: [&str; 4] = ["resume", "resumeWithError", "resumeNotFound", "resumeAsFuture"];

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
        "extensions",
        "configure",
        "describe",
        "dispatch",
        "domEvent",
        "answer",
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
