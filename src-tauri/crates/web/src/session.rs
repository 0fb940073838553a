//! One session, as the worker's script sees it.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use engine::{Clock, Engine, Handled, Host, Place, Turn, memory::Allocator};
use js_sys::Uint8Array;
use protocol::{
    Arrival, Arrived, Asked, Bytes, Called, Command, Event, Limits, Message, Misuse, Outcome, Range, Reply, RunError,
    Settings, Source, Told, Usage,
    edge::{Batch, EdgeEvent, EdgeReply, EdgeSource},
    milliseconds,
    record::By,
    seal::{self, Key},
};
use record::{Log, Recorder, tell_record};
use wasm_bindgen::prelude::*;
use web_time::{Instant, SystemTime};

use crate::{aside, kids::Kids};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator::new(out_of_memory);

/// What makes a batch full, and how long an event may wait for others: about a frame.
const BATCH_BYTES: usize = 128 * 1024;
const GATHER: Duration = Duration::from_millis(12);

/// How long a program may run between two calls before others have a turn.
const TURN: Duration = Duration::from_millis(8);

/// How many printed bytes between two replies are recorded.
const RECORDED: usize = 4 * 1024 * 1024;

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

#[wasm_bindgen]
extern "C" {
    /// Takes a batch of events as JSON.
    #[wasm_bindgen(js_namespace = globalThis, js_name = takeBatch)]
    fn take_batch(json: &str);
    /// Takes a part of the record, for the worker that may have to take over.
    #[wasm_bindgen(js_namespace = globalThis, js_name = takeLog)]
    fn take_log(kind: &str, name: &str, bytes: &[u8]);
}

/// The memory limit of the program that began last.
static MEMORY_LIMIT: AtomicU64 = AtomicU64::new(0);
/// Whether the worker ends because a program has passed the ceiling above its memory limit.
static OUT_OF_MEMORY: AtomicBool = AtomicBool::new(false);

fn out_of_memory() -> ! {
    OUT_OF_MEMORY.store(true, Ordering::Relaxed);
    engine::memory::lift_limits();
    core::arch::wasm32::unreachable()
}

/// A session of the interpreter.
#[wasm_bindgen]
pub struct WebSession {
    engine: Engine,
    host: WorkerHost,
    settings: Settings,
    /// Children of the sandbox, in this same worker.
    kids: Kids,
    recorder: Recorder,
    key: Key,
    /// How old the session was when this worker took it over, in milliseconds.
    age_ms: f64,
    /// The session as it was at rest.
    rest: Option<Arc<[u8]>>,
    /// Whether the run that is on its way, or was last, is one of the shared interpreter.
    shared: bool,
}

/// How the last run broke down, for the script that has caught a trap.
#[wasm_bindgen(js_name = explainTrap)]
pub fn explain_trap(fallback: &str) -> String {
    let panic = LAST_PANIC.with_borrow(Clone::clone);
    let text = if panic.is_empty() { fallback } else { &panic };
    let error = if OUT_OF_MEMORY.load(Ordering::Relaxed) {
        RunError::limit("memoryBytes", MEMORY_LIMIT.load(Ordering::Relaxed))
    } else {
        engine::explain_panic(text)
    };
    let outcome = Outcome { result: Err(error), usage: Usage::default() };
    json(&EdgeReply::from_reply(Reply::Complete(outcome), 0))
}

#[wasm_bindgen]
impl WebSession {
    /// `key` signs snapshots: 32 bytes. `age_ms` is how long ago the session was opened.
    #[wasm_bindgen(constructor)]
    pub fn new(key: &[u8], age_ms: f64) -> Self {
        std::panic::set_hook(Box::new(|info| {
            let text = info.payload_as_str().unwrap_or("no message").to_owned();
            LAST_PANIC.with_borrow_mut(|last| *last = text);
        }));
        let key = Key::new(key.try_into().unwrap_or_default());
        Self {
            engine: Engine::new(Clock::Interpreter, Place::Browser),
            host: WorkerHost::new(),
            settings: Settings::default(),
            kids: Kids::default(),
            recorder: Recorder::default().with_log(),
            key,
            age_ms,
            rest: None,
            shared: false,
        }
    }

