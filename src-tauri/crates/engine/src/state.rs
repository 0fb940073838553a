//! What a session is doing, and what belongs to that.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use monty::{MontyRepl, ReplFunctionCall, ReplNameLookup, ReplOsCall, ReplProgress, ReplResolveFutures};
use protocol::{Arrival, Inputs, Limits, Misuse, Outside, OutsideAnswer, Usage, milliseconds};
use serde::{Deserialize, Serialize};

use crate::{
    answer::Special, clock::Clockwork, drive::Step, failure::UndefinedCall, memory::Meter, ranges::Sources,
    waits::Waits,
};

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
    /// It stands still until something arrives, or its time comes.
    Waiting(Box<Run>, Blocked),
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

/// What a program stands still at.
pub(crate) enum Blocked {
    /// `time.sleep`: the whole program.
    Sleep(Box<ReplOsCall>),
    /// Every task that is left waits: for sleep, for something outside.
    Tasks(Box<ReplResolveFutures>),
    /// A call that waits for something outside, and the whole program with it.
    Call(Box<ReplFunctionCall>),
    /// A call of the system that the owner answers, or that somebody has to allow.
    System(Box<ReplOsCall>),
}

/// How a program goes on at a call of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Pace {
    Runs,
    /// Somebody has to let it go first.
    Steps,
}

/// A program on its way.
pub(crate) struct Run {
    pub(crate) limits: Limits,
    pub(crate) external_functions: Vec<String>,
    /// Which of the session's extensions it can call.
    pub(crate) extensions: Vec<bool>,
    pub(crate) extension_names: Vec<String>,
    /// Whether the interpreter stays for the next `feed`.
    pub(crate) shared: bool,
    pub(crate) clockwork: Clockwork,
    /// Whether its pauses leave dumps.
    pub(crate) recorded: bool,
    pub(crate) seed: Option<u64>,
    pub(crate) pace: Pace,
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
    /// Of that, since it last paused, slept or waited.
    pub(crate) turn_spent: Duration,
    pub(crate) slept: Duration,
    pub(crate) host_calls: u64,
    /// All calls that left the interpreter, the system's too.
    pub(crate) calls: u64,
    pub(crate) waits: Waits,
    /// What reached the run that this one repeats.
    pub(crate) arrivals: VecDeque<Arrival>,
    /// Whether the outside is not asked, because what it said will arrive again.
    pub(crate) replayed: bool,
    pub(crate) system: SystemWait,
    /// What became of a call that somebody has allowed, where only the engine can do it.
    pub(crate) special: Option<(u32, Special)>,
    /// The script that is being read, and its inputs.
    pub(crate) script: Option<(String, Inputs)>,
}

/// What is known of a call of the system that waits.
#[derive(Debug, Default)]
pub(crate) struct SystemWait {
    /// What the owner has answered.
    pub(crate) answered: Option<(u32, OutsideAnswer)>,
    /// What it was asked, to ask again.
    pub(crate) asked: Option<(u32, String)>,
    /// It is a call that somebody has allowed.
    pub(crate) permitted: Option<u32>,
    /// Whether it has to be made again.
    pub(crate) again: bool,
}

impl Run {
    pub(crate) fn is_replayed(&self) -> bool {
        self.replayed
    }

    /// When it goes on by itself, by [`Run::time`].
    pub(crate) fn wakes_at(&self, blocked: &Blocked) -> Option<Duration> {
        let sleep = match blocked {
            Blocked::Sleep(call) => self.timers.get(&call.call_id).copied(),
            Blocked::Tasks(_) => self.timers.values().min().copied(),
            Blocked::Call(_) | Blocked::System(_) => None,
        };
        sleep.into_iter().chain(self.waits.until()).min()
    }

    /// Goes on with the readings, and with what had arrived, of a run that is repeated.
    pub(crate) fn repeat(&mut self, readings: Vec<i64>, arrivals: Vec<Arrival>, now: Duration) {
        let before = self.time(now);
        self.clockwork.repeat(readings);
        let after = self.time(now);
        // Sleeps go on by the other clock.
        let timers = self.timers.values_mut();
        for until in timers.chain(self.waits.open.values_mut().filter_map(|wait| wait.until.as_mut())) {
            *until = after.saturating_add(until.saturating_sub(before));
        }
        self.replayed = !arrivals.is_empty();
        self.arrivals = arrivals.into();
    }

    /// Takes over from a run of the same program what never goes back.
    pub(crate) fn go_on_for(&mut self, run: &Self) {
        self.began = run.began;
        self.past = run.past;
        self.spent = run.spent;
        self.slept = run.slept;
        self.host_calls = run.host_calls;
        self.calls = run.calls;
        self.recorded = run.recorded;
        self.arrivals.clone_from(&run.arrivals);
        self.replayed = run.replayed;
        self.clockwork = run.clockwork.clone();
        self.meter.raise_peak(run.meter.peak_of_run());
    }

