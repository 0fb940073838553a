//! One line of `monty-engine stdio`: an id and a command.

use std::{borrow::Cow, collections::HashSet};

use jiter::JsonValue;
use serde::{Deserialize, Serialize};

use crate::{
    Code, Command, Inputs, Limits, Misuse, Resolution, Source, Value,
    command::{MAX_RECURSION_DEPTH, not_whole, whole_float},
    value::{BadValue, from_json},
};

/// The longest line that is read.
pub const MAX_MESSAGE: usize = 32 * 1024 * 1024;

/// Commands of the protocol that this version does not carry out yet.
const LATER: [&str; 10] =
    ["snapshot", "restore", "variables", "diagnose", "dispatch", "domEvent", "fork", "replay", "record", "typeCheck"];

/// What a sender calls its message. It comes back with the reply.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
            "resume" => {
                let value = self.0.iter().rev().find(|(key, _)| key == "value").map(|(_, value)| value);
                let value = value.ok_or_else(|| Misuse::bad_message("resume wants value; None is null"))?;
                Command::Resume { value: answer(value)? }
            }
            "resumeWithError" => Command::ResumeWithError {
                exc_type: self.text("excType")?.unwrap_or_else(|| "RuntimeError".to_owned()),
                message: self.required_text("message", kind)?,
            },
            "resumeNotFound" => Command::ResumeNotFound,
            "resumeAsFuture" => Command::ResumeAsFuture,
            "resolveFutures" => Command::ResolveFutures { answers: self.resolutions()? },
            "continuation" => Command::Continuation { code: self.required_text("code", kind)? },
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
            script_name: self.text("scriptName")?,
            external_functions: self.names("externalFunctions")?,
        };
        if source.script_name.as_ref().is_some_and(|name| name.len() > 4096) {
            return Err(Misuse::bad_input("scriptName is longer than 4096 bytes"));
        }
        if let Some(name) = source.external_functions.iter().find(|name| !is_name(name)) {
            return Err(Misuse::bad_input(format!("the external function {name:?} is no Python name")));
        }
        if let Some(extension) = self.names("extensions")?.first() {
            return Err(Misuse::new(
                Code::Unsupported,
                format!("the extension {extension:?} does not exist in this version"),
            ));
        }
        Ok(source)
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
