//! Children of the sandbox in a browser: interpreters in the same worker, one of which runs at a time.

use std::{collections::BTreeMap, time::Duration};

use engine::{Clock, Engine, Handled, Host, Place, Turn};
use protocol::{Arrived, Asked, AsksOfChildren, Command, Event, Outcome, Reply, Resolution, Settings, Source, Stream};
use web_time::Instant;

use crate::session::time_of_day;

/// How many live at a time.
const MOST: usize = 16;
/// How long one of them runs before the others have a turn.
const TURN: Duration = Duration::from_millis(4);

#[derive(Default)]
pub(crate) struct Kids {
    alive: BTreeMap<u32, Kid>,
    asks: AsksOfChildren,
    arrived: Vec<Arrived>,
    events: Vec<(u32, Event)>,
}

struct Kid {
    engine: Engine,
    host: KidHost,
    /// Its own children.
    kids: Box<Kids>,
    wakes: Wakes,
}

#[derive(Clone, Copy, PartialEq)]
enum Wakes {
    Now,
    At(Duration),
    WhenSomethingComes,
}

struct KidHost {
    began: Instant,
    turn_began: Instant,
    events: Vec<Event>,
    asked: Vec<(u32, Asked)>,
}

impl Host for KidHost {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn time_of_day(&self) -> i64 {
        time_of_day()
    }

    fn ask(&mut self, call_id: u32, asked: Asked) {
        self.asked.push((call_id, asked));
    }

    fn should_yield(&mut self) -> bool {
        !self.asked.is_empty() || self.turn_began.elapsed() >= TURN
    }

    fn event(&mut self, event: Event) {
        self.events.push(event);
    }
}

impl Kids {
    /// Does what a program has asked of its owner; what comes of it at once is for the program.
    pub(crate) fn asked(&mut self, call_id: u32, asked: Asked, settings: &Settings) -> Option<Arrived> {
        match asked {
            Asked::Spawn { handle, source, files } => {
                let settings = Settings { files: Some(files), ..settings.clone() };
                return self.spawn(handle, *source, settings);
            }
            Asked::EndChild { handle } => self.forget(handle),
            Asked::ToChild { handle, call_id, answer } => {
                if let Some(kid) = self.alive.get_mut(&handle) {
                    let command = Command::Arrived(Arrived::Answer { call_id, answer });
                    let _ = kid.engine.handle(command, &mut kid.host);
                    kid.wakes = Wakes::Now;
                }
            }
            Asked::System { .. } => {
                return Some(Arrived::System { call_id, answer: protocol::OutsideAnswer::NotFound });
            }
            Asked::Fetch { url } => {
                let message = format!("{url:?} cannot be fetched: a browser has no fetch for programs");
                let answer = Resolution::Error { exc_type: "PermissionError".to_owned(), message };
                return Some(Arrived::Answer { call_id, answer });
            }
            // Whoever holds these children passes it on.
            Asked::Parent { .. } | Asked::ParentGone { .. } | Asked::Count { .. } => {}
        }
        None
    }

    /// Hands a child the answer to what it asked of somebody outside; nothing if none of them did.
    pub(crate) fn answer(&mut self, call_id: u32, answer: Resolution) -> Option<Reply> {
        let (handle, call_id) = self.asks.of(call_id)?;
        let kid = self.alive.get_mut(&handle)?;
        if let Some(reply) = kid.kids.answer(call_id, answer.clone()) {
            return Some(reply);
        }
        kid.wakes = Wakes::Now;
        match kid.engine.handle(Command::Answer { call_id, answer }, &mut kid.host) {
            Handled::Reply(reply) => Some(reply),
            Handled::Run => None,
        }
    }

    fn forget(&mut self, handle: u32) {
        self.alive.remove(&handle);
        self.asks.forget(handle);
    }

