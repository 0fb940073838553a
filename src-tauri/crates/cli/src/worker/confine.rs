//! What the operating system takes from the child before it runs anything.

/// The child dies with its parent, writes no files, opens hardly any, leaves no core dump. What a
/// system refuses is not fatal: the owner kills all the same.
#[cfg(target_os = "linux")]
pub(crate) fn confine() {
    use rustix::process::{Resource, Rlimit, Signal, set_parent_process_death_signal, setrlimit};

    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let at_most = |limit: u64| Rlimit { current: Some(limit), maximum: Some(limit) };
    let _ = setrlimit(Resource::Core, at_most(0));
    let _ = setrlimit(Resource::Fsize, at_most(0));
    let _ = setrlimit(Resource::Nofile, at_most(16));
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn confine() {}
