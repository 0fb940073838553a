//! Stopping the interpreter from another thread.
//!
//! There are two ways in. [`ask`] is noticed every 256 bytecodes and raises where the program is,
//! so that the error has a traceback; but a program may catch that once. [`trip`] cannot be caught:
//! it adds [`TRIP`] to the one number from outside that the interpreter looks at while it runs, the
//! memory in use, and ends the run at the next check, in most native loops too, without a
//! traceback. All of this is process-wide, as the memory count is.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use monty_types::{ExcType, LIVE_MEMORY, MontyException};

/// More than any memory limit, less than what would overflow the count.
#[cfg(target_pointer_width = "64")]
pub(crate) const TRIP: usize = 1 << 46;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) const TRIP: usize = 1 << 31;

/// The limit that stands for none: above all memory, below [`TRIP`].
pub(crate) const UNLIMITED: usize = TRIP >> 1;

static REASON: AtomicU8 = AtomicU8::new(0);
static RAISED: AtomicBool = AtomicBool::new(false);
static TRIPPED: AtomicBool = AtomicBool::new(false);

/// Why a run was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    Cancel = 1,
    Timeout = 2,
    TurnTimeout = 3,
    PrintLimit = 4,
    MemoryLimit = 5,
}

/// Interrupts what runs now with an error that says where. The first reason counts until [`take`].
pub fn ask(reason: Reason) {
    let _ = REASON.compare_exchange(0, reason as u8, Ordering::AcqRel, Ordering::Acquire);
}

/// Interrupts what runs now past every `except`.
pub fn trip(reason: Reason) {
    ask(reason);
    if !TRIPPED.swap(true, Ordering::AcqRel) {
        LIVE_MEMORY.fetch_add(TRIP, Ordering::Relaxed);
    }
}

/// What the interpreter raises at a checkpoint, if anything: once softly, then for good.
pub(crate) fn check() -> Result<(), MontyException> {
    let Some(reason) = reason() else {
        return Ok(());
    };
    if RAISED.swap(true, Ordering::AcqRel) {
        trip(reason);
        return Ok(());
    }
    Err(MontyException::new(ExcType::KeyboardInterrupt, None))
}

/// The reason of an interruption that has not been taken, and whether the program has felt it.
pub(crate) fn pending() -> Option<(Reason, bool)> {
    reason().map(|reason| (reason, RAISED.load(Ordering::Acquire) || TRIPPED.load(Ordering::Acquire)))
}

/// Ends an interruption.
pub fn take() -> Option<Reason> {
    let reason = reason();
    REASON.store(0, Ordering::Release);
    RAISED.store(false, Ordering::Release);
    if TRIPPED.swap(false, Ordering::AcqRel) {
        LIVE_MEMORY.fetch_sub(TRIP, Ordering::Relaxed);
    }
    reason
}

fn reason() -> Option<Reason> {
    match REASON.load(Ordering::Acquire) {
        1 => Some(Reason::Cancel),
        2 => Some(Reason::Timeout),
        3 => Some(Reason::TurnTimeout),
        4 => Some(Reason::PrintLimit),
        5 => Some(Reason::MemoryLimit),
        _ => None,
    }
}
