//! What the targets share: a small stack, and a count of what is allocated.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    fmt::Debug,
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

/// The smallest stack on which `protocol` reads: that of the threads of `isolate`.
const STACK: libc::rlim_t = 512 * 1024;

/// Sets the process up before its first input.
///
/// # Panics
///
/// Where the system refuses.
pub fn init() {
    let mut old = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: all pointers lead to initialised values; the signal's stack is never freed.
    let done = unsafe {
        // Linux looks at the limit when the stack grows, so it holds for the running main thread.
        let read = libc::getrlimit(libc::RLIMIT_STACK, &raw mut old);
        let limited = libc::setrlimit(libc::RLIMIT_STACK, &libc::rlimit { rlim_cur: STACK, ..old });
        // libFuzzer keeps this flag for its own handler. Without a stack of its own the handler
        // could not save the input that overflowed the stack.
        let size = 64 * 1024;
        let memory = Box::leak(vec![0_u8; size].into_boxed_slice()).as_mut_ptr().cast();
        let other = libc::stack_t { ss_sp: memory, ss_flags: 0, ss_size: size };
        let stacked = libc::sigaltstack(&raw const other, std::ptr::null_mut());
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = libc::SIG_DFL;
        action.sa_flags = libc::SA_ONSTACK;
        [read, limited, stacked, libc::sigaction(libc::SIGSEGV, &raw const action, std::ptr::null_mut())]
    };
    assert_eq!(done, [0; 4], "{}", std::io::Error::last_os_error());
}

/// Whether two values are equal, NaN to itself too.
pub fn same<T: PartialEq + Debug>(one: &T, other: &T) -> bool {
    one == other || format!("{one:?}") == format!("{other:?}")
}

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Does something and says by how many bytes memory grew meanwhile, at its peak.
pub fn peak<T>(act: impl FnOnce() -> T) -> (T, usize) {
    let before = HELD.load(Relaxed);
    PEAK.store(before, Relaxed);
    let result = act();
    (result, PEAK.load(Relaxed) - before)
}

struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

// SAFETY: every call goes to the system's allocator as it came. (`realloc` is the provided one.)
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: as this was called.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as this was called.
        unsafe { System.dealloc(block, layout) }
    }
}
