//! A session as bytes: the paused run with its callers, the interpreter at rest, and what
//! extensions keep.
//!
//! The bytes are parts, each behind its length: a header in JSON, what extensions keep, then dumps
//! of the interpreter.
//! Whoever hands them back vouches for them; the interpreter does not survive others.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use extensions::{Args, Raised};
use monty::{Dump, MontyRepl, ReplProgress, Session, SessionRef};
use protocol::{Inputs, Limits, Outside, Reply};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Clockwork,
    convert::Inward,
    memory::Meter,
    print::Counted,
    ranges::Sources,
    session::{Engine, Host},
    state::{Blocked, Caller, Interpreter, OutsidePause, Pace, Run, State, SystemWait},
    waits::{Calling, OpenWait, Ready, SavedReady, SavedWait, Waits},
};

#[derive(Serialize, Deserialize)]
struct Header {
    identities: u128,
    /// The sources of the interpreter at rest, if there is one.
    at_rest: Option<Sources>,
    run: Option<SavedRun>,
}

#[derive(Serialize, Deserialize)]
struct SavedRun {
    limits: Limits,
    external_functions: Vec<String>,
    shared: bool,
    clockwork: Clockwork,
    recorded: bool,
    seed: Option<u64>,
    pace: Pace,
    outside: Option<Outside>,
    /// Of the callers, outermost first, and of the run itself.
    sources: Vec<Sources>,
    /// What is left of each `asyncio.sleep`, by call id.
    timers: BTreeMap<u32, Duration>,
    past: Duration,
    spent: Duration,
    slept: Duration,
    host_calls: u64,
    calls: u64,
    extensions: Vec<String>,
    /// Whether it stands still at something outside, and no driver is asked.
    waiting: bool,
    waits: Vec<SavedWait>,
    asked_system: Option<(u32, String)>,
    script: Option<(String, Inputs)>,
    peak: usize,
    printed: Counted,
}

/// What a session is in the middle of that was loaded.
#[derive(Debug, PartialEq)]
pub enum Loaded {
    Reply(Reply),
    /// It waits for something outside: call [`Engine::turn`].
    Waits,
}

impl Engine {
    /// The session as bytes; nothing while a program runs, or if the interpreter cannot say.
    pub fn save(&mut self, now: Duration) -> Option<Vec<u8>> {
        let mut parts = vec![Vec::new(), Vec::new()];
        if let Some(Interpreter { repl, .. }) = &self.shared {
            parts.push(dump(SessionRef::Idle(repl))?);
        }
        let state = std::mem::replace(&mut self.state, State::Idle);
        let mut waiting = false;
        let (run, progress, again): (_, _, Again) = match state {
            State::Pending(run, call) => (run, ReplProgress::FunctionCall(*call), pending_again),
            State::Futures(run, futures) => (run, ReplProgress::ResolveFutures(*futures), futures_again),
            State::Outside(run, pause) => (run, pause.into_progress(), outside_again),
            State::Waiting(run, blocked) if !matches!(blocked, Blocked::Sleep(_)) => {
                waiting = true;
                (run, blocked.into_progress(), waiting_again)
            }
            other => {
                let at_rest = matches!(other, State::Idle);
                self.state = other;
                return at_rest.then(|| self.pack(parts, None)).flatten();
            }
        };
        let saved = SavedRun { waiting, ..run.save(self.lines.counted(), now) };
        let (run, callers) = save_callers(run);
        let (progress, bytes) = dump_progress(progress);
        self.state = again(run, progress)?;
        parts.extend(callers?);
        parts.push(bytes?);
        self.pack(parts, Some(saved))
    }

    fn pack(&self, mut parts: Vec<Vec<u8>>, run: Option<SavedRun>) -> Option<Vec<u8>> {
        let header = Header {
            identities: self.inward.identities(),
            at_rest: self.shared.as_ref().map(|shared| shared.sources.clone()),
            run,
        };
        parts[0] = serde_json::to_vec(&header).ok()?;
        parts[1] = serde_json::to_vec(&self.house.save()).ok()?;
        Some(pack(&parts))
    }

    /// Becomes the session that [`Engine::save`] was asked of. Only at rest; where it fails,
    /// nothing has changed.
    pub fn load(&mut self, saved: &[u8], host: &mut dyn Host) -> Result<Loaded, String> {
        self.load_whole(saved, host.now())?;
        if let Some(underway) = self.underway() {
            host.becomes(underway);
        }
        Ok(self.begin_again(host))
    }

    /// The same for a session at rest, without telling anybody.
    pub fn come_back(&mut self, saved: &[u8], host: &dyn Host) -> Result<(), String> {
        self.load_whole(saved, host.now())
    }

    /// The same in the middle of a run, which it is a part of.
    pub(crate) fn load_whole(&mut self, saved: &[u8], now: Duration) -> Result<(), String> {
        let printed = self.load_parts(saved, now, true)?;
        if let Some(printed) = printed {
            self.lines.resume_run(self.state.run().and_then(|run| run.limits.print()), printed);
        }
        Ok(())
    }

