//! What reaches a session from outside while a program runs, waits or rests.

use std::time::Duration;

use extensions::{Heard, Incoming, Raised, Verdict};
use monty_types::{ExtFunctionResult, MontyObject};
use protocol::{Arrival, Arrived, Asked, Code, Command, Event, Misuse, Reply, Resolution, STEP, Value, record::By};

use crate::{
    answer::{Passed, open_wait, raise},
    convert::exc_type,
    drive::{After, Step},
    outside,
    session::{Engine, Host, nothing},
    state::{Blocked, Pace, Run, State},
    system::{system_answered, wait_for_count},
    waits::{Calling, Came, For, OpenWait},
};

impl Engine {
    /// Takes in a command that reaches a program on its way, wherever that is.
    pub(crate) fn interject(&mut self, command: Command, host: &mut dyn Host) -> Result<Reply, Misuse> {
        let arrived = match command {
            Command::Redraw => return Ok(self.redraw(host)),
            Command::Dispatch { value } => Arrived::Dispatch { value },
            Command::DomEvent { handle, event_type, value } => Arrived::DomEvent { handle, event_type, value },
            Command::Answer { call_id, answer } => answer_from_outside(call_id, answer)?,
            Command::Arrived(arrived) => arrived,
            other => return Err(Misuse::bad_message(format!("{} cannot reach a program", other.name()))),
        };
        let mut state = std::mem::replace(&mut self.state, State::Idle);
        let reply = self.arrive(arrived, state.run_mut(), host);
        self.state = state;
        reply
    }

    /// Takes in what has come while the program was busy.
    pub(crate) fn listen(&mut self, run: &mut Run, host: &mut dyn Host) {
        self.repeat_arrivals(run, host);
        while let Some((seq, command)) = host.incoming() {
            let reply = match command {
                Command::Redraw => Ok(self.redraw(host)),
                Command::Dispatch { value } => self.arrive(Arrived::Dispatch { value }, Some(run), host),
                Command::DomEvent { handle, event_type, value } => {
                    self.arrive(Arrived::DomEvent { handle, event_type, value }, Some(run), host)
                }
                Command::Answer { call_id, answer } => {
                    answer_from_outside(call_id, answer).and_then(|arrived| self.arrive(arrived, Some(run), host))
                }
                Command::Arrived(arrived) => self.arrive(arrived, Some(run), host),
                other => Err(Misuse::bad_state(other.name(), "running", Misuse::FITS_RUNNING)),
            };
            host.heard(seq, reply.unwrap_or_else(Reply::Error));
        }
    }

    fn redraw(&mut self, host: &mut dyn Host) -> Reply {
        self.house.tell_again();
        self.settle(None, host);
        Reply::Delivered
    }

    /// In a run that is repeated: what had arrived by now arrives again.
    fn repeat_arrivals(&mut self, run: &mut Run, host: &mut dyn Host) {
        while run.arrivals.front().is_some_and(|arrival| arrival.after <= run.calls) {
            if let Some(Arrival { what, .. }) = run.arrivals.pop_front() {
                // It was taken in once, so nothing is wrong with it.
                let _ = self.arrive(what, Some(run), host);
            }
        }
    }

