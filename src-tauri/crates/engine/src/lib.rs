//! Sessions of the interpreter, sans-io: commands go in, events come out, nothing blocks.
//!
//! An [`Engine`] is one session. Its host hands it commands ([`Engine::handle`]), lets it run
//! ([`Engine::turn`]) and gives it what it has not of its own: a clock and a place for events
//! ([`Host`]). So the same engine serves a child process, a browser worker and a test.

mod answer;
mod arrive;
mod begin;
mod children;
mod clock;
mod convert;
mod diagnose;
mod drive;
mod failure;
mod house;
mod inspect;
pub mod interrupt;
pub mod memory;
mod objects;
mod outside;
mod print;
mod ranges;
mod save;
mod session;
mod state;
mod system;
mod tokens;
mod waits;

pub use extensions::Place;
pub use failure::explain_panic;
pub use save::Loaded;
pub use session::{Clock, Engine, Handled, Host, Turn};
