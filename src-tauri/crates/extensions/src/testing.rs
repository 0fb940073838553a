//! What the tests of extensions need around a call.

use protocol::{Event, Inputs, Value};

use crate::{
    bind::bind,
    call::{Answer, Cancel, Context, Effect, Raised},
    declaration::Function,
    extension::{Extension, Heard, Incoming},
};

/// The part of an engine: numbers calls and keeps what they cause.
pub(crate) struct Rig {
    pub(crate) effects: Vec<Effect>,
    pub(crate) depth: u32,
    pub(crate) last_call: u32,
    functions: Box<dyn Fn() -> Vec<Function>>,
}

impl Rig {
    pub(crate) fn new() -> Self {
        Self { effects: Vec::new(), depth: 0, last_call: 0, functions: Box::new(Vec::new) }
    }

    pub(crate) fn with_functions(functions: Vec<Function>) -> Self {
        Self { functions: Box::new(move || functions.clone()), ..Self::new() }
    }

    pub(crate) fn cx(&mut self) -> Context<'_> {
        Context {
            call_id: self.last_call,
            execution_id: "exec-1",
            functions: &*self.functions,
            cancel: Cancel::never(),
            parent: None,
            depth: self.depth,
            effects: &mut self.effects,
        }
    }

    /// Calls a function by name, with positional arguments bound as a program's would be.
    pub(crate) fn call(&mut self, extension: &mut dyn Extension, name: &str, args: Vec<Value>) -> Answer {
        self.last_call += 1;
        let functions = extension.functions();
        let index = functions.iter().position(|function| function.name == name).unwrap();
        match bind(&functions[index], args, Inputs::default()) {
            Ok(args) => extension.call(index, args, &mut self.cx()),
            Err(raised) => Answer::Raise(raised),
        }
    }

    /// Calls a function that has to answer at once.
    pub(crate) fn value(&mut self, extension: &mut dyn Extension, name: &str, args: Vec<Value>) -> Value {
        match self.call(extension, name, args) {
            Answer::Value(value) => value,
            other => panic!("{name} gave {other:?}"),
        }
    }

    /// Calls a function that has to raise; type and message as a traceback ends.
    pub(crate) fn raised(&mut self, extension: &mut dyn Extension, name: &str, args: Vec<Value>) -> String {
        match self.call(extension, name, args) {
            Answer::Raise(raised) => raised.to_string(),
            other => panic!("{name} gave {other:?}"),
        }
    }

    /// Calls a function that has to wait; the id of the call.
    pub(crate) fn waits(&mut self, extension: &mut dyn Extension, name: &str, args: Vec<Value>) -> u32 {
        match self.call(extension, name, args) {
            Answer::Wait(_) => self.last_call,
            other => panic!("{name} gave {other:?}"),
        }
    }

    pub(crate) fn hear(&mut self, extension: &mut dyn Extension, incoming: &Incoming) -> Heard {
        extension.hear(incoming, &mut self.cx())
    }

    pub(crate) fn take(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// The calls that were ended since the last look, in order.
    pub(crate) fn resolved(&mut self) -> Vec<(u32, Result<Value, Raised>)> {
        let effects = self.take().into_iter();
        effects
            .filter_map(|effect| match effect {
                Effect::Resolve { call_id, result } => Some((call_id, result)),
                _ => None,
            })
            .collect()
    }

    /// The events that were told since the last look.
    pub(crate) fn events(&mut self) -> Vec<Event> {
        let effects = self.take().into_iter();
        effects
            .filter_map(|effect| match effect {
                Effect::Event(event) => Some(event),
                _ => None,
            })
            .collect()
    }
}

pub(crate) fn text(text: &str) -> Value {
    Value::Str(text.to_owned())
}

pub(crate) fn dict(pairs: &[(&str, Value)]) -> Value {
    Value::Dict(pairs.iter().map(|(key, value)| (text(key), value.clone())).collect())
}