    /// Tells what there is, and asks again what a program waits for.
    pub(crate) fn begin_again(&mut self, host: &mut dyn Host) -> Loaded {
        let mut state = std::mem::replace(&mut self.state, State::Idle);
        self.flush(state.run_mut(), host);
        if let State::Waiting(run, _) = &mut state {
            self.ask_again(run, host);
        }
        self.state = state;
        match self.pause() {
            Some(reply) => Loaded::Reply(reply),
            None if matches!(self.state, State::Idle) => Loaded::Reply(Reply::Idle),
            None => Loaded::Waits,
        }
    }

    /// The interpreter of what was saved, and nothing else of it.
    pub(crate) fn load_interpreter(&mut self, saved: &[u8]) -> Result<(), String> {
        self.load_parts(saved, Duration::ZERO, false).map(drop)
    }

    fn load_parts(&mut self, saved: &[u8], now: Duration, whole: bool) -> Result<Option<Counted>, String> {
        const BROKEN: &str = "its parts do not fit together";
        let parts = unpack(saved).ok_or(BROKEN)?;
        let [header, house, dumps @ ..] = parts.as_slice() else { return Err(BROKEN.to_owned()) };
        let header: Header = serde_json::from_slice(header).map_err(|error| error.to_string())?;
        let mut dumps = dumps.iter();
        let mut next = || dumps.next().copied().ok_or(BROKEN);
        let shared = match header.at_rest {
            Some(sources) => {
                let mut meter = Meter::default();
                let Session::Idle(repl) = meter.give(|| load(next()?))? else { return Err(BROKEN.to_owned()) };
                Some(Interpreter { repl: *repl, meter, sources })
            }
            None => None,
        };
        let run = match header.run {
            Some(run) => Some(self.load_run(run, &mut next, now)?),
            None => None,
        };
        if whole {
            self.house.load(serde_json::from_slice(house).map_err(|error| error.to_string())?)?;
        }
        self.inward = Inward::from_identities(header.identities);
        self.shared = shared;
        self.changed = false;
        let (state, printed) = run.unzip();
        self.state = state.unwrap_or(State::Idle);
        Ok(printed)
    }

    fn load_run<'a>(
        &self,
        saved: SavedRun,
        next: &mut impl FnMut() -> Result<&'a [u8], &'static str>,
        now: Duration,
    ) -> Result<(State, Counted), String> {
        const BROKEN: &str = "its parts do not fit together";
        let mut sources = saved.sources;
        let own = sources.pop().ok_or(BROKEN)?;
        let mut callers = Vec::with_capacity(sources.len());
        for sources in sources {
            let mut meter = Meter::default();
            let Session::Suspended(progress) = meter.give(|| load(next()?))? else { return Err(BROKEN.to_owned()) };
            let ReplProgress::FunctionCall(call) = *progress else { return Err(BROKEN.to_owned()) };
            callers.push(Caller { call: Box::new(call), meter, sources, undefined: None });
        }
        let mut meter = Meter::default();
        let Session::Suspended(progress) = meter.give(|| load(next()?))? else { return Err(BROKEN.to_owned()) };
        meter.restore_peak(saved.peak);
        let mut run = Box::new(Run {
            limits: saved.limits,
            external_functions: saved.external_functions,
            shared: saved.shared,
            clockwork: saved.clockwork,
            recorded: saved.recorded,
            seed: saved.seed,
            pace: saved.pace,
            outside: saved.outside,
            callers,
            meter,
            sources: own,
            undefined: None,
            timers: BTreeMap::new(),
            began: now,
            past: saved.past,
            spent: saved.spent,
            turn_spent: Duration::ZERO,
            slept: saved.slept,
            host_calls: saved.host_calls,
            calls: saved.calls,
            extensions: self.house.enable(&saved.extensions).unwrap_or_default(),
            extension_names: saved.extensions,
            waits: Waits::default(),
            arrivals: VecDeque::new(),
            replayed: false,
            system: SystemWait { asked: saved.asked_system, ..SystemWait::default() },
            special: None,
            script: saved.script,
        });
        self.load_waits(&mut run, saved.waits, now);
        let time = run.time(now);
        run.timers = saved.timers.into_iter().map(|(id, left)| (id, time.saturating_add(left))).collect();
        let mut progress = *progress;
        self.limit_again(&run, &mut progress);
        let state = match progress {
            progress if saved.waiting => State::Waiting(run, Blocked::from_progress(progress).ok_or(BROKEN)?),
            _ if run.outside.is_some() && !matches!(progress, ReplProgress::ResolveFutures(_)) => {
                State::Outside(run, OutsidePause::from_progress(progress).ok_or(BROKEN)?)
            }
            ReplProgress::FunctionCall(call) => State::Pending(run, Box::new(call)),
            ReplProgress::ResolveFutures(futures) => State::Futures(run, Box::new(futures)),
            _ => return Err(BROKEN.to_owned()),
        };
        Ok((state, saved.printed))
    }
}

