//! A child as its parent knows it, and what calls wait for of it.

use std::collections::BTreeMap;

use protocol::Value;

use crate::call::Raised;

/// More of what a child prints is dropped.
pub(super) const MAX_OUTPUT: usize = 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Child {
    pub(super) state: State,
    pub(super) output: String,
    is_full: bool,
}

#[derive(Debug, Default)]
pub(super) enum State {
    #[default]
    Running,
    Ended(Result<Value, Raised>),
    Cancelled,
}

impl Child {
    pub(super) fn is_alive(&self) -> bool {
        matches!(self.state, State::Running)
    }

    pub(super) fn print(&mut self, text: &str) {
        if self.is_full {
            return;
        }
        let room = MAX_OUTPUT - self.output.len();
        self.is_full = text.len() > room;
        self.output.push_str(&text[..text.floor_char_boundary(room)]);
    }
}

/// A call that waits until all of its children have ended.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) call_id: u32,
    pub(super) handles: Vec<u32>,
    pub(super) want: Want,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Want {
    Value,
    Values,
    Reports,
}

impl Waiting {
    /// Nothing while one of them runs. The first in the order of the handles that failed decides, so
    /// that it does not hang on who was faster.
    pub(super) fn result(&self, children: &BTreeMap<u32, Child>) -> Option<Result<Value, Raised>> {
        if self.handles.iter().filter_map(|handle| children.get(handle)).any(Child::is_alive) {
            return None;
        }
        let mut results = Vec::with_capacity(self.handles.len());
        for handle in &self.handles {
            match outcome(*handle, children) {
                Ok((value, child)) => results.push(match self.want {
                    Want::Value | Want::Values => value,
                    Want::Reports => report(*handle, value, child),
                }),
                Err(raised) => return Some(Err(raised)),
            }
        }
        Some(Ok(match self.want {
            Want::Value => results.pop().unwrap_or(Value::None),
            Want::Values | Want::Reports => Value::List(results),
        }))
    }
}

fn outcome(handle: u32, children: &BTreeMap<u32, Child>) -> Result<(Value, &Child), Raised> {
    let failed = |why: &str| Raised::runtime_error(format!("the child {handle} {why}"));
    match children.get(&handle) {
        Some(child) => match &child.state {
            State::Ended(Ok(value)) => Ok((value.clone(), child)),
            State::Ended(Err(raised)) => Err(failed(&format!("failed: {raised}"))),
            State::Cancelled => Err(failed("was cancelled")),
            State::Running => Err(failed("is still running")),
        },
        // Freed by another task while this one waited for the rest.
        None => Err(Raised::value_error(format!("there is no child with the handle {handle}"))),
    }
}

fn report(handle: u32, value: Value, child: &Child) -> Value {
    let pairs = [("handle", Value::Int(handle.into())), ("value", value), ("output", Value::Str(child.output.clone()))];
    Value::Dict(pairs.into_iter().map(|(name, value)| (Value::Str(name.to_owned()), value)).collect())
}
