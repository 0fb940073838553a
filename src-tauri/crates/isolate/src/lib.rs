//! Owner of a child process that holds an interpreter.
//!
//! A [`Launcher`] starts children and keeps one warm. A [`Session`] owns one child at a time from a
//! thread of its own: it queues requests, watches deadlines, kills a child that does not obey and
//! goes on with the next one. What a child sends is checked and never trusted.

mod child;
mod key;
mod launcher;
mod machine;
mod owner;
mod scratch;
mod session;

pub use key::{KeyError, create_private, data_folder, own_key, user_key};
pub use launcher::{LaunchError, Launcher};
pub use machine::Machine;
pub use session::{Output, Outside, OutsideAsked, OutsideReply, Reader, Request, Session, Terms};
