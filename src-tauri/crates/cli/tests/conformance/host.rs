//! What the programs find around them: functions, names, a module, objects, an environment. The
//! corpus does not come with them; they follow from what the programs expect.

use std::collections::BTreeMap;

use monty_types::{CallArgs, ExcType, MontyException, MontyObject, MontyUuid, OsFunctionCall};
use protocol::{OutsideAnswer, OutsideCall, OutsideKind};
use serde::Serialize;

use crate::conformance::{corpus::Program, files::Files, objects::Objects};

const FUNCTIONS: [&str; 11] = [
    "add_ints",
    "concat_strings",
    "return_value",
    "get_list",
    "raise_error",
    "make_point",
    "make_mutable_point",
    "make_user",
    "make_empty",
    "async_call",
    "async_fail",
];

const ENVIRONMENT: [(&str, &str); 3] =
    [("VIRTUAL_HOME", "/virtual/home"), ("VIRTUAL_USER", "testuser"), ("VIRTUAL_EMPTY", "")];

/// A value, or the exception that is raised instead.
pub(crate) type Answer = Result<MontyObject, MontyException>;

/// How the host answers.
enum Said {
    Now(Answer),
    /// By something to wait for, which comes to this.
    Later(Answer),
    /// That it does not know.
    Unknown,
}

/// The surroundings of one program.
pub(crate) struct Host {
    calls_outside: bool,
    files: Files,
    objects: Objects,
    later: BTreeMap<u32, Answer>,
}

impl Host {
    pub(crate) fn new(program: &Program, files: Files) -> Self {
        Self { calls_outside: program.calls_outside, files, objects: Objects::default(), later: BTreeMap::new() }
    }

    /// The answer to a pause.
    pub(crate) fn answer(&mut self, call: &OutsideCall) -> OutsideAnswer {
        let said = match call.kind {
            OutsideKind::System => self.system(serde_json::from_str(&call.data).unwrap()),
            _ if !self.calls_outside => Said::Unknown,
            OutsideKind::Function => self.function(call, &serde_json::from_str(&call.data).unwrap()),
            OutsideKind::Name => self.name(call),
        };
        match said {
            Said::Now(answer) => written(&answer),
            Said::Later(answer) => {
                self.later.insert(call.call_id.unwrap(), answer);
                OutsideAnswer::Future
            }
            Said::Unknown => OutsideAnswer::NotFound,
        }
    }

    /// The answers to calls for which everybody waits.
    pub(crate) fn resolve(&mut self, call_ids: &[u32]) -> Vec<(u32, OutsideAnswer)> {
        call_ids.iter().map(|id| (*id, written(&self.later.remove(id).unwrap()))).collect()
    }

    fn function(&mut self, call: &OutsideCall, args: &CallArgs) -> Said {
        if let Some(id) = &call.object_id {
            return Said::Now(self.objects.call(id, &call.name, args));
        }
        match call.name.as_str() {
            "add_ints" => Said::Now(add(args)),
            "concat_strings" => Said::Now(concat(args)),
            "return_value" => Said::Now(Ok(value(args))),
            "get_list" => Said::Now(Ok(list())),
            "raise_error" => Said::Now(Err(exception(args))),
            "make_point" => Said::Now(Ok(self.objects.point("Point", 1, 2))),
            "make_mutable_point" => Said::Now(Ok(self.objects.point("MutablePoint", 1, 2))),
            "make_user" => Said::Now(text(args, 0).map(|name| self.objects.user(&name))),
            "make_empty" => Said::Now(Ok(self.objects.empty())),
            "async_call" => Said::Later(Ok(value(args))),
            "async_fail" => Said::Later(Err(exception(args))),
            _ => Said::Unknown,
        }
    }

