//! One line of `monty-engine stdio`: an id and a command.

use std::{borrow::Cow, collections::HashSet};

use jiter::JsonValue;
use serde::{Deserialize, Serialize};

use crate::{
    Bytes, Code, Command, Deterministic, Entry, Inputs, Limits, Misuse, Opened, RecordQuery, Resolution, Settings,
    Source, Value,
    command::{MAX_RECURSION_DEPTH, not_whole, whole_float},
    value::{BadValue, from_json},
};

/// The longest line that is read: the largest snapshot fits.
pub const MAX_MESSAGE: usize = 704 * 1024 * 1024;

/// Commands of the protocol that this version does not carry out yet.
const LATER: [&str; 1] = ["typeCheck"];

/// What a sender calls its message. It comes back with the reply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum MessageId {
    Number(i64),
    Text(String),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    pub id: MessageId,
    pub command: Command,
}

/// A line that is no message, with its id where that much could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    pub id: Option<MessageId>,
    pub misuse: Misuse,
}

impl Message {
    /// Reads one line. Ints of any size stay exact, fields that a command does not have are ignored.
    pub fn parse(line: &[u8]) -> Result<Self, Unread> {
        let unread = |misuse| Unread { id: None, misuse };
        let json = JsonValue::parse(line, false)
            .map_err(|error| unread(Misuse::bad_message(format!("the line is not JSON: {error}"))))?;
        let JsonValue::Object(entries) = &json else {
            return Err(unread(Misuse::bad_message("a message is an object with an id and a type")));
        };
        let fields = Fields(entries);
        let id = fields.id().map_err(unread)?;
        match fields.command() {
            Ok(command) => Ok(Self { id, command }),
            Err(misuse) => Err(Unread { id: Some(id), misuse }),
        }
    }
}

impl Message {
    /// Reads one input from its name and its JSON.
    pub fn input(name: &str, json: &str) -> Result<(String, Value), Misuse> {
        if !is_name(name) {
            return Err(Misuse::bad_input(format!("{name:?} is no Python name")));
        }
        let value = JsonValue::parse(json.as_bytes(), false)
            .map_err(|error| Misuse::bad_input(format!("{json:?} is not JSON: {error}")))?;
        Ok((name.to_owned(), answer(&value)?))
    }
}

struct Fields<'a>(&'a [(Cow<'a, str>, JsonValue<'a>)]);

impl<'a> Fields<'a> {
    /// A field's last value; null counts as absent.
    fn get(&self, name: &str) -> Option<&'a JsonValue<'a>> {
        let (_, value) = self.0.iter().rev().find(|(key, _)| key == name)?;
        (*value != JsonValue::Null).then_some(value)
    }

    fn id(&self) -> Result<MessageId, Misuse> {
        match self.get("id") {
            Some(JsonValue::Int(number)) => Ok(MessageId::Number(*number)),
            Some(JsonValue::Str(text)) => Ok(MessageId::Text(text.to_string())),
            Some(_) => Err(Misuse::bad_message("the id of a message is a string or a whole number of 64 bits")),
            None => Err(Misuse::bad_message("the message has no id")),
        }
    }

    fn text(&self, name: &str) -> Result<Option<String>, Misuse> {
        match self.get(name) {
            Some(JsonValue::Str(text)) => Ok(Some(text.to_string())),
            Some(_) => Err(Misuse::bad_message(format!("{name} has to be a string"))),
            None => Ok(None),
        }
    }

    fn required_text(&self, name: &str, command: &str) -> Result<String, Misuse> {
        self.text(name)?.ok_or_else(|| Misuse::bad_message(format!("{command} wants {name}, a string")))
    }

