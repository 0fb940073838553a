//! The drive loop. Every way of running goes through [`Engine::turn`]: one step of the
//! interpreter after the other, until only somebody outside can say how to go on.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use extensions::Raised;
use monty::{
    MontyRepl, ReplFunctionCall, ReplNameLookup, ReplOsCall, ReplProgress, ReplResolveFutures, ReplStartError,
};
use monty_types::{
    ExcType, ExtFunctionResult, MontyException, MontyObject, NameLookupResult, NamedValues, PrintWriter,
};
use protocol::{Inputs, Outcome, Reply, RunError, RunErrorKind, Value};

use crate::{
    answer,
    convert::Outward,
    failure::{self, UndefinedCall},
    interrupt, objects, outside,
    print::Writer,
    ranges,
    session::{Clock, Engine, Host, Turn, nothing},
    state::{Blocked, Caller, OutsidePause, Run, State},
    waits::{Calling, Ready},
};

/// What the interpreter does next.
pub(crate) enum Step {
    Begin { repl: Box<MontyRepl>, code: String, inputs: NamedValues },
    Answer(Box<ReplFunctionCall>, ExtFunctionResult),
    Resolve(Box<ReplResolveFutures>, Vec<(u32, ExtFunctionResult)>),
    Name(Box<ReplNameLookup>, NameLookupResult),
    Os(Box<ReplOsCall>, ExtFunctionResult),
}

type Stepped = Result<ReplProgress, Box<ReplStartError>>;

impl Engine {
    /// Runs until the session replies or sleeps. Only after [`crate::Handled::Run`] or
    /// [`Turn::Sleep`].
    pub fn turn(&mut self, host: &mut dyn Host) -> Turn {
        self.mark = None;
        let (mut run, mut step) = match std::mem::replace(&mut self.state, State::Idle) {
            State::Ready(run, step) => (run, step),
            State::Waiting(run, blocked) => match self.wake(run, blocked, host) {
                Ok(After::Step(run, step)) => (run, step),
                Ok(After::Turn(turn)) => return turn,
                Err((run, blocked)) => {
                    let until = run.wakes_at(&blocked);
                    let mut run = run;
                    self.flush(Some(&mut run), host);
                    self.state = State::Waiting(run, blocked);
                    return Turn::Wait(until);
                }
            },
            other => {
                let misuse = protocol::Misuse::bad_message("nothing is ready to run");
                self.state = other;
                return Turn::Reply(Reply::Error(misuse));
            }
        };
        loop {
            let stepped = self.step(&mut run, step, host);
            let after = match stepped {
                Ok(Ok(progress)) => self.after(run, progress, host),
                Ok(Err(error)) => self.failed(run, *error, host),
                Err(panic) => return Turn::Reply(self.broken(*run, panic.as_ref(), host)),
            };
            match after {
                After::Step(next_run, next) => {
                    (run, step) = (next_run, next);
                    if host.should_yield() {
                        self.flush(Some(&mut run), host);
                        self.state = State::Ready(run, step);
                        return Turn::Yield;
                    }
                }
                After::Turn(turn) => return turn,
            }
        }
    }

    fn step(&mut self, run: &mut Run, step: Step, host: &mut dyn Host) -> std::thread::Result<Stepped> {
        if let Step::Answer(call, ExtFunctionResult::NotFound(_)) = &step {
            run.undefined = undefined_call(run, call);
        }
        // What is done for the program between two steps counts as its execution too.
        let (began, waited) = self.mark.take().unwrap_or_else(|| (host.now(), host.waited()));
        let limit = run.memory_limit();
        let mut writer = Writer { lines: &mut self.lines, host };
        let stepped = run.meter.run(limit, || {
            let print = PrintWriter::Callback(&mut writer);
            catch_unwind(AssertUnwindSafe(move || step.take(print)))
        });
        self.last_now = host.now();
        let waited_since = host.waited();
        let took = self.last_now.saturating_sub(began).saturating_sub(waited_since.saturating_sub(waited));
        self.mark = Some((self.last_now, waited_since));
        run.spent += took;
        run.turn_spent += took;
        stepped
    }

