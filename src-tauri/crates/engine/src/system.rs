//! Calls of the system: files in memory, folders of the machine, the environment, modules.

use monty::{ReplOsCall, ReplProgress};
use monty_types::{ExcType, ExtFunctionResult, MontyException, MontyObject, OsFunctionCall};
use protocol::{
    Asked, Called, Event, Inputs, OutsideAnswer, Resolution, Value,
    record::{By, Lane},
};

use extensions::{Answer, Args, Verdict};

use crate::{
    answer::{exception, open_wait},
    clock,
    convert::Outward,
    drive::{After, Step},
    failure, objects, outside,
    session::{Engine, Host},
    state::{Blocked, Pace, Run},
    waits::{Calling, For, OpenWait},
};

impl Calling {
    /// Whether it is a call of the system that waits for a permission.
    pub(crate) fn is_system(&self) -> bool {
        self.known.is_none() && extensions::SYSTEM_CALLS.contains(&self.name.as_ref())
    }
}

impl Engine {
    pub(crate) fn system_call(
        &mut self,
        mut run: Box<Run>,
        call: Box<ReplOsCall>,
        permitted: bool,
        host: &mut dyn Host,
    ) -> After {
        if !permitted && (run.pace == Pace::Steps || self.house.has_rules()) {
            let (name, args) = shown(&call.function_call);
            let verdict = self.house.verdict(&name, &args, &Inputs::default());
            let stops = extensions::SYSTEM_CALLS.contains(&name.as_str());
            match if stops { run.stepped(verdict) } else { verdict } {
                Verdict::Answer(answer) => {
                    let answer = match answer {
                        Answer::Raise(raised) => ExtFunctionResult::Error(exception(&raised)),
                        // Only refusals make sense of a call whose answer has a form of its own.
                        _ => ExtFunctionResult::Error(call.function_call.on_no_handler()),
                    };
                    tell_system(&run, &call, &answer, host);
                    return After::Step(run, Step::Os(call, answer));
                }
                Verdict::Ask { rule, then } => return self.ask_permission(run, call, (rule, *then), host),
                Verdict::Count(then) => return self.ask_for_count(run, call, *then, host),
                Verdict::Pass | Verdict::Hand | Verdict::Recorded(_) | Verdict::Delay(..) => {}
            }
        }
        let answer = match &call.function_call {
            OsFunctionCall::Sleep(time)
            | OsFunctionCall::SystemSleep(time)
            | OsFunctionCall::AsyncSleep(time)
            | OsFunctionCall::AsyncSystemSleep(time) => {
                let time = *time;
                run.slept = run.slept.saturating_add(time);
                if run.limits.sleep().is_some_and(|limit| run.slept > limit) {
                    let error = failure::limit_error("sleepMs", &run.limits);
                    return self.refused(*run, ReplProgress::OsCall(*call), error, host);
                }
                let until = run.time(host.now()).saturating_add(time);
                run.timers.insert(call.call_id, until);
                if OsFunctionCall::accepts_future(call.function_call.name()) {
                    ExtFunctionResult::Future(call.call_id)
                } else {
                    return self.sleep(run, call, until, host);
                }
            }
            OsFunctionCall::Import(name) => match self.module(&run, name) {
                Some(module) => ExtFunctionResult::Return(run.meter.give(|| module)),
                None => ExtFunctionResult::NotFound(name.clone()),
            },
            OsFunctionCall::Urandom(args) if run.seed.is_some() => {
                let size = usize::try_from(args.size).unwrap_or(usize::MAX);
                if run.memory_limit().is_some_and(|limit| size > limit) {
                    let error = failure::limit_error("memoryBytes", &run.limits);
                    return self.refused(*run, ReplProgress::OsCall(*call), error, host);
                }
                let Run { clockwork, seed, meter, .. } = run.as_mut();
                let bytes = meter.give(|| MontyObject::bytes(clockwork.draw(seed.unwrap_or_default(), size)));
                ExtFunctionResult::Return(bytes)
            }
            read @ (OsFunctionCall::Time(_) | OsFunctionCall::DateToday | OsFunctionCall::DateTimeNow(_)) => {
                let micros = run.clockwork.read(|| host.time_of_day());
                match clock::answer(read, micros) {
                    Some(answer) => {
                        if run.recorded {
                            host.clock_was_read(read.name(), micros, run.sources.range(&call.position));
                        }
                        ExtFunctionResult::Return(answer)
                    }
                    None => ExtFunctionResult::Error(MontyException::new(
                        ExcType::OverflowError,
                        Some("the clock shows no date that Python has".to_owned()),
                    )),
                }
            }
            OsFunctionCall::GetEnviron => {
                let pairs = self.house.environ();
                let pairs: Vec<_> =
                    pairs.map(|(name, text)| (MontyObject::string(name), MontyObject::string(text))).collect();
                ExtFunctionResult::Return(run.meter.give(|| MontyObject::dict(pairs)))
            }
            OsFunctionCall::Getenv(args) => {
                let set = self.house.environ().find(|(name, _)| **name == args.key);
                let value = set.map(|(_, text)| MontyObject::string(text));
                ExtFunctionResult::Return(run.meter.give(|| value.unwrap_or_else(|| args.default.clone())))
            }
            file => {
                let file = file.clone();
                return self.file_call(&file, run, call, host);
            }
        };
        After::Step(run, Step::Os(call, answer))
    }