    fn command(&self) -> Result<Command, Misuse> {
        let kind = match self.get("type") {
            Some(JsonValue::Str(kind)) => kind.as_ref(),
            Some(_) => return Err(Misuse::bad_message("the type of a message is a string")),
            None => return Err(Misuse::bad_message("the message has no type")),
        };
        Ok(match kind {
            "hello" => Command::Hello,
            "run" => Command::Run(Source { external_functions: Vec::new(), ..self.source(kind)? }),
            "start" => Command::Start(self.source(kind)?),
            "feed" => Command::Feed(self.source(kind)?),
            "resume" => Command::Resume { value: self.required_value(kind)? },
            "resumeWithError" => Command::ResumeWithError {
                exc_type: self.text("excType")?.unwrap_or_else(|| "RuntimeError".to_owned()),
                message: self.required_text("message", kind)?,
            },
            "resumeNotFound" => Command::ResumeNotFound,
            "resumeAsFuture" => Command::ResumeAsFuture,
            "resolveFutures" => Command::ResolveFutures { answers: self.resolutions()? },
            "resumeWithScript" => Command::ResumeWithScript {
                code: self.required_text("code", kind)?,
                inputs: self.inputs()?,
                script_name: self.file_name("scriptName")?,
            },
            "snapshot" => Command::Snapshot { at: self.count("at")? },
            "restore" => Command::Restore {
                data: Bytes::from_base64(&self.required_text("data", kind)?)
                    .ok_or_else(|| Misuse::bad_snapshot("notASnapshot", "data is not base64"))?,
                accept_foreign: self.flag("acceptForeign")?.unwrap_or_default(),
                clock: None,
                arrivals: Vec::new(),
            },
            "variables" => Command::Variables {
                at: self.count("at")?,
                open: self.steps("open")?,
                from: self.count("from")?.unwrap_or_default(),
            },
            "diagnose" => Command::Diagnose { code: self.required_text("code", kind)? },
            "continuation" => Command::Continuation { code: self.required_text("code", kind)? },
            "record" => Command::Record(RecordQuery {
                from: self.count("from")?.unwrap_or_default(),
                limit: self.count("limit")?,
                whole: self.flag("whole")?.unwrap_or_default(),
                value: self.text("value")?,
                recording: self.flag("recording")?,
            }),
            "fork" => Command::Fork { at: self.required_count("at", kind)?, answer: self.value_or_error(kind)? },
            "replay" => Command::Replay { record: self.record()? },
            "dispatch" => Command::Dispatch { value: self.required_value(kind)? },
            "domEvent" => Command::DomEvent {
                handle: self.required_count("handle", kind)?,
                event_type: self.required_text("eventType", kind)?,
                value: self.get("value").map(answer).transpose()?,
            },
            "redraw" => Command::Redraw,
            "answer" => {
                let call_id = u32::try_from(self.required_count("callId", kind)?).unwrap_or(u32::MAX);
                let answer = self.value_or_error(kind)?;
                let answer =
                    answer.ok_or_else(|| Misuse::bad_message("answer wants value (None is null) or message"))?;
                Command::Answer { call_id, answer }
            }
            "configure" => Command::Configure(Box::new(self.settings()?)),
            "describe" => {
                Command::Describe { extensions: self.get("extensions").map(|_| self.names("extensions")).transpose()? }
            }
            "cancel" => Command::Cancel,
            "dispose" => Command::Dispose,
            _ if LATER.contains(&kind) => {
                return Err(Misuse::new(Code::Unsupported, format!("{kind} is not supported by this version")));
            }
            _ => return Err(Misuse::bad_message(format!("{kind:?} is no type of message"))),
        })
    }

    fn source(&self, command: &str) -> Result<Source, Misuse> {
        let source = Source {
            code: self.required_text("code", command)?,
            inputs: self.inputs()?,
            limits: self.limits()?,
            script_name: self.file_name("scriptName")?,
            cell: self.file_name("cell")?,
            fresh: self.flag("fresh")?.unwrap_or_default(),
            step: self.flag("step")?.unwrap_or_default(),
            external_functions: self.names("externalFunctions")?,
            extensions: self.names("extensions")?,
            deterministic: self.deterministic()?,
            ..Source::default()
        };
        if let Some(name) = source.external_functions.iter().find(|name| !is_name(name)) {
            return Err(Misuse::bad_input(format!("the external function {name:?} is no Python name")));
        }
        Ok(source)
    }

    fn file_name(&self, field: &str) -> Result<Option<String>, Misuse> {
        let name = self.text(field)?;
        if name.as_ref().is_some_and(|name| name.len() > 4096) {
            return Err(Misuse::bad_input(format!("{field} is longer than 4096 bytes")));
        }
        Ok(name)
    }

