//! Children of the sandbox: each has a process and an owner of its own. What they tell reaches the
//! program that spawned them.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crossbeam_channel::{Sender, bounded};
use protocol::{
    Arrived, Asked, AsksOfChildren, Bytes, Code, Command, Event, Limits, MessageId, Misuse, Outcome, Reply, Resolution,
    Settings, Source, Stream,
};

use super::Owner;
use crate::{Output, Reader, Request, Session, Terms};

/// How many live at a time below one root.
const MOST: usize = 16;
/// How many outputs of a child wait for its parent before it has to.
const OUTPUTS: usize = 16;

/// What a session shares with all below the same root.
#[derive(Clone, Default)]
pub(crate) struct Family {
    alive: Arc<AtomicUsize>,
    /// How deep this one is.
    pub(super) depth: u32,
}

/// A child, counted while it lives.
pub(super) struct Kid {
    session: Session,
    /// How many messages it was sent, and after how many it was waiting for somebody.
    sent: u64,
    stuck_after: Option<u64>,
    _alive: Alive,
}

impl Kid {
    fn new(session: Session, alive: Alive) -> Self {
        Self { session, sent: 0, stuck_after: None, _alive: alive }
    }

    fn send(&mut self, id: Option<MessageId>, command: Command) {
        self.sent += 1;
        self.session.send(Request { id, command: Ok(command) });
    }

    /// Whether it waits for somebody, and nothing is on its way to it.
    pub(super) fn is_stuck(&self) -> bool {
        self.stuck_after == Some(self.sent)
    }
}

/// What children ask of somebody outside, under numbers that no call of their parent has.
#[derive(Default)]
pub(super) struct KidAsks {
    asked: AsksOfChildren,
    /// Answers on their way: whose they are.
    answered: BTreeMap<i64, (u32, Option<MessageId>)>,
    answers: i64,
}

/// The command that a child begins with; answers count from 1.
const BEGINS: MessageId = MessageId::Number(0);

impl KidAsks {
    pub(super) fn of(&self, call_id: u32) -> Option<(u32, u32)> {
        self.asked.of(call_id)
    }
}

struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn one_more(alive: &Arc<AtomicUsize>) -> Option<Self> {
        let counted =
            alive.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| (count < MOST).then_some(count + 1));
        counted.ok().map(|_| Self(Arc::clone(alive)))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

pub(super) type Kids = BTreeMap<u32, Kid>;

impl Owner {
    pub(super) fn spawn_kid(&mut self, handle: u32, source: Source, files: BTreeMap<String, Bytes>) {
        if let Err(message) = self.try_spawn(handle, source, files) {
            let result = Resolution::Error { exc_type: "RuntimeError".to_owned(), message };
            self.tell_child(Arrived::ChildEnded { handle, result });
        }
    }

