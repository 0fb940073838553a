//! What becomes of a call that an extension answers: the chain, the extension, the wait.

use monty::{ReplFunctionCall, ReplProgress};
use monty_types::{ExcType, ExtFunctionResult, MontyException, MontyObject};
use protocol::{
    Asked, Called, Event, Inputs, Resolution, Value,
    record::{By, Lane},
};

use extensions::{Answer, Args, Effect, Question, Raised, Verdict, Wait, bind};

use crate::{
    clock,
    convert::{Outward, exc_type},
    drive::{After, Step, keyword},
    failure, objects,
    session::{Engine, Host, Turn},
    state::{Blocked, Run, State},
    waits::{Calling, Came, For, OpenWait, Ready},
};

impl Engine {
    /// Answers a call of a function that is known here, as far as nobody outside has to.
    pub(crate) fn answer_call(
        &mut self,
        mut run: Box<Run>,
        call: Box<ReplFunctionCall>,
        calling: Calling,
        host: &mut dyn Host,
    ) -> After {
        if run.limits.host_calls().is_some_and(|limit| run.host_calls >= limit) {
            let error = failure::limit_error("hostCalls", &run.limits);
            return self.refused(*run, ReplProgress::FunctionCall(*call), error, host);
        }
        self.listen(&mut run, host);
        run.host_calls += 1;
        run.calls += 1;
        let call_id = call.call_id;
        let (args, kwargs) = arguments(&call, calling.args.0.clone());
        let told = run.recorded.then(|| (args.clone(), kwargs.clone(), calling.range.clone()));
        let (name, known, as_objects) = (calling.name.clone(), calling.known, calling.as_objects);
        let mut verdict = self.house.verdict(&name, &args, &kwargs);
        // What nobody else answers is a pause as it is.
        if known.is_some() || !matches!(verdict, Verdict::Pass) {
            verdict = run.stepped(verdict);
        }
        let passed = match (&verdict, self.house.declared(&calling)) {
            // Whoever drives the session takes the arguments as they are.
            (_, None) => {
                let calling = Calling { args: Args(args), ..calling };
                self.follow(&mut run, call_id, calling, verdict, host)
            }
            (_, Some(function)) => match bind(function, args, kwargs) {
                Ok(args) => self.follow(&mut run, call_id, Calling { args, ..calling }, verdict, host),
                Err(raised) => Passed::Came(Came::Now(Err(raised), By::Engine)),
            },
        };
        let by_hand = matches!(passed, Passed::Special(Special::Hand));
        if let Some((args, kwargs, range)) = told.filter(|_| !by_hand) {
            let (by, answer) = match &passed {
                Passed::Came(Came::Now(result, by)) => (*by, Some(resolution(result))),
                _ => (By::Extension, None),
            };
            let awaited = call.allow_eager_await;
            let (lane, function_name) = (Lane::Extension, name);
            let called = Called { lane, function_name, args, kwargs, call_id, awaited, range, by, answer, ends: false };
            host.called(called);
        }
        self.settle(Some(&mut run), host);
        if self.house.is_due(self.last_now, known) {
            self.flush(Some(&mut run), host);
        }
        match passed {
            Passed::Came(Came::Now(result, _)) => self.give(run, call, Ready { result, as_objects }),
            Passed::Came(Came::Waits(wait)) => {
                // Where somebody has to allow it, everything stands still until they have.
                let alone =
                    wait.waits_for != For::Permission && (call.allow_eager_await || wants_awaitable(&run, &call));
                open_wait(&mut run, call_id, *wait, host);
                if alone {
                    return After::Step(run, Step::Answer(call, ExtFunctionResult::Future(call_id)));
                }
                self.wait(run, Blocked::Call(call), host)
            }
            Passed::Special(special) => self.special(run, call, special, host),
        }
    }

    /// Gives a call its result, by way of a future where the program wants to await it elsewhere.
    pub(crate) fn give(&mut self, mut run: Box<Run>, call: Box<ReplFunctionCall>, ready: Ready) -> After {
        let call_id = call.call_id;
        if wants_awaitable(&run, &call) {
            run.waits.ready.insert(call_id, ready);
            return After::Step(run, Step::Answer(call, ExtFunctionResult::Future(call_id)));
        }
        let result = self.result(&mut run, ready);
        After::Step(run, Step::Answer(call, result))
    }

