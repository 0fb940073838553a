//! The words of Monty Playground: commands, replies, events, values and errors.
//!
//! Every process and every host speaks them: the window, the browser worker, the interpreter's
//! child process and any program at the other end of `monty-engine stdio`. This crate knows
//! neither the interpreter nor Tauri, so that the window's process links neither.

mod bytes;
mod command;
pub mod edge;
pub mod frame;
mod kin;
mod message;
mod misuse;
mod outcome;
pub mod outside;
pub mod record;
#[cfg(test)]
mod schema;
pub mod seal;
mod settings;
mod slim;
pub mod stage;
mod traceback;
pub mod value;

pub use bytes::Bytes;
pub use command::{
    Arrival, Arrived, Command, Deterministic, Inputs, Limits, Opened, Outside, OutsideAnswer, RecordQuery, Resolution,
    STEP, Source,
};
pub use frame::{Asked, Called, FromWorker, MAX_FRAME, MAX_PRINT, ToWorker, Told, Underway, Why, WorkerError};
pub use kin::AsksOfChildren;
pub use message::{MAX_MESSAGE, Message, MessageId, Unread};
pub use misuse::{Code, Misuse};
pub use outcome::{
    Described, DescribedExtension, DescribedFunction, Diagnostic, DialogKind, Event, Frame, Outcome, OutsideCall,
    OutsideKind, Position, Range, Reply, RunError, RunErrorKind, Severity, Stream, Usage, Variable, milliseconds,
};
pub use record::{Entry, RecordPage, Replayed};
pub use settings::Settings;
pub use traceback::display_traceback;
pub use value::Value;

/// The version that `hello` answers. It grows when a message changes its meaning.
pub const PROTOCOL_VERSION: u32 = 1;
