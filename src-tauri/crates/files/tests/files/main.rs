//! The files in memory, through their public door and against their peers.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod calls;
mod cpython;
mod folder;
mod host;
mod limits;
mod random;
mod saved;