    fn spawn(&mut self, handle: u32, source: Source, settings: Settings) -> Option<Arrived> {
        let failed = |message: String| {
            let result = Resolution::Error { exc_type: "RuntimeError".to_owned(), message };
            Some(Arrived::ChildEnded { handle, result })
        };
        if self.alive.len() >= MOST {
            return failed(format!("Maximum concurrent children ({MOST}) reached."));
        }
        let host = KidHost { began: Instant::now(), turn_began: Instant::now(), events: Vec::new(), asked: Vec::new() };
        let engine = Engine::new(Clock::Interpreter, Place::Browser);
        let mut kid = Kid { engine, host, kids: Box::default(), wakes: Wakes::Now };
        let _ = kid.engine.handle(Command::Configure(Box::new(settings)), &mut kid.host);
        match kid.engine.handle(Command::Run(source), &mut kid.host) {
            Handled::Run => drop(self.alive.insert(handle, kid)),
            Handled::Reply(Reply::Error(misuse)) => return failed(misuse.message),
            Handled::Reply(_) => {}
        }
        None
    }

    /// Lets each that can go on have a turn. Whether something came of it.
    pub(crate) fn turn(&mut self, settings: &Settings) -> bool {
        let mut ended = Vec::new();
        let mut any = false;
        for (handle, kid) in &mut self.alive {
            let due = match kid.wakes {
                Wakes::Now => true,
                Wakes::At(time) => kid.host.now() >= time,
                Wakes::WhenSomethingComes => false,
            };
            any |= kid.kids.turn(settings);
            if due {
                any = true;
                kid.host.turn_began = Instant::now();
                match kid.engine.turn(&mut kid.host) {
                    Turn::Yield => {}
                    Turn::Wait(Some(until)) => kid.wakes = Wakes::At(until),
                    Turn::Wait(None) => kid.wakes = Wakes::WhenSomethingComes,
                    Turn::Reply(reply) => ended.push((*handle, reply)),
                }
            }
            for (call_id, asked) in std::mem::take(&mut kid.host.asked) {
                match asked {
                    Asked::Parent { function_name, args } => {
                        self.arrived.push(Arrived::ChildCalled { handle: *handle, call_id, function_name, args });
                    }
                    Asked::Count { function_name } => {
                        self.arrived.push(Arrived::ChildCounted { handle: *handle, call_id, function_name });
                    }
                    Asked::ParentGone { call_id } => {
                        self.arrived.push(Arrived::ChildGone { handle: *handle, call_id: Some(call_id) });
                    }
                    own => {
                        if let Some(arrived) = kid.kids.asked(call_id, own, settings) {
                            kid.take(arrived);
                        }
                    }
                }
            }
            for arrived in kid.kids.take_arrived() {
                kid.take(arrived);
            }
            for (below, event) in kid.kids.take_events() {
                kid.host.events.push(Event::Child { handle: below, told: Box::new(event) });
            }
            for mut event in std::mem::take(&mut kid.host.events) {
                self.asks.name(*handle, &mut event);
                if let Event::Print { stream: Stream::Stdout, text } = &event {
                    self.arrived.push(Arrived::ChildPrinted { handle: *handle, text: text.clone() });
                }
                self.events.push((*handle, event));
            }
        }
        for (handle, reply) in ended {
            self.forget(handle);
            let result = match reply {
                Reply::Complete(Outcome { result: Ok(value), .. }) => Resolution::Value(value),
                Reply::Complete(Outcome { result: Err(error), .. }) => {
                    Resolution::Error { exc_type: error.exc_type, message: error.message }
                }
                _ => Resolution::Error { exc_type: "RuntimeError".to_owned(), message: "it paused".to_owned() },
            };
            self.arrived.push(Arrived::ChildEnded { handle, result });
        }
        any
    }

    /// Whether one of them can go on at once.
    pub(crate) fn are_ready(&self) -> bool {
        self.alive
            .values()
            .any(|kid| kid.wakes == Wakes::Now || kid.kids.are_ready() || matches!(kid.wakes, Wakes::At(_)))
    }

    pub(crate) fn take_arrived(&mut self) -> Vec<Arrived> {
        std::mem::take(&mut self.arrived)
    }

    pub(crate) fn take_events(&mut self) -> Vec<(u32, Event)> {
        std::mem::take(&mut self.events)
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Kid {
    fn take(&mut self, arrived: Arrived) {
        let _ = self.engine.handle(Command::Arrived(arrived), &mut self.host);
        self.wakes = Wakes::Now;
    }
}