    /// Takes over what the worker before has handed to the page, in the same order.
    pub fn recall(&mut self, kinds: Vec<String>, names: Vec<String>, parts: Vec<Uint8Array>) {
        let mut log = Vec::new();
        for ((kind, name), part) in kinds.into_iter().zip(names).zip(parts) {
            let bytes = part.to_vec();
            let entry = || name.parse().unwrap_or_default();
            log.push(match kind.as_str() {
                "line" => Log::Line(bytes),
                "value" => Log::Value { id: name, json: bytes },
                "dump" => Log::Dump { entry: entry(), bytes: bytes.into() },
                "gone" => Log::Gone { entry: entry() },
                "before" => Log::Rest { entry: entry(), bytes: (!bytes.is_empty()).then(|| bytes.into()) },
                _ => {
                    self.rest = Some(bytes.into());
                    continue;
                }
            });
        }
        self.recorder = Recorder::from_log(log).with_log();
        self.recorder.rest(self.rest.clone());
        self.start_over();
    }

    /// Takes a message as JSON, see `docs/protocol.md`. Nothing: call `turn`. Else the reply.
    pub fn send(&mut self, message: &str) -> Option<String> {
        match Message::parse(message.as_bytes()) {
            Ok(Message { command, .. }) => self.command(command),
            Err(unread) => Some(self.refuse(unread.misuse)),
        }
    }

    /// Takes a program as JSON and how to run it: `run`, `start` or `feed`.
    pub fn begin(&mut self, how: &str, source: &str) -> Option<String> {
        let source = serde_json::from_str::<EdgeSource>(source).map_err(|error| Misuse::bad_message(error.to_string()));
        match source.and_then(Source::try_from) {
            Ok(source) => self.command(match how {
                "start" => Command::Start(source),
                "feed" => Command::Feed(source),
                _ => Command::Run(source),
            }),
            Err(misuse) => Some(self.refuse(misuse)),
        }
    }

    /// Runs until there is a reply, which is JSON, or something to wait for, which is the milliseconds
    /// to wait: infinite where only somebody outside can bring it, none where others may have a turn.
    pub fn turn(&mut self) -> JsValue {
        self.host.turn_began = self.host.now();
        let turn = self.engine.turn(&mut self.host);
        let kids = self.serve();
        self.host.flush();
        self.note_told();
        match turn {
            Turn::Reply(reply) => {
                if !self.shared {
                    self.kids.clear();
                }
                JsValue::from_str(&self.reply(reply))
            }
            Turn::Yield => JsValue::from_f64(0.0),
            Turn::Wait(_) if kids => JsValue::from_f64(0.0),
            Turn::Wait(until) => {
                if self.engine.is_waiting() {
                    self.note_wait();
                }
                let left = until.map(|until| until.saturating_sub(self.host.now()));
                JsValue::from_f64(left.map_or(f64::INFINITY, |left| left.as_secs_f64() * 1e3))
            }
        }
    }

    /// Whether the program waits for something outside, so that others may look at it.
    pub fn waits(&self) -> bool {
        self.engine.is_waiting()
    }

    /// Ends a program that sleeps.
    pub fn stop(&mut self) -> Option<String> {
        let now = self.host.now();
        let reply = self.engine.stop(now)?;
        Some(self.reply(reply))
    }
}