    fn flag(&self, name: &str) -> Result<Option<bool>, Misuse> {
        match self.get(name) {
            Some(JsonValue::Bool(value)) => Ok(Some(*value)),
            Some(_) => Err(Misuse::bad_message(format!("{name} has to be true or false"))),
            None => Ok(None),
        }
    }

    fn count(&self, name: &str) -> Result<Option<u64>, Misuse> {
        let wrong = || Misuse::bad_input(format!("{name} has to be a whole number that is not negative"));
        self.get(name).map(|value| whole(value).ok_or_else(wrong)).transpose()
    }

    fn required_count(&self, name: &str, command: &str) -> Result<u64, Misuse> {
        self.count(name)?.ok_or_else(|| Misuse::bad_message(format!("{command} wants {name}, a whole number")))
    }

    /// The way into a value: items by number, attributes by name.
    fn steps(&self, field: &str) -> Result<Vec<Opened>, Misuse> {
        let wrong = || Misuse::bad_message(format!("{field} has to be an array of names and whole numbers"));
        let items = match self.get(field) {
            None => return Ok(Vec::new()),
            Some(JsonValue::Array(items)) => items,
            Some(_) => return Err(wrong()),
        };
        items
            .iter()
            .map(|item| match item {
                JsonValue::Str(name) => Ok(Opened::Name(name.to_string())),
                other => {
                    let item = whole(other).and_then(|item| u32::try_from(item).ok());
                    item.map(Opened::Item).ok_or_else(wrong)
                }
            })
            .collect()
    }

    /// `true`, or an object that says where the clock starts and chance.
    fn deterministic(&self) -> Result<Option<Deterministic>, Misuse> {
        match self.get("deterministic") {
            None | Some(JsonValue::Bool(false)) => Ok(None),
            Some(JsonValue::Bool(true)) => Ok(Some(Deterministic::default())),
            Some(JsonValue::Object(entries)) => {
                let fields = Fields(entries);
                let default = Deterministic::default();
                let clock = fields.count("clockMs")?.map(|clock| i64::try_from(clock).unwrap_or(i64::MAX));
                if clock.is_some_and(|clock| clock > LAST_MOMENT) {
                    return Err(Misuse::bad_input("clockMs is after the year 9998"));
                }
                Ok(Some(Deterministic {
                    clock_ms: clock.unwrap_or(default.clock_ms),
                    seed: fields.count("seed")?.unwrap_or(default.seed),
                }))
            }
            Some(_) => Err(Misuse::bad_input("deterministic is true, or an object with clockMs and seed")),
        }
    }

    /// What `resume` takes, or what `resumeWithError` takes, if one of them is there.
    fn value_or_error(&self, command: &str) -> Result<Option<Resolution>, Misuse> {
        if let Some(value) = self.value() {
            if self.get("message").is_some() {
                let message = format!("{command} is answered by value or by message, not by both");
                return Err(Misuse::bad_message(message));
            }
            return Ok(Some(Resolution::Value(answer(value)?)));
        }
        match self.text("message")? {
            Some(message) => Ok(Some(Resolution::Error {
                exc_type: self.text("excType")?.unwrap_or_else(|| "RuntimeError".to_owned()),
                message,
            })),
            None => Ok(None),
        }
    }

    /// The field `value`, in which null is a value.
    fn value(&self) -> Option<&'a JsonValue<'a>> {
        self.0.iter().rev().find(|(key, _)| key == "value").map(|(_, value)| value)
    }

    fn required_value(&self, command: &str) -> Result<Value, Misuse> {
        let value = self.value();
        answer(value.ok_or_else(|| Misuse::bad_message(format!("{command} wants value; None is null")))?)
    }

    /// All fields but the id and the type.
    fn settings(&self) -> Result<Settings, Misuse> {
        let fields =
            self.0.iter().filter(|(key, value)| !matches!(key.as_ref(), "id" | "type") && *value != JsonValue::Null);
        let fields: Vec<_> = fields.cloned().collect();
        let mut text = Vec::new();
        write_json(&JsonValue::Object(fields.into()), &mut text);
        serde_json::from_slice(&text)
            .map_err(|error| Misuse::bad_input(format!("the settings cannot be read: {error}")))
    }

