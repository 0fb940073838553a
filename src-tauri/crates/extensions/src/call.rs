//! One call of a host function: what it is given, what it may do, what becomes of it.

use std::{borrow::Cow, time::Duration};

use protocol::{Event, Inputs, Value, stage::Handle};

use crate::declaration::Function;

/// The arguments of a call, bound and of the right kinds, in the order of the parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct Args(pub Vec<Value>);

impl Args {
    /// Takes an argument; None where there is no such parameter.
    pub fn take(&mut self, index: usize) -> Value {
        self.0.get_mut(index).map_or(Value::None, |value| std::mem::replace(value, Value::None))
    }

    /// Takes a string; empty where the argument is none.
    pub fn string(&mut self, index: usize) -> String {
        match self.take(index) {
            Value::Str(text) => text,
            _ => String::new(),
        }
    }

    pub fn integer(&self, index: usize) -> Option<i64> {
        match self.0.get(index) {
            Some(Value::Int(value)) => Some(*value),
            Some(Value::Bool(value)) => Some(i64::from(*value)),
            _ => None,
        }
    }

    pub fn boolean(&self, index: usize) -> Option<bool> {
        match self.0.get(index) {
            Some(Value::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// The items of a list or tuple.
    pub fn items(&mut self, index: usize) -> Vec<Value> {
        match self.take(index) {
            Value::List(items) | Value::Tuple(items) => items,
            _ => Vec::new(),
        }
    }
}

/// A Python exception that a call raises. `exc_type` is one that the interpreter has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{exc_type}: {message}")]
pub struct Raised {
    pub exc_type: Cow<'static, str>,
    pub message: String,
}

impl Raised {
    pub fn new(exc_type: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { exc_type: exc_type.into(), message: message.into() }
    }

    pub fn value_error(message: impl Into<String>) -> Self {
        Self::new("ValueError", message)
    }

    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new("TypeError", message)
    }

    pub fn runtime_error(message: impl Into<String>) -> Self {
        Self::new("RuntimeError", message)
    }
}

/// What becomes of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    Value(Value),
    Raise(Raised),
    /// Later, by [`Effect::Resolve`] or by the answer to a question.
    Wait(Wait),
    /// The value of another program, with the same functions and the rest of the limits.
    Script {
        code: String,
        inputs: Inputs,
        script_name: Option<String>,
    },
    /// The value of a file read as a program; the engine finds it.
    ScriptFile {
        path: String,
        inputs: Inputs,
    },
    /// The time of day as the run sees it, as text in ISO 8601 (local time).
    Now,
    /// The interpreter as it is in this call, kept by the engine; the value is its token.
    Snapshot,
    /// The run goes on from the call that gave this token.
    Restore {
        token: String,
    },
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl From<Raised> for Answer {
    fn from(raised: Raised) -> Self {
        Self::Raise(raised)
    }
}

impl From<Result<Value, Raised>> for Answer {
    fn from(result: Result<Value, Raised>) -> Self {
        result.map_or_else(Self::Raise, Self::Value)
    }
}

/// A call that waits for something outside. None of this counts as execution.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wait {
    /// Elements that it waits for, for whoever shows that.
    pub handles: Vec<Handle>,
    /// After this [`crate::Extension::timed_out`] is asked what the call gives.
    pub timeout: Option<Duration>,
    /// What somebody outside is asked. Its answer goes through [`crate::Extension::answered`].
    pub question: Option<Question>,
}

/// What an extension asks of the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Question {
    /// A person or a program that drives the session; told by this event, answered by call id.
    Person(Event),
    /// Whoever owns the session: the text of a page.
    Fetch { url: String },
    /// The same extension of the parent, for a child that inherits it.
    Parent,
}

/// What a call does besides its answer, in order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Tells it to whoever watches the run.
    Event(Event),
    /// Ends the wait of a call, this one's or another's.
    Resolve { call_id: u32, result: Result<Value, Raised> },
    /// A key of the storage has changed; nothing: it is gone.
    Store { key: String, value: Option<Value> },
    /// Begins a child; its end comes as [`crate::Incoming::ChildEnded`].
    Spawn { handle: u32, code: String, timeout_ms: Option<u64>, memory_bytes: Option<u64> },
    /// Ends a child.
    EndChild { handle: u32 },
}

/// One call on its way.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub call_id: u32,
    pub args: Args,
}

/// Fires when the run is stopped, its session is closed, or its parent has ended. A call that takes
/// its time looks at it; one that waits is released.
#[derive(Clone, Copy)]
pub struct Cancel<'a>(&'a dyn Fn() -> bool);

impl<'a> Cancel<'a> {
    pub fn new(has_fired: &'a dyn Fn() -> bool) -> Self {
        Self(has_fired)
    }

    /// One that never fires.
    pub fn never() -> Self {
        Self(&|| false)
    }

    pub fn has_fired(self) -> bool {
        (self.0)()
    }
}

/// What a call finds around it.
pub struct Context<'a> {
    pub call_id: u32,
    /// Tells runs apart.
    pub execution_id: &'a str,
    /// All functions that the program can call, in the order of their declaration.
    pub functions: &'a dyn Fn() -> Vec<Function>,
    pub cancel: Cancel<'a>,
    /// Functions of the parent, in a child.
    pub parent: Option<&'a [Function]>,
    /// How deep this session is below the root.
    pub depth: u32,
    pub effects: &'a mut Vec<Effect>,
}

impl Context<'_> {
    /// Tells a value to whoever watches the run.
    pub fn emit(&mut self, value: Value) {
        self.effects.push(Effect::Event(Event::Emit { value, call_id: Some(self.call_id) }));
    }

    pub fn emit_text(&mut self, text: impl Into<String>) {
        self.emit(Value::Str(text.into()));
    }

    pub fn event(&mut self, event: Event) {
        self.effects.push(Effect::Event(event));
    }

    pub fn resolve(&mut self, call_id: u32, result: Result<Value, Raised>) {
        self.effects.push(Effect::Resolve { call_id, result });
    }
}
