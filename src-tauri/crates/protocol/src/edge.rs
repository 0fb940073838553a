//! The words at the edge of an interface, window or browser: what TypeScript can say of them.
//! Whole numbers are at most 2^53 here, and a value comes with the text that Python prints for it.

use serde::{Deserialize, Serialize};

use crate::{
    Described, Deterministic, Diagnostic, DialogKind, Event, Inputs, Limits, Message, Misuse, Outcome, Range, Replayed,
    Reply, Resolution, RunError, Source, Stream, Usage, Value, Variable,
    command::{not_whole, whole_float},
    message::LAST_MOMENT,
    record::Difference,
    stage::{Handle, Patch},
    value::to_javascript,
};

/// How much of a value's text is sent.
const SHOWN: usize = 64 * 1024;

/// Events of a session, numbered from `first` without a gap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Batch {
    pub first: u32,
    pub events: Vec<EdgeEvent>,
}

/// An event as an interface takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EdgeEvent {
    Print {
        stream: Stream,
        text: String,
    },
    Emit {
        value: EdgeValue,
        call_id: Option<u32>,
    },
    Stage {
        patches: Vec<Patch>,
    },
    Waiting {
        function_name: String,
        call_id: u32,
        #[cfg_attr(feature = "specta", specta(type = Vec<u32>))]
        handles: Vec<Handle>,
        range: Option<Range>,
    },
    Waited {
        call_id: u32,
    },
    UploadRequested {
        call_id: u32,
        accept: Option<String>,
        binary: bool,
        #[cfg_attr(feature = "specta", specta(type = u32))]
        max_bytes: u64,
    },
    DownloadRequested {
        filename: String,
        /// In base64.
        data: String,
    },
    DialogRequested {
        call_id: u32,
        kind: DialogKind,
        message: String,
        default: Option<String>,
    },
    PermissionRequested {
        call_id: u32,
        function_name: String,
        args: Vec<EdgeValue>,
        kwargs: Vec<EdgeArgument>,
        rule: String,
    },
    /// The value as JSON.
    Stored {
        key: String,
        json: Option<String>,
    },
    State {
        extension: String,
        value: EdgeValue,
    },
    Child {
        handle: u32,
        told: Box<EdgeEvent>,
    },
}

impl From<Event> for EdgeEvent {
    fn from(event: Event) -> Self {
        match event {
            Event::Print { stream, text } => Self::Print { stream, text },
            Event::Emit { value, call_id } => Self::Emit { value: (&value).into(), call_id },
            Event::Stage { patches } => Self::Stage { patches },
            Event::Waiting { function_name, call_id, handles, range } => {
                Self::Waiting { function_name, call_id, handles, range }
            }
            Event::Waited { call_id } => Self::Waited { call_id },
            Event::UploadRequested { call_id, accept, binary, max_bytes } => {
                Self::UploadRequested { call_id, accept, binary, max_bytes }
            }
            Event::DownloadRequested { filename, data } => Self::DownloadRequested { filename, data: data.to_base64() },
            Event::DialogRequested { call_id, kind, message, default } => {
                Self::DialogRequested { call_id, kind, message, default }
            }
            Event::PermissionRequested { call_id, function_name, args, kwargs, rule } => Self::PermissionRequested {
                call_id,
                function_name,
                args: args.iter().map(EdgeValue::from).collect(),
                kwargs: arguments(&kwargs),
                rule,
            },
            Event::Stored { key, value } => Self::Stored { key, json: value.as_ref().map(to_javascript) },
            Event::State { extension, value } => Self::State { extension, value: (&value).into() },
            Event::Child { handle, told } => Self::Child { handle, told: Box::new((*told).into()) },
        }
    }
}

fn arguments(kwargs: &Inputs) -> Vec<EdgeArgument> {
    kwargs.0.iter().map(|(name, value)| EdgeArgument { name: name.clone(), value: value.into() }).collect()
}

/// A program and the terms on which it runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", default)]
pub struct EdgeSource {
    pub code: String,
    /// Values by name, as JSON.
    pub inputs: Vec<EdgeNamed>,
    pub limits: EdgeLimits,
    pub script_name: Option<String>,
    /// What a feed is called where tracebacks and ranges name it.
    pub cell: Option<String>,
    /// Whether a feed first forgets the names that there are.
    pub fresh: bool,
    /// Whether somebody has to let every call of a function go.
    pub step: bool,
    pub external_functions: Vec<String>,
    pub extensions: Vec<String>,
    pub deterministic: Option<EdgeDeterministic>,
}

