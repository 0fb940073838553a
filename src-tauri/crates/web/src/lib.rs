//! The engine in a browser's worker.
//!
//! The worker's script hands in commands and takes JSON out; the interpreter runs on the worker's
//! thread, so the page stays alive whatever a program does. Only a build for `wasm32` has anything
//! in it.
#![cfg(target_arch = "wasm32")]

mod aside;
mod kids;
pub mod session;
