//! One session, as the worker's script sees it.

use std::{cell::RefCell, time::Duration};

use engine::{Clock, Engine, Handled, Host, Turn, memory::Allocator};
use protocol::{
    Command, Event, Limits, Outcome, Reply, Source, Usage,
    edge::{Batch, EdgeReply, EdgeSource},
};
use wasm_bindgen::prelude::*;
use web_time::{Instant, SystemTime};

#[global_allocator]
static ALLOCATOR: Allocator = Allocator::new(out_of_memory);

/// What makes a batch full, and how long an event may wait for others: about a frame.
const BATCH_BYTES: usize = 128 * 1024;
const GATHER: Duration = Duration::from_millis(12);

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

#[wasm_bindgen]
extern "C" {
    /// Takes a batch of events as JSON.
    #[wasm_bindgen(js_namespace = globalThis, js_name = takeBatch)]
    fn take_batch(json: &str);
}

fn out_of_memory() -> ! {
    core::arch::wasm32::unreachable()
}

/// A session of the interpreter.
#[wasm_bindgen]
pub struct WebSession {
    engine: Engine,
    host: WorkerHost,
}

/// How the last run broke down, for the script that has caught a trap.
#[wasm_bindgen(js_name = explainTrap)]
pub fn explain_trap(fallback: &str) -> String {
    let panic = LAST_PANIC.with_borrow(Clone::clone);
    let text = if panic.is_empty() { fallback } else { &panic };
    let outcome = Outcome { result: Err(engine::explain_panic(text)), usage: Usage::default() };
    json(&EdgeReply::from_reply(Reply::Complete(outcome), 0))
}

#[wasm_bindgen]
impl WebSession {
    #[wasm_bindgen(constructor)]
    #[expect(clippy::new_without_default, reason = "JavaScript has no defaults")]
    pub fn new() -> Self {
        std::panic::set_hook(Box::new(|info| {
            let text = info.payload_as_str().unwrap_or("no message").to_owned();
            LAST_PANIC.with_borrow_mut(|last| *last = text);
        }));
        let host = WorkerHost { began: Instant::now(), events: Vec::new(), bytes: 0, since: None, sent: 0 };
        Self { engine: Engine::new(Clock::Interpreter), host }
    }

    /// Takes a program as JSON. Nothing: call `turn`. Else the reply as JSON.
    pub fn run(&mut self, source: &str) -> Option<String> {
        let source = match serde_json::from_str::<EdgeSource>(source) {
            Ok(source) => source,
            Err(error) => return Some(self.refuse(protocol::Misuse::bad_message(error.to_string()))),
        };
        let mut source = match Source::try_from(source) {
            Ok(source) => source,
            Err(misuse) => return Some(self.refuse(misuse)),
        };
        source.limits = source.limits.or(Limits::DEFAULT);
        let now = self.host.now();
        match self.engine.handle(Command::Run(source), now) {
            Handled::Run => None,
            Handled::Reply(reply) => Some(self.reply(reply)),
        }
    }

    /// Runs until there is a reply, which is JSON, or a sleep, which is the milliseconds to wait.
    pub fn turn(&mut self) -> JsValue {
        let turn = self.engine.turn(&mut self.host);
        self.host.flush();
        match turn {
            Turn::Reply(reply) => JsValue::from_str(&self.reply(reply)),
            Turn::Sleep(until) => {
                let left = until.saturating_sub(self.host.now());
                JsValue::from_f64(left.as_secs_f64() * 1e3)
            }
        }
    }

    /// Ends a program that sleeps.
    pub fn stop(&mut self) -> Option<String> {
        let now = self.host.now();
        let reply = self.engine.stop(now)?;
        Some(self.reply(reply))
    }

    fn reply(&mut self, reply: Reply) -> String {
        self.host.flush();
        json(&EdgeReply::from_reply(reply, self.host.sent))
    }

    fn refuse(&mut self, misuse: protocol::Misuse) -> String {
        self.reply(Reply::Error(misuse))
    }
}

struct WorkerHost {
    began: Instant,
    events: Vec<Event>,
    bytes: usize,
    since: Option<Instant>,
    sent: u32,
}

impl Host for WorkerHost {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn time_of_day(&self) -> i64 {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    fn poll(&mut self) {
        if self.since.is_some_and(|since| since.elapsed() >= GATHER) {
            self.flush();
        }
    }

    fn event(&mut self, event: Event) {
        let Event::Print { text, .. } = &event;
        self.bytes += text.len() + 64;
        self.events.push(event);
        self.since.get_or_insert_with(Instant::now);
        if self.bytes >= BATCH_BYTES {
            self.flush();
        }
    }
}

impl WorkerHost {
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
