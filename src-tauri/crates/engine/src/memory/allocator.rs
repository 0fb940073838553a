//! The system's allocator, with a count of live bytes that makes memory limits real.
#![expect(unsafe_code, reason = "an allocator is unsafe to implement; every call goes to the system's unchanged")]

use std::alloc::{GlobalAlloc, Layout, System};

use super::{grow, shrink};

/// A counting allocator, to be installed with `#[global_allocator]` by whoever runs an engine.
pub struct Allocator {
    /// Ends the process. Nothing may allocate there, and other threads may hold any lock.
    end: fn() -> !,
}

impl Allocator {
    pub const fn new(end: fn() -> !) -> Self {
        Self { end }
    }

    #[inline]
    fn grow(&self, bytes: usize) {
        if !grow(bytes) {
            (self.end)();
        }
    }

    #[inline]
    fn some(&self, pointer: *mut u8) -> *mut u8 {
        if pointer.is_null() {
            (self.end)();
        }
        pointer
    }
}

// SAFETY: every method forwards its arguments unchanged to `System` and returns what that returned,
// or ends the process.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.grow(layout.size());
        // SAFETY: forwarded unchanged.
        self.some(unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        shrink(layout.size());
        // SAFETY: forwarded unchanged.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.grow(layout.size());
        // SAFETY: forwarded unchanged.
        self.some(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match size.checked_sub(layout.size()) {
            Some(more) => self.grow(more),
            None => shrink(layout.size() - size),
        }
        // SAFETY: forwarded unchanged.
        self.some(unsafe { System.realloc(pointer, layout, size) })
    }
}
