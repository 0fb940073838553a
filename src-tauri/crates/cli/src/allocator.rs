//! The system's allocator, with a count of live bytes that makes memory limits real.
#![expect(unsafe_code, reason = "an allocator is unsafe to implement; every call goes to the system's unchanged")]

use std::alloc::{GlobalAlloc, Layout, System};

use engine::memory;

/// Exit status of a process that passed its ceiling, known to the owner of the process.
const OUT_OF_MEMORY: i32 = 65;

pub(crate) struct Counting;

// SAFETY: every method forwards its arguments unchanged to `System` and returns what that returned,
// or ends the process.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: forwarded unchanged.
        some(unsafe { System.alloc(layout) })
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        memory::shrink(layout.size());
        // SAFETY: forwarded unchanged.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        grow(layout.size());
        // SAFETY: forwarded unchanged.
        some(unsafe { System.alloc_zeroed(layout) })
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match size.checked_sub(layout.size()) {
            Some(more) => grow(more),
            None => memory::shrink(layout.size() - size),
        }
        // SAFETY: forwarded unchanged.
        some(unsafe { System.realloc(pointer, layout, size) })
    }
}

#[inline]
fn grow(bytes: usize) {
    if !memory::grow(bytes) {
        out_of_memory();
    }
}

#[inline]
fn some(pointer: *mut u8) -> *mut u8 {
    if pointer.is_null() {
        out_of_memory();
    }
    pointer
}

/// Nothing may allocate here, and nothing may be cleaned up: other threads may hold any lock.
#[cold]
fn out_of_memory() -> ! {
    #[cfg(unix)]
    // SAFETY: `_exit` only ends the process.
    unsafe {
        libc::_exit(OUT_OF_MEMORY)
    }
    #[cfg(not(unix))]
    std::process::exit(OUT_OF_MEMORY)
}