/// Where the clock starts, in milliseconds since 1970, and chance.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EdgeDeterministic {
    pub clock_ms: Option<f64>,
    pub seed: Option<f64>,
}

/// A value: its JSON, in which whole floats are tagged, and what Python prints for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EdgeValue {
    pub json: String,
    pub repr: String,
}

/// A named value on its way in, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EdgeNamed {
    pub name: String,
    pub json: String,
}

/// A named value on its way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EdgeArgument {
    pub name: String,
    pub value: EdgeValue,
}

/// The answer to one call that was left open: a value as JSON, or an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EdgeResolution {
    pub call_id: u32,
    pub json: Option<String>,
    pub error: Option<EdgeRaised>,
}

/// Something that happened to an element of the stage; its value as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EdgeDomEvent {
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub handle: Handle,
    pub event_type: String,
    pub json: Option<String>,
}

impl TryFrom<EdgeDomEvent> for crate::Command {
    type Error = Misuse;

    fn try_from(event: EdgeDomEvent) -> Result<Self, Misuse> {
        let EdgeDomEvent { handle, event_type, json } = event;
        let value = json.as_deref().map(value_from_json).transpose()?;
        Ok(Self::DomEvent { handle, event_type, value })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct EdgeRaised {
    pub exc_type: Option<String>,
    pub message: String,
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
pub struct EdgeReply {
    pub events: u32,
    pub answer: EdgeAnswer,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "state", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EdgeAnswer {
    Value {
        value: EdgeValue,
        usage: Usage,
    },
    Failure {
        error: EdgeError,
        usage: Usage,
    },
    Pending {
        function_name: String,
        args: Vec<EdgeValue>,
        kwargs: Vec<EdgeArgument>,
        call_id: u32,
        awaited: bool,
        range: Option<Range>,
    },
    ResolveFutures {
        call_ids: Vec<u32>,
    },
    /// Nothing runs.
    Idle,
    /// In base64, signed.
    Snapshot {
        data: String,
    },
    Variables {
        variables: Vec<Variable>,
        total: u32,
    },
    Diagnostics {
        diagnostics: Vec<Diagnostic>,
    },
    Continuation {
        mode: String,
    },
    /// JSON of a page of the record.
    Record {
        page: String,
    },
    RecordValue {
        value: EdgeValue,
    },
    Replayed {
        same: bool,
        calls: u32,
        difference: Option<EdgeDifference>,
    },
    Dispatched {
        queued: u32,
    },
    Delivered,
    Answered,
    Configured,
    Described {
        described: Described,
    },
    Cancelled,
    Refused {
        code: String,
        message: String,
        reason: Option<String>,
    },
}

/// The first thing that went otherwise in a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct EdgeDifference {
    pub entry: u32,
    pub what: String,
    pub recorded: String,
    pub now: String,
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
        Self { events, answer: EdgeAnswer::from(reply) }
    }
}

impl From<Reply> for EdgeAnswer {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Complete(Outcome { result: Ok(value), usage }) => Self::Value { value: (&value).into(), usage },
            Reply::Complete(Outcome { result: Err(error), usage }) => Self::Failure { error: error.into(), usage },
            Reply::Pending { function_name, args, kwargs, call_id, awaited, range } => Self::Pending {
                function_name,
                args: args.iter().map(EdgeValue::from).collect(),
                kwargs: arguments(&kwargs),
                call_id,
                awaited,
                range,
            },
            Reply::ResolveFutures { call_ids } => Self::ResolveFutures { call_ids },
            Reply::Idle => Self::Idle,
            Reply::Snapshot { data, .. } => Self::Snapshot { data: data.to_base64() },
            Reply::Variables { variables, total } => {
                Self::Variables { variables, total: u32::try_from(total).unwrap_or(u32::MAX) }
            }
            Reply::Diagnostics { diagnostics } => Self::Diagnostics { diagnostics },
            Reply::Continuation { mode } => Self::Continuation { mode },
            Reply::Record(page) => Self::Record { page: serde_json::to_string(&page).unwrap_or_default() },
            Reply::RecordValue { value } => Self::RecordValue { value: (&value).into() },
            Reply::Replayed(Replayed { same, calls, difference, .. }) => Self::Replayed {
                same,
                calls: u32::try_from(calls).unwrap_or(u32::MAX),
                difference: difference.map(|Difference { entry, what, recorded, now }| EdgeDifference {
                    entry: u32::try_from(entry).unwrap_or(u32::MAX),
                    what,
                    recorded,
                    now,
                }),
            },
            Reply::Dispatched { queued } => Self::Dispatched { queued: u32::try_from(queued).unwrap_or(u32::MAX) },
            Reply::Delivered => Self::Delivered,
            Reply::Answered => Self::Answered,
            Reply::Configured => Self::Configured,
            Reply::Described(described) => Self::Described { described },
            Reply::Cancelled | Reply::Disposed => Self::Cancelled,
            Reply::Error(Misuse { code, message, reason, .. }) => {
                let code = serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned));
                Self::Refused { code: code.unwrap_or_default(), message, reason }
            }
            Reply::Hello { .. } | Reply::Outside { .. } | Reply::Waiting => Self::Refused {
                code: "unsupported".to_owned(),
                message: "an interface does not ask for that".to_owned(),
                reason: None,
            },
        }
    }
}