    /// What follows a step that did not fail.
    fn after(&mut self, mut run: Box<Run>, progress: ReplProgress, host: &mut dyn Host) -> After {
        let run_limits = run.limits;
        let completed = matches!(progress, ReplProgress::Complete { .. });
        if let Some((reason, felt)) = interrupt::pending() {
            interrupt::take();
            // What came too late to be felt by a program that has ended has nothing left to end.
            if felt || !completed {
                return self.refused(*run, progress, failure::from_reason(reason, &run_limits), host);
            }
        }
        // The interpreter begins a new stretch at each of its calls, though nobody paused.
        let too_long = run.limits.turn_timeout().is_some_and(|limit| run.turn_spent > limit);
        if too_long && self.clock == Clock::Interpreter && !completed {
            return self.refused(*run, progress, failure::limit_error("turnTimeoutMs", &run_limits), host);
        }
        if run.meter.was_over(run.memory_limit()) {
            return self.refused(*run, progress, failure::limit_error("memoryBytes", &run_limits), host);
        }
        match progress {
            ReplProgress::FunctionCall(call) if run.outside.is_some() => {
                self.leave(run, OutsidePause::Function(Box::new(call)), host)
            }
            ReplProgress::NameLookup(lookup) if run.outside.is_some() => {
                self.leave(run, OutsidePause::Name(Box::new(lookup)), host)
            }
            ReplProgress::OsCall(call) if run.outside.is_some() => {
                self.leave(run, OutsidePause::System(Box::new(call)), host)
            }
            ReplProgress::FunctionCall(call) => self.called(run, Box::new(call), host),
            ReplProgress::NameLookup(lookup) => {
                let known = lookup.object_id().is_none()
                    && (run.external_functions.contains(&lookup.name)
                        || self.house.own(&lookup.name).is_some()
                        || self.house.find(&lookup.name, &run.extensions).is_some());
                let answer = if known {
                    NameLookupResult::Value(run.meter.give(|| MontyObject::function(lookup.name.as_str(), None)))
                } else {
                    NameLookupResult::Undefined
                };
                After::Step(run, Step::Name(Box::new(lookup), answer))
            }
            ReplProgress::OsCall(call) => self.system_call(run, Box::new(call), false, host),
            ReplProgress::ResolveFutures(futures) => self.wait_for_futures(run, Box::new(futures), host),
            ReplProgress::Complete { repl, value } => self.completed(run, repl, value, host),
        }
    }

    /// Leaves a suspension to an owner that answers in the interpreter's own words.
    fn leave(&mut self, run: Box<Run>, pause: OutsidePause, host: &mut dyn Host) -> After {
        let reply = Reply::Outside { call: outside::call(&pause) };
        self.lines.flush(host);
        self.state = State::Outside(run, pause);
        After::Turn(Turn::Reply(reply))
    }

    fn called(&mut self, mut run: Box<Run>, call: Box<ReplFunctionCall>, host: &mut dyn Host) -> After {
        let receiver = call.object_id.and_then(objects::handle_of);
        let by_driver = call.object_id.is_none()
            && (run.external_functions.contains(&call.function_name) || self.house.own(&call.function_name).is_some());
        let in_objects = receiver.is_some() || call.function_name.contains('.');
        let whole = in_objects.then(|| objects::whole_name(&call.function_name, receiver)).flatten();
        let name = whole.as_deref().unwrap_or(&call.function_name);
        let known = if by_driver { None } else { self.house.find(name, &run.extensions) };
        if !by_driver && (known.is_none() || (call.object_id.is_some() && whole.is_none())) {
            let answer = if call.object_id.is_some() {
                ExtFunctionResult::Error(objects::no_attribute(receiver, &call.function_name))
            } else if let Some(extension) = self.house.excluded(name) {
                let message = format!("name '{name}' is not defined: a child of the sandbox has no {extension}");
                ExtFunctionResult::Error(MontyException::new(ExcType::NameError, Some(message)))
            } else {
                ExtFunctionResult::NotFound(call.function_name.clone())
            };
            return After::Step(run, Step::Answer(call, answer));
        }
        let calling = Calling {
            name: known.map_or_else(|| Cow::Owned(name.to_owned()), |known| self.house.function(known).name.clone()),
            known,
            args: answer::receiver(receiver),
            range: if run.recorded { run.sources.range(&call.position) } else { None },
            as_objects: in_objects && objects::gives_elements(name),
            awaited: call.allow_eager_await,
        };
        run.undefined = None;
        self.answer_call(run, call, calling, host)
    }

    /// A call that whoever drives the session answers.
    pub(crate) fn by_hand(&mut self, mut run: Box<Run>, call: Box<ReplFunctionCall>, host: &mut dyn Host) -> After {
        if Outward::are_slow(&call.args) {
            host.writing();
        }
        let reply = run.pending(&call);
        self.lines.flush(host);
        self.flush(Some(&mut run), host);
        run.turn_spent = Duration::ZERO;
        self.state = State::Pending(run, call);
        After::Turn(Turn::Reply(reply))
    }