    /// A call about a file: in memory, or in a folder of the machine that only the owner reaches.
    fn file_call(
        &mut self,
        file: &OsFunctionCall,
        mut run: Box<Run>,
        call: Box<ReplOsCall>,
        host: &mut dyn Host,
    ) -> After {
        run.calls += 1;
        let mounted = file.fs_primary_path().is_some_and(|path| self.house.is_mounted(path));
        let other = match file {
            OsFunctionCall::Rename(args) => Some(self.house.is_mounted(args.dst.as_str())),
            _ => None,
        };
        if other.is_some_and(|other| other != mounted) {
            let message = "[Errno 18] Invalid cross-device link".to_owned();
            let answer = ExtFunctionResult::Error(MontyException::new(ExcType::OSError, Some(message)));
            return After::Step(run, Step::Os(call, answer));
        }
        if mounted {
            let json = serde_json::to_string(file).unwrap_or_default();
            if !run.is_replayed() {
                host.ask(call.call_id, Asked::System { call: json.clone() });
            }
            run.system.asked = Some((call.call_id, json));
            return self.wait(run, Blocked::System(call), host);
        }
        #[expect(clippy::cast_precision_loss, reason = "times of files are floats")]
        let now = run.clockwork.read(|| host.time_of_day()) as f64 / 1e6;
        self.house.touched |= file.is_write();
        let files = &mut self.house.files;
        let answer = match run.meter.give(|| files.handle(file, now)) {
            Some(Ok(value)) => ExtFunctionResult::Return(value),
            Some(Err(error)) => ExtFunctionResult::Error(error),
            None => ExtFunctionResult::Error(file.on_no_handler()),
        };
        tell_system(&run, &call, &answer, host);
        After::Step(run, Step::Os(call, answer))
    }

    fn ask_permission(
        &mut self,
        mut run: Box<Run>,
        call: Box<ReplOsCall>,
        then: (String, Verdict),
        host: &mut dyn Host,
    ) -> After {
        run.calls += 1;
        let call_id = call.call_id;
        let (name, args) = shown(&call.function_call);
        let range = run.sources.range(&call.position);
        host.event(Event::PermissionRequested {
            call_id,
            function_name: name.clone(),
            args: args.clone(),
            kwargs: Inputs::default(),
            rule: then.0.clone(),
        });
        let calling =
            Calling { name: name.into(), known: None, args: Args(args), range, as_objects: false, awaited: false };
        let wait = OpenWait {
            calling,
            waits_for: For::Permission,
            handles: Vec::new(),
            timeout: None,
            until: None,
            then: Some(then),
            restored: false,
        };
        open_wait(&mut run, call_id, wait, host);
        self.wait(run, Blocked::System(call), host)
    }

    /// A call of a child that the root counts.
    fn ask_for_count(&mut self, mut run: Box<Run>, call: Box<ReplOsCall>, then: Verdict, host: &mut dyn Host) -> After {
        let (name, args) = shown(&call.function_call);
        let range = run.sources.range(&call.position);
        let calling =
            Calling { name: name.into(), known: None, args: Args(args), range, as_objects: false, awaited: false };
        wait_for_count(&mut run, call.call_id, calling, then, host);
        self.wait(run, Blocked::System(call), host)
    }

    fn module(&self, run: &Run, name: &str) -> Option<MontyObject> {
        let index = self.house.namespace(name)?;
        let enabled = run.extensions.get(index).copied().unwrap_or_default();
        enabled.then(|| objects::module(name, index, self.house.functions_of(index).iter()))
    }
}

/// The root is asked whether a call may be made once more.
pub(crate) fn wait_for_count(run: &mut Run, call_id: u32, calling: Calling, then: Verdict, host: &mut dyn Host) {
    host.ask(call_id, Asked::Count { function_name: calling.name.to_string() });
    let wait = OpenWait {
        calling,
        waits_for: For::Count,
        handles: Vec::new(),
        timeout: None,
        until: None,
        then: Some((String::new(), then)),
        restored: false,
    };
    open_wait(run, call_id, wait, host);
}

/// The owner has answered.
pub(crate) fn system_answered(
    mut run: Box<Run>,
    call: Box<ReplOsCall>,
    answer: OutsideAnswer,
    host: &mut dyn Host,
) -> After {
    run.system.asked = None;
    let answer = match outside::result(call.call_id, answer) {
        Ok(ExtFunctionResult::NotFound(_)) => ExtFunctionResult::Error(call.function_call.on_no_handler()),
        Ok(answer) => answer,
        Err(misuse) => ExtFunctionResult::Error(MontyException::new(ExcType::OSError, Some(misuse.message))),
    };
    tell_system(&run, &call, &answer, host);
    After::Step(run, Step::Os(call, answer))
}

/// Tells a call of the system to whoever keeps the record.
fn tell_system(run: &Run, call: &ReplOsCall, answer: &ExtFunctionResult, host: &mut dyn Host) {
    if !run.recorded {
        return;
    }
    let (function_name, args) = shown(&call.function_call);
    let answer = match answer {
        ExtFunctionResult::Return(value) => Resolution::Value(Outward::with_nodes(2000).object(value)),
        ExtFunctionResult::Error(error) => Resolution::Error {
            exc_type: error.exc_type().to_string(),
            message: error.message().unwrap_or_default().to_owned(),
        },
        _ => return,
    };
    host.called(Called {
        lane: Lane::System,
        function_name: function_name.into(),
        args,
        kwargs: Inputs::default(),
        call_id: call.call_id,
        awaited: false,
        range: run.sources.range(&call.position),
        by: By::Engine,
        answer: Some(answer),
        ends: false,
    });
}

/// A call of the system as the record shows it.
fn shown(call: &OsFunctionCall) -> (String, Vec<Value>) {
    let args = call.clone().to_args();
    let mut out = Outward::with_nodes(2000);
    (call.name().to_owned(), args.args().map(|arg| out.value(arg, 0)).collect())
}
