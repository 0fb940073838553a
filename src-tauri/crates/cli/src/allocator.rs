//! How a process ends that passed its ceiling of memory.
#![expect(unsafe_code, reason = "`_exit` has no safe wrapper that neither allocates nor cleans up")]

/// Exit status known to the owner of the process.
const OUT_OF_MEMORY: i32 = 65;

/// Nothing may be cleaned up here: other threads may hold any lock.
#[cold]
pub(crate) fn out_of_memory() -> ! {
    #[cfg(unix)]
    // SAFETY: `_exit` only ends the process.
    unsafe {
        libc::_exit(OUT_OF_MEMORY)
    }
    #[cfg(not(unix))]
    std::process::exit(OUT_OF_MEMORY)
}
