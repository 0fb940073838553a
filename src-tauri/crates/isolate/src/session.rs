//! A session and the thread that owns its child.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Select, Sender, TrySendError, never, unbounded};
use protocol::{
    Command, Event, FromWorker, Limits, MessageId, Misuse, Outcome, Reply, RunError, RunErrorKind, ToWorker, Usage,
    Why, milliseconds,
};

use crate::{
    LaunchError, Launcher,
    child::{Child, Heard, INBOX},
};

/// How long a run that is stopped may take to end by itself.
const GRACE: Duration = Duration::from_millis(30);
/// How far past its time limit a run may go before it is told to end: the child keeps time itself,
/// but the time in which it waits for us looks to it like waiting for the reader.
const LENIENCE: Duration = Duration::from_millis(50);
/// How far past its time limit a run may go before its process is killed.
const OVERTIME: Duration = Duration::from_millis(500);
/// How long a session that is disposed listens for what was sent with that.
const SETTLED: Duration = Duration::from_millis(5);
/// How long a child may take to write its checkpoint, or to read one.
const SAVING: Duration = Duration::from_secs(60);
/// How long a command that runs nothing may take.
const PATIENCE: Duration = Duration::from_secs(10);

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

    fn waited(&self) -> Duration {
        let waiting = self.lock();
        waiting.past + waiting.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
}

