//! Sessions of the interpreter, sans-io: commands go in, events come out, nothing blocks.
//!
//! An [`Engine`] is one session. Its host hands it commands ([`Engine::handle`]), lets it run
//! ([`Engine::turn`]) and gives it what it has not of its own: a clock and a place for events
//! ([`Host`]). So the same engine serves a child process, a browser worker and a test.

mod convert;
mod drive;
mod failure;
pub mod interrupt;
pub mod memory;
mod print;
mod ranges;
mod session;

pub use failure::explain_panic;
pub use session::{Clock, Engine, Handled, Host, Turn};
