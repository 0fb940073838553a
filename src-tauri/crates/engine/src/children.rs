//! Children of the sandbox, as far as the engine knows of them: on what terms they run, and which
//! of their calls are answered here.

use std::collections::BTreeMap;

use extensions::{Answer, Args, ChildPolicy, Raised, Wait, bind};
use protocol::{Asked, Deterministic, Inputs, Limits, Resolution, Source, Value};

use crate::{
    answer::resolution,
    clock::Kind,
    session::{Engine, Host},
    state::Run,
};

/// Where the call ids of children begin here, far from those of a program's own calls.
const FIRST: u32 = 1 << 31;
const COUNT: u32 = 1 << 30;

/// Calls of children that wait here, by the ids that they have here.
#[derive(Debug, Default)]
pub(crate) struct ForChildren {
    next: u32,
    /// The extension that is asked, if one is, the child, and the id that the call has there.
    open: BTreeMap<u32, (Option<usize>, u32, u32)>,
}

impl ForChildren {
    fn id(&mut self) -> u32 {
        let id = FIRST + self.next;
        self.next = (self.next + 1) % COUNT;
        id
    }

    fn add(&mut self, extension: Option<usize>, child: u32, call_id: u32) -> u32 {
        let id = self.id();
        self.open.insert(id, (extension, child, call_id));
        id
    }
}

impl Engine {
    /// A program for a child: what is left of everything, or less.
    pub(crate) fn child_source(
        &self,
        run: &Run,
        code: String,
        timeout_ms: Option<u64>,
        memory_bytes: Option<u64>,
    ) -> Source {
        let rest = |limit: Option<u64>, used: u64| limit.map(|limit| limit.saturating_sub(used).max(1));
        let least = |one: Option<u64>, other: Option<u64>| one.into_iter().chain(other).min();
        let limits = &run.limits;
        let milliseconds = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let used = u64::try_from(run.meter.used()).unwrap_or(u64::MAX);
        let limits = Limits {
            timeout_ms: least(timeout_ms, rest(positive(limits.timeout_ms), milliseconds(run.spent))).or(Some(0)),
            turn_timeout_ms: limits.turn_timeout_ms.or(Some(0)),
            memory_bytes: least(memory_bytes, rest(limits.memory(), used)).or(Some(0)),
            recursion_depth: Some(limits.recursion()),
            host_calls: rest(limits.host_calls(), run.host_calls).or(Some(0)),
            sleep_ms: rest(positive(limits.sleep_ms), milliseconds(run.slept)).or(Some(0)),
            print_bytes: rest(limits.print(), self.lines.bytes()).or(Some(0)),
        };
        let extensions = run.extension_names.iter().filter(|name| {
            let index = self.house.namespace(name);
            index.is_some_and(|index| self.house.profile(index).child_policy != ChildPolicy::Exclude)
        });
        let deterministic = match run.clockwork.kind {
            Kind::Fixed { start } => {
                let passed = i64::try_from(run.clockwork.passed.as_millis()).unwrap_or(i64::MAX);
                Some(Deterministic {
                    clock_ms: (start / 1000).saturating_add(passed),
                    seed: run.seed.unwrap_or_default().wrapping_add(run.calls) >> 11,
                })
            }
            _ => None,
        };
        Source {
            code,
            limits,
            script_name: Some("child.py".to_owned()),
            extensions: extensions.cloned().collect(),
            deterministic,
            depth: self.house.depth + 1,
            ..Source::default()
        }
    }

    /// A child wants to call a function whose calls are counted by the root of the family.
    pub(crate) fn child_counted(&mut self, child: u32, call_id: u32, function_name: &str, host: &mut dyn Host) {
        if self.house.depth > 0 {
            let own_id = self.for_children.add(None, child, call_id);
            return host.ask(own_id, Asked::Count { function_name: function_name.to_owned() });
        }
        let result = self.house.count(function_name).map(|()| Value::None);
        to_child(child, call_id, &result, host);
    }

    /// A child calls a function that is answered here.
    pub(crate) fn child_called(
        &mut self,
        child: u32,
        call_id: u32,
        function_name: &str,
        args: Vec<Value>,
        host: &mut dyn Host,
    ) {
        let result = match self.house.extensions.find(function_name) {
            Some((extension, function)) => {
                let own_id = self.for_children.id();
                let known = crate::house::Known { extension, function };
                match bind(self.house.function(known), args, Inputs::default()) {
                    Ok(args) => self.answer_child(known, own_id, (child, call_id), args, host),
                    Err(raised) => Some(Err(raised)),
                }
            }
            None => Some(Err(Raised::new("NameError", format!("name '{function_name}' is not defined")))),
        };
        if let Some(result) = result {
            to_child(child, call_id, &result, host);
        }
    }

    fn answer_child(
        &mut self,
        known: crate::house::Known,
        own_id: u32,
        (child, call_id): (u32, u32),
        args: Args,
        host: &mut dyn Host,
    ) -> Option<Result<Value, Raised>> {
        let passed_on = args.0.clone();
        match self.house.call(known, own_id, args) {
            Answer::Value(value) => Some(Ok(value)),
            Answer::Raise(raised) => Some(Err(raised)),
            Answer::Wait(Wait { question: None, .. }) => {
                self.for_children.open.insert(own_id, (Some(known.extension), child, call_id));
                None
            }
            Answer::Wait(Wait { question: Some(extensions::Question::Parent), .. }) => {
                // A grandchild's call goes on upwards under an id of ours.
                self.for_children.open.insert(own_id, (Some(known.extension), child, call_id));
                let function_name = self.house.function(known).name.to_string();
                host.ask(own_id, Asked::Parent { function_name, args: passed_on });
                None
            }
            _ => Some(Err(Raised::runtime_error("a child cannot have this answered by its parent"))),
        }
    }

    /// Hands a child the result of a call that has waited here; `false` if it is none of theirs.
    pub(crate) fn resolve_for_child(
        &mut self,
        own_id: u32,
        result: &Result<Value, Raised>,
        host: &mut dyn Host,
    ) -> bool {
        let Some((_, child, call_id)) = self.for_children.open.remove(&own_id) else { return false };
        to_child(child, call_id, result, host);
        true
    }

    /// A child no longer waits for one of its calls, or for any.
    pub(crate) fn child_gone(&mut self, child: u32, call_id: Option<u32>) {
        let gone = self
            .for_children
            .open
            .iter()
            .filter(|(_, (_, other, call))| *other == child && call_id.is_none_or(|call_id| call_id == *call));
        let gone: Vec<u32> = gone.map(|(own_id, _)| *own_id).collect();
        for own_id in gone {
            if let Some((Some(extension), ..)) = self.for_children.open.remove(&own_id) {
                self.house.with(extension, |extension, cx| extension.released(own_id, cx));
            }
        }
    }
}

fn to_child(handle: u32, call_id: u32, result: &Result<Value, Raised>, host: &mut dyn Host) {
    let answer: Resolution = resolution(result);
    host.ask(0, Asked::ToChild { handle, call_id, answer });
}

fn positive(limit: Option<u64>) -> Option<u64> {
    limit.filter(|limit| *limit != 0)
}
