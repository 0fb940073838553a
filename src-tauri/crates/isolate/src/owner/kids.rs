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
use protocol::{Arrived, Asked, Command, Event, Limits, MessageId, Outcome, Reply, Resolution, Source, Stream};

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
    _alive: Alive,
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
    pub(super) fn spawn_kid(&mut self, handle: u32, source: Source) {
        if let Err(message) = self.try_spawn(handle, source) {
            let result = Resolution::Error { exc_type: "RuntimeError".to_owned(), message };
            self.tell_child(Arrived::ChildEnded { handle, result });
        }
    }

    fn try_spawn(&mut self, handle: u32, source: Source) -> Result<(), String> {
        let alive = Alive::one_more(&self.family.alive);
        let alive = alive.ok_or_else(|| format!("Maximum concurrent children ({MOST}) reached."))?;
        let family = Family { alive: Arc::clone(&self.family.alive), depth: source.depth };
        let (say, said) = bounded(OUTPUTS);
        let terms = Terms {
            defaults: Limits::default(),
            key: self.key.clone(),
            log: None,
            settings: self.settings.clone(),
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
        session.send(Request { id: Some(MessageId::Number(1)), command: Ok(Command::Run(source)) });
        self.kids.insert(handle, Kid { session, _alive: alive });
        Ok(())
    }

    /// What a child has to say.
    pub(super) fn kid_said(&mut self, handle: u32, output: Output) {
        if !self.kids.contains_key(&handle) {
            return;
        }
        match output {
            Output::Events { events, .. } => {
                for event in events {
                    if let Event::Print { stream: Stream::Stdout, text } = &event {
                        self.tell_child(Arrived::ChildPrinted { handle, text: text.clone() });
                    }
                    self.tell_events(vec![Event::Child { handle, told: Box::new(event) }]);
                }
            }
            Output::Reply { reply: Reply::Complete(Outcome { result, .. }), .. } => {
                self.kids.remove(&handle);
                let result = match result {
                    Ok(value) => Resolution::Value(value),
                    Err(error) => Resolution::Error { exc_type: error.exc_type, message: error.message },
                };
                self.tell_child(Arrived::ChildEnded { handle, result });
            }
            Output::Reply { reply: Reply::Error(misuse), .. } => {
                self.kids.remove(&handle);
                let result = Resolution::Error { exc_type: "ValueError".to_owned(), message: misuse.message };
                self.tell_child(Arrived::ChildEnded { handle, result });
            }
            Output::Reply { .. } => {}
            Output::Asked { call_id, asked } => match asked {
                Asked::Parent { function_name, args } => {
                    self.tell_child(Arrived::ChildCalled { handle, call_id, function_name, args });
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
        if let Some(kid) = self.kids.get(&handle) {
            let command = Ok(Command::Arrived(Arrived::Answer { call_id, answer }));
            kid.session.send(Request { id: None, command });
        }
    }

    /// Ends a child; its parent's program is told.
    pub(super) fn end_kid(&mut self, handle: u32) {
        self.kids.remove(&handle);
    }
}