impl WebSession {
    fn command(&mut self, mut command: Command) -> Option<String> {
        let at = self.at();
        if let Command::Answer { call_id, answer } = &command
            && let Some(reply) = self.kids.answer(*call_id, answer.clone())
        {
            self.serve();
            return Some(self.heard(reply));
        }
        if command.interjects() {
            let Handled::Reply(reply) = self.engine.handle(command, &mut self.host) else { return None };
            self.serve();
            return Some(self.heard(reply));
        }
        if let Command::Configure(settings) = command {
            return Some(self.configure(*settings));
        }
        let name = command.name();
        let recorded = self.recorder.is_on();
        if let Some(source) = command.source_mut() {
            source.limits = source.limits.or(Limits::INTERACTIVE);
            MEMORY_LIMIT.store(source.limits.memory_bytes.unwrap_or_default(), Ordering::Relaxed);
            source.recorded = recorded;
            if source.seed.is_none() && source.deterministic.is_none() {
                source.seed = Some(chance());
            }
        }
        if command.fits_only_at_rest()
            && let Some(misuse) = self.engine.out_of_place(&command)
        {
            return Some(self.refuse(misuse));
        }
        let before = self.recorder.open_pause();
        let begins = command.source().is_some() && self.engine.out_of_place(&command).is_none();
        if begins && let Some(source) = command.source() {
            self.recorder.run(at, name, source);
            self.shared = name == "feed";
            if source.fresh {
                self.kids.clear();
            }
        } else if (command.runs() || name == "cancel") && command.source().is_none() && self.engine.underway().is_some()
        {
            self.recorder.answered(at, &command, By::Driver);
        }
        let reply = match command {
            Command::Record(query) => tell_record(&mut self.recorder, at, &query),
            Command::Snapshot { at: None } => match self.engine.handle(command, &mut self.host) {
                Handled::Reply(Reply::Snapshot { data, .. }) => self.seal(&data.0, self.paused_rest().as_deref()),
                Handled::Reply(reply) => reply,
                Handled::Run => return None,
            },
            Command::Snapshot { at: Some(at) } => match self.look_back(at) {
                Ok(state) => self.seal(&state, self.recorder.rest_before(at).as_deref()),
                Err(misuse) => Reply::Error(misuse),
            },
            Command::Variables { at: Some(at), open, from } => {
                self.look_back(at).and_then(|state| aside::variables(state, open, from)).unwrap_or_else(Reply::Error)
            }
            Command::Fork { at: entry, answer } => match self.look_back(entry) {
                Ok(state) => {
                    let rest = self.recorder.rest_before(entry);
                    let reply = self.become_another(&state, rest, "forked", Some(Vec::new()));
                    match answer {
                        _ if reply == Reply::Waiting => return None,
                        Some(answer) if reply.is_pause() => {
                            // The pause is in the record before its answer.
                            self.note(&reply);
                            return self.command(answer.into());
                        }
                        _ => reply,
                    }
                }
                Err(misuse) => Reply::Error(misuse),
            },
            Command::Replay { record } => aside::replay(&mut self.recorder, record),
            Command::Restore { data, accept_foreign, .. } => match self.restore(&data.0, accept_foreign) {
                Reply::Waiting => return None,
                reply => reply,
            },
            command => match self.engine.handle(command, &mut self.host) {
                Handled::Run => {
                    // Whoever ends this worker in the turn that follows knows what was running.
                    self.hand_over_log();
                    return None;
                }
                Handled::Reply(reply) => {
                    if let (Reply::Error(_), Some(pause), false) = (&reply, before, begins) {
                        self.recorder.refused(pause);
                    } else if let (Reply::Error(_), true) = (&reply, begins) {
                        self.recorder.state(at, "refused");
                    }
                    reply
                }
            },
        };
        Some(self.reply(reply))
    }

    fn configure(&mut self, settings: Settings) -> String {
        let settings = settings.over(self.settings.clone());
        let reply = match self.engine.handle(Command::Configure(Box::new(settings.clone())), &mut self.host) {
            Handled::Reply(reply) => reply,
            Handled::Run => Reply::Configured,
        };
        if reply == Reply::Configured {
            let at = self.at();
            self.recorder.settings(at, &settings);
            self.settings = Settings { files: None, ..settings };
            self.note_rest();
        }
        self.reply(reply)
    }

    /// A reply to what reached a program on its way: the program's own reply is still to come.
    fn heard(&mut self, reply: Reply) -> String {
        self.host.flush();
        self.note_told();
        self.note_rest();
        self.hand_over_log();
        json(&EdgeReply::from_reply(reply, self.host.sent))
    }

    /// What reached a session at rest must not be lost with the next program.
    fn note_rest(&mut self) {
        if self.engine.underway().is_none() && self.engine.has_changed() {
            self.rest = self.engine.save(self.host.now()).map(Into::into);
            self.recorder.rest(self.rest.clone());
            self.hand_over_rest();
        }
    }

    /// A program stands still at something outside: it can be gone back to.
    fn note_wait(&mut self) {
        self.note_told();
        if self.engine.is_recorded()
            && let Some(dump) = self.engine.save(self.host.now())
        {
            self.recorder.dump_of_wait(dump);
        }
        self.hand_over_log();
    }

    /// Does what programs have asked of their owner, and lets children have a turn. Whether one of
    /// them goes on.
    fn serve(&mut self) -> bool {
        let mut goes_on = self.kids.turn(&self.settings);
        loop {
            let asked = std::mem::take(&mut self.host.asked);
            let arrived =
                asked.into_iter().filter_map(|(call_id, asked)| self.kids.asked(call_id, asked, &self.settings));
            let mut arrived: Vec<Arrived> = arrived.collect();
            arrived.extend(self.kids.take_arrived());
            for (handle, event) in self.kids.take_events() {
                self.host.event(Event::Child { handle, told: Box::new(event) });
            }
            if arrived.is_empty() {
                return goes_on || self.kids.are_ready();
            }
            goes_on = true;
            for arrived in arrived {
                let _ = self.engine.handle(Command::Arrived(arrived), &mut self.host);
            }
        }
    }

