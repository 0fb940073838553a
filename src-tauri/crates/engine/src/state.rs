//! What a session is doing, and what belongs to that.

use std::{collections::BTreeMap, time::Duration};

use monty::{MontyRepl, ReplFunctionCall, ReplNameLookup, ReplOsCall, ReplResolveFutures};
use protocol::{Limits, Misuse, Outside, Usage, milliseconds};

use crate::{clock::Clockwork, drive::Step, failure::UndefinedCall, memory::Meter, ranges::Sources};

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

impl Run {
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
            | Self::Sleeping(run, ..)
            | Self::Pending(run, _)
            | Self::Futures(run, _)
            | Self::Outside(run, _) => Some(run),
            Self::Idle | Self::Disposed => None,
        }
    }

    pub(crate) fn run_mut(&mut self) -> Option<&mut Run> {
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
    pub(crate) fn is_still(&self) -> bool {
        matches!(self, Self::Idle | Self::Pending(..) | Self::Futures(..) | Self::Outside(..))
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Ready(..) | Self::Sleeping(..) => "running",
            Self::Pending(..) => "pending",
            Self::Futures(..) => "resolveFutures",
            Self::Outside(..) => "outside",
            Self::Disposed => "disposed",
        }
    }

    pub(crate) fn allowed(&self) -> &'static [&'static str] {
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
    pub(crate) fn into_repl(self) -> MontyRepl {
        match self {
            Self::All(call) => call.into_repl(),
            Self::Tasks(futures) => futures.into_repl(),
        }
    }
}
