//! What a program cannot reach, and what it can.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod escapes;
mod fetch;
mod fetch_abuse;
mod folders;
mod serve;
mod server;

use std::{sync::mpsc, thread, time::Duration};

/// What `work` gives, which has to be there in time: an attack may be to make us wait.
fn within<T: Send + 'static>(seconds: u64, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_secs(seconds)).expect("it hangs")
}
