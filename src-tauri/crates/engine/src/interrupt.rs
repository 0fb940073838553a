//! Stopping the interpreter from another thread.
//!
//! The interpreter looks at one number from outside while it runs: the memory in use. Adding
//! [`TRIP`] to it ends a run at the next check, every 256 bytecodes and in most native loops, and
//! no `except` catches that. The reason is kept beside it. Process-wide, as the memory count is.

use std::sync::atomic::{AtomicU8, Ordering};

use monty_types::LIVE_MEMORY;

/// More than any memory limit, less than what would overflow the count.
#[cfg(target_pointer_width = "64")]
pub(crate) const TRIP: usize = 1 << 46;
#[cfg(not(target_pointer_width = "64"))]
pub(crate) const TRIP: usize = 1 << 31;

/// The limit that stands for none: above all memory, below [`TRIP`].
pub(crate) const UNLIMITED: usize = TRIP >> 1;

static REASON: AtomicU8 = AtomicU8::new(0);

/// Why a run was interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Reason {
    Cancel = 1,
    Timeout = 2,
    TurnTimeout = 3,
    PrintLimit = 4,
}

/// Interrupts what the interpreter runs now. The first reason counts until [`take`].
pub fn trip(reason: Reason) {
    if REASON.compare_exchange(0, reason as u8, Ordering::AcqRel, Ordering::Acquire).is_ok() {
        LIVE_MEMORY.fetch_add(TRIP, Ordering::Relaxed);
    }
}

/// Whether an interruption waits to be noticed.
pub(crate) fn tripped() -> bool {
    REASON.load(Ordering::Acquire) != 0
}

/// Ends an interruption and says what it was for.
pub fn take() -> Option<Reason> {
    let reason = match REASON.swap(0, Ordering::AcqRel) {
        1 => Reason::Cancel,
        2 => Reason::Timeout,
        3 => Reason::TurnTimeout,
        4 => Reason::PrintLimit,
        _ => return None,
    };
    LIVE_MEMORY.fetch_sub(TRIP, Ordering::Relaxed);
    Some(reason)
}