    /// Does what the chain says of a call, its extension's part included.
    pub(crate) fn follow(
        &mut self,
        run: &mut Run,
        call_id: u32,
        calling: Calling,
        verdict: Verdict,
        host: &mut dyn Host,
    ) -> Passed {
        let waits = |calling: Calling, waits_for, until, then| {
            let handles = Vec::new();
            let then = Some(then);
            let wait = OpenWait { calling, waits_for, handles, timeout: None, until, then, restored: false };
            Passed::Came(Came::Waits(Box::new(wait)))
        };
        match verdict {
            Verdict::Pass => match calling.known {
                Some(known) => {
                    let args = calling.args.clone();
                    let answer = self.house.call(known, call_id, args);
                    self.take_answer(run, call_id, calling, answer, By::Extension, host)
                }
                None => Passed::Special(Special::Hand),
            },
            Verdict::Hand if self.house.depth == 0 => Passed::Special(Special::Hand),
            Verdict::Hand => {
                let message = format!("{}() is answered by hand, which a child cannot wait for", calling.name);
                Passed::Came(Came::Now(Err(Raised::runtime_error(message)), By::Rule))
            }
            Verdict::Answer(answer) => self.take_answer(run, call_id, calling, answer, By::Rule, host),
            Verdict::Recorded(answer) => self.take_answer(run, call_id, calling, answer, By::Record, host),
            Verdict::Ask { rule, then } => {
                host.event(Event::PermissionRequested {
                    call_id,
                    function_name: calling.name.to_string(),
                    args: calling.args.0.clone(),
                    kwargs: Inputs::default(),
                    rule: rule.clone(),
                });
                waits(calling, For::Permission, None, (rule, *then))
            }
            Verdict::Count(then) => {
                host.ask(call_id, Asked::Count { function_name: calling.name.to_string() });
                waits(calling, For::Count, None, (String::new(), *then))
            }
            Verdict::Delay(time, then) => {
                let now = run.time(host.now());
                waits(calling, For::Time, Some(now.saturating_add(time)), (String::new(), *then))
            }
        }
    }

    fn take_answer(
        &mut self,
        run: &mut Run,
        call_id: u32,
        calling: Calling,
        answer: Answer,
        by: By,
        host: &mut dyn Host,
    ) -> Passed {
        match answer {
            Answer::Value(value) => Passed::Came(Came::Now(Ok(value), by)),
            Answer::Raise(raised) => Passed::Came(Came::Now(Err(raised), by)),
            Answer::Now => {
                let micros = run.clockwork.read(|| host.time_of_day());
                if run.recorded {
                    host.clock_was_read("now", micros, calling.range);
                }
                let raised = || Raised::new("OverflowError", "the clock shows no date that Python has");
                let text = clock::iso(micros).map(Value::Str).ok_or_else(raised);
                Passed::Came(Came::Now(text, by))
            }
            Answer::Wait(Wait { handles, mut timeout, question }) => {
                if question == Some(Question::Parent) {
                    timeout = self.timeout_of(&calling);
                }
                let waits_for = if question.is_some() { For::Answer } else { For::Extension };
                if let Some(question) = question
                    && !run.is_replayed()
                {
                    self.ask(call_id, question, &calling, host);
                }
                let until = timeout.map(|timeout| run.time(host.now()).saturating_add(timeout));
                let wait = OpenWait { calling, waits_for, handles, timeout, until, then: None, restored: false };
                Passed::Came(Came::Waits(Box::new(wait)))
            }
            special => Passed::Special(Special::Answer(special)),
        }
    }

    /// How long a call may wait that its parent answers: the parent does not keep that time.
    fn timeout_of(&self, calling: &Calling) -> Option<std::time::Duration> {
        let params = &self.house.function(calling.known?).params;
        let index = params.iter().position(|param| param.name == "timeout_ms")?;
        let milliseconds = u64::try_from(calling.args.integer(index)?).ok()?;
        Some(std::time::Duration::from_millis(milliseconds))
    }

    fn ask(&mut self, call_id: u32, question: Question, calling: &Calling, host: &mut dyn Host) {
        match question {
            Question::Person(event) => host.event(event),
            Question::Fetch { url } => host.ask(call_id, Asked::Fetch { url }),
            Question::Parent => {
                let mut args = calling.args.0.clone();
                let params = calling.known.map(|known| &self.house.function(known).params);
                let timeout = params.and_then(|params| params.iter().position(|param| param.name == "timeout_ms"));
                if let Some(index) = timeout {
                    args[index] = Value::None;
                }
                host.ask(call_id, Asked::Parent { function_name: calling.name.to_string(), args });
            }
        }
    }

