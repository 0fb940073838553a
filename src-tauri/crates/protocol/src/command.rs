//! What one can ask of a session.

use std::{fmt, time::Duration};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use crate::{Bytes, Entry, Misuse, Settings, Value, stage::Handle};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Command {
    Hello,
    /// A fresh interpreter, in which nothing pauses.
    Run(Source),
    /// A fresh interpreter that pauses at calls of the listed functions.
    Start(Source),
    /// The same in the interpreter whose names persist.
    Feed(Source),
    Resume {
        value: Value,
    },
    ResumeWithError {
        exc_type: String,
        message: String,
    },
    ResumeNotFound,
    ResumeAsFuture,
    ResolveFutures {
        answers: Vec<(u32, Resolution)>,
    },
    /// Answers a call with the value of another program, which runs in an interpreter of its own
    /// with the same functions and what is left of the limits.
    ResumeWithScript {
        code: String,
        inputs: Inputs,
        script_name: Option<String>,
    },
    /// The pause there is, else the interpreter at rest; with `at` a recorded pause.
    Snapshot {
        at: Option<u64>,
    },
    Restore {
        data: Bytes,
        /// Whether a snapshot that was signed elsewhere is welcome.
        accept_foreign: bool,
        /// Readings of the clock for a run that is repeated; none of them: the real clock again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        clock: Option<Vec<i64>>,
        /// What reached the run that is repeated.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        arrivals: Vec<Arrival>,
    },
    Variables {
        at: Option<u64>,
        open: Vec<Opened>,
        from: u64,
    },
    Diagnose {
        code: String,
    },
    Continuation {
        code: String,
    },
    Record(RecordQuery),
    /// Goes back to a recorded call, and on from there with another answer.
    Fork {
        at: u64,
        answer: Option<Resolution>,
    },
    /// Runs again what was recorded, with the recorded answers.
    Replay {
        record: Option<Vec<Entry>>,
    },
    /// Answers of an owner that speaks the interpreter's own words; see [`Source::outside`].
    AnswerOutside {
        answer: OutsideAnswer,
    },
    ResolveOutside {
        answers: Vec<(u32, OutsideAnswer)>,
    },
    /// An event for `el_recv`.
    Dispatch {
        value: Value,
    },
    /// Something happened to an element of the stage.
    DomEvent {
        handle: Handle,
        event_type: String,
        value: Option<Value>,
    },
    /// Tells the whole stage again, for a page that does not know it.
    Redraw,
    /// Answers what a program has asked in an event: for a file, of a person, for permission.
    Answer {
        call_id: u32,
        answer: Resolution,
    },
    /// What holds for all programs of the session from here on.
    Configure(Box<Settings>),
    /// The functions that programs can call, in every form that follows from their declarations.
    Describe {
        extensions: Option<Vec<String>>,
    },
    /// What an owner has done that a program asked of it.
    Arrived(Arrived),
    Cancel,
    Dispose,
}

/// Something from outside that reaches a program on its way. All that a replay needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "arrived", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Arrived {
    Dispatch {
        value: Value,
    },
    DomEvent {
        handle: Handle,
        event_type: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
    },
    Answer {
        call_id: u32,
        answer: Resolution,
    },
    /// The answer to a call of the system, in the interpreter's own words.
    System {
        call_id: u32,
        answer: OutsideAnswer,
    },
    TimedOut {
        call_id: u32,
    },
    ChildPrinted {
        handle: u32,
        text: String,
    },
    ChildEnded {
        handle: u32,
        result: Resolution,
    },
    /// A child calls a function that its parent answers.
    ChildCalled {
        handle: u32,
        call_id: u32,
        function_name: String,
        args: Vec<Value>,
    },
    /// A child wants to call a function whose calls all of a family count together.
    ChildCounted {
        handle: u32,
        call_id: u32,
        function_name: String,
    },
    /// A child has ended its wait for such a call, or for all.
    ChildGone {
        handle: u32,
        call_id: Option<u32>,
    },
}

/// Something that arrived after so many calls of a program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Arrival {
    pub after: u64,
    #[serde(flatten)]
    pub what: Arrived,
}

/// One step into a value: the n-th item of a container, the attribute of an instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(untagged)]
pub enum Opened {
    Item(u32),
    Name(String),
}

/// What to tell of the record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecordQuery {
    /// The first entry wanted.
    pub from: u64,
    pub limit: Option<u64>,
    /// Whether large values come in line.
    pub whole: bool,
    /// A large value instead of entries.
    pub value: Option<String>,
    /// Switches recording on or off.
    pub recording: Option<bool>,
}

/// An answer in JSON of `monty-types`, which this crate does not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OutsideAnswer {
    Value(String),
    Error(String),
    /// An exception of somebody who does not know the interpreter's words.
    Raised {
        exc_type: String,
        message: String,
    },
    Future,
    NotFound,
}

/// Time and chance as a program sees them when every run has to be like the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct Deterministic {
    /// Where the clock starts, in milliseconds since 1970. Only sleep moves it, and takes no time.
    pub clock_ms: i64,
    pub seed: u64,
}

