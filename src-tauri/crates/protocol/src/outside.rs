//! What goes between an owner and the process that reaches the machine for programs, and what a
//! person allows them.

use std::{net::IpAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

/// All that is allowed. The default allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Grants {
    pub mounts: Vec<Mount>,
    pub fetch: FetchGrants,
}

/// A folder of the machine that a program sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// Where the program finds it.
    pub at: String,
    pub folder: PathBuf,
    pub mode: Mode,
    /// How much may be written in all, over the life of the grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_limit_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    ReadOnly,
    /// Writes stay in memory.
    Overlay,
    ReadWrite,
}

/// What may be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FetchGrants {
    /// `example.org` and `*.example.org` mean the usual ports (80 of http, 443 of https),
    /// `example.org:8080` that one. `*.example.org` is not `example.org` itself. An address of this
    /// machine or its network has to be named itself; for `localhost` its name is enough.
    pub hosts: Vec<String>,
    /// At most 64 MB.
    pub max_bytes: u64,
    /// For all of one fetch, redirects and body included. At most an hour.
    pub timeout_ms: u64,
    pub max_redirects: u32,
}

impl Default for FetchGrants {
    fn default() -> Self {
        Self { hosts: Vec::new(), max_bytes: 8 * 1024 * 1024, timeout_ms: 15_000, max_redirects: 5 }
    }
}

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