impl From<&Value> for EdgeValue {
    fn from(value: &Value) -> Self {
        Self { json: to_javascript(value), repr: value.repr(SHOWN) }
    }
}

/// A value that an interface has written as JSON.
pub fn value_from_json(json: &str) -> Result<Value, Misuse> {
    let named = Message::input("value", json);
    named.map(|(_, value)| value).map_err(|misuse| Misuse { code: crate::Code::BadValue, ..misuse })
}

impl EdgeResolution {
    /// The call and its answer.
    pub fn read(self) -> Result<(u32, Resolution), Misuse> {
        let resolution = match (self.json, self.error) {
            (Some(json), None) => Resolution::Value(value_from_json(&json)?),
            (None, Some(raised)) => raised.into(),
            _ => return Err(Misuse::bad_message("a call is answered by a value or by an error")),
        };
        Ok((self.call_id, resolution))
    }
}

impl From<EdgeRaised> for Resolution {
    fn from(raised: EdgeRaised) -> Self {
        let exc_type = raised.exc_type.unwrap_or_else(|| "RuntimeError".to_owned());
        Self::Error { exc_type, message: raised.message }
    }
}

/// Named values that an interface has written as JSON.
pub fn named_from_json(inputs: &[EdgeNamed]) -> Result<Inputs, Misuse> {
    let mut seen = std::collections::HashSet::new();
    if let Some(twice) = inputs.iter().find(|input| !seen.insert(&input.name)) {
        return Err(Misuse::bad_input(format!("the input {:?} is given twice", twice.name)));
    }
    inputs.iter().map(|input| Message::input(&input.name, &input.json)).collect::<Result<_, _>>().map(Inputs)
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
        let EdgeSource {
            code,
            inputs,
            limits,
            script_name,
            cell,
            fresh,
            step,
            external_functions,
            extensions,
            deterministic,
        } = source;
        let deterministic = match deterministic {
            None => None,
            Some(EdgeDeterministic { clock_ms, seed }) => {
                let default = Deterministic::default();
                let clock = whole("clockMs", clock_ms)?.map(|clock| i64::try_from(clock).unwrap_or(i64::MAX));
                Some(Deterministic {
                    clock_ms: clock.unwrap_or(default.clock_ms).min(LAST_MOMENT),
                    seed: whole("seed", seed)?.unwrap_or(default.seed),
                })
            }
        };
        let limits = Limits {
            timeout_ms: whole("timeoutMs", limits.timeout_ms)?,
            turn_timeout_ms: whole("turnTimeoutMs", limits.turn_timeout_ms)?,
            memory_bytes: whole("memoryBytes", limits.memory_bytes)?,
            recursion_depth: whole("recursionDepth", limits.recursion_depth)?,
            host_calls: whole("hostCalls", limits.host_calls)?,
            sleep_ms: whole("sleepMs", limits.sleep_ms)?,
            print_bytes: whole("printBytes", limits.print_bytes)?,
        };
        let inputs = named_from_json(&inputs)?;
        Ok(Self {
            code,
            inputs,
            limits,
            script_name,
            cell,
            fresh,
            step,
            external_functions,
            extensions,
            deterministic,
            ..Self::default()
        })
    }
}

fn whole(name: &str, value: Option<f64>) -> Result<Option<u64>, Misuse> {
    value.map(|value| whole_float(value).ok_or_else(|| not_whole(name))).transpose()
}
