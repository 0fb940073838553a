//! Behaviour through the door that the engine uses.

mod errors;
mod escapes;
mod functions;
mod html;
mod page;
mod patches;
mod property;
mod save;
mod speed;
mod waits;

use protocol::{
    Event, Value,
    stage::{Handle, Patch},
};

use super::{Dom, functions::FUNCTIONS};
use crate::{Answer, Args, Cancel, Context, Effect, Extension as _, Heard, Incoming, Raised};

/// A stage with a program before it and a page behind it.
pub(super) struct Room {
    pub(super) dom: Dom,
    pub(super) effects: Vec<Effect>,
    call_id: u32,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { dom: Dom::new(), effects: Vec::new(), call_id: 0 }
    }

    /// Does something with the extension as the engine would.
    pub(super) fn with<T>(&mut self, act: impl FnOnce(&mut Dom, &mut Context<'_>) -> T) -> T {
        let functions = Vec::new;
        let mut cx = Context {
            call_id: self.call_id,
            execution_id: "run",
            functions: &functions,
            cancel: Cancel::never(),
            parent: None,
            depth: 0,
            effects: &mut self.effects,
        };
        act(&mut self.dom, &mut cx)
    }

    /// Calls a function; what is left out is the default.
    pub(super) fn call(&mut self, name: &str, mut args: Vec<Value>) -> Answer {
        let index = FUNCTIONS.iter().position(|declared| declared.function.name == name).unwrap();
        let params = &FUNCTIONS[index].function.params;
        args.extend(params[args.len()..].iter().map(|param| param.default.as_ref().unwrap().to_value()));
        self.call_id += 1;
        self.with(|dom, cx| dom.call(index, Args(args), cx))
    }

    pub(super) fn value(&mut self, name: &str, args: Vec<Value>) -> Value {
        match self.call(name, args) {
            Answer::Value(value) => value,
            other => panic!("{name}: {other:?}"),
        }
    }

    pub(super) fn raised(&mut self, name: &str, args: Vec<Value>) -> Raised {
        match self.call(name, args) {
            Answer::Raise(raised) => raised,
            other => panic!("{name}: {other:?}"),
        }
    }

    /// Waits, and gives the id of the call.
    pub(super) fn waits(&mut self, name: &str, args: Vec<Value>) -> u32 {
        match self.call(name, args) {
            Answer::Wait(_) => self.call_id,
            other => panic!("{name}: {other:?}"),
        }
    }

    pub(super) fn create(&mut self, tag: &str) -> i64 {
        int(&self.value("dom_create", vec![text(tag)]))
    }

    /// A new element of the stage.
    pub(super) fn add(&mut self, parent: i64, tag: &str) -> i64 {
        let child = self.create(tag);
        self.value("dom_append", vec![Value::Int(parent), Value::Int(child)]);
        child
    }

    pub(super) fn hear(&mut self, handle: i64, event_type: &str, value: Option<Value>) -> Heard {
        let handle = Handle::try_from(handle).unwrap();
        let incoming = Incoming::Dom { handle, event_type: event_type.to_owned(), value };
        self.with(|dom, cx| dom.hear(&incoming, cx))
    }

    /// What a call that waited was given since the last look.
    pub(super) fn resolved(&mut self) -> Vec<(u32, Result<Value, Raised>)> {
        let effects = self.effects.drain(..);
        let resolved = effects.filter_map(|effect| match effect {
            Effect::Resolve { call_id, result } => Some((call_id, result)),
            _ => None,
        });
        resolved.collect()
    }

    pub(super) fn flush(&mut self) -> Vec<Patch> {
        self.with(Dom::flush);
        let effects = self.effects.drain(..);
        let patches = effects.filter_map(|effect| match effect {
            Effect::Event(Event::Stage { patches }) => Some(patches),
            _ => None,
        });
        patches.flatten().collect()
    }
}

pub(super) fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

pub(super) fn int(value: &Value) -> i64 {
    match value {
        Value::Int(value) => *value,
        other => panic!("{other:?} is no int"),
    }
}

pub(super) fn ints(values: &[i64]) -> Value {
    Value::List(values.iter().copied().map(Value::Int).collect())
}
