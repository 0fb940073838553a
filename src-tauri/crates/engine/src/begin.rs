//! How programs begin: on their own, in the interpreter that persists, or called by another one.

use std::{collections::BTreeMap, time::Duration};

use monty::{MontyRepl, ReplFunctionCall, ReplProgress};
use monty_types::{
    CompileOptions, ExcType, ExtFunctionResult, MontyException, NamedValues, ResourceLimits, ResourceTracker,
};
use protocol::{Inputs, Limits, Misuse, Source};

use crate::{
    clock::{self, Clockwork},
    drive::Step,
    memory::{Meter, interpreter_limit},
    ranges::Sources,
    session::{Clock, Engine, Handled},
    state::{Caller, Interpreter, Pace, Run, State, SystemWait},
    waits::Waits,
};

/// How many programs may wait for one another.
const MAX_CALLERS: usize = 8;

impl Engine {
    pub(crate) fn begin(&mut self, source: Source, shared: bool, now: Duration) -> Result<Handled, Misuse> {
        let limits = source.limits;
        self.house.take_part(source.depth);
        let extensions = self.house.enable(&source.extensions)?;
        let (clockwork, policy) = (Clockwork::of(&source), clock::policy(&source));
        let code = with_newlines(source.code);
        let tracker = ResourceTracker::new(self.interpreter_limits(&limits));
        let mut values = Vec::with_capacity(source.inputs.0.len());
        let goes_on = shared && !source.fresh;
        let kept = if goes_on { self.shared.take() } else { None };
        let script = source.script_name.as_deref().unwrap_or("main.py");
        let Interpreter { mut repl, mut meter, mut sources } = kept.unwrap_or_else(|| Interpreter {
            repl: MontyRepl::new(script, ResourceTracker::default(), CompileOptions::default()),
            meter: Meter::default(),
            sources: Sources::default(),
        });
        meter.start_run();
        for (name, value) in source.inputs.0 {
            match meter.give(|| self.inward.object(&value)) {
                Ok(object) => values.push((name, object)),
                Err(misuse) => {
                    if goes_on {
                        self.shared = Some(Interpreter { repl, meter, sources });
                    }
                    return Err(misuse);
                }
            }
        }
        *repl.tracker_mut() = tracker;
        repl = repl.with_os_policy(policy);
        if let Some(folder) = source.outside.as_ref().and_then(|outside| outside.folder.as_deref()) {
            repl.set_cwd(folder);
        }
        let interpreter_name = repl.next_script_name();
        if shared {
            sources.add(&interpreter_name, &code);
            if let Some(cell) = &source.cell {
                sources.show(&interpreter_name, cell);
            }
        } else {
            sources = Sources::script(&interpreter_name, script, &code);
        }
        self.lines.start_run(limits.print());
        self.house.begin(!goes_on);
        let run = Run {
            limits,
            external_functions: source.external_functions,
            extensions,
            extension_names: source.extensions,
            shared,
            clockwork,
            recorded: source.recorded,
            seed: source.deterministic.map(|fixed| fixed.seed).or(source.seed),
            pace: if source.step { Pace::Steps } else { Pace::Runs },
            outside: source.outside,
            callers: Vec::new(),
            meter,
            sources,
            undefined: None,
            timers: BTreeMap::new(),
            began: now,
            past: Duration::ZERO,
            spent: Duration::ZERO,
            turn_spent: Duration::ZERO,
            slept: Duration::ZERO,
            host_calls: 0,
            calls: 0,
            waits: Waits::default(),
            replayed: source.arrivals.is_some(),
            arrivals: source.arrivals.unwrap_or_default().into(),
            system: SystemWait::default(),
            special: None,
            script: None,
        };
        let step = Step::Begin { repl: Box::new(repl), code, inputs: NamedValues::from(values) };
        self.state = State::Ready(Box::new(run), step);
        Ok(Handled::Run)
    }

    /// Has a call answered by another program.
    pub(crate) fn call_script(
        &mut self,
        mut run: Box<Run>,
        call: Box<ReplFunctionCall>,
        code: String,
        inputs: Inputs,
        script_name: Option<&str>,
    ) -> Result<Handled, Misuse> {
        if run.callers.len() >= MAX_CALLERS {
            let message = format!("scripts call one another more than {MAX_CALLERS} deep");
            let error = MontyException::new(ExcType::RecursionError, Some(message));
            self.state = State::Ready(run, Step::Answer(call, ExtFunctionResult::Error(error)));
            return Ok(Handled::Run);
        }
        let code = with_newlines(code);
        let mut meter = Meter::default();
        let mut values = Vec::with_capacity(inputs.0.len());
        for (name, value) in inputs.0 {
            match meter.give(|| self.inward.object(&value)) {
                Ok(object) => values.push((name, object)),
                Err(misuse) => {
                    self.state = State::Pending(run, call);
                    return Err(misuse);
                }
            }
        }
        let source = Source { seed: run.seed, outside: run.outside.clone(), ..Source::default() };
        let script = script_name.unwrap_or("script.py");
        let mut repl = MontyRepl::new(script, ResourceTracker::default(), CompileOptions::default())
            .with_os_policy(clock::policy(&source));
        let sources = Sources::script(&repl.next_script_name(), script, &code);
        let caller = Caller {
            call,
            meter: std::mem::replace(&mut run.meter, meter),
            sources: std::mem::replace(&mut run.sources, sources),
            undefined: run.undefined.take(),
        };
        run.callers.push(caller);
        run.meter.start_run();
        let mut limits = run.limits;
        limits.memory_bytes = run.memory_limit().map(|bytes| bytes as u64);
        let mut own = self.interpreter_limits(&limits);
        if self.clock == Clock::Interpreter {
            own.max_feed_duration = limits.timeout().map(|limit| limit.saturating_sub(run.spent));
        }
        *repl.tracker_mut() = ResourceTracker::new(own);
        let step = Step::Begin { repl: Box::new(repl), code, inputs: NamedValues::from(values) };
        self.state = State::Ready(run, step);
        Ok(Handled::Run)
    }

    /// Gives a restored program the clock of this engine, which may be of the other kind.
    pub(crate) fn limit_again(&self, run: &Run, progress: &mut ReplProgress) {
        if self.clock == Clock::Interpreter {
            let tracker = progress.tracker_mut();
            if let Some(limit) = run.limits.timeout() {
                let left = limit.saturating_sub(run.spent);
                tracker.set_max_feed_duration(tracker.feed_elapsed().saturating_add(left));
            }
            if let Some(limit) = run.limits.turn_timeout() {
                tracker.set_max_turn_duration(limit);
            }
        }
    }

    fn interpreter_limits(&self, limits: &Limits) -> ResourceLimits {
        let memory = limits.memory().and_then(|bytes| usize::try_from(bytes).ok());
        let mut own = ResourceLimits::default().max_memory(interpreter_limit(memory));
        own.max_recursion_depth = usize::try_from(limits.recursion()).unwrap_or(usize::MAX);
        if self.clock == Clock::Interpreter {
            own.max_feed_duration = limits.timeout();
            own.max_turn_duration = limits.turn_timeout();
        }
        own
    }
}

/// As CPython reads sources, and so that everybody counts the same lines.
fn with_newlines(code: String) -> String {
    if code.contains('\r') { code.replace("\r\n", "\n").replace('\r', "\n") } else { code }
}
