//! A session and the thread that owns its child.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Sender, unbounded};
use protocol::{
    Arrived, Asked, Command, Event, Limits, MessageId, Misuse, OutsideAnswer, Reply, Resolution, Settings, seal::Key,
};
use record::Log;

use crate::{
    LaunchError, Launcher,
    owner::{Family, Owner},
};

/// A message to a session: a command, or what was wrong with it, to be answered in its turn.
#[derive(Debug)]
pub struct Request {
    pub id: Option<MessageId>,
    pub command: Result<Command, Misuse>,
}

/// The time for which whoever reads a session's outputs has kept it waiting. It does not count as
/// execution; that we are slow ourselves does.
#[derive(Clone, Default)]
pub struct Reader(Arc<Mutex<Waiting>>);

#[derive(Default)]
struct Waiting {
    past: Duration,
    since: Option<Instant>,
}

impl Reader {
    /// Does what may have to wait for the reader.
    pub fn wait<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.lock().since = Some(Instant::now());
        let result = wait();
        let mut waiting = self.lock();
        if let Some(since) = waiting.since.take() {
            waiting.past += since.elapsed();
        }
        result
    }

    pub(crate) fn waited(&self) -> Duration {
        let waiting = self.lock();
        waiting.past + waiting.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a session is opened with.
pub struct Terms {
    /// For runs that say nothing.
    pub defaults: Limits,
    /// Snapshots are signed with it.
    pub key: Key,
    /// Takes the record as it grows, about four times a second.
    pub log: Option<Sender<Vec<Log>>>,
    /// What holds from the beginning.
    pub settings: Settings,
    /// Reaches the machine for programs: folders, the network. Nothing is reached without it.
    pub outside: Option<Arc<dyn Outside>>,
}

/// What reaches the machine, as far as that is granted. It must not block: answers come later.
pub trait Outside: Send + Sync {
    /// Whether there is a folder of the machine to be seen there.
    fn has_mount(&self, at: &str) -> bool;
    /// The hosts that may be fetched from.
    fn allow(&self, hosts: &[String]);
    /// Asks; the answer goes to `reply`, if one can be had.
    fn ask(&self, asked: OutsideAsked, reply: OutsideReply);
}

/// What a program wants of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutsideAsked {
    /// A call about a file, as JSON of `monty-types`.
    System {
        call: String,
    },
    Fetch {
        url: String,
    },
}

/// Takes the answer of an [`Outside`].
pub struct OutsideReply {
    pub(crate) call_id: u32,
    pub(crate) is_fetch: bool,
    /// The run that asks; the next one counts its calls from the beginning again.
    pub(crate) run: u64,
    pub(crate) sender: Sender<(u64, Arrived)>,
}

impl OutsideReply {
    pub fn system(self, answer: OutsideAnswer) {
        // Whoever asked may have gone.
        let _ = self.sender.send((self.run, Arrived::System { call_id: self.call_id, answer }));
    }

    /// Nothing can be had; the text says why.
    pub(crate) fn fail(self, why: &str) {
        let (exc_type, message) = ("OSError".to_owned(), why.to_owned());
        if self.is_fetch {
            self.fetched(Resolution::Error { exc_type, message });
        } else {
            self.system(OutsideAnswer::Raised { exc_type, message });
        }
    }

    pub fn fetched(self, answer: Resolution) {
        let _ = self.sender.send((self.run, Arrived::Answer { call_id: self.call_id, answer }));
    }
}

/// What a session says.
#[derive(Debug)]
pub enum Output {
    Reply {
        id: Option<MessageId>,
        reply: Reply,
    },
    /// `id` is that of the command that began the run; `first` counts events through the session.
    Events {
        id: MessageId,
        first: u64,
        events: Vec<Event>,
    },
    /// A child of another session wants something that only its parent has.
    Asked {
        call_id: u32,
        asked: Asked,
    },
    /// Whether a child of another session waits for somebody, after so many messages to it.
    Stuck {
        heard: u64,
        stuck: bool,
    },
}

pub(crate) enum Control {
    Request(Request),
    EndOfInput,
}

/// A session whose interpreter lives in a child process. Dropping it ends both.
pub struct Session {
    control: Sender<Control>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Session {
    /// Opens a session that says what it has to say on `outputs`. Where nobody takes that, the
    /// program waits; Stop works all the same.
    pub fn open(
        launcher: &Arc<Launcher>,
        terms: Terms,
        outputs: Sender<Output>,
        reader: Reader,
    ) -> Result<Self, LaunchError> {
        Self::below(launcher, terms, outputs, reader, Family::default())
    }

    /// The same, for a child of another session.
    pub(crate) fn below(
        launcher: &Arc<Launcher>,
        terms: Terms,
        outputs: Sender<Output>,
        reader: Reader,
        family: Family,
    ) -> Result<Self, LaunchError> {
        let (control, received) = unbounded();
        let owner = Owner::new(launcher, terms, received, outputs, reader, family)?;
        let thread = thread::Builder::new().name("session".to_owned());
        let thread = thread.spawn(move || owner.serve()).map_err(LaunchError::Thread)?;
        Ok(Self { control, thread: Some(thread) })
    }

    /// Queues a request; `cancel` and `dispose` jump the queue.
    pub fn send(&self, request: Request) {
        let _ = self.control.send(Control::Request(request));
    }

    /// Lets the session finish what is queued and end.
    pub fn finish(&self) {
        let _ = self.control.send(Control::EndOfInput);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let (closed, _) = unbounded();
        drop(std::mem::replace(&mut self.control, closed));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