    /// Entries as `record` tells them.
    fn record(&self) -> Result<Option<Vec<Entry>>, Misuse> {
        let Some(value) = self.get("record") else {
            return Ok(None);
        };
        let mut text = Vec::new();
        write_json(value, &mut text);
        serde_json::from_slice(&text)
            .map(Some)
            .map_err(|error| Misuse::bad_message(format!("record has to be the entries that record tells: {error}")))
    }

    fn names(&self, field: &str) -> Result<Vec<String>, Misuse> {
        let wrong = || Misuse::bad_message(format!("{field} has to be an array of strings"));
        let Some(value) = self.get(field) else {
            return Ok(Vec::new());
        };
        let JsonValue::Array(items) = value else {
            return Err(wrong());
        };
        items
            .iter()
            .map(|item| match item {
                JsonValue::Str(name) => Ok(name.to_string()),
                _ => Err(wrong()),
            })
            .collect()
    }

    fn inputs(&self) -> Result<Inputs, Misuse> {
        let Some(value) = self.get("inputs") else {
            return Ok(Inputs::default());
        };
        let JsonValue::Object(entries) = value else {
            return Err(Misuse::bad_input("inputs has to be an object of values by name"));
        };
        let mut seen = HashSet::new();
        let mut inputs = Vec::with_capacity(entries.len());
        for (name, value) in entries.iter() {
            if !is_name(name) {
                return Err(Misuse::bad_input(format!("the input {name:?} is no Python name")));
            }
            if !seen.insert(name.as_ref()) {
                return Err(Misuse::bad_input(format!("the input {name:?} is given twice")));
            }
            inputs.push((name.to_string(), answer(value)?));
        }
        Ok(Inputs(inputs))
    }

    fn limits(&self) -> Result<Limits, Misuse> {
        let mut limits = Limits::default();
        let Some(value) = self.get("limits") else {
            return Ok(limits);
        };
        let JsonValue::Object(entries) = value else {
            return Err(Misuse::bad_input("limits has to be an object of whole numbers"));
        };
        for (name, value) in entries.iter().filter(|(_, value)| *value != JsonValue::Null) {
            let slot = match name.as_ref() {
                "timeoutMs" => &mut limits.timeout_ms,
                "turnTimeoutMs" => &mut limits.turn_timeout_ms,
                "memoryBytes" => &mut limits.memory_bytes,
                "recursionDepth" => &mut limits.recursion_depth,
                "hostCalls" => &mut limits.host_calls,
                "sleepMs" => &mut limits.sleep_ms,
                "printBytes" => &mut limits.print_bytes,
                _ => {
                    return Err(Misuse::bad_input(format!(
                        "{name:?} is no limit; there are timeoutMs, turnTimeoutMs, memoryBytes, recursionDepth, hostCalls, sleepMs and printBytes"
                    )));
                }
            };
            let number = whole(value).ok_or_else(|| not_whole(name))?;
            if name == "recursionDepth" && number > MAX_RECURSION_DEPTH {
                return Err(Misuse::bad_input(format!("recursionDepth is at most {MAX_RECURSION_DEPTH}")));
            }
            *slot = Some(number);
        }
        Ok(limits)
    }

    fn resolutions(&self) -> Result<Vec<(u32, Resolution)>, Misuse> {
        let mut answers = Vec::new();
        for (key, value) in self.by_call("results")? {
            answers.push((call_id(key)?, Resolution::Value(answer(value)?)));
        }
        for (key, value) in self.by_call("errors")? {
            answers.push((call_id(key)?, error_of(value)?));
        }
        let mut seen = HashSet::new();
        match answers.iter().find(|(id, _)| !seen.insert(*id)) {
            Some((id, _)) => Err(Misuse::new(Code::UnknownCall, format!("the call {id} is answered twice"))),
            None => Ok(answers),
        }
    }