    /// Milliseconds since the session was opened.
    fn at(&self) -> f64 {
        self.age_ms + milliseconds(self.host.now())
    }

    /// What comes back if the run that is paused is stopped.
    fn paused_rest(&self) -> Option<Arc<[u8]>> {
        self.engine.underway().and(self.rest.clone())
    }

    /// The interpreter as it was at rest, or a fresh one.
    fn start_over(&mut self) {
        self.kids.clear();
        self.engine = Engine::new(Clock::Interpreter, Place::Browser);
        let settings = Command::Configure(Box::new(self.settings.clone()));
        let _ = self.engine.handle(settings, &mut self.host);
        if let Some(rest) = &self.rest {
            // What this session wrote itself fits.
            let _ = self.engine.come_back(rest, &self.host);
        }
        // The new one does not know what the page shows.
        if self.host.shown {
            let _ = self.engine.handle(Command::Redraw, &mut self.host);
        }
        self.host.flush();
    }

    fn look_back(&mut self, at: u64) -> Result<Vec<u8>, Misuse> {
        aside::look_back(&mut self.recorder, at)
    }

    fn restore(&mut self, sealed: &[u8], accept_foreign: bool) -> Reply {
        let opened = match self.key.open(sealed, accept_foreign) {
            Ok(opened) => opened,
            Err(error) => return Reply::Error(error.into()),
        };
        let Some((state, rest)) = seal::split(opened.content) else {
            let message = "the snapshot has no content that this version knows";
            return Reply::Error(Misuse::bad_snapshot("unreadable", message));
        };
        if opened.foreign
            && let Err(misuse) = aside::check(state, rest)
        {
            return Reply::Error(misuse);
        }
        self.become_another(state, rest.map(Arc::from), "restored", None)
    }

    fn become_another(&mut self, state: &[u8], rest: Option<Arc<[u8]>>, word: &str, clock: Option<Vec<i64>>) -> Reply {
        let data = Bytes(state.to_vec());
        let restore = Command::Restore { data, accept_foreign: true, clock, arrivals: Vec::new() };
        let reply = match self.engine.handle(restore, &mut self.host) {
            Handled::Reply(reply) => reply,
            // It waits for something outside.
            Handled::Run => Reply::Waiting,
        };
        if !matches!(reply, Reply::Error(_)) {
            let at = self.at();
            self.rest = if reply.is_pause() { rest } else { Some(state.into()) };
            self.recorder.restored(at, word, state.into(), self.rest.clone());
            self.shared = self.engine.underway().is_some_and(|underway| underway.shared);
            self.hand_over_rest();
        }
        reply
    }

    fn seal(&self, state: &[u8], rest: Option<&[u8]>) -> Reply {
        self.key.snapshot(state, rest, env!("CARGO_PKG_VERSION"))
    }

    /// Records what programs have done since.
    fn note_told(&mut self) {
        let at = self.at();
        self.host.recorded_bytes = 0;
        for told in std::mem::take(&mut self.host.unrecorded) {
            match told {
                Told::Event(event) => {
                    if let Event::Stored { key, value } = &event {
                        let storage = self.settings.storage.get_or_insert_default();
                        match value {
                            Some(value) => drop(storage.insert(key.clone(), value.clone())),
                            None => drop(storage.remove(key)),
                        }
                    }
                    self.recorder.events(at, std::slice::from_ref(&event));
                }
                Told::Called(called) => self.recorder.called(at, *called),
                Told::Arrival(arrival) => self.recorder.arrived(at, arrival),
                Told::Clock { name, micros, range } => self.recorder.clock(at, &name, micros, range),
            }
        }
    }

    /// Records a reply, and leaves a dump of what it tells of.
    fn note(&mut self, reply: &Reply) {
        let at = self.at();
        self.note_told();
        match reply {
            Reply::Pending { .. } | Reply::ResolveFutures { .. } => {
                self.recorder.paused(at, reply);
                if self.engine.is_recorded()
                    && let Some(dump) = self.engine.save(self.host.now())
                {
                    self.recorder.dump(dump);
                }
            }
            Reply::Complete(outcome) => {
                self.recorder.ended(at, outcome);
                if (self.shared || self.engine.is_touched()) && !outcome.is_sound() {
                    self.start_over();
                } else {
                    self.note_rest();
                }
            }
            Reply::Cancelled => {
                self.recorder.state(at, "cancelled");
                if self.shared || self.engine.is_touched() {
                    self.start_over();
                }
            }
            _ => {}
        }
    }

