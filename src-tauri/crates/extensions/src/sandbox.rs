//! `sandbox`: programs that a program starts in interpreters of their own.

mod child;

use std::collections::BTreeMap;

use child::{Child, State, Waiting, Want};
use protocol::Value;

use crate::{
    call::{Answer, Args, Context, Effect, Raised, Wait},
    declaration::{Declared, Default, Function, Hint, Kind, Param, Type, declare, optional, param},
    extension::{ChildPolicy, Extension, Heard, Incoming, Profile},
};

pub const MAX_ALIVE: usize = 16;
pub const MAX_DEPTH: u32 = 3;
/// Ended children whose results are kept until they are freed.
pub const MAX_KEPT: usize = 256;

const HANDLE: Param = param("handle", Type::INTEGER);
const HANDLES: Param = param("handles", Type::LIST);
const INT_OR_NONE: Type = Type::of(&[Kind::Integer, Kind::None]);

const FUNCTIONS: &[Declared<Sandbox>] = &[
    declare(
        "sandbox_spawn",
        "Starts a program in an interpreter of its own, with limits that are never above what is left here, and gives \
         its handle at once. Raises RuntimeError where 16 are alive or it would be too deep.",
        const {
            &[
                param("code", Type::STRING).hint(Hint::Python),
                optional("timeout_ms", INT_OR_NONE, Default::None),
                optional("memory_bytes", INT_OR_NONE, Default::None),
            ]
        },
        Type::INTEGER,
        Sandbox::spawn,
    ),
    declare(
        "sandbox_await",
        "Waits for the end of a child and gives the value of its last expression. Raises RuntimeError where it failed.",
        const { &[HANDLE] },
        Type::ANY,
        |sandbox, args, cx| sandbox.wait(&[Value::Int(args.integer(0).unwrap_or(-1))], Want::Value, cx),
    ),
    declare(
        "sandbox_await_all",
        "Waits for the end of children and gives their values in the order of the handles. Raises RuntimeError for \
         the first of them that failed.",
        const { &[HANDLES] },
        Type::LIST,
        |sandbox, mut args, cx| sandbox.wait(&args.items(0), Want::Values, cx),
    ),
    declare(
        "sandbox_gather",
        "Waits for the end of children and gives a dict of handle, value and output for each. Raises RuntimeError for \
         the first of them that failed.",
        const { &[HANDLES] },
        Type::LIST,
        |sandbox, mut args, cx| sandbox.wait(&args.items(0), Want::Reports, cx),
    ),
    declare(
        "sandbox_is_alive",
        "Tells whether a child still runs.",
        const { &[HANDLE] },
        Type::BOOLEAN,
        |sandbox, args, _| sandbox.found(&args).map(|(_, child)| Value::Bool(child.is_alive())).into(),
    ),
    declare(
        "sandbox_get_output",
        "Gives what a child has printed, at most 1 MB of it. Raises RuntimeError while it runs.",
        const { &[HANDLE] },
        Type::STRING,
        |sandbox, args, _| sandbox.ended_child(&args).map(|(_, child)| Value::Str(child.output.clone())).into(),
    ),
    declare(
        "sandbox_cancel",
        "Ends a child; tells whether it was still running.",
        const { &[HANDLE] },
        Type::BOOLEAN,
        |sandbox, args, cx| sandbox.cancel(&args, cx),
    ),
    declare(
        "sandbox_free",
        "Forgets a child that has ended. Raises RuntimeError while it runs.",
        const { &[HANDLE] },
        Type::NONE,
        |sandbox, args, _| sandbox.free(&args),
    ),
];

/// The children of one session. A handle never comes back, so that a late word about an old child
/// cannot be taken for one about a new child.
#[derive(Debug, std::default::Default)]
pub struct Sandbox {
    children: BTreeMap<u32, Child>,
    waiting: Vec<Waiting>,
    last_handle: u32,
}

impl Sandbox {
    fn spawn(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        self.begin_child(&mut args, cx).into()
    }

    fn begin_child(&mut self, args: &mut Args, cx: &mut Context<'_>) -> Result<Value, Raised> {
        if cx.depth >= MAX_DEPTH {
            return Err(Raised::runtime_error(format!("Maximum sandbox recursion depth ({MAX_DEPTH}) exceeded.")));
        }
        let timeout_ms = limit("timeout_ms", &args.take(1))?;
        let memory_bytes = limit("memory_bytes", &args.take(2))?;
        let alive = self.children.values().filter(|child| child.is_alive()).count();
        if alive >= MAX_ALIVE {
            return Err(Raised::runtime_error(format!("Maximum concurrent children ({MAX_ALIVE}) reached.")));
        }
        if self.children.len() - alive >= MAX_KEPT {
            let text = format!("{MAX_KEPT} ended children are kept; free some with sandbox_free");
            return Err(Raised::runtime_error(text));
        }
        let Some(handle) = self.last_handle.checked_add(1) else {
            return Err(Raised::runtime_error("there are no handles left for children"));
        };
        self.last_handle = handle;
        self.children.insert(handle, Child::default());
        cx.effects.push(Effect::Spawn { handle, code: args.string(0), timeout_ms, memory_bytes });
        Ok(Value::Int(handle.into()))
    }

