//! What an owner knows of the command and of the run that its child is busy with.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use protocol::{Limits, MessageId, Opened, Resolution, RunError, Settings, Why};

/// The command that the child works on.
pub(super) struct Active {
    pub(super) id: Option<MessageId>,
    pub(super) seq: u64,
    pub(super) does: Does,
    pub(super) began: Instant,
    /// What the reader had kept us waiting by then.
    pub(super) waited: Duration,
    /// Execution that the command may take before it is ended; none while it sleeps.
    pub(super) allowance: Option<Duration>,
    /// Whether it was told that its time is up.
    pub(super) told: bool,
    /// When it is killed, because somebody wants it to end.
    pub(super) stop: Option<Instant>,
    /// The pause that it answers.
    pub(super) answers: Option<u64>,
    pub(super) waits: Waits,
    /// Whether it has changed what extensions keep.
    pub(super) touched: bool,
    pub(super) then: Then,
}

/// What a command has to do with a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// One is on its way only if the command succeeds.
    Begins,
    /// One that was on its way goes on.
    GoesOn,
    Nothing,
}

/// Whether a program waits for something outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    No,
    /// It goes on by itself after a time.
    ForAWhile,
    /// Only somebody outside can make it go on.
    ForSomebody,
}

/// What is done with the reply to a command.
pub(super) enum Then {
    Reply,
    /// A snapshot of the session as it is: its variables are read from it.
    Inspect {
        open: Vec<Opened>,
        from: u64,
    },
    Configure {
        settings: Box<Settings>,
    },
    /// The session becomes another one, and goes on with an answer.
    Become {
        word: &'static str,
        state: Arc<[u8]>,
        checkpoint: Option<Arc<[u8]>>,
        answer: Option<Resolution>,
        /// What was at rest until then.
        before: Option<Arc<[u8]>>,
    },
    /// The answer of a fork: where it is refused, the fork is undone.
    Undo {
        before: Option<Arc<[u8]>>,
    },
}

/// A program on its way, through all its pauses.
pub(super) struct Run {
    pub(super) limits: Limits,
    pub(super) shared: bool,
    pub(super) spent: Duration,
    pub(super) began: Instant,
    pub(super) host_calls: u64,
    pub(super) prints: u64,
    /// Whether it waits for futures, if it waits.
    pub(super) futures: bool,
    /// What the child died of while the program was paused.
    pub(super) lost: Option<RunError>,
}

impl Run {
    pub(super) fn new(limits: Limits, shared: bool) -> Self {
        Self {
            limits,
            shared,
            spent: Duration::ZERO,
            began: Instant::now(),
            host_calls: 0,
            prints: 0,
            futures: false,
            lost: None,
        }
    }

    /// Execution that the next turn may take.
    pub(super) fn allowance(&self) -> Option<Duration> {
        let rest = self.limits.timeout().map(|limit| limit.saturating_sub(self.spent));
        let turn = self.limits.turn_timeout();
        rest.into_iter().chain(turn).min()
    }

    pub(super) fn over(&self) -> Why {
        if self.time_error().limit.as_deref() == Some("turnTimeoutMs") { Why::TurnTimeout } else { Why::Timeout }
    }

    /// The limit that the run passed: the one that left less time.
    pub(super) fn time_error(&self) -> RunError {
        let rest = self.limits.timeout().map(|limit| limit.saturating_sub(self.spent));
        match (rest, self.limits.turn_timeout()) {
            (Some(rest), Some(turn)) if turn < rest => limit("turnTimeoutMs", self.limits.turn_timeout_ms),
            (None, Some(_)) => limit("turnTimeoutMs", self.limits.turn_timeout_ms),
            _ => limit("timeoutMs", self.limits.timeout_ms),
        }
    }
}

fn limit(name: &str, max: Option<u64>) -> RunError {
    RunError::limit(name, max.unwrap_or_default())
}
