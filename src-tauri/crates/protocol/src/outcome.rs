//! What a session answers and what it tells in between.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Bytes, Inputs, Misuse, Opened, RecordPage, Replayed, Value,
    stage::{Handle, Patch},
};

/// The one answer to a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reply {
    Hello {
        protocol: u32,
        engine: String,
        monty: String,
        capabilities: Vec<String>,
    },
    /// Python waits for the answer to a call.
    Pending {
        function_name: String,
        args: Vec<Value>,
        kwargs: Inputs,
        call_id: u32,
        awaited: bool,
        range: Option<Range>,
    },
    /// All tasks of Python wait for these calls.
    ResolveFutures {
        call_ids: Vec<u32>,
    },
    Complete(Outcome),
    /// A suspension in the interpreter's own words, for an owner that answers in them.
    #[cfg_attr(test, schemars(skip))]
    Outside {
        call: OutsideCall,
    },
    /// The program waits for something outside that nobody will bring. Only between an owner and
    /// whoever repeats a record.
    #[cfg_attr(test, schemars(skip))]
    Waiting,
    /// Nothing runs; a snapshot at rest has been restored.
    Idle,
    Snapshot {
        data: Bytes,
        bytes: u64,
    },
    Variables {
        variables: Vec<Variable>,
        /// How many there are in all.
        total: u64,
    },
    Diagnostics {
        diagnostics: Vec<Diagnostic>,
    },
    Continuation {
        mode: String,
    },
    Record(RecordPage),
    RecordValue {
        value: Value,
    },
    Replayed(Replayed),
    /// An event was taken in; so many wait now.
    Dispatched {
        queued: u64,
    },
    Delivered,
    /// What a program asked for has been handed to it.
    Answered,
    Configured,
    Described(Described),
    Cancelled,
    Disposed,
    Error(Misuse),
}

impl Reply {
    /// Whether a run waits for an answer after this reply.
    pub fn is_pause(&self) -> bool {
        matches!(self, Self::Pending { .. } | Self::ResolveFutures { .. } | Self::Outside { .. } | Self::Waiting)
    }
}

/// Functions in every form that follows from their declarations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Described {
    pub extensions: Vec<DescribedExtension>,
    pub functions: Vec<DescribedFunction>,
    /// For a type checker.
    pub stub: String,
    /// For a language model.
    pub prompt: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DescribedExtension {
    pub namespace: String,
    pub about: String,
    /// `desktop`, `browser`.
    pub places: Vec<String>,
    /// `exclude`, `inherit` or `clone`.
    pub child_policy: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DescribedFunction {
    pub name: String,
    pub namespace: String,
    pub about: String,
    pub signature: String,
    /// JSON Schema, as text.
    pub schema: String,
    /// Whether it can be called where the session runs.
    pub available: bool,
}

/// A call for an owner that speaks the interpreter's own words; `data` is JSON of `monty-types`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OutsideCall {
    pub kind: OutsideKind,
    pub name: String,
    pub call_id: Option<u32>,
    /// The object whose method is called or whose attribute is read.
    pub object_id: Option<String>,
    /// The arguments of a function, the whole of a call of the system, nothing of a name.
    pub data: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub enum OutsideKind {
    Function,
    System,
    Name,
}

/// A name of the session, or a part of its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Variable {
    pub name: String,
    #[serde(rename = "type")]
    pub type_name: String,
    pub preview: String,
    /// How many items it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "specta", specta(type = Option<u32>))]
    pub size: Option<u64>,
    /// How to get to it from the variable that was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Opened>,
    /// Whether it has parts that can be opened.
    #[serde(default, skip_serializing_if = "is_false")]
    pub opens: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "this is how serde asks")]
fn is_false(value: &bool) -> bool {
    !value
}

/// What is wrong with a program before it runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Diagnostic {
    pub message: String,
    pub severity: Severity,
    pub range: Range,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    Error,
    Warning,
}

/// A time as usage tells it: to the microsecond, which is enough and short to write.
pub fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    pub result: Result<Value, RunError>,
    pub usage: Usage,
}

impl Outcome {
    /// Whether what the run did to its interpreter stands: it ended with a value or, as in CPython,
    /// with an exception.
    pub fn is_sound(&self) -> bool {
        self.result.as_ref().err().is_none_or(|error| error.kind == RunErrorKind::Exception)
    }
}

#[derive(Serialize)]
struct OutcomeOut<'a> {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a RunError>,
    usage: Usage,
}

#[derive(Deserialize)]
struct OutcomeIn {
    ok: bool,
    #[serde(default = "python_none")]
    value: Value,
    error: Option<RunError>,
    usage: Usage,
}

fn python_none() -> Value {
    Value::None
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        OutcomeOut {
            ok: self.result.is_ok(),
            value: self.result.as_ref().ok(),
            error: self.result.as_ref().err(),
            usage: self.usage,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parts = OutcomeIn::deserialize(deserializer)?;
        let result = match (parts.ok, parts.error) {
            (true, None) => Ok(parts.value),
            (false, Some(error)) => Err(error),
            _ => return Err(serde::de::Error::custom("ok and error contradict each other")),
        };
        Ok(Self { result, usage: parts.usage })
    }
}