    fn by_call(&self, field: &str) -> Result<&'a [(Cow<'a, str>, JsonValue<'a>)], Misuse> {
        match self.get(field) {
            None => Ok(&[]),
            Some(JsonValue::Object(entries)) => Ok(entries),
            Some(_) => Err(Misuse::bad_message(format!("{field} has to be an object by call id"))),
        }
    }
}

/// The year 9998 in milliseconds: the last one in which there is room for sleep.
pub(crate) const LAST_MOMENT: i64 = 253_370_764_800_000;

/// Writes what was read, so that another reader can take it.
fn write_json(json: &JsonValue<'_>, out: &mut Vec<u8>) {
    let text = |text: &str, out: &mut Vec<u8>| {
        // Writing to memory cannot fail.
        let _ = serde_json::to_writer(out, text);
    };
    match json {
        JsonValue::Null => out.extend_from_slice(b"null"),
        JsonValue::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        JsonValue::Int(value) => out.extend_from_slice(value.to_string().as_bytes()),
        JsonValue::BigInt(value) => out.extend_from_slice(value.to_string().as_bytes()),
        JsonValue::Float(value) => {
            let _ = serde_json::to_writer(&mut *out, value);
        }
        JsonValue::Str(value) => text(value, out),
        JsonValue::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_json(item, out);
            }
            out.push(b']');
        }
        JsonValue::Object(entries) => {
            out.push(b'{');
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                text(key, out);
                out.push(b':');
                write_json(value, out);
            }
            out.push(b'}');
        }
    }
}

fn call_id(key: &str) -> Result<u32, Misuse> {
    let canonical = key.parse().ok().filter(|id: &u32| id.to_string() == key);
    canonical.ok_or_else(|| Misuse::new(Code::UnknownCall, format!("{key:?} is no call id")))
}

fn error_of(value: &JsonValue<'_>) -> Result<Resolution, Misuse> {
    let plain = |message: &str| Resolution::Error { exc_type: "RuntimeError".to_owned(), message: message.to_owned() };
    match value {
        JsonValue::Str(message) => Ok(plain(message)),
        JsonValue::Object(entries) => {
            let fields = Fields(entries);
            Ok(Resolution::Error {
                exc_type: fields.text("excType")?.unwrap_or_else(|| "RuntimeError".to_owned()),
                message: fields.required_text("message", "an error")?,
            })
        }
        _ => Err(Misuse::bad_message("an error is a string or {excType, message}")),
    }
}

/// A value on its way in: what only comes out is refused.
fn answer(json: &JsonValue<'_>) -> Result<Value, Misuse> {
    let value = from_json(json)?;
    match only_out(&value) {
        Some(tag) => {
            Err(BadValue(format!("{tag} only comes out: it stands for a value that could not be written")).into())
        }
        None => Ok(value),
    }
}

fn only_out(value: &Value) -> Option<&'static str> {
    match value {
        Value::Repr(_) => Some("$repr"),
        Value::Cycle(_) => Some("$cycle"),
        Value::Cut { .. } => Some("$cut"),
        Value::List(items)
        | Value::Tuple(items)
        | Value::Set(items)
        | Value::FrozenSet(items)
        | Value::NamedTuple { values: items, .. } => items.iter().find_map(only_out),
        Value::Dict(pairs) => pairs.iter().find_map(|(key, value)| only_out(key).or_else(|| only_out(value))),
        Value::Instance { attributes, .. } => attributes.iter().find_map(|(_, value)| only_out(value)),
        _ => None,
    }
}

fn whole(value: &JsonValue<'_>) -> Option<u64> {
    match value {
        JsonValue::Int(number) => u64::try_from(*number).ok(),
        // Beyond 64 bits a limit is as good as the largest one.
        JsonValue::BigInt(number) if number.sign() == num_bigint::Sign::Plus => {
            Some(u64::try_from(number).unwrap_or(u64::MAX))
        }
        JsonValue::Float(number) => whole_float(*number),
        _ => None,
    }
}

/// Whether Python takes the text as a name.
fn is_name(text: &str) -> bool {
    const KEYWORDS: [&str; 35] = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
        "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
        "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
    ];
    let mut chars = text.chars();
    let starts = chars.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first));
    starts && chars.all(unicode_ident::is_xid_continue) && !KEYWORDS.contains(&text)
}