impl Default for Deterministic {
    /// The first moment of 2026.
    fn default() -> Self {
        Self { clock_ms: 1_767_225_600_000, seed: 0 }
    }
}

/// The answer to one call that was resumed as a future.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Resolution {
    Value(Value),
    Error { exc_type: String, message: String },
}

/// The command that gives a waiting call its answer.
impl From<Resolution> for Command {
    fn from(answer: Resolution) -> Self {
        match answer {
            Resolution::Value(value) => Self::Resume { value },
            Resolution::Error { exc_type, message } => Self::ResumeWithError { exc_type, message },
        }
    }
}

/// The rule of a request for permission where a program is gone through call by call. Answered by
/// "run" instead of true, it is the last one.
pub const STEP: &str = "step";

/// A program and the terms on which it runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Source {
    pub code: String,
    pub inputs: Inputs,
    pub limits: Limits,
    pub script_name: Option<String>,
    /// What a feed is called where tracebacks and ranges name it, instead of `<python-input-N>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// Whether a feed first forgets the names that there are, as a program on its own does.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fresh: bool,
    /// Whether somebody has to let every call of a function go, see [`crate::STEP`].
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub step: bool,
    pub external_functions: Vec<String>,
    /// The extensions whose functions it can call.
    pub extensions: Vec<String>,
    pub deterministic: Option<Deterministic>,
    /// Where chance starts; the owner fills it in and records it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Readings of the clock to give instead of the clock's, in microseconds since 1970: for a run
    /// that is repeated, which does not really sleep either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clock: Option<Vec<i64>>,
    /// What reached a run that is repeated; the outside is not asked then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrivals: Option<Vec<Arrival>>,
    /// Whether pauses leave dumps, for the record.
    pub recorded: bool,
    /// How deep it is below the program that somebody began.
    #[serde(skip_serializing_if = "is_zero")]
    pub depth: u32,
    /// Whether every suspension leaves, in the interpreter's own words: for an owner that has files
    /// and objects of its own. No message from outside sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside: Option<Outside>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "this is how serde asks")]
fn is_zero(depth: &u32) -> bool {
    *depth == 0
}

/// What a program finds around it whose owner answers every suspension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Outside {
    pub folder: Option<String>,
    pub time_zone: Option<String>,
}

/// What a run may use up. `Some(0)` is no limit, `None` leaves it to the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Limits {
    pub timeout_ms: Option<u64>,
    pub turn_timeout_ms: Option<u64>,
    pub memory_bytes: Option<u64>,
    pub recursion_depth: Option<u64>,
    pub host_calls: Option<u64>,
    pub sleep_ms: Option<u64>,
    pub print_bytes: Option<u64>,
}

/// The deepest recursion that the interpreter's stack carries.
pub(crate) const MAX_RECURSION_DEPTH: u64 = 1000;

impl Limits {
    /// What the command line and `monty-engine stdio` set where a message says nothing.
    pub const DEFAULT: Self = Self {
        timeout_ms: Some(10_000),
        turn_timeout_ms: None,
        memory_bytes: Some(512 * 1024 * 1024),
        recursion_depth: Some(MAX_RECURSION_DEPTH),
        host_calls: None,
        sleep_ms: None,
        print_bytes: None,
    };

    /// What the window and the browser set: time for a turn, not for a run, so that an event loop
    /// may live for hours.
    pub const INTERACTIVE: Self = Self { timeout_ms: None, turn_timeout_ms: Some(10_000), ..Self::DEFAULT };

    /// These limits, with `defaults` where they say nothing.
    #[must_use]
    pub fn or(self, defaults: Self) -> Self {
        Self {
            timeout_ms: self.timeout_ms.or(defaults.timeout_ms),
            turn_timeout_ms: self.turn_timeout_ms.or(defaults.turn_timeout_ms),
            memory_bytes: self.memory_bytes.or(defaults.memory_bytes),
            recursion_depth: self.recursion_depth.or(defaults.recursion_depth),
            host_calls: self.host_calls.or(defaults.host_calls),
            sleep_ms: self.sleep_ms.or(defaults.sleep_ms),
            print_bytes: self.print_bytes.or(defaults.print_bytes),
        }
    }

    pub fn timeout(&self) -> Option<Duration> {
        positive(self.timeout_ms).map(Duration::from_millis)
    }

    pub fn turn_timeout(&self) -> Option<Duration> {
        positive(self.turn_timeout_ms).map(Duration::from_millis)
    }

    pub fn memory(&self) -> Option<u64> {
        positive(self.memory_bytes)
    }

    pub fn recursion(&self) -> u64 {
        positive(self.recursion_depth).unwrap_or(MAX_RECURSION_DEPTH).min(MAX_RECURSION_DEPTH)
    }

    pub fn host_calls(&self) -> Option<u64> {
        positive(self.host_calls)
    }

    pub fn sleep(&self) -> Option<Duration> {
        positive(self.sleep_ms).map(Duration::from_millis)
    }

    pub fn print(&self) -> Option<u64> {
        positive(self.print_bytes)
    }
}

fn positive(value: Option<u64>) -> Option<u64> {
    value.filter(|value| *value != 0)
}