    /// Whether something has come for what it stands still at.
    pub(crate) fn has_news(&self, blocked: &Blocked) -> bool {
        match blocked {
            Blocked::Sleep(_) => false,
            Blocked::Tasks(futures) => futures.pending_call_ids().iter().any(|id| self.waits.ready.contains_key(id)),
            Blocked::Call(call) => {
                let id = call.call_id;
                let special = self.special.as_ref().is_some_and(|(other, _)| *other == id);
                let read = self.system.answered.as_ref().is_some_and(|(other, _)| *other == id);
                special || read || self.waits.ready.contains_key(&id)
            }
            Blocked::System(call) => {
                let id = call.call_id;
                let answered = self.system.answered.as_ref().is_some_and(|(other, _)| *other == id);
                answered || self.system.permitted == Some(id) || self.waits.ready.contains_key(&id)
            }
        }
    }

    /// What is left of it after the programs that wait.
    pub(crate) fn memory_limit(&self) -> Option<usize> {
        let limit = self.limits.memory().and_then(|bytes| usize::try_from(bytes).ok())?;
        Some(limit.saturating_sub(Meter::used_by(&self.callers)))
    }

    /// The time by which it sleeps: its own, where sleep takes none.
    pub(crate) fn time(&self, now: Duration) -> Duration {
        if self.clockwork.skips_sleep() { self.clockwork.passed } else { now }
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

impl State {
    pub(crate) fn run(&self) -> Option<&Run> {
        match self {
            Self::Ready(run, _)
            | Self::Waiting(run, _)
            | Self::Pending(run, _)
            | Self::Futures(run, _)
            | Self::Outside(run, _) => Some(run),
            Self::Idle | Self::Disposed => None,
        }
    }

    pub(crate) fn run_mut(&mut self) -> Option<&mut Run> {
        match self {
            Self::Ready(run, _)
            | Self::Waiting(run, _)
            | Self::Pending(run, _)
            | Self::Futures(run, _)
            | Self::Outside(run, _) => Some(run),
            Self::Idle | Self::Disposed => None,
        }
    }

    /// Whether nothing runs, so that it can be written down.
    pub(crate) fn is_still(&self) -> bool {
        match self {
            Self::Idle | Self::Pending(..) | Self::Futures(..) | Self::Outside(..) => true,
            Self::Waiting(_, blocked) => !matches!(blocked, Blocked::Sleep(_)),
            Self::Ready(..) | Self::Disposed => false,
        }
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Ready(..) => "running",
            Self::Waiting(..) => "waiting",
            Self::Pending(..) => "pending",
            Self::Futures(..) => "resolveFutures",
            Self::Outside(..) => "outside",
            Self::Disposed => "disposed",
        }
    }

    pub(crate) fn allowed(&self) -> &'static [&'static str] {
        match self {
            Self::Idle => Misuse::FITS_IDLE,
            Self::Ready(..) => Misuse::FITS_RUNNING,
            Self::Waiting(..) => Misuse::FITS_WAITING,
            Self::Pending(..) => Misuse::FITS_PENDING,
            Self::Futures(..) => Misuse::FITS_FUTURES,
            Self::Outside(..) => &["answerOutside", "snapshot", "variables", "cancel", "hello", "dispose"],
            Self::Disposed => &[],
        }
    }
}

impl Blocked {
    pub(crate) fn into_repl(self) -> MontyRepl {
        match self {
            Self::Sleep(call) | Self::System(call) => call.into_repl(),
            Self::Tasks(futures) => futures.into_repl(),
            Self::Call(call) => call.into_repl(),
        }
    }

    pub(crate) fn into_progress(self) -> ReplProgress {
        match self {
            Self::Sleep(call) | Self::System(call) => ReplProgress::OsCall(*call),
            Self::Tasks(futures) => ReplProgress::ResolveFutures(*futures),
            Self::Call(call) => ReplProgress::FunctionCall(*call),
        }
    }

    pub(crate) fn from_progress(progress: ReplProgress) -> Option<Self> {
        match progress {
            ReplProgress::OsCall(call) => Some(Self::System(Box::new(call))),
            ReplProgress::ResolveFutures(futures) => Some(Self::Tasks(Box::new(futures))),
            ReplProgress::FunctionCall(call) => Some(Self::Call(Box::new(call))),
            ReplProgress::NameLookup(_) | ReplProgress::Complete { .. } => None,
        }
    }
}