    #[expect(clippy::approx_constant, reason = "the programs compare with exactly this")]
    fn name(&self, call: &OutsideCall) -> Said {
        if let Some(id) = &call.object_id {
            return self.objects.attribute(id, &call.name).map_or(Said::Unknown, Said::Now);
        }
        Said::Now(Ok(match call.name.as_str() {
            "CONST_INT" => MontyObject::int(42),
            "CONST_STR" => MontyObject::string("hello"),
            "CONST_FLOAT" => MontyObject::float(3.14),
            "CONST_BOOL" => MontyObject::bool(true),
            "CONST_LIST" => list(),
            "CONST_NONE" => MontyObject::none(),
            name if FUNCTIONS.contains(&name) => MontyObject::function(name, None),
            _ => return Said::Unknown,
        }))
    }

    fn system(&mut self, call: OsFunctionCall) -> Said {
        Said::Now(Ok(match call {
            OsFunctionCall::Import(name) if self.calls_outside && name == "tools" => tools(),
            OsFunctionCall::Getenv(args) => ENVIRONMENT
                .iter()
                .find(|(name, _)| *name == args.key)
                .map_or(args.default, |(_, text)| MontyObject::string(*text)),
            OsFunctionCall::GetEnviron => {
                let pairs = ENVIRONMENT.map(|(name, text)| (MontyObject::string(name), MontyObject::string(text)));
                MontyObject::dict(pairs)
            }
            OsFunctionCall::Urandom(args) => {
                MontyObject::bytes((0..=u8::MAX).cycle().take(size(args.size)).collect::<Vec<_>>())
            }
            OsFunctionCall::Sleep(_) | OsFunctionCall::SystemSleep(_) => MontyObject::none(),
            OsFunctionCall::AsyncSleep(_) | OsFunctionCall::AsyncSystemSleep(_) => {
                return Said::Later(Ok(MontyObject::none()));
            }
            other => return self.files.handle(other).map_or(Said::Unknown, Said::Now),
        }))
    }
}

/// An answer as it is sent.
fn written(answer: &Answer) -> OutsideAnswer {
    match answer {
        Ok(value) => OutsideAnswer::Value(json(value)),
        Err(exception) => OutsideAnswer::Error(json(exception)),
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap()
}

fn tools() -> MontyObject {
    let entry = |(name, value)| (MontyObject::string(name), value);
    let function = |name| (name, MontyObject::function(name, None));
    let nested = [("VERSION", MontyObject::int(7)), function("return_value")];
    let nested = MontyObject::module("tools.nested", MontyUuid::from_u128(2), nested.map(entry));
    let attributes = FUNCTIONS.map(function).into_iter().chain([("nested", nested)]);
    MontyObject::module("tools", MontyUuid::from_u128(1), attributes.map(entry))
}

fn add(args: &CallArgs) -> Answer {
    Ok(MontyObject::int(int(args, 0)? + int(args, 1)?))
}

fn concat(args: &CallArgs) -> Answer {
    Ok(MontyObject::string(text(args, 0)? + &text(args, 1)?))
}

fn list() -> MontyObject {
    MontyObject::list([1, 2, 3].map(MontyObject::int))
}

fn value(args: &CallArgs) -> MontyObject {
    args.arg(0).map_or_else(MontyObject::none, |value| value.to_owned())
}

/// The exception whose type and message a program gives.
fn exception(args: &CallArgs) -> MontyException {
    let named = text(args, 0).and_then(|name| name.parse::<ExcType>().map_err(|error| type_error(&error.to_string())));
    match (named, text(args, 1)) {
        (Ok(kind), Ok(message)) => MontyException::new(kind, Some(message)),
        (Err(error), _) | (_, Err(error)) => error,
    }
}

pub(crate) fn int(args: &CallArgs, index: usize) -> Result<i64, MontyException> {
    args.arg(index).and_then(|value| value.as_int()).ok_or_else(|| type_error("an int is missing"))
}

pub(crate) fn text(args: &CallArgs, index: usize) -> Result<String, MontyException> {
    let text = args.arg(index).and_then(|value| value.as_str());
    text.map(str::to_owned).ok_or_else(|| type_error("a str is missing"))
}

pub(crate) fn type_error(message: &str) -> MontyException {
    MontyException::new(ExcType::TypeError, Some(message.to_owned()))
}

fn size(wanted: u64) -> usize {
    usize::try_from(wanted).unwrap_or(usize::MAX)
}