    fn wait(&mut self, handles: &[Value], want: Want, cx: &mut Context<'_>) -> Answer {
        let mut known = Vec::with_capacity(handles.len());
        for handle in handles {
            match self.known(handle) {
                Ok(handle) => known.push(handle),
                Err(raised) => return raised.into(),
            }
        }
        let waiting = Waiting { call_id: cx.call_id, handles: known, want };
        if let Some(result) = waiting.result(&self.children) {
            return result.into();
        }
        self.waiting.push(waiting);
        Answer::Wait(Wait::default())
    }

    fn cancel(&mut self, args: &Args, cx: &mut Context<'_>) -> Answer {
        let (handle, was_alive) = match self.found(args) {
            Ok((handle, child)) => (handle, child.is_alive()),
            Err(raised) => return raised.into(),
        };
        if was_alive {
            cx.effects.push(Effect::EndChild { handle });
            self.end(handle, State::Cancelled, cx);
        }
        Value::Bool(was_alive).into()
    }

    fn free(&mut self, args: &Args) -> Answer {
        let handle = match self.ended_child(args) {
            Ok((handle, _)) => handle,
            Err(raised) => return raised.into(),
        };
        self.children.remove(&handle);
        Value::None.into()
    }

    /// The first word about the end of a child counts; those who wait for it get theirs in order.
    fn end(&mut self, handle: u32, state: State, cx: &mut Context<'_>) {
        let Some(child) = self.children.get_mut(&handle).filter(|child| child.is_alive()) else { return };
        child.state = state;
        let children = &self.children;
        self.waiting.retain(|waiting| match waiting.result(children) {
            Some(result) => {
                cx.resolve(waiting.call_id, result);
                false
            }
            None => true,
        });
    }

    fn found(&self, args: &Args) -> Result<(u32, &Child), Raised> {
        let handle = self.known(args.0.first().unwrap_or(&Value::None))?;
        self.children.get(&handle).map(|child| (handle, child)).ok_or_else(|| unknown(&Value::Int(handle.into())))
    }

    fn ended_child(&self, args: &Args) -> Result<(u32, &Child), Raised> {
        match self.found(args)? {
            (handle, child) if child.is_alive() => {
                Err(Raised::runtime_error(format!("the child {handle} is still running")))
            }
            ended => Ok(ended),
        }
    }

    fn known(&self, handle: &Value) -> Result<u32, Raised> {
        let number = match handle {
            Value::Int(number) => u32::try_from(*number).ok(),
            Value::Bool(number) => Some(u32::from(*number)),
            Value::BigInt(_) => None,
            other => {
                let text = format!("handles of children are int, not {}", other.type_name());
                return Err(Raised::type_error(text));
            }
        };
        number.filter(|number| self.children.contains_key(number)).ok_or_else(|| unknown(handle))
    }

    /// Nothing of the children is left, and nothing of what waited for them.
    fn drop_all(&mut self, cx: &mut Context<'_>) {
        let alive = self.children.iter().filter(|(_, child)| child.is_alive());
        cx.effects.extend(alive.map(|(handle, _)| Effect::EndChild { handle: *handle }));
        self.children.clear();
        self.waiting.clear();
    }
}

fn unknown(handle: &Value) -> Raised {
    Raised::value_error(format!("there is no child with the handle {}", handle.repr(40)))
}

/// Nothing: no limit of its own. Zero would mean the same elsewhere, so it is refused here.
fn limit(name: &str, value: &Value) -> Result<Option<u64>, Raised> {
    match value {
        Value::None => Ok(None),
        Value::Int(number) if *number > 0 => Ok(Some(number.unsigned_abs())),
        Value::Bool(true) => Ok(Some(1)),
        other => {
            let text = format!("{name} has to be positive and below 2^63, not {}", other.repr(40));
            Err(Raised::value_error(text))
        }
    }
}

impl Extension for Sandbox {
    fn profile(&self) -> Profile {
        let about = "Programs in interpreters of their own, within what is left of the limits.";
        Profile { child_policy: ChildPolicy::Clone, ..Profile::new("sandbox", about) }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        (FUNCTIONS[function].answer)(self, args, cx)
    }

    fn hear(&mut self, incoming: &Incoming, cx: &mut Context<'_>) -> Heard {
        match incoming {
            Incoming::ChildPrinted { handle, text } => {
                if let Some(child) = self.children.get_mut(handle) {
                    child.print(text);
                }
            }
            Incoming::ChildEnded { handle, result } => self.end(*handle, State::Ended(result.clone()), cx),
            _ => return Heard::NotMine,
        }
        Heard::Taken { queued: 0 }
    }

    fn released(&mut self, call_id: u32, _cx: &mut Context<'_>) {
        self.waiting.retain(|waiting| waiting.call_id != call_id);
    }

    fn begin(&mut self, cx: &mut Context<'_>) {
        self.drop_all(cx);
    }

    /// The last handle alone: a snapshot has no children, and no new one may be taken for an old one.
    fn save(&self) -> Option<Vec<u8>> {
        (self.last_handle > 0).then(|| self.last_handle.to_le_bytes().to_vec())
    }

    fn load(&mut self, saved: Option<&[u8]>, cx: &mut Context<'_>) -> Result<(), String> {
        let last = match saved {
            Some(bytes) => u32::from_le_bytes(bytes.try_into().map_err(|_| "no state of sandbox")?),
            None => 0,
        };
        self.drop_all(cx);
        self.last_handle = self.last_handle.max(last);
        Ok(())
    }

    fn for_child(&self) -> Option<Box<dyn Extension>> {
        Some(Box::new(Self::default()))
    }
}

#[cfg(test)]
mod tests;
