//! The open sessions, and what goes between each one's thread and the page.

use std::{
    collections::HashMap,
    future::Future,
    path::PathBuf,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError, bounded};
use isolate::{LaunchError, Launcher, Machine, Output, Reader, Request, Session, Terms};
use protocol::{
    Command, Event, Limits, MessageId, Reply, Settings,
    edge::{Batch, EdgeEvent, EdgeReply},
    outside::Mount,
    seal::Key,
};
use serde::Serialize;
use specta::Type;
use tokio::sync::oneshot;

use crate::{mounts::Mounts, storage::Storage, store::Store};

/// How many outputs wait for the page before the program has to.
const OUTPUTS: usize = 16;
/// How many batches that are to be acknowledged may be on their way.
const UNACKNOWLEDGED: u32 = 2;
/// What goes out unasked for: small batches need no answer each, which would cost a program that
/// talks with the page a third of its time.
const UNASKED_BYTES: usize = 64 * 1024;
/// What an event weighs beside what is in it.
const EVENT_BYTES: usize = 64;
/// What makes a batch full.
const BATCH_EVENTS: usize = 4096;
const BATCH_BYTES: usize = 256 * 1024;
/// How long an event may wait for others: about a frame.
const GATHER: Duration = Duration::from_millis(12);
/// How long a receipt may wait for what follows.
const RECEIPT: Duration = Duration::from_micros(300);

/// Events on their way to the page.
#[derive(Debug, Serialize, Type)]
pub(crate) struct Delivery {
    batch: Batch,
    /// Whether the page is to say that it has taken them in.
    acknowledge: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error("a thread cannot be started: {0}")]
    Thread(std::io::Error),
    #[error("session {0} is not open")]
    NotOpen(u32),
    #[error("the session was closed before it answered")]
    Closed,
}

impl SessionError {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Launch(_) | Self::Thread(_) => "launch",
            Self::NotOpen(_) => "notOpen",
            Self::Closed => "closed",
        }
    }
}

pub(crate) struct Sessions {
    program: PathBuf,
    launcher: Arc<Launcher>,
    key: Key,
    store: Store,
    storage: Storage,
    /// What programs of all sessions see of the machine.
    granted: Mutex<Vec<Mount>>,
    open: Mutex<HashMap<u32, Open>>,
    next: AtomicU32,
}

struct Open {
    session: Session,
    link: Arc<Link>,
    machine: Arc<Machine>,
}

/// What the commands share with the thread that forwards outputs.
#[derive(Default)]
struct Link {
    waiting: Mutex<HashMap<i64, oneshot::Sender<(Reply, u32)>>>,
    next: AtomicI64,
    credit: Credit,
}

/// Batches that the page has not taken in yet.
#[derive(Default)]
struct Credit {
    used: Mutex<Used>,
    returned: Condvar,
}

#[derive(Default)]
struct Used {
    batches: u32,
    closed: bool,
}

impl Sessions {
    pub(crate) fn new(program: PathBuf, launcher: Launcher, key: Key, store: Store, storage: Storage) -> Self {
        Self {
            program,
            launcher: Arc::new(launcher),
            key,
            store,
            storage,
            granted: Mutex::default(),
            open: Mutex::default(),
            next: AtomicU32::new(1),
        }
    }

    pub(crate) fn open(&self, send: impl Fn(Delivery) -> bool + Send + 'static) -> Result<u32, SessionError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (say, said) = bounded(OUTPUTS);
        let reader = Reader::default();
        let machine = Arc::new(Machine::new(self.program.clone()));
        let terms = Terms {
            defaults: Limits::INTERACTIVE,
            key: self.key.clone(),
            log: self.store.open(id),
            settings: Settings { storage: Some(self.storage.values()), ..Settings::default() },
            outside: Some(machine.clone()),
        };
        let session = Session::open(&self.launcher, terms, say, reader.clone())?;
        let link = Arc::new(Link::default());
        let forwarded = Arc::clone(&link);
        let storage = self.storage.clone();
        thread::Builder::new()
            .name("session-forward".to_owned())
            .spawn(move || forward(&said, &forwarded, &reader, &storage, send))
            .map_err(SessionError::Thread)?;
        // Before anybody can grant something else.
        let granted = lock(&self.granted);
        machine.set_mounts(granted.clone());
        lock(&self.open).insert(id, Open { session, link, machine });
        Ok(id)
    }

    /// Lets the programs of all sessions see what is mounted, and nothing else.
    pub(crate) fn grant(&self, mounts: &Mounts) {
        let mut granted = lock(&self.granted);
        *granted = mounts.granted();
        lock(&self.open).values().for_each(|open| open.machine.set_mounts(granted.clone()));
    }

    /// Sends a command; the future is its reply as the page takes it.
    pub(crate) fn ask(
        &self,
        session: u32,
        command: Command,
    ) -> Result<impl Future<Output = Result<EdgeReply, SessionError>> + use<>, SessionError> {
        let answered = self.ask_raw(session, command)?;
        Ok(async move { answered.await.map(|(reply, events)| EdgeReply::from_reply(reply, events)) })
    }

    /// The same with the reply as it is, and the number of events before it.
    pub(crate) fn ask_raw(
        &self,
        session: u32,
        command: Command,
    ) -> Result<impl Future<Output = Result<(Reply, u32), SessionError>> + use<>, SessionError> {
        let (answer, answered) = oneshot::channel();
        {
            let open = lock(&self.open);
            let open = open.get(&session).ok_or(SessionError::NotOpen(session))?;
            let id = open.link.next.fetch_add(1, Ordering::Relaxed);
            lock(&open.link.waiting).insert(id, answer);
            open.session.send(Request { id: Some(MessageId::Number(id)), command: Ok(command) });
        }
        Ok(async move { answered.await.map_err(|_| SessionError::Closed) })
    }