    fn arrive(&mut self, arrived: Arrived, mut run: Option<&mut Run>, host: &mut dyn Host) -> Result<Reply, Misuse> {
        // What comes to a session at rest is there for the next program.
        let after = run.as_deref().map_or(Some(0), |run| run.recorded.then_some(run.calls));
        let told = after.map(|after| Arrival { after, what: arrived.clone() });
        let reply = match arrived {
            Arrived::Dispatch { value } => match self.house.hear(&Incoming::Dispatch(value)) {
                Heard::Taken { queued } => Ok(Reply::Dispatched { queued: queued as u64 }),
                Heard::Refused(why) => Err(Misuse::bad_input(why)),
                Heard::NotMine => Err(Misuse::new(Code::Unsupported, "no extension takes events")),
            },
            Arrived::DomEvent { handle, event_type, value } => {
                match self.house.hear(&Incoming::Dom { handle, event_type, value }) {
                    Heard::Taken { .. } => Ok(Reply::Delivered),
                    Heard::Refused(why) => Err(Misuse::bad_input(why)),
                    Heard::NotMine => Err(Misuse::new(Code::Unsupported, "no extension has a stage")),
                }
            }
            Arrived::Answer { call_id, answer }
                if self.resolve_for_child(call_id, &result_of(answer.clone()), host) =>
            {
                Ok(Reply::Answered)
            }
            Arrived::Answer { call_id, answer } => match run.as_deref_mut() {
                Some(run) => self.answered(run, call_id, answer, host),
                None => Err(unknown(call_id)),
            },
            Arrived::System { call_id, answer } => match run.as_deref_mut() {
                Some(run) => {
                    run.system.answered = Some((call_id, answer));
                    Ok(Reply::Answered)
                }
                None => Err(unknown(call_id)),
            },
            Arrived::TimedOut { call_id } => {
                if let Some(run) = run.as_deref_mut() {
                    self.timed_out(run, call_id, host);
                }
                Ok(Reply::Answered)
            }
            Arrived::ChildPrinted { handle, text } => {
                self.house.hear(&Incoming::ChildPrinted { handle, text });
                Ok(Reply::Delivered)
            }
            Arrived::ChildEnded { handle, result } => {
                self.child_gone(handle, None);
                self.house.hear(&Incoming::ChildEnded { handle, result: result_of(result) });
                Ok(Reply::Delivered)
            }
            Arrived::ChildCalled { handle, call_id, function_name, args } => {
                self.child_called(handle, call_id, &function_name, args, host);
                Ok(Reply::Delivered)
            }
            Arrived::ChildCounted { handle, call_id, function_name } => {
                self.child_counted(handle, call_id, &function_name, host);
                Ok(Reply::Delivered)
            }
            Arrived::ChildGone { handle, call_id } => {
                self.child_gone(handle, call_id);
                Ok(Reply::Delivered)
            }
        };
        if let (Some(arrival), Ok(_)) = (told, &reply) {
            host.arrived(arrival);
        }
        self.settle(run, host);
        reply
    }

    /// The answer to a question, or to a request for permission.
    fn answered(
        &mut self,
        run: &mut Run,
        call_id: u32,
        answer: Resolution,
        host: &mut dyn Host,
    ) -> Result<Reply, Misuse> {
        let wait = run.waits.open.get(&call_id).ok_or_else(|| unknown(call_id))?;
        match wait.waits_for {
            For::Answer => {
                let known = wait.calling.known;
                let result = result_of(answer);
                let result = match known {
                    Some(known) => self.house.with(known.extension, |extension, _| extension.answered(call_id, result)),
                    None => result,
                };
                self.end_wait(run, call_id, result, By::Person, host);
                Ok(Reply::Answered)
            }
            For::Permission => {
                let (rule, then) = wait.then.clone().unwrap_or((String::new(), Verdict::Pass));
                let calling = wait.calling.clone();
                let allowed = match answer {
                    Resolution::Value(Value::Bool(allowed)) => allowed,
                    Resolution::Value(Value::Str(word)) if rule == STEP && word == "run" => {
                        run.pace = Pace::Runs;
                        true
                    }
                    _ => return Err(Misuse::bad_input("a request for permission is answered by true or false")),
                };
                if allowed {
                    self.go_on(run, call_id, calling, then, host);
                } else {
                    let raised = extensions::denied(&calling.name, &rule);
                    self.end_wait(run, call_id, Err(raised), By::Person, host);
                }
                Ok(Reply::Answered)
            }
            For::Count => {
                let (_, then) = wait.then.clone().unwrap_or((String::new(), Verdict::Pass));
                let calling = wait.calling.clone();
                match result_of(answer) {
                    Ok(_) => self.go_on(run, call_id, calling, then, host),
                    Err(raised) => self.end_wait(run, call_id, Err(raised), By::Engine, host),
                }
                Ok(Reply::Answered)
            }
            For::Extension | For::Time => {
                Err(Misuse::new(Code::UnknownCall, format!("call {call_id} waits for no answer")))
            }
        }
    }

    /// A call goes on that the chain held up.
    fn go_on(&mut self, run: &mut Run, call_id: u32, calling: Calling, then: Verdict, host: &mut dyn Host) {
        if calling.is_system() {
            if let Verdict::Count(then) = then {
                return wait_for_count(run, call_id, calling, *then, host);
            }
            run.system.permitted = Some(call_id);
            run.waits.open.remove(&call_id);
            return;
        }
        match self.follow(run, call_id, calling, then, host) {
            Passed::Came(Came::Now(result, by)) => self.end_wait(run, call_id, result, by, host),
            Passed::Came(Came::Waits(wait)) => open_wait(run, call_id, *wait, host),
            Passed::Special(special) => {
                host.event(Event::Waited { call_id });
                run.special = Some((call_id, special));
                run.waits.open.remove(&call_id);
            }
        }
    }

