//! Counting what the interpreter holds.
//!
//! The interpreter compares a process-wide count of live bytes with a baseline. A counting
//! allocator feeds the count ([`Allocator`]); [`Meter`] moves the baseline so that only what
//! happens inside the interpreter is charged to it, and what crosses its border is booked over.

mod allocator;

use std::sync::atomic::{AtomicUsize, Ordering};

pub use allocator::Allocator;

use monty_types::{BASELINE_MEMORY, LIVE_MEMORY};

use crate::interrupt::{TRIP, UNLIMITED};

/// Room above the limit for work between two of the interpreter's own checks.
const HEADROOM: usize = 32 * 1024 * 1024;

static PEAK: AtomicUsize = AtomicUsize::new(0);
static CEILING: AtomicUsize = AtomicUsize::new(usize::MAX);
/// The live bytes at which the running program has reached its limit.
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Lets what is left of a process that ran out of memory say so.
pub fn lift_limits() {
    CEILING.store(usize::MAX, Ordering::Relaxed);
    LIMIT.store(usize::MAX, Ordering::Relaxed);
}

/// Books an allocation. `false`: it passes the hard ceiling, and the process has to end.
#[inline]
fn grow(bytes: usize) -> bool {
    let live = LIVE_MEMORY.fetch_add(bytes, Ordering::Relaxed).wrapping_add(bytes) % TRIP;
    if live > PEAK.load(Ordering::Relaxed) {
        PEAK.store(live, Ordering::Relaxed);
    }
    live <= CEILING.load(Ordering::Relaxed)
}

/// Books a release.
#[inline]
fn shrink(bytes: usize) {
    LIVE_MEMORY.fetch_sub(bytes, Ordering::Relaxed);
}

/// The account of one interpreter.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    used: usize,
    peak: usize,
}

impl Meter {
    /// Runs the interpreter; what it allocates and frees is charged to the account.
    pub(crate) fn run<T>(&mut self, limit: Option<usize>, run: impl FnOnce() -> T) -> T {
        let live = live();
        let baseline = live.saturating_sub(self.used);
        BASELINE_MEMORY.store(baseline, Ordering::Relaxed);
        PEAK.store(live, Ordering::Relaxed);
        let ceiling = limit.map_or(usize::MAX, |limit| baseline.saturating_add(limit).saturating_add(HEADROOM));
        CEILING.store(ceiling, Ordering::Relaxed);
        LIMIT.store(limit.map_or(usize::MAX, |limit| baseline.saturating_add(limit)), Ordering::Relaxed);
        let result = run();
        CEILING.store(usize::MAX, Ordering::Relaxed);
        LIMIT.store(usize::MAX, Ordering::Relaxed);
        self.used = self::live().saturating_sub(baseline);
        self.peak = self.peak.max(PEAK.load(Ordering::Relaxed).saturating_sub(baseline));
        result
    }

    /// Builds what the interpreter is about to take over.
    pub(crate) fn give<T>(&mut self, build: impl FnOnce() -> T) -> T {
        let before = live();
        let result = build();
        self.used = self.used.saturating_add(live().saturating_sub(before));
        result
    }

    /// Drops what came out of the interpreter.
    pub(crate) fn release<T>(&mut self, value: T) {
        let before = live();
        drop(value);
        self.used = self.used.saturating_sub(before.saturating_sub(live()));
    }

    /// What programs hold that wait for another one.
    pub(crate) fn used_by(callers: &[crate::state::Caller]) -> usize {
        callers.iter().map(|caller| caller.meter.used).sum()
    }

    pub(crate) fn start_run(&mut self) {
        self.peak = self.used;
    }

    /// Whether the account was ever above a limit, be it for a moment.
    pub(crate) fn was_over(&self, limit: Option<usize>) -> bool {
        limit.is_some_and(|limit| self.peak > limit)
    }

    pub(crate) fn peak_of_run(&self) -> usize {
        self.peak
    }

    /// Goes on with the account of a run that was restored.
    pub(crate) fn restore_peak(&mut self, peak: usize) {
        self.peak = peak.max(self.used);
    }

    pub(crate) fn raise_peak(&mut self, peak: usize) {
        self.peak = self.peak.max(peak);
    }

    pub(crate) fn used(&self) -> usize {
        self.used
    }
}

/// The limit as the interpreter takes it: never absent, because an interruption goes through it,
/// and a little above ours, because the interpreter's own error would not say where it happened.
pub(crate) fn interpreter_limit(limit: Option<usize>) -> usize {
    let above = |limit: usize| limit.saturating_add(limit / 64).saturating_add(64 * 1024);
    limit.map_or(UNLIMITED, |limit| above(limit).min(UNLIMITED))
}

/// Whether the running program has reached its limit.
pub(crate) fn is_over() -> bool {
    live() > LIMIT.load(Ordering::Relaxed)
}

fn live() -> usize {
    LIVE_MEMORY.load(Ordering::Relaxed) % TRIP
}