impl Engine {
    /// Calls that waited wait again; what they ask is asked when the session is whole.
    fn load_waits(&self, run: &mut Run, saved: Vec<SavedWait>, now: Duration) {
        for SavedWait { call_id, name, args, range, as_objects, awaited, waits_for, ready, left } in saved {
            if let Some(ready) = ready {
                let result = match ready {
                    SavedReady::Value(value) => Ok(value),
                    SavedReady::Raised(exc_type, message) => Err(Raised::new(exc_type, message)),
                };
                run.waits.ready.insert(call_id, Ready { result, as_objects });
                continue;
            }
            let known = self.house.find(&name, &run.extensions);
            let calling = Calling { name: name.into(), known, args: Args(args), range, as_objects, awaited };
            let wait = OpenWait {
                calling,
                waits_for,
                handles: Vec::new(),
                timeout: None,
                until: left.map(|left| run.time(now).saturating_add(left)),
                then: None,
                restored: true,
            };
            run.waits.open.insert(call_id, wait);
        }
    }
}

impl Run {
    fn save(&self, printed: Counted, now: Duration) -> SavedRun {
        let callers = self.callers.iter().map(|caller| &caller.sources);
        SavedRun {
            limits: self.limits,
            external_functions: self.external_functions.clone(),
            shared: self.shared,
            clockwork: self.clockwork.clone(),
            recorded: self.recorded,
            seed: self.seed,
            pace: self.pace,
            outside: self.outside.clone(),
            sources: callers.chain([&self.sources]).cloned().collect(),
            timers: self.timers.iter().map(|(id, until)| (*id, until.saturating_sub(self.time(now)))).collect(),
            past: self.age(now),
            spent: self.spent,
            slept: self.slept,
            host_calls: self.host_calls,
            calls: self.calls,
            extensions: self.extension_names.clone(),
            waiting: false,
            waits: self.waits.save(self.time(now)),
            asked_system: self.system.asked.clone(),
            script: self.script.clone(),
            peak: self.meter.peak_of_run(),
            printed,
        }
    }
}

impl OutsidePause {
    fn into_progress(self) -> ReplProgress {
        match self {
            Self::Function(call) => ReplProgress::FunctionCall(*call),
            Self::System(call) => ReplProgress::OsCall(*call),
            Self::Name(lookup) => ReplProgress::NameLookup(*lookup),
        }
    }

    fn from_progress(progress: ReplProgress) -> Option<Self> {
        match progress {
            ReplProgress::FunctionCall(call) => Some(Self::Function(Box::new(call))),
            ReplProgress::OsCall(call) => Some(Self::System(Box::new(call))),
            ReplProgress::NameLookup(lookup) => Some(Self::Name(Box::new(lookup))),
            ReplProgress::ResolveFutures(_) | ReplProgress::Complete { .. } => None,
        }
    }

    pub(crate) fn into_repl(self) -> MontyRepl {
        self.into_progress().into_repl()
    }
}

/// Puts a pause back into the state that it was taken from.
type Again = fn(Box<Run>, ReplProgress) -> Option<State>;

fn pending_again(run: Box<Run>, progress: ReplProgress) -> Option<State> {
    Some(State::Pending(run, Box::new(progress.into_function_call()?)))
}

fn futures_again(run: Box<Run>, progress: ReplProgress) -> Option<State> {
    Some(State::Futures(run, Box::new(progress.into_resolve_futures()?)))
}

fn waiting_again(run: Box<Run>, progress: ReplProgress) -> Option<State> {
    Some(State::Waiting(run, Blocked::from_progress(progress)?))
}

fn outside_again(run: Box<Run>, progress: ReplProgress) -> Option<State> {
    Some(State::Outside(run, OutsidePause::from_progress(progress)?))
}

/// Dumps of the programs that wait for another one.
fn save_callers(mut run: Box<Run>) -> (Box<Run>, Option<Vec<Vec<u8>>>) {
    let mut dumps = Some(Vec::new());
    let callers = std::mem::take(&mut run.callers);
    for Caller { call, meter, sources, undefined } in callers {
        let (progress, bytes) = dump_progress(ReplProgress::FunctionCall(*call));
        dumps = dumps.zip(bytes).map(|(mut dumps, bytes)| {
            dumps.push(bytes);
            dumps
        });
        if let ReplProgress::FunctionCall(call) = progress {
            run.callers.push(Caller { call: Box::new(call), meter, sources, undefined });
        }
    }
    (run, dumps)
}

fn dump_progress(progress: ReplProgress) -> (ReplProgress, Option<Vec<u8>>) {
    let bytes = dump(SessionRef::Suspended(&progress));
    (progress, bytes)
}

fn dump(state: SessionRef<'_>) -> Option<Vec<u8>> {
    monty::dump("main.py", None, &[], state).ok()
}

fn load(bytes: &[u8]) -> Result<Session, String> {
    Dump::load(bytes).map(|dump| dump.state).map_err(|error| error.to_string())
}

fn pack(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

fn unpack(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut parts = Vec::new();
    while !bytes.is_empty() {
        let (word, rest) = bytes.split_first_chunk::<8>()?;
        let (part, rest) = rest.split_at_checked(usize::try_from(u64::from_le_bytes(*word)).ok()?)?;
        parts.push(part);
        bytes = rest;
    }
    Some(parts)
}
