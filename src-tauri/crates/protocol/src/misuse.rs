//! Errors of whoever sends messages. They leave the session as it was.

use serde::{Deserialize, Serialize};

/// The closed list of what can be wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Code {
    BadMessage,
    BadState,
    UnknownExcType,
    UnknownCall,
    BadValue,
    BadInput,
    BadSnapshot,
    Unsupported,
}

/// A message that was not carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[error("{message}")]
pub struct Misuse {
    pub code: Code,
    pub message: String,
    /// With `badState`: the state the session is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// With `badState` the commands that fit, with `unknownExcType` the types that exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed: Option<Vec<String>>,
    /// With `badSnapshot`: why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Misuse {
    /// What fits a session in which nothing runs.
    pub const FITS_IDLE: &[&str] = &[
        "run",
        "start",
        "feed",
        "snapshot",
        "restore",
        "variables",
        "diagnose",
        "continuation",
        "record",
        "fork",
        "replay",
        "configure",
        "describe",
        "dispatch",
        "domEvent",
        "hello",
        "dispose",
    ];
    /// What fits while a program runs.
    pub const FITS_RUNNING: &[&str] = &["dispatch", "domEvent", "answer", "cancel", "dispose"];
    /// What fits while a program waits for something outside.
    pub const FITS_WAITING: &[&str] = &[
        "dispatch",
        "domEvent",
        "answer",
        "snapshot",
        "variables",
        "diagnose",
        "continuation",
        "record",
        "describe",
        "cancel",
        "hello",
        "dispose",
    ];
    /// What fits while a call waits for its answer.
    pub const FITS_PENDING: &[&str] = &[
        "resume",
        "resumeWithError",
        "resumeNotFound",
        "resumeAsFuture",
        "resumeWithScript",
        "snapshot",
        "variables",
        "diagnose",
        "continuation",
        "record",
        "cancel",
        "hello",
        "dispose",
    ];
    /// What fits a pause whose process has died: its end is told at the next answer.
    pub const FITS_LOST: &[&str] = &[
        "resume",
        "resumeWithError",
        "resumeNotFound",
        "resumeAsFuture",
        "resumeWithScript",
        "resolveFutures",
        "diagnose",
        "continuation",
        "record",
        "cancel",
        "hello",
        "dispose",
    ];
    /// What fits while all tasks wait.
    pub const FITS_FUTURES: &[&str] = &[
        "resolveFutures",
        "snapshot",
        "variables",
        "diagnose",
        "continuation",
        "record",
        "cancel",
        "hello",
        "dispose",
    ];

    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), current: None, allowed: None, reason: None }
    }

    pub fn bad_message(message: impl Into<String>) -> Self {
        Self::new(Code::BadMessage, message)
    }

    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadInput, message)
    }

    /// A snapshot that was refused; `reason` is one word of a closed list.
    pub fn bad_snapshot(reason: &str, message: impl Into<String>) -> Self {
        Self { reason: Some(reason.to_owned()), ..Self::new(Code::BadSnapshot, message) }
    }

    /// A command out of place.
    pub fn bad_state(command: &str, current: &str, allowed: &[&str]) -> Self {
        let message = match allowed {
            [] => format!("{command} came too late: the session is {current}"),
            _ => format!("{command} does not fit a session that is {current}; what fits: {}", allowed.join(", ")),
        };
        Self {
            current: Some(current.to_owned()),
            allowed: Some(allowed.iter().map(ToString::to_string).collect()),
            ..Self::new(Code::BadState, message)
        }
    }
}

impl From<crate::value::BadValue> for Misuse {
    fn from(error: crate::value::BadValue) -> Self {
        Self::new(Code::BadValue, error.0)
    }
}