    pub(crate) fn acknowledge(&self, session: u32) {
        if let Some(open) = lock(&self.open).get(&session) {
            open.link.credit.give_back();
        }
    }

    pub(crate) fn close(&self, session: u32) {
        let closed = lock(&self.open).remove(&session);
        if let Some(Open { session, link, .. }) = closed {
            link.credit.close();
            drop(session);
        }
    }
}

impl Credit {
    /// Waits until one more batch may be on its way; `false` once the session is closed.
    fn take(&self) -> bool {
        let mut used = lock(&self.used);
        while used.batches >= UNACKNOWLEDGED && !used.closed {
            used = self.returned.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        used.batches += 1;
        !used.closed
    }

    fn give_back(&self) {
        let mut used = lock(&self.used);
        used.batches = used.batches.saturating_sub(1);
        self.returned.notify_one();
    }

    fn close(&self) {
        lock(&self.used).closed = true;
        self.returned.notify_one();
    }
}

/// The body of a session's forwarding thread: events in batches, replies at once.
fn forward(said: &Receiver<Output>, link: &Link, reader: &Reader, storage: &Storage, send: impl Fn(Delivery) -> bool) {
    let mut gathered = Gathered::default();
    let mut later = Later::default();
    loop {
        let output = match gathered.until.into_iter().chain(later.until()).min() {
            None => said.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(until) => said.recv_deadline(until),
        };
        match output {
            Ok(Output::Events { events, .. }) => {
                storage.keep(&events);
                let urgent = events.iter().any(is_urgent);
                gathered.add(events);
                if (urgent || gathered.is_full()) && !gathered.flush(link, reader, &send) {
                    return;
                }
            }
            Ok(Output::Asked { .. } | Output::Stuck { .. }) => {}
            Ok(Output::Reply { id, reply }) if is_receipt(&reply) => {
                later.give(link);
                later.0 = Some((Instant::now() + RECEIPT, id, reply, gathered.told()));
                continue;
            }
            Ok(Output::Reply { id, reply }) => {
                if !gathered.flush(link, reader, &send) {
                    return;
                }
                later.give(link);
                answer(link, id.as_ref(), reply, gathered.told());
            }
            Err(RecvTimeoutError::Timeout) => {
                if !gathered.flush(link, reader, &send) {
                    return;
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if gathered.events.is_empty() {
            later.give(link);
        }
    }
}

/// Whether a reply says no more than that something has arrived.
fn is_receipt(reply: &Reply) -> bool {
    matches!(reply, Reply::Dispatched { .. } | Reply::Delivered)
}

/// A receipt that lets what it brought about go first: the program has its answer, and mostly asks
/// again at once. The page reads one message at a time.
#[derive(Default)]
struct Later(Option<(Instant, Option<MessageId>, Reply, u32)>);

impl Later {
    fn until(&self) -> Option<Instant> {
        self.0.as_ref().map(|(until, ..)| *until)
    }

    fn give(&mut self, link: &Link) {
        if let Some((_, id, reply, events)) = self.0.take() {
            answer(link, id.as_ref(), reply, events);
        }
    }
}

/// Whether a program stands still until the page has heard of it.
fn is_urgent(event: &Event) -> bool {
    matches!(
        event,
        Event::Waiting { .. }
            | Event::UploadRequested { .. }
            | Event::DialogRequested { .. }
            | Event::PermissionRequested { .. }
    )
}

fn answer(link: &Link, id: Option<&MessageId>, reply: Reply, events: u32) {
    if let Some(MessageId::Number(id)) = id
        && let Some(waiting) = lock(&link.waiting).remove(id)
    {
        // Whoever asked may have gone.
        let _ = waiting.send((reply, events));
    }
}

#[derive(Default)]
struct Gathered {
    events: Vec<Event>,
    bytes: usize,
    until: Option<Instant>,
    /// Bytes sent since the page was last asked to acknowledge.
    unasked: usize,
    /// Events sent in all.
    sent: u32,
}

impl Gathered {
    fn add(&mut self, events: Vec<Event>) {
        self.bytes += events.iter().map(Event::size).sum::<usize>();
        self.events.extend(events);
        self.until.get_or_insert_with(|| Instant::now() + GATHER);
    }

    /// Events up to here, those that are still here too.
    fn told(&self) -> u32 {
        self.sent.wrapping_add(u32::try_from(self.events.len()).unwrap_or(u32::MAX))
    }

    fn is_full(&self) -> bool {
        self.events.len() >= BATCH_EVENTS || self.bytes >= BATCH_BYTES
    }

    fn flush(&mut self, link: &Link, reader: &Reader, send: &impl Fn(Delivery) -> bool) -> bool {
        self.until = None;
        if self.events.is_empty() {
            return true;
        }
        let events = std::mem::take(&mut self.events);
        self.unasked += std::mem::take(&mut self.bytes) + events.len() * EVENT_BYTES;
        let acknowledge = self.unasked >= UNASKED_BYTES;
        if acknowledge {
            self.unasked = 0;
            if !reader.wait(|| link.credit.take()) {
                return false;
            }
        }
        let first = self.sent;
        self.sent = self.sent.wrapping_add(u32::try_from(events.len()).unwrap_or(u32::MAX));
        let batch = Batch { first, events: events.into_iter().map(EdgeEvent::from).collect() };
        send(Delivery { batch, acknowledge })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