    fn wait_for_futures(&mut self, mut run: Box<Run>, futures: Box<ReplResolveFutures>, host: &mut dyn Host) -> After {
        let open = futures.pending_call_ids();
        run.timers.retain(|id, _| open.contains(id));
        let call_ids = run.open_calls(&futures);
        let ours = open.iter().any(|id| run.timers.contains_key(id) || run.waits.knows(*id));
        if (call_ids.is_empty() || open.iter().any(|id| run.waits.ready.contains_key(id))) && ours {
            return self.wait(run, Blocked::Tasks(futures), host);
        }
        if call_ids.is_empty() {
            let message = "the program waits for a future of an earlier run, which nobody will answer";
            let error = RunError::new(RunErrorKind::Exception, "RuntimeError", message);
            return self.refused(*run, ReplProgress::ResolveFutures(*futures), error, host);
        }
        self.lines.flush(host);
        self.flush(Some(&mut run), host);
        run.turn_spent = Duration::ZERO;
        self.state = State::Futures(run, futures);
        After::Turn(Turn::Reply(Reply::ResolveFutures { call_ids }))
    }

    pub(crate) fn sleep(
        &mut self,
        run: Box<Run>,
        call: Box<ReplOsCall>,
        until: Duration,
        host: &mut dyn Host,
    ) -> After {
        // A sleep of nothing is execution: a loop of them has to reach the time limit.
        let mut run = run;
        if !run.clockwork.skips_sleep() && until <= host.now() {
            run.timers.remove(&call.call_id);
            return After::Step(run, Step::Os(call, nothing()));
        }
        self.wait(run, Blocked::Sleep(call), host)
    }

    fn completed(&mut self, mut run: Box<Run>, repl: MontyRepl, value: MontyObject, host: &mut dyn Host) -> After {
        if !run.callers.is_empty() {
            let shown = Outward::new().object(&value);
            run.meter.release(value);
            drop(repl);
            let Some(call) = run.return_to_caller() else { unreachable!("somebody waits for the script") };
            if answer::wants_awaitable(&run, &call) {
                return self.give(run, call, Ready { result: Ok(shown), as_objects: false });
            }
            let answer = run.meter.give(|| self.inward.object(&shown)).map_or_else(
                |_| {
                    let message = format!("the script gave a value that cannot be handed over: {}", shown.repr(80));
                    ExtFunctionResult::Error(MontyException::new(ExcType::TypeError, Some(message)))
                },
                ExtFunctionResult::Return,
            );
            return After::Step(run, Step::Answer(call, answer));
        }
        if Outward::is_slow(&value) {
            host.writing();
        }
        let result = Outward::new().object(&value);
        run.meter.release(value);
        let reply = self.finish(*run, Some(repl), Ok(result), host);
        After::Turn(Turn::Reply(reply))
    }

    fn failed(&mut self, mut run: Box<Run>, error: ReplStartError, host: &mut dyn Host) -> After {
        let ReplStartError { repl, error } = error;
        let reason = interrupt::take();
        let failure = failure::from_exception(&error, reason, &run.limits, &run.sources, run.undefined.as_ref());
        // What a script raises is raised where it was called; what ends it from outside ends all.
        if failure.kind == RunErrorKind::Exception
            && let Some(call) = run.return_to_caller()
        {
            if answer::wants_awaitable(&run, &call) {
                let raised = Raised::new(error.exc_type().to_string(), error.message().unwrap_or_default());
                return self.give(run, call, Ready { result: Err(raised), as_objects: false });
            }
            let raised = MontyException::new(error.exc_type(), error.message().map(str::to_owned));
            return After::Step(run, Step::Answer(call, ExtFunctionResult::Error(raised)));
        }
        run.meter.release(error);
        After::Turn(Turn::Reply(self.finish(*run, Some(repl), Err(failure), host)))
    }

    fn broken(&mut self, run: Run, panic: &(dyn std::any::Any + Send), host: &mut dyn Host) -> Reply {
        interrupt::take();
        self.finish(run, None, Err(failure::from_panic(panic)), host)
    }

    /// Ends a run at a pause, past every `except` and `finally`, with an error of ours.
    pub(crate) fn refused(
        &mut self,
        mut run: Run,
        progress: ReplProgress,
        error: RunError,
        host: &mut dyn Host,
    ) -> After {
        let sentinel = MontyException::new(ExcType::RuntimeError, Some(error.message.clone()));
        let limit = run.memory_limit();
        let mut writer = Writer { lines: &mut self.lines, host };
        let ended = run.meter.run(limit, || {
            let print = PrintWriter::Callback(&mut writer);
            catch_unwind(AssertUnwindSafe(move || match progress {
                ReplProgress::FunctionCall(call) => call.abort(sentinel, print),
                ReplProgress::OsCall(call) => call.abort(sentinel, print),
                ReplProgress::NameLookup(lookup) => lookup.abort(sentinel, print),
                ReplProgress::ResolveFutures(futures) => futures.abort(sentinel, print),
                done @ ReplProgress::Complete { .. } => Ok(done),
            }))
        });
        let (repl, failure) = match ended {
            Ok(Err(ended)) => {
                let ReplStartError { repl, error: raised } = *ended;
                let mut failure = failure::from_exception(&raised, None, &run.limits, &run.sources, None);
                let traceback = std::mem::take(&mut failure.traceback);
                (Some(repl), RunError { traceback, ..error })
            }
            Ok(Ok(progress)) => (Some(progress.into_repl()), error),
            Err(panic) => (None, failure::from_panic(panic.as_ref())),
        };
        After::Turn(Turn::Reply(self.finish(run, repl, Err(failure), host)))
    }

