//! What a session remembers of itself, and how to run it again.
//!
//! A [`Recorder`] is fed with what passes between a session and whoever drives it. It keeps
//! numbered entries, large values out of line, and dumps of pauses under a budget. [`replay`] and
//! [`reach`] drive another session by what was recorded. Nothing here knows where that runs.

mod dumps;
mod line;
mod recorder;
mod replay;
mod values;

pub use dumps::Dumps;
pub use recorder::{Log, Recorder, Restored, tell_record};
pub use replay::{Drive, Excerpt, Heard, reach, replay};
