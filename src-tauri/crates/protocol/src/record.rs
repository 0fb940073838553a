//! What a session remembers of itself: numbered entries, in the order in which things happened.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Arrival, Deterministic, Limits, Range, RunError, Settings, Stream, Usage, Value};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub seq: u64,
    /// Milliseconds since the session was opened.
    pub at_ms: f64,
    #[serde(flatten)]
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum What {
    /// A program began.
    Run {
        /// `run`, `start` or `feed`.
        command: String,
        code: Kept,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        script_name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cell: Option<String>,
        /// Whether a feed forgot the names that there were.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        fresh: bool,
        /// Whether every call had to be let go.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        step: bool,
        /// A dict.
        inputs: Kept,
        external_functions: Vec<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        extensions: Vec<String>,
        limits: Limits,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deterministic: Option<Deterministic>,
        /// Where chance began.
        seed: u64,
    },
    Call {
        lane: Lane,
        function_name: Cow<'static, str>,
        /// A list.
        args: Kept,
        /// A dict.
        kwargs: Kept,
        call_id: u32,
        awaited: bool,
        range: Option<Range>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Answer>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_ms: Option<f64>,
        /// Whether the pause can be gone back to at once.
        #[serde(default)]
        dump: bool,
    },
    /// Something reached the program from outside.
    Arrival(Arrival),
    /// What held from here on.
    Settings {
        settings: Box<Settings>,
    },
    /// All tasks waited for these calls.
    Futures {
        call_ids: Vec<u32>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        answers: Vec<FutureAnswer>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_ms: Option<f64>,
        #[serde(default)]
        dump: bool,
    },
    /// One or more printed lines, or pieces of them.
    Print {
        stream: Stream,
        text: Kept,
    },
    State {
        state: String,
    },
    Limit {
        name: String,
        max: u64,
    },
    /// A program ended.
    End {
        ok: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Kept>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<RunError>,
        usage: Usage,
    },
}

impl Entry {
    pub fn is_host_call(&self) -> bool {
        matches!(self.what, What::Call { lane: Lane::Host, .. })
    }
}

/// Who is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum Lane {
    /// A function of the host.
    Host,
    /// The clock.
    Clock,
    /// An extension, which answers without a pause.
    Extension,
    /// The system: files, environment.
    System,
}

/// How a call went on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    pub by: By,
    #[serde(flatten)]
    pub with: With,
}

/// Who answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum By {
    /// Whoever drives the session.
    Driver,
    /// The engine itself.
    Engine,
    /// The extension that the function belongs to.
    Extension,
    /// A rule of the user's.
    Rule,
    /// A person, or whoever the program asked.
    Person,
    /// The record that is replayed.
    Record,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "with", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum With {
    Value {
        value: Kept,
    },
    Error {
        exc_type: String,
        message: String,
    },
    NotFound,
    Future,
    /// The value of another program.
    Script {
        code: Kept,
        inputs: Kept,
        script_name: Option<String>,
    },
    /// Nobody: the run ended here.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FutureAnswer {
    pub call_id: u32,
    #[serde(flatten)]
    pub with: With,
}

/// A value in the record: a large one is out of line, to be fetched when somebody asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Kept {
    Out {
        #[serde(rename = "$blob")]
        blob: Blob,
    },
    In(Value),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Blob {
    /// The hash of the value's JSON.
    pub id: String,
    /// The length of that.
    pub bytes: u64,
    /// The beginning of what Python prints for it.
    pub preview: String,
}

/// A part of a record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecordPage {
    pub entries: Vec<Entry>,
    /// The number of the oldest entry that is kept.
    pub first: u64,
    /// Where the next page begins; equal to `end` after the last one.
    pub next: u64,
    /// The number that the next entry will have.
    pub end: u64,
    pub recording: bool,
}

/// How a replay went.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Replayed {
    pub same: bool,
    pub runs: u64,
    pub calls: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<Difference>,
}

/// The first thing that went otherwise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// The entry of the record that it is about.
    pub entry: u64,
    /// What differs: `function`, `args`, `kwargs`, `printed`, `value`, `error`, `end`, `futures`.
    pub what: String,
    pub recorded: String,
    pub now: String,
}
