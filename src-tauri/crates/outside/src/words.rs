//! What goes between the owner and the outside process, in frames of `protocol::frame`. This file
//! and `grants` need serde and thiserror only, so that an owner could have them without the rest.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::grants::Grants;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ToOutside {
    Configure(Grants),
    /// `call` is JSON of `monty_types::OsFunctionCall`.
    File {
        id: u64,
        call: String,
    },
    Fetch {
        id: u64,
        url: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FromOutside {
    /// One for each `configure`, in order.
    Configured { problems: Vec<Problem> },
    /// File calls are answered in the order they came.
    File { id: u64, answer: Answer },
    /// Fetches are answered as they end.
    Fetched { id: u64, result: Result<Fetched, FetchError> },
}

/// A grant that cannot be had. It is for the person: it may name a folder of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The place of a mount or the rule of a host.
    pub of: String,
    pub message: String,
}

/// The answer to a call about files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Answer {
    /// JSON of `monty_types::MontyObject`.
    Value(String),
    /// JSON of `monty_types::MontyException`.
    Error(String),
    /// No folder is there: the files in memory answer.
    NotHandled,
}

/// What came back. A status of 400 or more is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fetched {
    pub status: u16,
    /// Where the redirects led.
    pub url: String,
    pub content_type: Option<String>,
    pub text: String,
}

/// Why nothing came back. Its text is the message of the exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FetchError {
    #[error("'{url}' cannot be fetched: {why}")]
    BadUrl { url: String, why: String },
    #[error("'{host}' is not allowed: to fetch from it, allow the host '{host}' in the grants of this session")]
    NotGranted { host: String },
    #[error(
        "the redirect to '{host}' is not allowed: to follow it, allow the host '{host}' in the grants of this session"
    )]
    RedirectNotGranted { host: String },
    #[error(
        "'{host}' leads to {address}, which is no public address: to fetch from it, allow '{rule}' itself in the \
         grants of this session"
    )]
    NotPublic { host: String, address: IpAddr, rule: String },
    #[error("'{url}' did not answer within {limit_ms} ms")]
    TimedOut { url: String, limit_ms: u64 },
    #[error("HTTP Error {status}: {reason}")]
    Status { status: u16, reason: String, url: String },
    #[error("the answer is larger than {limit} bytes, the most that may be fetched")]
    TooLarge { limit: u64 },
    #[error("the answer is compressed ({encoding}), though nothing compressed was asked for")]
    Compressed { encoding: String },
    #[error("the answer is no text in UTF-8{}", .charset.as_ref().map(|name| format!(" but says it is '{name}'")).unwrap_or_default())]
    NotText { charset: Option<String> },
    #[error("more than {limit} redirects")]
    TooManyRedirects { limit: u32 },
    #[error("there is no host '{host}'")]
    NoSuchHost { host: String },
    #[error("the connection to '{host}' failed: {why}")]
    Connection { host: String, why: String },
    #[error("more than {limit} fetches wait")]
    TooMany { limit: usize },
}

impl FetchError {
    /// The Python exception that it is, by a name that the interpreter has; it has no
    /// `ConnectionError`, whose base is `OSError`.
    pub fn exc_type(&self) -> &'static str {
        match self {
            Self::NotGranted { .. } | Self::RedirectNotGranted { .. } | Self::NotPublic { .. } => "PermissionError",
            Self::TimedOut { .. } => "TimeoutError",
            Self::BadUrl { .. } | Self::TooLarge { .. } | Self::Compressed { .. } | Self::NotText { .. } => {
                "ValueError"
            }
            Self::Status { .. }
            | Self::TooManyRedirects { .. }
            | Self::NoSuchHost { .. }
            | Self::Connection { .. }
            | Self::TooMany { .. } => "OSError",
        }
    }
}