    fn timed_out(&mut self, run: &mut Run, call_id: u32, host: &mut dyn Host) {
        let Some(wait) = run.waits.open.get(&call_id) else { return };
        if let Some((_, then)) = &wait.then {
            let (calling, then) = (wait.calling.clone(), then.clone());
            return self.go_on(run, call_id, calling, then, host);
        }
        let timeout = wait.timeout.unwrap_or_default();
        let result = match wait.calling.known {
            Some(known) => self.house.with(known.extension, |extension, _| extension.timed_out(call_id, timeout)),
            None => Err(Raised::new("TimeoutError", "nothing came in time")),
        };
        self.end_wait(run, call_id, result, By::Engine, host);
    }

    /// Ends the waits whose time is up.
    fn time_out(&mut self, run: &mut Run, now: Duration, host: &mut dyn Host) {
        let due = run.waits.open.iter().filter(|(_, wait)| wait.until.is_some_and(|until| until <= now));
        let due: Vec<u32> = due.map(|(call_id, _)| *call_id).collect();
        for call_id in due {
            let _ = self.arrive(Arrived::TimedOut { call_id }, Some(run), host);
        }
    }

    /// What a program that stands still does next, if anything has come for it.
    pub(crate) fn wake(
        &mut self,
        mut run: Box<Run>,
        blocked: Blocked,
        host: &mut dyn Host,
    ) -> Result<After, (Box<Run>, Blocked)> {
        self.repeat_arrivals(&mut run, host);
        if run.clockwork.skips_sleep()
            && let Some(until) = run.wakes_at(&blocked)
            && !run.has_news(&blocked)
        {
            // Waits and sleeps end in their order, as if the time had passed.
            run.clockwork.passed = run.clockwork.passed.max(until);
        }
        let now = run.time(host.now());
        self.time_out(&mut run, now, host);
        if run.is_replayed() && run.arrivals.is_empty() && !run.has_news(&blocked) {
            // From here on the outside answers.
            self.ask_again(&mut run, host);
        }
        match blocked {
            Blocked::Sleep(call) => match run.timers.get(&call.call_id) {
                Some(until) if *until > now => Err((run, Blocked::Sleep(call))),
                _ => {
                    run.timers.remove(&call.call_id);
                    Ok(After::Step(run, Step::Os(call, nothing())))
                }
            },
            Blocked::Tasks(futures) => {
                let results = self.results(&mut run, futures.pending_call_ids(), now);
                if results.is_empty() {
                    return Err((run, Blocked::Tasks(futures)));
                }
                Ok(After::Step(run, Step::Resolve(futures, results)))
            }
            Blocked::Call(call) => {
                if let Some((_, special)) = run.special.take_if(|(id, _)| *id == call.call_id) {
                    return Ok(self.special(run, call, special, host));
                }
                if let Some((path, inputs)) =
                    run.script.take_if(|_| run.system.answered.as_ref().is_some_and(|(id, _)| *id == call.call_id))
                {
                    return Ok(self.script_read(run, call, &path, inputs));
                }
                match run.waits.ready.remove(&call.call_id) {
                    Some(ready) => Ok(self.give(run, call, ready)),
                    None => Err((run, Blocked::Call(call))),
                }
            }
            Blocked::System(call) => {
                let call_id = call.call_id;
                if std::mem::take(&mut run.system.again) {
                    return Ok(self.system_call(run, call, false, host));
                }
                if run.system.permitted.take_if(|id| *id == call_id).is_some() {
                    return Ok(self.system_call(run, call, true, host));
                }
                if let Some(ready) = run.waits.ready.remove(&call_id) {
                    let result = self.result(&mut run, ready);
                    return Ok(After::Step(run, Step::Os(call, result)));
                }
                match run.system.answered.take_if(|(id, _)| *id == call_id) {
                    Some((_, answer)) => Ok(system_answered(run, call, answer, host)),
                    None => Err((run, Blocked::System(call))),
                }
            }
        }
    }