/// A float that is a whole number which every JSON reader keeps exact.
pub(crate) fn whole_float(value: f64) -> Option<u64> {
    /// 2^53.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be whole and in range")]
    let whole = value as u64;
    (value.fract() == 0.0 && (0.0..=EXACT).contains(&value)).then_some(whole)
}

pub(crate) fn not_whole(limit: &str) -> Misuse {
    Misuse::bad_input(format!("{limit} has to be a whole number that is not negative; 0 is no limit"))
}

/// Named values in order: the inputs of a run, the keyword arguments of a call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Inputs(pub Vec<(String, Value)>);

impl Inputs {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same as a dict.
    pub fn to_dict(&self) -> Value {
        self.clone().into_dict()
    }

    pub fn into_dict(self) -> Value {
        Value::Dict(self.0.into_iter().map(|(name, value)| (Value::Str(name), value)).collect())
    }
}

impl Serialize for Inputs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Inputs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(InputsVisitor)
    }
}

struct InputsVisitor;

impl<'de> Visitor<'de> for InputsVisitor {
    type Value = Inputs;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object of values by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Inputs, A::Error> {
        let mut values = Vec::new();
        while let Some(entry) = map.next_entry()? {
            values.push(entry);
        }
        Ok(Inputs(values))
    }
}

impl Command {
    /// The name the command has on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Run(_) => "run",
            Self::Start(_) => "start",
            Self::Feed(_) => "feed",
            Self::Resume { .. } => "resume",
            Self::ResumeWithError { .. } => "resumeWithError",
            Self::ResumeNotFound => "resumeNotFound",
            Self::ResumeAsFuture => "resumeAsFuture",
            Self::ResolveFutures { .. } => "resolveFutures",
            Self::ResumeWithScript { .. } => "resumeWithScript",
            Self::Snapshot { .. } => "snapshot",
            Self::Restore { .. } => "restore",
            Self::Variables { .. } => "variables",
            Self::Diagnose { .. } => "diagnose",
            Self::Continuation { .. } => "continuation",
            Self::Record(_) => "record",
            Self::Fork { .. } => "fork",
            Self::Replay { .. } => "replay",
            Self::AnswerOutside { .. } => "answerOutside",
            Self::ResolveOutside { .. } => "resolveOutside",
            Self::Dispatch { .. } => "dispatch",
            Self::DomEvent { .. } => "domEvent",
            Self::Redraw => "redraw",
            Self::Answer { .. } => "answer",
            Self::Configure(_) => "configure",
            Self::Describe { .. } => "describe",
            Self::Arrived(_) => "arrived",
            Self::Cancel => "cancel",
            Self::Dispose => "dispose",
        }
    }

    /// Whether the command makes a program run, from its start or from a pause.
    pub fn runs(&self) -> bool {
        match self {
            Self::Run(_)
            | Self::Start(_)
            | Self::Feed(_)
            | Self::Resume { .. }
            | Self::ResumeWithError { .. }
            | Self::ResumeNotFound
            | Self::ResumeAsFuture
            | Self::ResumeWithScript { .. }
            | Self::ResolveFutures { .. }
            | Self::AnswerOutside { .. }
            | Self::ResolveOutside { .. } => true,
            Self::Hello
            | Self::Snapshot { .. }
            | Self::Restore { .. }
            | Self::Variables { .. }
            | Self::Diagnose { .. }
            | Self::Continuation { .. }
            | Self::Record(_)
            | Self::Fork { .. }
            | Self::Replay { .. }
            | Self::Dispatch { .. }
            | Self::DomEvent { .. }
            | Self::Redraw
            | Self::Answer { .. }
            | Self::Configure(_)
            | Self::Describe { .. }
            | Self::Arrived(_)
            | Self::Cancel
            | Self::Dispose => false,
        }
    }

    /// Whether the command reaches a program on its way without waiting for its end.
    pub fn interjects(&self) -> bool {
        matches!(
            self,
            Self::Dispatch { .. } | Self::DomEvent { .. } | Self::Redraw | Self::Answer { .. } | Self::Arrived(_)
        )
    }

    /// Whether the command only looks, and fits a program that waits for something outside.
    pub fn looks(&self) -> bool {
        matches!(
            self,
            Self::Hello
                | Self::Snapshot { .. }
                | Self::Variables { .. }
                | Self::Diagnose { .. }
                | Self::Continuation { .. }
                | Self::Record(_)
                | Self::Describe { .. }
        )
    }

    /// Whether the command makes the session another one, or needs it for itself.
    pub fn fits_only_at_rest(&self) -> bool {
        matches!(self, Self::Restore { .. } | Self::Fork { .. } | Self::Replay { .. })
    }

    /// The program that the command begins to run, if it does.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Self::Run(source) | Self::Start(source) | Self::Feed(source) => Some(source),
            _ => None,
        }
    }

    /// The same, to set defaults in it.
    pub fn source_mut(&mut self) -> Option<&mut Source> {
        match self {
            Self::Run(source) | Self::Start(source) | Self::Feed(source) => Some(source),
            _ => None,
        }
    }
}