enum Control {
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
        defaults: Limits,
        outputs: Sender<Output>,
        reader: Reader,
    ) -> Result<Self, LaunchError> {
        let (control, received) = unbounded();
        let owner = Owner {
            launcher: Arc::clone(launcher),
            child: Some(launcher.child()?),
            defaults,
            control: received,
            outputs,
            outbox: VecDeque::new(),
            reader,
            urgent: VecDeque::new(),
            queue: VecDeque::new(),
            active: None,
            run: None,
            checkpoint: None,
            names_lost: false,
            saving: None,
            commands: 0,
            events: 0,
            ended: false,
        };
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

/// The session's thread.
struct Owner {
    launcher: Arc<Launcher>,
    child: Option<Child>,
    defaults: Limits,
    control: Receiver<Control>,
    outputs: Sender<Output>,
    /// What nobody has taken yet. While there is something, the child is not listened to.
    outbox: VecDeque<Output>,
    reader: Reader,
    /// `cancel` and `dispose`, which jump the queue.
    urgent: VecDeque<Request>,
    queue: VecDeque<Request>,
    active: Option<Active>,
    run: Option<Run>,
    /// The shared interpreter as it was at rest.
    checkpoint: Option<String>,
    /// The shared interpreter was too large to be kept.
    names_lost: bool,
    /// Since when the child writes its checkpoint, or reads one. It can do nothing else meanwhile.
    saving: Option<Instant>,
    commands: u64,
    events: u64,
    ended: bool,
}

/// The command that the child works on.
struct Active {
    id: Option<MessageId>,
    seq: u64,
    /// Whether a program is on its way only if this command succeeds.
    begins_run: bool,
    began: Instant,
    /// What the reader had kept us waiting by then.
    waited: Duration,
    /// Execution that the command may take before it is ended; none while it sleeps.
    allowance: Option<Duration>,
    /// Whether it was told that its time is up.
    told: bool,
    /// When it is killed, because somebody wants it to end.
    stop: Option<Instant>,
}

/// A program on its way, through all its pauses.
struct Run {
    id: MessageId,
    limits: Limits,
    shared: bool,
    spent: Duration,
    began: Instant,
    host_calls: u64,
    prints: u64,
    /// What the child died of while the program was paused.
    lost: Option<RunError>,
}

enum Woken {
    Control(Option<Control>),
    Heard(Option<Heard>),
    Sent,
    Deadline,
}

impl Owner {
    fn serve(mut self) {
        loop {
            self.next_request();
            let waiting = self.queue.len() + self.urgent.len() + self.outbox.len();
            if self.ended && self.active.is_none() && waiting == 0 {
                return;
            }
            match self.wait() {
                Woken::Control(Some(Control::Request(request))) => self.arrived(request),
                Woken::Control(Some(Control::EndOfInput)) => self.ended = true,
                // Whoever held the session is gone; nobody is left to answer.
                Woken::Control(None) if !self.ended => return,
                Woken::Control(None) | Woken::Sent => {}
                Woken::Heard(Some(Heard::Frame(frame))) => self.heard(frame),
                Woken::Heard(Some(Heard::Breach(how))) => self.broke(&how),
                Woken::Heard(None) => self.died(),
                Woken::Deadline => self.overdue(),
            }
        }
    }

    /// Waits for whatever comes first. A full outbox closes the child's ear, not ours.
    fn wait(&mut self) -> Woken {
        let deaf = never();
        let heard = match &self.child {
            Some(child) if self.outbox.is_empty() => &child.heard,
            _ => &deaf,
        };
        let mut select = Select::new();
        let control_open = !self.ended;
        let control_index = control_open.then(|| select.recv(&self.control));
        let heard_index = select.recv(heard);
        let send_index = (!self.outbox.is_empty()).then(|| select.send(&self.outputs));
        let deadline = self.deadline();
        let operation = match deadline {
            Some(deadline) => match select.select_deadline(deadline) {
                Ok(operation) => operation,
                Err(_) => return Woken::Deadline,
            },
            None => select.select(),
        };
        match operation.index() {
            index if Some(index) == control_index => Woken::Control(operation.recv(&self.control).ok()),
            index if index == heard_index => Woken::Heard(operation.recv(heard).ok()),
            index if Some(index) == send_index => {
                if let Some(output) = self.outbox.pop_front()
                    && operation.send(&self.outputs, output).is_err()
                {
                    self.outbox.clear();
                    self.ended = true;
                    self.queue.clear();
                    self.active = None;
                }
                Woken::Sent
            }
            _ => Woken::Deadline,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let Some(active) = &self.active else {
            return self.saving.and_then(|since| since.checked_add(SAVING));
        };
        if active.stop.is_some() {
            return active.stop;
        }
        let patience = if active.told { OVERTIME } else { LENIENCE };
        active.began.checked_add(active.allowance?.checked_add(patience)?)?.checked_add(self.waited(active))
    }

    /// How long the reader has kept the command waiting.
    fn waited(&self, active: &Active) -> Duration {
        self.reader.waited().saturating_sub(active.waited)
    }

    fn arrived(&mut self, request: Request) {
        if !matches!(request.command, Ok(Command::Cancel | Command::Dispose)) {
            return self.queue.push_back(request);
        }
        self.urgent.push_back(request);
        if self.run.is_some()
            && let Some(active) = self.active.as_mut().filter(|active| active.stop.is_none())
        {
            active.stop = Some(Instant::now() + GRACE);
            if let Some(child) = &mut self.child {
                child.send(&ToWorker::Interrupt { seq: active.seq, why: Why::Cancel });
            }
        }
    }

    fn next_request(&mut self) {
        while self.active.is_none() {
            let disposes = |request: &Request| matches!(request.command, Ok(Command::Dispose));
            if !self.urgent.front().is_some_and(disposes) {
                // Where no child can be had, whoever asks is told so.
                if self.checkpoint.is_some() && self.queue.len() + self.urgent.len() > 0 {
                    let _ = self.revive();
                }
                if self.saving.is_some() {
                    return;
                }
            }
            let Some(Request { id, command }) = self.urgent.pop_front().or_else(|| self.queue.pop_front()) else {
                return;
            };
            match command {
                Ok(Command::Dispose) => self.dispose(id),
                Ok(command) => self.begin(id, command),
                Err(misuse) => self.reply(id, Reply::Error(misuse)),
            }
        }
    }

    fn dispose(&mut self, id: Option<MessageId>) {
        self.child = None;
        self.run = None;
        // What was written together with it has arrived by now.
        while let Ok(Control::Request(request)) = self.control.recv_timeout(SETTLED) {
            self.queue.push_back(request);
        }
        let queue = std::mem::take(&mut self.queue);
        for Request { id, command } in std::mem::take(&mut self.urgent).into_iter().chain(queue) {
            let misuse = match command {
                Ok(command) => Misuse::bad_state(command.name(), "disposed", &[]),
                Err(misuse) => misuse,
            };
            self.reply(id, Reply::Error(misuse));
        }
        self.reply(id, Reply::Disposed);
        self.ended = true;
    }

    /// The program died while it was paused; whoever wants to go on with it is told so.
    fn answer_for_lost_run(&mut self, command: &Command) -> Option<Reply> {
        const FITS: [&str; 5] = ["resume", "resumeWithError", "resumeNotFound", "resumeAsFuture", "cancel"];
        match command {
            Command::Hello | Command::Continuation { .. } | Command::Dispose => None,
            Command::Run(_) | Command::Start(_) | Command::Feed(_) => {
                Some(Reply::Error(Misuse::bad_state(command.name(), "pending", &FITS)))
            }
            Command::Cancel => {
                self.run = None;
                Some(Reply::Cancelled)
            }
            _ => {
                let usage = self.usage_of_lost_run(Duration::ZERO);
                let error = self.run.take()?.lost?;
                Some(Reply::Complete(Outcome { result: Err(error), usage }))
            }
        }
    }

    fn begin(&mut self, id: Option<MessageId>, mut command: Command) {
        if self.run.as_ref().is_some_and(|run| run.lost.is_some())
            && let Some(reply) = self.answer_for_lost_run(&command)
        {
            return self.reply(id, reply);
        }
        if let Err(error) = self.revive() {
            let error = RunError::crash(format!("no interpreter can be started: {error}"));
            return self.reply(id, Reply::Complete(Outcome { result: Err(error), usage: Usage::default() }));
        }
        if let Some(source) = command.source_mut() {
            source.limits = source.limits.or(self.defaults);
        }
        let begins = if self.run.is_none() { command.source().map(|source| source.limits) } else { None };
        if let (Some(limits), Some(id)) = (begins, &id) {
            let shared = matches!(command, Command::Feed(_));
            let began = Instant::now();
            self.run = Some(Run {
                id: id.clone(),
                limits,
                shared,
                spent: Duration::ZERO,
                began,
                host_calls: 0,
                prints: 0,
                lost: None,
            });
        }
        let runs = command.source().is_some() || command.name().starts_with("res");
        let allowance = match &self.run {
            Some(run) if runs => run.allowance(),
            _ => Some(PATIENCE),
        };
        self.commands += 1;
        let seq = self.commands;
        let waited = self.reader.waited();
        if let Some(child) = &mut self.child {
            self.active = Some(Active {
                id,
                seq,
                begins_run: begins.is_some(),
                began: Instant::now(),
                waited,
                allowance,
                told: false,
                stop: None,
            });
            child.send(&ToWorker::Command { seq, command });
        }
    }

    fn heard(&mut self, frame: FromWorker) {
        match frame {
            FromWorker::Ready => {}
            FromWorker::Restored => self.saving = None,
            FromWorker::Writing { seq } => {
                if let Some(active) = self.active.as_mut().filter(|active| active.seq == seq) {
                    active.allowance = Some(active.began.elapsed().saturating_add(PATIENCE));
                }
            }
            FromWorker::Sleeping { seq, asleep, spent_ms } => {
                let (Some(run), Some(active)) = (&mut self.run, &mut self.active) else {
                    return;
                };
                if active.seq == seq {
                    run.spent = Duration::from_secs_f64(spent_ms / 1e3);
                    active.began = Instant::now();
                    active.waited = self.reader.waited();
                    active.allowance = if asleep { None } else { run.allowance() };
                }
            }
            FromWorker::Checkpoint { checkpoint } => {
                self.saving = None;
                self.names_lost = checkpoint.is_none();
                self.checkpoint = checkpoint;
            }
            FromWorker::Events { events } => {
                if let Some(run) = &mut self.run {
                    let count = events.len() as u64;
                    run.prints += count;
                    let (id, first) = (run.id.clone(), self.events);
                    self.events += count;
                    self.say(Output::Events { id, first, events });
                }
            }
            FromWorker::Reply { seq, reply, spent_ms } => match &self.active {
                Some(active) if active.seq == seq => self.answered(reply, Duration::from_secs_f64(spent_ms / 1e3)),
                _ => self.broke("an answer that nobody asked for"),
            },
        }
    }

    fn answered(&mut self, mut reply: Reply, spent: Duration) {
        let Some(active) = self.active.take() else {
            return;
        };
        let mut stopped = false;
        match &mut reply {
            Reply::Pending { .. } => {
                if let Some(run) = &mut self.run {
                    run.spent = spent;
                    run.host_calls += 1;
                }
            }
            Reply::ResolveFutures { .. } => {
                if let Some(run) = &mut self.run {
                    run.spent = spent;
                }
            }
            Reply::Complete(outcome) => {
                let shared = self.run.take().is_some_and(|run| run.shared);
                if shared && outcome.is_sound() {
                    self.saving = Some(Instant::now());
                }
                let kind = outcome.result.as_ref().err().map(|error| error.kind);
                stopped = kind == Some(RunErrorKind::Cancelled);
                // The names of a shared interpreter come back from its checkpoint.
                if kind == Some(RunErrorKind::Crash) || (shared && !outcome.is_sound()) {
                    self.child = None;
                    self.tell_of_lost_names(outcome);
                }
            }
            Reply::Cancelled => self.run = None,
            // A program that was refused never began.
            Reply::Error(_) if active.begins_run => self.run = None,
            _ => {}
        }
        self.finish(active, reply, stopped);
    }

    /// Says so where the names of a shared interpreter cannot come back.
    fn tell_of_lost_names(&mut self, outcome: &mut Outcome) {
        if std::mem::take(&mut self.names_lost)
            && let Err(error) = &mut outcome.result
        {
            error.message += "; the names of earlier feeds are lost, they were too large to be kept";
        }
    }

    /// Answers a command, and before it whoever stopped it. Who came too late finds what they find.
    fn finish(&mut self, active: Active, reply: Reply, stopped: bool) {
        let cancels = |request: &Request| matches!(request.command, Ok(Command::Cancel));
        if stopped
            && active.stop.is_some()
            && self.urgent.front().is_some_and(cancels)
            && let Some(Request { id, .. }) = self.urgent.pop_front()
        {
            self.reply(id, Reply::Cancelled);
        }
        self.reply(active.id, reply);
    }

    fn overdue(&mut self) {
        // What has arrived counts, even if nobody has listened to it yet.
        for _ in 0..INBOX {
            let heard = self.child.as_ref().and_then(|child| child.heard.try_recv().ok());
            match heard {
                Some(Heard::Frame(frame)) => self.heard(frame),
                Some(Heard::Breach(how)) => return self.broke(&how),
                None => break,
            }
        }
        if self.deadline().is_none_or(|deadline| Instant::now() < deadline) {
            return;
        }
        let Some(active) = &mut self.active else {
            return self.forget_child();
        };
        let stopped = active.stop.is_some();
        if let (false, false, Some(run), Some(child)) = (stopped, active.told, &self.run, &mut self.child) {
            active.told = true;
            return child.send(&ToWorker::Interrupt { seq: active.seq, why: run.over() });
        }
        let error = match &self.run {
            _ if stopped => RunError::cancelled(),
            Some(run) => run.time_error(),
            None => RunError::crash("the interpreter did not answer in time"),
        };
        self.forget_child();
        self.lost(error, stopped);
    }

    /// The child's output ended.
    fn died(&mut self) {
        let memory = self.run.as_ref().and_then(|run| run.limits.memory());
        let Some(child) = self.child.take() else {
            return;
        };
        self.saving = None;
        let error = child.autopsy(memory);
        self.lost(error, false);
    }

    fn broke(&mut self, how: &str) {
        self.forget_child();
        self.lost(RunError::crash(format!("the interpreter's process sent what cannot be: {how}")), false);
    }

    fn forget_child(&mut self) {
        self.child = None;
        self.saving = None;
    }

    /// Answers for a child that is no more.
    fn lost(&mut self, error: RunError, stopped: bool) {
        let Some(active) = self.active.take() else {
            if let Some(run) = &mut self.run {
                run.lost = Some(error);
            }
            return;
        };
        let executed = match active.allowance {
            Some(_) => active.began.elapsed().saturating_sub(self.waited(&active)),
            None => Duration::ZERO,
        };
        let usage = self.usage_of_lost_run(executed);
        let shared = self.run.take().is_some_and(|run| run.shared);
        let mut outcome = Outcome { result: Err(error), usage };
        if shared {
            self.tell_of_lost_names(&mut outcome);
        }
        self.finish(active, Reply::Complete(outcome), stopped);
    }

    /// What is known of a run whose interpreter can no longer be asked.
    fn usage_of_lost_run(&self, last_turn: Duration) -> Usage {
        let Some(run) = &self.run else {
            return Usage::default();
        };
        let executed = run.spent + last_turn;
        Usage {
            elapsed_ms: milliseconds(executed),
            wait_ms: milliseconds(run.began.elapsed().saturating_sub(executed)),
            peak_memory_bytes: 0,
            host_calls: run.host_calls,
            prints: run.prints,
        }
    }

    /// Has a child that can work, with the names of the one before.
    fn revive(&mut self) -> Result<(), LaunchError> {
        if self.child.as_mut().is_some_and(Child::is_alive) {
            return Ok(());
        }
        let mut child = self.launcher.child()?;
        if let Some(checkpoint) = &self.checkpoint {
            child.send(&ToWorker::Restore { checkpoint: checkpoint.clone() });
            self.saving = Some(Instant::now());
        }
        self.child = Some(child);
        Ok(())
    }

    fn reply(&mut self, id: Option<MessageId>, reply: Reply) {
        self.say(Output::Reply { id, reply });
    }

    fn say(&mut self, output: Output) {
        if !self.outbox.is_empty() {
            return self.outbox.push_back(output);
        }
        match self.outputs.try_send(output) {
            Ok(()) => {}
            Err(TrySendError::Full(output) | TrySendError::Disconnected(output)) => {
                self.outbox.push_back(output);
            }
        }
    }
}

impl Run {
    /// Execution that the next turn may take.
    fn allowance(&self) -> Option<Duration> {
        let rest = self.limits.timeout().map(|limit| limit.saturating_sub(self.spent));
        let turn = self.limits.turn_timeout();
        rest.into_iter().chain(turn).min()
    }

    fn over(&self) -> Why {
        if self.time_error().limit.as_deref() == Some("turnTimeoutMs") { Why::TurnTimeout } else { Why::Timeout }
    }

    /// The limit that the run passed: the one that left less time.
    fn time_error(&self) -> RunError {
        let rest = self.limits.timeout().map(|limit| limit.saturating_sub(self.spent));
        match (rest, self.limits.turn_timeout()) {
            (Some(rest), Some(turn)) if turn < rest => limit("turnTimeoutMs", self.limits.turn_timeout_ms),
            (None, Some(_)) => limit("turnTimeoutMs", self.limits.turn_timeout_ms),
            _ => limit("timeoutMs", self.limits.timeout_ms),
        }
    }
}

fn limit(name: &str, max: Option<u64>) -> RunError {
    RunError::limit(name, max.unwrap_or_default())
}