    fn reply(&mut self, reply: Reply) -> String {
        self.host.flush();
        self.note(&reply);
        self.hand_over_log();
        json(&EdgeReply::from_reply(reply, self.host.sent))
    }

    fn hand_over_log(&mut self) {
        for item in self.recorder.take_log() {
            match item {
                Log::Line(lines) => take_log("line", "", &lines),
                Log::Value { id, json } => take_log("value", &id, &json),
                Log::Dump { entry, bytes } => take_log("dump", &entry.to_string(), &bytes),
                Log::Gone { entry } => take_log("gone", &entry.to_string(), &[]),
                Log::Rest { entry, bytes } => {
                    take_log("before", &entry.to_string(), bytes.as_deref().unwrap_or_default());
                }
            }
        }
    }

    fn refuse(&mut self, misuse: Misuse) -> String {
        self.reply(Reply::Error(misuse))
    }

    fn hand_over_rest(&self) {
        take_log("rest", "", self.rest.as_deref().unwrap_or_default());
    }
}

/// Where a run's chance begins.
fn chance() -> u64 {
    let mut bytes = [0; 8];
    // Without random bytes every run has the same chance; there is no harm in it.
    let _ = getrandom_03::fill(&mut bytes);
    // What JavaScript can say exactly.
    u64::from_le_bytes(bytes) >> 11
}

struct WorkerHost {
    began: Instant,
    events: Vec<EdgeEvent>,
    bytes: usize,
    since: Option<Instant>,
    sent: u32,
    /// What is still to be recorded.
    unrecorded: Vec<Told>,
    recorded_bytes: usize,
    /// What programs want of their owner.
    asked: Vec<(u32, Asked)>,
    turn_began: Duration,
    /// When this was last asked. To ask costs a call of JavaScript.
    last_now: Cell<Duration>,
    /// Whether the page shows what another interpreter told it.
    shown: bool,
}

impl Host for WorkerHost {
    fn now(&self) -> Duration {
        let now = self.began.elapsed();
        self.last_now.set(now);
        now
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn time_of_day(&self) -> i64 {
        time_of_day()
    }

    fn poll(&mut self) {
        if self.since.is_some_and(|since| since.elapsed() >= GATHER) {
            self.flush();
        }
    }

    fn clock_was_read(&mut self, name: &str, micros: i64, range: Option<Range>) {
        self.unrecorded.push(Told::Clock { name: name.to_owned(), micros, range });
    }

    fn called(&mut self, called: Called) {
        self.unrecorded.push(Told::Called(Box::new(called)));
    }

    fn arrived(&mut self, arrival: Arrival) {
        self.unrecorded.push(Told::Arrival(arrival));
    }

    fn ask(&mut self, call_id: u32, asked: Asked) {
        self.asked.push((call_id, asked));
    }

    fn should_yield(&mut self) -> bool {
        !self.asked.is_empty() || self.last_now.get().saturating_sub(self.turn_began) >= TURN
    }

    fn event(&mut self, event: Event) {
        self.shown |= matches!(event, Event::Stage { .. } | Event::State { .. });
        // A flood is recorded in part: memory that a worker has taken never comes back.
        if self.recorded_bytes < RECORDED && matches!(event, Event::Print { .. } | Event::Stored { .. }) {
            self.recorded_bytes += event.size();
            self.unrecorded.push(Told::Event(event.clone()));
        }
        self.bytes += event.size();
        self.events.push(event.into());
        self.since.get_or_insert_with(Instant::now);
        if self.bytes >= BATCH_BYTES {
            self.flush();
        }
    }
}

pub(crate) fn time_of_day() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

impl WorkerHost {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            events: Vec::new(),
            bytes: 0,
            since: None,
            sent: 0,
            unrecorded: Vec::new(),
            recorded_bytes: 0,
            asked: Vec::new(),
            turn_began: Duration::ZERO,
            last_now: Cell::new(Duration::ZERO),
            shown: false,
        }
    }

    fn flush(&mut self) {
        self.since = None;
        self.bytes = 0;
        if self.events.is_empty() {
            return;
        }
        let batch = Batch { first: self.sent, events: std::mem::take(&mut self.events) };
        self.sent = self.sent.wrapping_add(u32::try_from(batch.events.len()).unwrap_or(u32::MAX));
        take_batch(&json(&batch));
    }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    // Nothing of ours can fail to be written.
    serde_json::to_string(value).unwrap_or_default()
}