    /// What only the engine itself can do: it needs the interpreter.
    pub(crate) fn special(
        &mut self,
        mut run: Box<Run>,
        call: Box<ReplFunctionCall>,
        special: Special,
        host: &mut dyn Host,
    ) -> After {
        let answer = match special {
            Special::Hand => return self.by_hand(run, call, host),
            Special::Answer(answer) => answer,
        };
        match answer {
            Answer::Script { code, inputs, script_name } => {
                self.begin_script(run, call, code, inputs, script_name.as_deref())
            }
            Answer::ScriptFile { path, inputs } if self.house.is_mounted(&path) => {
                let call_id = call.call_id;
                let read = monty_types::OsFunctionCall::ReadText(path.as_str().into());
                host.ask(call_id, Asked::System { call: serde_json::to_string(&read).unwrap_or_default() });
                run.script = Some((path, inputs));
                self.wait(run, Blocked::Call(call), host)
            }
            Answer::ScriptFile { path, inputs } => match self.house.files.read(&path) {
                Ok(bytes) => match String::from_utf8(bytes) {
                    Ok(code) => self.begin_script(run, call, code, inputs, Some(&path)),
                    Err(_) => raise(run, call, "ValueError", format!("{path:?} is not UTF-8")),
                },
                Err(error) => {
                    let error = MontyException::from(error);
                    After::Step(run, Step::Answer(call, ExtFunctionResult::Error(error)))
                }
            },
            Answer::Snapshot => self.take_token(run, call, host),
            Answer::Restore { token } => self.restore_token(run, call, &token, host),
            _ => raise(run, call, "RuntimeError", "nobody answers this call".to_owned()),
        }
    }

    pub(crate) fn begin_script(
        &mut self,
        run: Box<Run>,
        call: Box<ReplFunctionCall>,
        code: String,
        inputs: Inputs,
        script_name: Option<&str>,
    ) -> After {
        let refused = self.call_script(run, call, code, inputs, script_name).err();
        match (std::mem::replace(&mut self.state, State::Idle), refused) {
            (State::Ready(run, step), _) => After::Step(run, step),
            (State::Pending(run, call), Some(misuse)) => raise(run, call, "ValueError", misuse.message),
            _ => unreachable!("a script begins, or its call still waits"),
        }
    }

    /// Comes to a stand until something arrives.
    pub(crate) fn wait(&mut self, run: Box<Run>, blocked: Blocked, host: &mut dyn Host) -> After {
        let mut run = run;
        self.lines.flush(host);
        self.flush(Some(&mut run), host);
        match self.wake(run, blocked, host) {
            Ok(after) => after,
            Err((mut run, blocked)) => {
                run.turn_spent = std::time::Duration::ZERO;
                let until = run.wakes_at(&blocked);
                self.state = State::Waiting(run, blocked);
                After::Turn(Turn::Wait(until))
            }
        }
    }

    /// A wait is over.
    pub(crate) fn end_wait(
        &mut self,
        run: &mut Run,
        call_id: u32,
        result: Result<Value, Raised>,
        by: By,
        host: &mut dyn Host,
    ) {
        let Some(wait) = run.waits.open.remove(&call_id) else { return };
        if by == By::Engine && wait.waits_for == For::Answer && self.house.depth > 0 {
            host.ask(0, Asked::ParentGone { call_id });
        }
        self.house.release(wait.calling.known, call_id);
        host.event(Event::Waited { call_id });
        if run.recorded {
            host.called(Called {
                lane: Lane::Extension,
                function_name: wait.calling.name.clone(),
                args: Vec::new(),
                kwargs: Inputs::default(),
                call_id,
                awaited: wait.calling.awaited,
                range: None,
                by,
                answer: Some(resolution(&result)),
                ends: true,
            });
        }
        run.waits.ready.insert(call_id, Ready { result, as_objects: wait.calling.as_objects });
    }