    fn try_spawn(&mut self, handle: u32, source: Source, files: BTreeMap<String, Bytes>) -> Result<(), String> {
        let alive = Alive::one_more(&self.family.alive);
        let alive = alive.ok_or_else(|| format!("Maximum concurrent children ({MOST}) reached."))?;
        let family = Family { alive: Arc::clone(&self.family.alive), depth: source.depth };
        let (say, said) = bounded(OUTPUTS);
        let terms = Terms {
            defaults: Limits::default(),
            key: self.key.clone(),
            log: None,
            settings: Settings { files: Some(files), ..self.settings.clone() },
            outside: self.outside.clone(),
        };
        let session = Session::below(&self.launcher, terms, say, Reader::default(), family);
        let session = session.map_err(|error| error.to_string())?;
        let tell: Sender<(u32, Output)> = self.kids_say.clone();
        let forward = move || {
            for output in said {
                if tell.send((handle, output)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("session-child".to_owned()).spawn(forward).map_err(|error| error.to_string())?;
        let mut kid = Kid::new(session, alive);
        kid.send(Some(BEGINS), Command::Run(source));
        self.kids.insert(handle, kid);
        Ok(())
    }

    /// What a child has to say.
    pub(super) fn kid_said(&mut self, handle: u32, output: Output) {
        if !self.kids.contains_key(&handle) {
            return;
        }
        match output {
            Output::Stuck { heard, stuck } => {
                if let Some(kid) = self.kids.get_mut(&handle) {
                    kid.stuck_after = stuck.then_some(heard);
                }
            }
            Output::Events { events, .. } => {
                for mut event in events {
                    self.kid_asks.asked.name(handle, &mut event);
                    if let Event::Print { stream: Stream::Stdout, text } = &event {
                        self.tell_child(Arrived::ChildPrinted { handle, text: text.clone() });
                    }
                    self.tell_events(vec![Event::Child { handle, told: Box::new(event) }]);
                }
            }
            Output::Reply { id: Some(MessageId::Number(answer @ 1..)), reply } => {
                if let Some((_, id)) = self.kid_asks.answered.remove(&answer) {
                    self.reply(id, reply);
                }
            }
            Output::Reply { reply: Reply::Complete(Outcome { result, .. }), .. } => {
                self.forget_kid(handle);
                let result = match result {
                    Ok(value) => Resolution::Value(value),
                    Err(error) => Resolution::Error { exc_type: error.exc_type, message: error.message },
                };
                self.tell_child(Arrived::ChildEnded { handle, result });
            }
            Output::Reply { reply: Reply::Error(misuse), .. } => {
                self.forget_kid(handle);
                let result = Resolution::Error { exc_type: "ValueError".to_owned(), message: misuse.message };
                self.tell_child(Arrived::ChildEnded { handle, result });
            }
            Output::Reply { .. } => {}
            Output::Asked { call_id, asked } => match asked {
                Asked::Parent { function_name, args } => {
                    self.tell_child(Arrived::ChildCalled { handle, call_id, function_name, args });
                }
                Asked::Count { function_name } => {
                    self.tell_child(Arrived::ChildCounted { handle, call_id, function_name });
                }
                Asked::ParentGone { call_id } => {
                    self.tell_child(Arrived::ChildGone { handle, call_id: Some(call_id) });
                }
                _ => {}
            },
        }
    }

    /// Hands a child the answer to a call that its parent has answered.
    pub(super) fn answer_kid(&mut self, handle: u32, call_id: u32, answer: Resolution) {
        if let Some(kid) = self.kids.get_mut(&handle) {
            kid.send(None, Command::Arrived(Arrived::Answer { call_id, answer }));
        }
    }

    /// Ends a child; its parent's program is told.
    pub(super) fn end_kid(&mut self, handle: u32) {
        self.forget_kid(handle);
    }

    /// Hands a child the answer to what it asked of somebody outside.
    pub(super) fn answer_ask_of_kid(&mut self, request: Request, (handle, call_id): (u32, u32)) {
        let (Some(kid), Ok(Command::Answer { answer, .. })) = (self.kids.get_mut(&handle), request.command) else {
            return;
        };
        self.kid_asks.answers += 1;
        let number = self.kid_asks.answers;
        self.kid_asks.answered.insert(number, (handle, request.id));
        kid.send(Some(MessageId::Number(number)), Command::Answer { call_id, answer });
    }

    fn forget_kid(&mut self, handle: u32) {
        self.kids.remove(&handle);
        self.kid_asks.asked.forget(handle);
        self.refuse_late_answers();
    }

    pub(super) fn clear_kids(&mut self) {
        self.kids.clear();
        self.kid_asks.asked = AsksOfChildren::default();
        self.refuse_late_answers();
    }

    /// Tells those whose answer has reached nobody any more.
    fn refuse_late_answers(&mut self) {
        let Self { kids, kid_asks, .. } = self;
        let late: Vec<_> = kid_asks.answered.extract_if(.., |_, (handle, _)| !kids.contains_key(handle)).collect();
        for (_, (_, id)) in late {
            let message = "the child that asked has ended";
            self.reply(id, Reply::Error(Misuse::new(Code::UnknownCall, message)));
        }
    }

    /// A child says whether it still has something to do.
    pub(super) fn tell_whether_stuck(&mut self) {
        let (heard, stuck) = (self.requests, self.is_stuck());
        if self.family.depth > 0 && self.told_stuck != Some((heard, stuck)) {
            self.told_stuck = Some((heard, stuck));
            self.say(Output::Stuck { heard, stuck });
        }
    }
}
