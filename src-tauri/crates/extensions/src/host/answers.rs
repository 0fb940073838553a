//! What answers from outside mean. They are not trusted to be what was asked for.

use protocol::Value;

use super::MAX_FILE;
use crate::call::Raised;

/// What a call has asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Upload { binary: bool },
    Alert,
    Confirm,
    Prompt,
}

impl Asked {
    pub(super) fn answered(self, answer: Value) -> Result<Value, Raised> {
        match (self, answer) {
            // What closed a message is no matter.
            (Self::Upload { .. } | Self::Prompt, Value::None) | (Self::Alert, _) => Ok(Value::None),
            (Self::Upload { binary }, Value::Dict(pairs)) => upload(pairs, binary),
            (Self::Upload { .. }, other) => Err(unexpected("upload_file", "None or a dict of name and data", &other)),
            (Self::Confirm, answer @ Value::Bool(_)) | (Self::Prompt, answer @ Value::Str(_)) => Ok(answer),
            (Self::Confirm, other) => Err(unexpected("confirm", "a bool", &other)),
            (Self::Prompt, other) => Err(unexpected("prompt", "a str or None", &other)),
        }
    }
}

fn unexpected(function: &str, expected: &str, found: &Value) -> Raised {
    let found = found.type_name();
    Raised::runtime_error(format!("{function}() was answered with {found} from outside, instead of {expected}"))
}

fn upload(pairs: Vec<(Value, Value)>, binary: bool) -> Result<Value, Raised> {
    let (mut name, mut data) = (None, None);
    for (key, value) in pairs {
        match (key, value) {
            (Value::Str(key), Value::Str(text)) if key == "name" => name = Some(text),
            (Value::Str(key), Value::Bytes(bytes)) if key == "data" => data = Some(bytes),
            _ => {}
        }
    }
    let (Some(name), Some(data)) = (name, data) else {
        return Err(Raised::runtime_error("upload_file() was answered from outside without a name and data as bytes"));
    };
    if data.len() > MAX_FILE {
        let text = format!("{name:?} has {} bytes; upload_file takes at most {MAX_FILE}", data.len());
        return Err(Raised::value_error(text));
    }
    if binary {
        return Ok(Value::Bytes(data));
    }
    String::from_utf8(data).map(Value::Str).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        Raised::value_error(format!("{name:?} is not UTF-8 (byte {offset}); give binary=True for its bytes"))
    })
}
