//! What an owner has done beside its child, in children that are thrown away: looking at code,
//! reading variables, going back to a recorded pause, replaying, checking a foreign snapshot.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, bounded};
use protocol::{Bytes, Code, Command, Entry, MessageId, Misuse, Opened, Reply, Resolution, seal};
use record::{Drive as _, Excerpt, reach, replay};

use super::{
    Owner,
    run::{Run, Then},
};
use crate::{Launcher, scratch::Scratch};

/// Something that goes on beside the child.
pub(super) struct Job {
    pub(super) done: Receiver<Done>,
    id: Option<MessageId>,
    given_up: Arc<AtomicBool>,
}

/// What came of it.
pub(super) enum Done {
    Reply(Reply),
    /// The session as it was at a recorded pause.
    Back {
        state: Vec<u8>,
        at: u64,
        purpose: Purpose,
    },
    /// A foreign snapshot that can be loaded.
    Sound {
        state: Vec<u8>,
        checkpoint: Option<Arc<[u8]>>,
    },
}

/// What somebody wants of a recorded pause.
pub(super) enum Purpose {
    Snapshot,
    Inspect { open: Vec<Opened>, from: u64 },
    Fork { answer: Option<Resolution> },
}

impl Job {
    pub(super) fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl Owner {
    /// Has something done by a child that is thrown away afterwards.
    fn spawn(
        &mut self,
        id: Option<MessageId>,
        act: impl FnOnce(&mut Scratch) -> Result<Done, Misuse> + Send + 'static,
    ) {
        let given_up = Arc::new(AtomicBool::new(false));
        let (finish, done) = bounded(1);
        let launcher: Arc<Launcher> = Arc::clone(&self.launcher);
        let flag = Arc::clone(&given_up);
        let thread = thread::Builder::new().name("session-aside".to_owned()).spawn(move || {
            let result = Scratch::new(&launcher, Arc::clone(&flag)).map_err(|error| cannot(&error));
            let result = result.and_then(|mut scratch| act(&mut scratch));
            let stopped = flag.load(Ordering::Relaxed);
            // Whoever asked may have gone.
            let _ = finish.send(match result {
                Ok(done) => done,
                Err(_) if stopped => Done::Reply(Reply::Cancelled),
                Err(misuse) => Done::Reply(Reply::Error(misuse)),
            });
        });
        match thread {
            Ok(_) => self.job = Some(Job { done, id, given_up }),
            Err(error) => self.reply(id, Reply::Error(cannot(&error.to_string()))),
        }
    }

    /// Has commands carried out one after the other; the reply to the last one counts.
    pub(super) fn aside(&mut self, id: Option<MessageId>, commands: Vec<Command>) {
        self.spawn(id, move |scratch| {
            let mut reply = Reply::Idle;
            for command in commands {
                let name = command.name();
                reply = scratch.call(command).map_err(|why| cannot(&format!("{name}: {why}")))?.reply;
                if matches!(reply, Reply::Error(_)) {
                    break;
                }
            }
            Ok(Done::Reply(reply))
        });
    }

    /// Goes back to a recorded pause, in another child.
    pub(super) fn look_back(&mut self, id: Option<MessageId>, at: u64, purpose: Purpose) {
        if let Err(why) = self.recorder.pause_at(at) {
            return self.reply(id, Reply::Error(Misuse::bad_input(why)));
        }
        let is_call = self.recorder.entry(at).is_some_and(Entry::is_host_call);
        if let (Purpose::Fork { answer: Some(_) }, false) = (&purpose, is_call) {
            let message = format!("entry {at} is a wait for futures: fork it without an answer, then resolve them");
            return self.reply(id, Reply::Error(Misuse::bad_input(message)));
        }
        if let Some(state) = self.recorder.dumps().get(at) {
            let state = state.to_vec();
            return self.back(id, state, at, purpose);
        }
        let excerpt: Result<Excerpt, String> = self.recorder.excerpt(at);
        match excerpt {
            Ok(excerpt) => self.spawn(id, move |scratch| {
                let state = reach(&excerpt, scratch).map_err(|why| cannot(&why))?;
                Ok(Done::Back { state, at, purpose })
            }),
            Err(why) => self.reply(id, Reply::Error(Misuse::bad_input(why))),
        }
    }

    fn back(&mut self, id: Option<MessageId>, state: Vec<u8>, at: u64, purpose: Purpose) {
        match purpose {
            Purpose::Snapshot => {
                let checkpoint = self.recorder.rest_before(at);
                let reply = self.seal_with(&state, checkpoint.as_deref());
                self.reply(id, reply);
            }
            Purpose::Inspect { open, from } => {
                let restore =
                    Command::Restore { data: Bytes(state), accept_foreign: true, clock: None, arrivals: Vec::new() };
                self.aside(id, vec![restore, Command::Variables { at: None, open, from }]);
            }
            Purpose::Fork { answer } => {
                let checkpoint = self.recorder.rest_before(at);
                self.become_session(id, state, checkpoint, "forked", answer);
            }
        }
    }

    /// Runs a record again from its beginning.
    pub(super) fn replay(&mut self, id: Option<MessageId>, record: Option<Vec<Entry>>) {
        let restored = if record.is_none() { self.recorder.restored_sessions() } else { Vec::new() };
        let mut entries = record.unwrap_or_else(|| self.recorder.all());
        for entry in &mut entries {
            self.recorder.whole(entry);
        }
        self.spawn(id, move |scratch| {
            let replayed = replay(&entries, &restored, scratch).map_err(|why| cannot(&why))?;
            Ok(Done::Reply(Reply::Replayed(replayed)))
        });
    }

    /// Opens a snapshot. One that was signed elsewhere is first loaded in a child that is thrown
    /// away.
    pub(super) fn restore(&mut self, id: Option<MessageId>, sealed: &[u8], accept_foreign: bool) {
        let opened = match self.key.open(sealed, accept_foreign) {
            Ok(opened) => opened,
            Err(error) => return self.reply(id, Reply::Error(error.into())),
        };
        let Some((state, checkpoint)) = seal::split(opened.content) else {
            let misuse = Misuse::bad_snapshot("unreadable", "the snapshot has no content that this version knows");
            return self.reply(id, Reply::Error(misuse));
        };
        let (state, checkpoint) = (state.to_vec(), checkpoint.map(Arc::from));
        if !opened.foreign {
            return self.become_session(id, state, checkpoint, "restored", None);
        }
        self.spawn(id, move |scratch| {
            let bad = |why: String| {
                Misuse::bad_snapshot("unreadable", format!("the snapshot cannot be loaded, not even aside: {why}"))
            };
            for bytes in [Some(state.clone()), checkpoint.as_deref().map(<[u8]>::to_vec)].into_iter().flatten() {
                let restore =
                    Command::Restore { data: Bytes(bytes), accept_foreign: true, clock: None, arrivals: Vec::new() };
                match scratch.call(restore).map_err(bad)?.reply {
                    Reply::Error(misuse) => return Err(misuse),
                    Reply::Idle => {}
                    _ => drop(scratch.call(Command::Cancel).map_err(bad)?),
                }
            }
            Ok(Done::Sound { state, checkpoint })
        });
    }

    /// Makes the child another session, at rest or at a pause.
    fn become_session(
        &mut self,
        id: Option<MessageId>,
        state: Vec<u8>,
        checkpoint: Option<Arc<[u8]>>,
        word: &'static str,
        answer: Option<Resolution>,
    ) {
        let clock = (word == "forked").then(Vec::new);
        let kept = state.as_slice().into();
        let command = Command::Restore { data: Bytes(state), accept_foreign: true, clock, arrivals: Vec::new() };
        let before = self.checkpoint.clone();
        self.give(id, command, Then::Become { word, state: kept, checkpoint, answer, before });
    }

    /// The child has become another session.
    pub(super) fn become_another(&mut self, then: &Then, reply: &Reply, id: Option<&MessageId>) {
        let Then::Become { word, state, checkpoint, .. } = then else {
            return;
        };
        let at = self.at();
        let underway = self.underway.take();
        self.checkpoint = if reply.is_pause() { checkpoint.clone() } else { Some(Arc::clone(state)) };
        self.recorder.restored(at, word, Arc::clone(state), self.checkpoint.clone());
        self.names_lost = false;
        if let (Some(underway), Some(id)) = (underway.filter(|_| reply.is_pause()), id) {
            let mut run = Run::new(underway.limits, underway.shared);
            run.spent = Duration::from_secs_f64(underway.spent_ms / 1e3);
            run.host_calls = underway.host_calls;
            run.prints = underway.prints;
            run.futures = matches!(reply, Reply::ResolveFutures { .. });
            self.run = Some(run);
            self.runs += 1;
            self.last_run = Some(id.clone());
        }
    }

    /// Goes on from a recorded pause with another answer.
    pub(super) fn go_on(&mut self, id: Option<MessageId>, answer: Resolution, before: Option<Arc<[u8]>>) {
        self.give(id, answer.into(), Then::Undo { before });
    }

    /// The answer of a fork was refused: the session is the one before it again.
    pub(super) fn undo(&mut self, before: Option<Arc<[u8]>>) {
        let at = self.at();
        self.recorder.state(at, "refused");
        self.run = None;
        self.checkpoint = before;
        self.recorder.rest(self.checkpoint.clone());
        self.forget_child();
    }

    pub(super) fn done(&mut self, done: Option<Done>) {
        let Some(job) = self.job.take() else {
            return;
        };
        let id = job.id.clone();
        match done {
            Some(Done::Back { state, at, purpose }) => self.back(id, state, at, purpose),
            Some(Done::Sound { state, checkpoint }) => self.become_session(id, state, checkpoint, "restored", None),
            Some(Done::Reply(Reply::Cancelled)) => self.finish(id, true, Reply::Cancelled, true),
            Some(Done::Reply(reply)) => self.reply(id, reply),
            None => self.reply(id, Reply::Error(cannot("it broke down"))),
        }
    }

    /// A snapshot as it leaves: with what comes back if the run in it is stopped.
    pub(super) fn seal(&self, state: &[u8]) -> Reply {
        self.seal_with(state, self.checkpoint.as_deref().filter(|_| self.run.is_some()))
    }

    fn seal_with(&self, state: &[u8], checkpoint: Option<&[u8]>) -> Reply {
        self.key.snapshot(state, checkpoint, env!("CARGO_PKG_VERSION"))
    }
}

fn cannot(why: &str) -> Misuse {
    Misuse::new(Code::Unsupported, format!("that cannot be done here: {why}"))
}