    /// Tells what extensions have done, and ends the waits that they ended.
    pub(crate) fn settle(&mut self, mut run: Option<&mut Run>, host: &mut dyn Host) {
        while !self.house.effects.is_empty() {
            for effect in std::mem::take(&mut self.house.effects) {
                match effect {
                    Effect::Event(event) => host.event(event),
                    Effect::Resolve { call_id, result } => {
                        if self.resolve_for_child(call_id, &result, host) {
                            continue;
                        }
                        if let Some(run) = run.as_deref_mut() {
                            self.end_wait(run, call_id, result, By::Extension, host);
                        }
                    }
                    Effect::Store { key, value } => host.event(Event::Stored { key, value }),
                    Effect::Spawn { handle, code, timeout_ms, memory_bytes } => {
                        if let Some(run) = run.as_deref() {
                            let source = Box::new(self.child_source(run, code, timeout_ms, memory_bytes));
                            host.ask(0, Asked::Spawn { handle, source, files: self.house.all_files() });
                        }
                    }
                    Effect::EndChild { handle } => host.ask(0, Asked::EndChild { handle }),
                }
            }
        }
    }

    /// Lets extensions send what they have gathered.
    pub(crate) fn flush(&mut self, run: Option<&mut Run>, host: &mut dyn Host) {
        self.house.flush(host.now());
        self.settle(run, host);
    }

    /// A result as the interpreter takes it.
    pub(crate) fn result(&mut self, run: &mut Run, ready: Ready) -> ExtFunctionResult {
        match ready.result {
            Ok(value) => {
                let inward = &mut self.inward;
                let object: Result<MontyObject, String> = run.meter.give(|| {
                    let dressed = ready.as_objects.then(|| objects::dressed(&value, inward)).flatten();
                    dressed.map_or_else(|| inward.object(&value).map_err(|misuse| misuse.message), Ok)
                });
                match object {
                    Ok(object) => ExtFunctionResult::Return(object),
                    Err(message) => ExtFunctionResult::Error(exception(&Raised::type_error(message))),
                }
            }
            Err(raised) => ExtFunctionResult::Error(exception(&raised)),
        }
    }
}

/// Goes on with an error of a call.
pub(crate) fn raise(run: Box<Run>, call: Box<ReplFunctionCall>, exc_type: &'static str, message: String) -> After {
    let error = exception(&Raised::new(exc_type, message));
    After::Step(run, Step::Answer(call, ExtFunctionResult::Error(error)))
}

/// Puts a call on the list of those that wait, and says so.
pub(crate) fn open_wait(run: &mut Run, call_id: u32, wait: OpenWait, host: &mut dyn Host) {
    host.event(Event::Waiting {
        function_name: wait.calling.name.to_string(),
        call_id,
        handles: wait.handles.clone(),
        range: wait.calling.range.clone(),
    });
    run.waits.open.insert(call_id, wait);
}

/// Where a call has got to.
pub(crate) enum Passed {
    Came(Came),
    Special(Special),
}

/// What only the engine itself can do: it needs the interpreter.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Special {
    /// The call is a pause.
    Hand,
    Answer(Answer),
}

/// The arguments of a call, behind those that it has already.
fn arguments(call: &ReplFunctionCall, mut args: Vec<Value>) -> (Vec<Value>, Inputs) {
    let mut out = Outward::new();
    args.extend(call.args.args().map(|arg| objects::plain(out.value(arg, 0))));
    let kwargs = call.args.kwargs();
    let kwargs = kwargs.map(|(name, value)| (keyword(&mut out, name), objects::plain(out.value(value, 0))));
    (args, Inputs(kwargs.collect()))
}

pub(crate) fn exception(raised: &Raised) -> MontyException {
    let kind = exc_type(&raised.exc_type).unwrap_or(ExcType::RuntimeError);
    MontyException::new(kind, Some(raised.message.clone()))
}

pub(crate) fn resolution(result: &Result<Value, Raised>) -> Resolution {
    match result {
        Ok(value) => Resolution::Value(value.clone()),
        Err(raised) => Resolution::Error { exc_type: raised.exc_type.to_string(), message: raised.message.clone() },
    }
}

/// Whether the call has to give something to await although the interpreter does not say so.
pub(crate) fn wants_awaitable(run: &Run, call: &ReplFunctionCall) -> bool {
    !call.allow_eager_await && run.sources.wants_awaitable(&call.position)
}

/// An argument of no call: the receiver of a method comes first.
pub(crate) fn receiver(handle: Option<u64>) -> Args {
    Args(handle.map(|handle| Value::Int(i64::try_from(handle).unwrap_or(i64::MAX))).into_iter().collect())
}
