//! When the session is written down, and what that may cost.

use std::time::Duration;

/// A session that takes more than this is not kept.
const LARGEST: usize = 512 * 1024 * 1024;
/// A dump of a session of this size, if the last one took no longer than that, is no delay worth
/// mentioning.
const SMALL: usize = 256 * 1024;
const CHEAP: Duration = Duration::from_micros(200);
/// A dump of a pause that takes longer has to be earned.
const DEAR: Duration = Duration::from_millis(10);
/// The part of the time that dumps of pauses may take.
const SHARE: u32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// In one write with the reply.
    Before,
    /// When nobody waits for the reply any more.
    After,
    Never,
}

#[derive(Debug, Default)]
pub(super) struct Dumps {
    last: Duration,
    /// What all dumps have taken.
    spent: Duration,
}

impl Dumps {
    pub(super) fn fits(state: &[u8]) -> bool {
        state.len() <= LARGEST
    }

    pub(super) fn when_at_rest(&self, size: usize) -> When {
        if size <= SMALL && self.last <= CHEAP { When::Before } else { When::After }
    }

    /// `now` is the age of the process.
    pub(super) fn when_paused(&self, size: usize, now: Duration) -> When {
        match self.when_at_rest(size) {
            When::Before => When::Before,
            _ if self.last <= DEAR || self.spent * SHARE <= now => When::After,
            _ => When::Never,
        }
    }

    /// Whether a wait for something outside leaves one: only where that is no delay.
    pub(super) fn when_waiting(&self, size: usize) -> bool {
        self.when_at_rest(size) == When::Before
    }

    pub(super) fn took(&mut self, size: usize, time: Duration) {
        // Base64 and the pipe cost about as much again as writing it.
        self.last = if size > 0 { time * 2 } else { Duration::ZERO };
        self.spent += self.last;
    }
}