    fn finish(
        &mut self,
        run: Run,
        repl: Option<MontyRepl>,
        result: Result<Value, RunError>,
        host: &mut dyn Host,
    ) -> Reply {
        self.lines.flush(host);
        let usage = run.usage(self.lines.prints, host.now());
        self.rest(run, repl);
        self.settle(None, host);
        Reply::Complete(Outcome { result, usage })
    }
}

impl Run {
    /// The message that tells of a call.
    pub(crate) fn pending(&self, call: &ReplFunctionCall) -> Reply {
        let mut out = Outward::new();
        let args = call.args.args().map(|arg| out.value(arg, 0)).collect();
        let kwargs = call.args.kwargs().map(|(name, value)| (keyword(&mut out, name), out.value(value, 0))).collect();
        Reply::Pending {
            function_name: call.function_name.clone(),
            args,
            kwargs: Inputs(kwargs),
            call_id: call.call_id,
            awaited: call.allow_eager_await,
            range: self.sources.range(&call.position),
        }
    }

    /// The calls that nobody has answered yet, without sleeps.
    pub(crate) fn open_calls(&self, futures: &ReplResolveFutures) -> Vec<u32> {
        let open = futures.pending_call_ids().iter().copied();
        let mut ids: Vec<u32> = open.filter(|id| !self.timers.contains_key(id) && !self.waits.knows(*id)).collect();
        ids.sort_unstable();
        ids
    }

    /// Ends a script: the call that waits for its value, if it was called.
    fn return_to_caller(&mut self) -> Option<Box<ReplFunctionCall>> {
        let Caller { call, mut meter, sources, undefined } = self.callers.pop()?;
        meter.raise_peak(meter.used() + self.meter.peak_of_run());
        (self.meter, self.sources, self.undefined) = (meter, sources, undefined);
        self.timers.clear();
        Some(call)
    }
}

pub(crate) enum After {
    Step(Box<Run>, Step),
    Turn(Turn),
}

impl Step {
    fn take(self, print: PrintWriter<'_>) -> Stepped {
        match self {
            Self::Begin { repl, code, inputs } => repl.feed_start(&code, inputs, print),
            // A call that is awaited on the spot takes the value that the `await` gives.
            Self::Answer(call, ExtFunctionResult::Return(value)) if call.allow_eager_await => {
                call.resume_eager(Ok(value), print)
            }
            Self::Answer(call, ExtFunctionResult::Error(error)) if call.allow_eager_await => {
                call.resume_eager(Err(error), print)
            }
            Self::Answer(call, answer) => call.resume(answer, print),
            Self::Resolve(futures, results) => futures.resume(results, print),
            Self::Name(lookup, answer) => lookup.resume(answer, print),
            Self::Os(call, answer) => call.resume(answer, print),
        }
    }

    /// The interpreter without the program that was on its way.
    pub(crate) fn into_repl(self) -> MontyRepl {
        match self {
            Self::Begin { repl, .. } => *repl,
            Self::Answer(call, _) => call.into_repl(),
            Self::Resolve(futures, _) => futures.into_repl(),
            Self::Name(lookup, _) => lookup.into_repl(),
            Self::Os(call, _) => call.into_repl(),
        }
    }
}

pub(crate) fn keyword(out: &mut Outward, name: monty_types::ObjectRef<'_>) -> String {
    match out.value(name, 0) {
        Value::Str(name) => name,
        other => other.repr(80),
    }
}

/// Where the name of an unknown function stands, if the call spells it out.
fn undefined_call(run: &Run, call: &ReplFunctionCall) -> Option<UndefinedCall> {
    let place = &call.position;
    let spelled = run.sources.says(&place.filename, place.start as usize, &call.function_name);
    let start: ranges::Position = run.sources.range(place)?.start;
    spelled.then(|| UndefinedCall { line: start.line, column: start.column, name: call.function_name.clone() })
}