/// What a run used up. Waiting for answers, sleeping and waiting for a slow reader is `wait_ms`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    // A finite number: said as an integer here, because a float may be null in TypeScript.
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub elapsed_ms: f64,
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub wait_ms: f64,
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub peak_memory_bytes: u64,
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub host_calls: u64,
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub prints: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum RunErrorKind {
    /// Python raised and nothing caught it.
    Exception,
    /// A limit of the run was reached.
    Limit,
    /// The interpreter itself broke down.
    Crash,
    /// Somebody stopped the run.
    Cancelled,
}

/// Why a run did not end with a value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunError {
    pub kind: RunErrorKind,
    pub exc_type: String,
    pub message: String,
    /// Outermost frame first.
    pub traceback: Vec<Frame>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
}

impl RunError {
    /// An error that no line of the program raised.
    pub fn new(kind: RunErrorKind, exc_type: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            exc_type: exc_type.to_owned(),
            message: message.into(),
            traceback: Vec::new(),
            limit: None,
            max: None,
        }
    }

    /// The breakdown of an interpreter.
    pub fn crash(message: impl Into<String>) -> Self {
        Self::new(RunErrorKind::Crash, "SystemError", message)
    }

    /// The end that Stop makes.
    pub fn cancelled() -> Self {
        Self::new(RunErrorKind::Cancelled, "KeyboardInterrupt", "the run was stopped")
    }

    /// The end that Stop makes of a program that does not listen.
    pub fn killed() -> Self {
        let message = "the run was stopped; it did not listen, so its process was ended";
        Self::new(RunErrorKind::Cancelled, "KeyboardInterrupt", message)
    }

    /// A limit that was reached. The message names it and its value.
    pub fn limit(name: &str, max: u64) -> Self {
        let (exc_type, message) = match name {
            "timeoutMs" => ("TimeoutError", format!("the run reached its time limit of {max} ms (timeoutMs)")),
            "turnTimeoutMs" => (
                "TimeoutError",
                format!("the stretch between two pauses reached its time limit of {max} ms (turnTimeoutMs)"),
            ),
            "memoryBytes" => ("MemoryError", format!("the run reached its memory limit of {max} bytes (memoryBytes)")),
            "recursionDepth" => {
                ("RecursionError", format!("the run reached its recursion limit of {max} calls (recursionDepth)"))
            }
            "hostCalls" => ("RuntimeError", format!("the run reached its limit of {max} host calls (hostCalls)")),
            "sleepMs" => ("RuntimeError", format!("the run reached its limit of {max} ms of sleep (sleepMs)")),
            "printBytes" => ("RuntimeError", format!("the run reached its limit of {max} printed bytes (printBytes)")),
            _ => ("RuntimeError", format!("the run reached its limit {name} of {max}")),
        };
        Self { limit: Some(name.to_owned()), max: Some(max), ..Self::new(RunErrorKind::Limit, exc_type, message) }
    }
}

/// One line of a traceback. Lines and columns count from 1, columns in characters, ends exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    pub filename: String,
    pub line: u32,
    pub column: u32,
    pub end_line: u32,
    pub end_column: u32,
    /// The function, `<module>`, or nothing for an error of syntax.
    pub frame_name: Option<String>,
    pub source_line: Option<String>,
    /// Whether CPython marks nothing in this line: it raised on purpose.
    #[serde(default, skip_serializing_if = "is_false")]
    pub hide_caret: bool,
}

/// A place in a source. Columns count characters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// A stretch of a source; the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Range {
    pub filename: String,
    pub start: Position,
    pub end: Position,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Stream {
    Stdout,
    Stderr,
}

/// What a run tells while it goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// A printed line with its newline, a piece of a long one, or a rest before a pause or the end.
    Print { stream: Stream, text: String },
    /// What a function has to tell.
    Emit {
        value: Value,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        call_id: Option<u32>,
    },
    /// What Python has built has changed.
    Stage { patches: Vec<Patch> },
    /// A call waits for something outside that is no answer of the driver.
    Waiting {
        function_name: String,
        call_id: u32,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        handles: Vec<Handle>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        range: Option<Range>,
    },
    /// It waits no longer.
    Waited { call_id: u32 },
    /// A program wants a file. The answer is a dict of `name` and `data` (bytes), or None.
    UploadRequested {
        call_id: u32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accept: Option<String>,
        binary: bool,
        max_bytes: u64,
    },
    /// A program gives a file away.
    DownloadRequested { filename: String, data: Bytes },
    /// A program says or asks something. The answer is None, a bool, or a str or None.
    DialogRequested {
        call_id: u32,
        kind: DialogKind,
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<String>,
    },
    /// Somebody has to allow a call. The answer is a bool.
    PermissionRequested {
        call_id: u32,
        function_name: String,
        args: Vec<Value>,
        kwargs: Inputs,
        /// Whose asking it is: `dom_*`, `Path.`.
        rule: String,
    },
    /// A key of the storage has a value, or none any more.
    Stored {
        key: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
    },
    /// How it stands with an extension, where that can be watched.
    State { extension: String, value: Value },
    /// What a child of the sandbox tells.
    Child { handle: u32, told: Box<Self> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum DialogKind {
    Alert,
    Confirm,
    Prompt,
}

impl Event {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Print { text, .. } => text.len() + 64,
            Self::Stage { patches } => patches.len() * 64,
            Self::DownloadRequested { data, .. } => data.0.len() + 64,
            Self::Child { told, .. } => told.size() + 32,
            _ => 256,
        }
    }
}
