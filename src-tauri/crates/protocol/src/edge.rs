//! The words at the edge of an interface, window or browser: what TypeScript can say of them.
//! Whole numbers are at most 2^53 here, and a value comes with the text that Python prints for it.

use serde::{Deserialize, Serialize};

use crate::{
    Event, Inputs, Limits, Misuse, Outcome, Reply, RunError, Source, Usage, Value,
    command::{not_whole, whole_float},
};

/// How much of a value's text is sent.
const SHOWN: usize = 64 * 1024;

/// Events of a session, numbered from `first` without a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Batch {
    pub first: u32,
    pub events: Vec<Event>,
}

/// A program and the terms on which it runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct EdgeSource {
    pub code: String,
    pub limits: EdgeLimits,
    pub script_name: Option<String>,
    pub external_functions: Vec<String>,
}

/// Whole numbers; absent is the default, 0 is no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct EdgeLimits {
    pub timeout_ms: Option<f64>,
    pub turn_timeout_ms: Option<f64>,
    pub memory_bytes: Option<f64>,
    pub recursion_depth: Option<f64>,
    pub host_calls: Option<f64>,
    pub sleep_ms: Option<f64>,
    pub print_bytes: Option<f64>,
}

/// The answer to a command. `events` were sent before it; wait for them, they take another way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EdgeReply {
    Value { repr: String, usage: Usage, events: u32 },
    Failure { error: EdgeError, usage: Usage, events: u32 },
    Cancelled { events: u32 },
    Refused { code: String, message: String, events: u32 },
}

/// Why a run did not end with a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EdgeError {
    pub kind: crate::RunErrorKind,
    pub exc_type: String,
    pub message: String,
    pub traceback: Vec<crate::Frame>,
    pub limit: Option<String>,
    pub max: Option<f64>,
}

impl EdgeReply {
    pub fn from_reply(reply: Reply, events: u32) -> Self {
        match reply {
            Reply::Complete(Outcome { result: Ok(value), usage }) => Self::Value { repr: shown(&value), usage, events },
            Reply::Complete(Outcome { result: Err(error), usage }) => {
                Self::Failure { error: error.into(), usage, events }
            }
            Reply::Cancelled | Reply::Disposed => Self::Cancelled { events },
            Reply::Error(Misuse { code, message, .. }) => {
                let code = serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned));
                Self::Refused { code: code.unwrap_or_default(), message, events }
            }
            _ => Self::Refused {
                code: "unsupported".to_owned(),
                message: "this interface cannot show that answer yet".to_owned(),
                events,
            },
        }
    }
}

fn shown(value: &Value) -> String {
    value.repr(SHOWN)
}

impl From<RunError> for EdgeError {
    fn from(error: RunError) -> Self {
        let RunError { kind, exc_type, message, traceback, limit, max } = error;
        #[expect(clippy::cast_precision_loss, reason = "limits come from the same edge, where they are at most 2^53")]
        Self { kind, exc_type, message, traceback, limit, max: max.map(|max| max as f64) }
    }
}

impl TryFrom<EdgeSource> for Source {
    type Error = Misuse;

    fn try_from(source: EdgeSource) -> Result<Self, Misuse> {
        let EdgeSource { code, limits, script_name, external_functions } = source;
        let limits = Limits {
            timeout_ms: whole("timeoutMs", limits.timeout_ms)?,
            turn_timeout_ms: whole("turnTimeoutMs", limits.turn_timeout_ms)?,
            memory_bytes: whole("memoryBytes", limits.memory_bytes)?,
            recursion_depth: whole("recursionDepth", limits.recursion_depth)?,
            host_calls: whole("hostCalls", limits.host_calls)?,
            sleep_ms: whole("sleepMs", limits.sleep_ms)?,
            print_bytes: whole("printBytes", limits.print_bytes)?,
        };
        Ok(Self { code, inputs: Inputs::default(), limits, script_name, external_functions, ..Self::default() })
    }
}

fn whole(name: &str, value: Option<f64>) -> Result<Option<u64>, Misuse> {
    value.map(|value| whole_float(value).ok_or_else(|| not_whole(name))).transpose()
}
