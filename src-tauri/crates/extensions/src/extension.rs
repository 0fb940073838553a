//! A bundle of host functions with a life of its own.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use protocol::{Value, stage::Handle};

use crate::{
    call::{Answer, Args, Context, Raised},
    declaration::Function,
};

/// Where an extension can run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The window and the command line.
    Desktop,
    Browser,
}

impl Place {
    pub const ALL: &'static [Self] = &[Self::Desktop, Self::Browser];
}

/// What children of the sandbox get of an extension.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChildPolicy {
    /// Nothing.
    #[default]
    Exclude,
    /// The parent's own: calls are answered there.
    Inherit,
    /// One of its own, by [`Extension::for_child`].
    Clone,
}

/// What an extension says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// `^[a-z][a-z0-9_]*$`, at most 32 characters; every function begins with it and `_`, except in
    /// the namespace `host`.
    pub namespace: Cow<'static, str>,
    /// What it is for, for people and for language models.
    pub about: Cow<'static, str>,
    pub child_policy: ChildPolicy,
    /// A higher one attaches earlier and is disposed later.
    pub priority: i32,
    pub places: &'static [Place],
    /// The interpreter's calls of the system that it answers, by the beginning of their names.
    pub os_prefixes: Cow<'static, [Cow<'static, str>]>,
}

impl Profile {
    pub const fn new(namespace: &'static str, about: &'static str) -> Self {
        Self {
            namespace: Cow::Borrowed(namespace),
            about: Cow::Borrowed(about),
            child_policy: ChildPolicy::Exclude,
            priority: 0,
            places: Place::ALL,
            os_prefixes: Cow::Borrowed(&[]),
        }
    }
}

/// Something that happens outside while a program runs or rests.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// An event for `el_recv`.
    Dispatch(Value),
    /// A page wants to be told the whole stage.
    Redraw,
    /// Something happened to an element of the stage.
    Dom { handle: Handle, event_type: String, value: Option<Value> },
    /// A child has printed.
    ChildPrinted { handle: u32, text: String },
    /// A child has ended.
    ChildEnded { handle: u32, result: Result<Value, Raised> },
    /// What the owner of the session keeps for `storage_*`, all of it.
    Storage(BTreeMap<String, Value>),
}

/// What came of an [`Incoming`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It is for another extension.
    NotMine,
    /// How many wait in a queue, where there is one.
    Taken { queued: usize },
    /// It is wrong; the text says how.
    Refused(String),
}

/// A bundle of host functions. Its state belongs to one session; nothing in it blocks.
pub trait Extension: Send {
    fn profile(&self) -> Profile;

    /// Its functions. The index of one is what [`Extension::call`] is given.
    fn functions(&self) -> Vec<Function>;

    /// Answers a call. Arguments are bound and of the declared kinds.
    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer;

    /// It becomes part of a session, whose other functions are known. An error undoes the whole
    /// attachment of all extensions.
    fn attach(&mut self, _functions: &[Function]) -> Result<(), String> {
        Ok(())
    }

    /// The session ends.
    fn dispose(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// What the answer to a question means for the call that asked it.
    fn answered(&mut self, _call_id: u32, answer: Result<Value, Raised>) -> Result<Value, Raised> {
        answer
    }

    /// What a call gives whose wait took too long.
    fn timed_out(&mut self, _call_id: u32, timeout: Duration) -> Result<Value, Raised> {
        Err(Raised::new("TimeoutError", format!("nothing came within {} ms", timeout.as_millis())))
    }

    /// A call no longer waits, whatever the reason: listeners and places in queues are given up.
    fn released(&mut self, _call_id: u32, _cx: &mut Context<'_>) {}

    /// Something happens outside.
    fn hear(&mut self, _incoming: &Incoming, _cx: &mut Context<'_>) -> Heard {
        Heard::NotMine
    }

    /// The program pauses, waits or ends, or has run for a while: what was gathered for others goes
    /// out as effects.
    fn flush(&mut self, _cx: &mut Context<'_>) {}

    /// Whether there is much to flush.
    fn is_full(&self) -> bool {
        false
    }

    /// A program in a fresh interpreter begins: everything is as in the beginning, except what was
    /// sent ahead for it.
    fn begin(&mut self, _cx: &mut Context<'_>) {}

    /// A program has ended, whatever the reason: what comes from now on is for the next one.
    fn ended(&mut self) {}

    /// Answers a call of the system whose name begins with one of [`Profile::os_prefixes`]; nothing
    /// leaves it to whoever answers otherwise.
    fn system(&mut self, _name: &str, _args: &[Value], _cx: &mut Context<'_>) -> Option<Answer> {
        None
    }

    /// Its state, for a snapshot; nothing if it has none.
    fn save(&self) -> Option<Vec<u8>> {
        None
    }

    /// Takes over what [`Extension::save`] gave, or is as in the beginning; an error leaves it as it
    /// was. What the page shows is told anew.
    fn load(&mut self, _saved: Option<&[u8]>, _cx: &mut Context<'_>) -> Result<(), String> {
        Ok(())
    }

    /// A new one for a child, where the policy is to clone.
    fn for_child(&self) -> Option<Box<dyn Extension>> {
        None
    }
}