    /// What there is to tell tasks that wait for these calls.
    fn results(&mut self, run: &mut Run, open: &[u32], now: Duration) -> Vec<(u32, ExtFunctionResult)> {
        let mut results = Vec::new();
        for id in open {
            if run.timers.get(id).is_some_and(|until| *until <= now) {
                run.timers.remove(id);
                results.push((*id, nothing()));
            } else if let Some(ready) = run.waits.ready.remove(id) {
                let result = self.result(run, ready);
                results.push((*id, result));
            }
        }
        results
    }

    fn script_read(
        &mut self,
        mut run: Box<Run>,
        call: Box<monty::ReplFunctionCall>,
        path: &str,
        inputs: protocol::Inputs,
    ) -> After {
        let answer = run.system.answered.take().map(|(id, answer)| outside::result(id, answer));
        match answer {
            Some(Ok(ExtFunctionResult::Return(object))) => match text_of(&object) {
                Some(code) => self.begin_script(run, call, code, inputs, Some(path)),
                None => raise(run, call, "ValueError", format!("{path:?} is not text")),
            },
            Some(Ok(error @ ExtFunctionResult::Error(_))) => After::Step(run, Step::Answer(call, error)),
            _ => raise(run, call, "FileNotFoundError", format!("[Errno 2] No such file or directory: {path:?}")),
        }
    }

    /// After a restore, or where a record ends: what waits for the outside asks again.
    pub(crate) fn ask_again(&mut self, run: &mut Run, host: &mut dyn Host) {
        run.replayed = false;
        let now = run.time(host.now());
        for (call_id, wait) in std::mem::take(&mut run.waits.open) {
            let OpenWait { calling, waits_for, until, then, restored, .. } = wait;
            self.house.release(calling.known, call_id);
            if calling.is_system() {
                run.system.again = true;
                continue;
            }
            let left = until.map_or(Duration::ZERO, |until| until.saturating_sub(now));
            let verdict = if restored {
                let verdict = self.house.verdict_again(&calling.name, &calling.args.0);
                past(run.stepped(verdict), waits_for, left)
            } else {
                then.map_or(Verdict::Pass, |(rule, then)| match waits_for {
                    For::Permission => Verdict::Ask { rule, then: Box::new(then) },
                    For::Count => Verdict::Count(Box::new(then)),
                    _ => Verdict::Delay(left, Box::new(then)),
                })
            };
            match self.follow(run, call_id, calling.clone(), verdict, host) {
                Passed::Came(Came::Waits(wait)) => open_wait(run, call_id, *wait, host),
                Passed::Came(Came::Now(result, _)) => {
                    let as_objects = calling.as_objects;
                    run.waits.ready.insert(call_id, crate::waits::Ready { result, as_objects });
                }
                Passed::Special(special) => run.special = Some((call_id, special)),
            }
        }
        if let Some((call_id, call)) = &run.system.asked {
            host.ask(*call_id, Asked::System { call: call.clone() });
        }
        self.settle(Some(run), host);
    }
}

/// What is left of a verdict for a call that was restored. It had got past whatever it was not
/// waiting for; what forbids it or answers it now, holds.
fn past(verdict: Verdict, waits_for: For, left: Duration) -> Verdict {
    match verdict {
        Verdict::Ask { then, .. } if waits_for != For::Permission => past(*then, waits_for, left),
        Verdict::Count(then) if !matches!(waits_for, For::Permission | For::Count) => past(*then, waits_for, left),
        Verdict::Delay(_, then) if waits_for == For::Time => Verdict::Delay(left, then),
        Verdict::Delay(_, then) if matches!(waits_for, For::Extension | For::Answer) => past(*then, waits_for, left),
        verdict => verdict,
    }
}

/// What whoever drives the session answers.
fn answer_from_outside(call_id: u32, answer: Resolution) -> Result<Arrived, Misuse> {
    if let Resolution::Error { exc_type: name, .. } = &answer {
        exc_type(name)?;
    }
    Ok(Arrived::Answer { call_id, answer })
}

fn unknown(call_id: u32) -> Misuse {
    Misuse::new(Code::UnknownCall, format!("no call {call_id} waits for an answer"))
}

pub(crate) fn result_of(answer: Resolution) -> Result<Value, Raised> {
    match answer {
        Resolution::Value(value) => Ok(value),
        Resolution::Error { exc_type, message } => Err(Raised::new(exc_type, message)),
    }
}

fn text_of(object: &MontyObject) -> Option<String> {
    object.as_ref().as_str().map(str::to_owned)
}
