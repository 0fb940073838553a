//! A session and the thread that owns its child.

use std::{
    collections::VecDeque,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Select, Sender, TrySendError, never, unbounded};
use protocol::{
    Command, Event, FromWorker, Limits, MessageId, Misuse, Outcome, Reply, RunError, RunErrorKind, ToWorker, Usage,
};

use crate::{
    LaunchError, Launcher,
    child::{Child, Heard},
};

/// How long a run that is stopped may take to end by itself.
const GRACE: Duration = Duration::from_millis(30);
/// How far past its time limit a run may go before its process is killed.
const OVERTIME: Duration = Duration::from_millis(500);
/// How long a command that runs nothing may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A message to a session: a command, or what was wrong with it, to be answered in its turn.
#[derive(Debug)]
pub struct Request {
    pub id: Option<MessageId>,
    pub command: Result<Command, Misuse>,
}

/// What a session says.
#[derive(Debug)]
pub enum Output {
    Reply {
        id: Option<MessageId>,
        reply: Reply,
    },
    /// `id` is that of the command that began the run; `seq` counts through the session.
    Event {
        id: MessageId,
        seq: u64,
        event: Event,
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
    pub fn open(launcher: &Arc<Launcher>, defaults: Limits, outputs: Sender<Output>) -> Result<Self, LaunchError> {
        let (control, received) = unbounded();
        let owner = Owner {
            launcher: Arc::clone(launcher),
            child: Some(launcher.child()?),
            defaults,
            control: received,
            outputs,
            outbox: VecDeque::new(),
            deaf_since: None,
            deaf: Duration::ZERO,
            queue: VecDeque::new(),
            active: None,
            run: None,
            checkpoint: None,
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
    deaf_since: Option<Instant>,
    deaf: Duration,
    queue: VecDeque<Request>,
    active: Option<Active>,
    run: Option<Run>,
    /// The shared interpreter as it was at rest, and the memory it may take.
    checkpoint: Option<String>,
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
    /// Execution that the command may take before the child is killed.
    allowance: Option<Duration>,
    /// Time that did not count: the child waited for us.
    blocked: Duration,
    stop: Option<Stop>,
}

/// Somebody wants the command to end.
struct Stop {
    by: Request,
    deadline: Instant,
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
            if self.ended && self.active.is_none() && self.queue.is_empty() && self.outbox.is_empty() {
                return;
            }
            match self.wait() {
                Woken::Control(Some(Control::Request(request))) => self.arrived(request),
                Woken::Control(Some(Control::EndOfInput)) => self.ended = true,
                // Whoever held the session is gone; nobody is left to answer.
                Woken::Control(None) if !self.ended => return,
                Woken::Control(None) | Woken::Sent => {}
                Woken::Heard(Some(Heard::Frame(frame))) => self.heard(frame),
                Woken::Heard(Some(Heard::Breach(how))) => {
                    self.broke(RunError::crash(format!("the interpreter's process sent what cannot be: {how}")));
                }
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
                if self.outbox.is_empty()
                    && let Some(since) = self.deaf_since.take()
                {
                    self.deaf += since.elapsed();
                }
                Woken::Sent
            }
            _ => Woken::Deadline,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let active = self.active.as_ref()?;
        if let Some(stop) = &active.stop {
            return Some(stop.deadline);
        }
        // While somebody else is slow, the child's time stands still.
        if !self.outbox.is_empty() {
            return None;
        }
        let blocked = self.blocked().saturating_sub(active.blocked);
        active.began.checked_add(active.allowance?.checked_add(blocked)?)
    }

    /// How long, in all, the child may have waited for us: because nobody took our outputs, or
    /// because we were slow to listen. Where both were so it counts twice, in the child's favour.
    fn blocked(&self) -> Duration {
        self.deaf + self.child.as_ref().map_or(Duration::ZERO, Child::blocked)
    }

    fn arrived(&mut self, request: Request) {
        let jumps = matches!(request.command, Ok(Command::Cancel | Command::Dispose));
        let disposes = matches!(request.command, Ok(Command::Dispose));
        match &mut self.active {
            _ if !jumps => self.queue.push_back(request),
            Some(active) if self.run.is_some() && (active.stop.is_none() || disposes) => {
                let deadline = Instant::now() + GRACE;
                if let Some(child) = &mut self.child {
                    child.send(&ToWorker::Interrupt { seq: active.seq });
                }
                if let Some(earlier) = active.stop.replace(Stop { by: request, deadline }) {
                    self.queue.push_front(earlier.by);
                }
            }
            _ => self.queue.push_front(request),
        }
    }

    fn next_request(&mut self) {
        while self.active.is_none() {
            let Some(Request { id, command }) = self.queue.pop_front() else {
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
        for Request { id, command } in std::mem::take(&mut self.queue) {
            let misuse = match command {
                Ok(command) => Misuse::bad_state(command.name(), "disposed", &[]),
                Err(misuse) => misuse,
            };
            self.reply(id, Reply::Error(misuse));
        }
        self.reply(id, Reply::Disposed);
        self.ended = true;
    }

    fn begin(&mut self, id: Option<MessageId>, mut command: Command) {
        if let Some(error) = self.run.as_mut().and_then(|run| run.lost.take()) {
            // The program died while it was paused; whoever wants to go on with it is told so.
            let usage = self.usage_of_lost_run(Duration::ZERO);
            self.run = None;
            if command.name().starts_with("res") {
                return self.reply(id, Reply::Complete(Outcome { result: Err(error), usage }));
            }
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
        let blocked = self.blocked();
        if let Some(child) = &mut self.child {
            self.active = Some(Active {
                id,
                seq,
                begins_run: begins.is_some(),
                began: Instant::now(),
                allowance,
                blocked,
                stop: None,
            });
            child.send(&ToWorker::Command { seq, command });
        }
    }

    fn heard(&mut self, frame: FromWorker) {
        match frame {
            FromWorker::Ready => {}
            FromWorker::Writing { seq } => {
                if let Some(active) = self.active.as_mut().filter(|active| active.seq == seq) {
                    active.allowance = Some(active.began.elapsed().saturating_add(PATIENCE));
                }
            }
            FromWorker::Checkpoint { checkpoint } => self.checkpoint = Some(checkpoint),
            FromWorker::Event { event } => {
                if let Some(run) = &mut self.run {
                    run.prints += 1;
                    let (id, seq) = (run.id.clone(), self.events);
                    self.events += 1;
                    self.say(Output::Event { id, seq, event });
                }
            }
            FromWorker::Reply { seq, reply, spent_ms } => match &self.active {
                Some(active) if active.seq == seq => self.answered(reply, Duration::from_secs_f64(spent_ms / 1e3)),
                _ => self.broke(RunError::crash("the interpreter's process answered what nobody asked")),
            },
        }
    }

    fn answered(&mut self, reply: Reply, spent: Duration) {
        let Some(active) = self.active.take() else {
            return;
        };
        let mut stopped = false;
        match &reply {
            Reply::Pending { .. } | Reply::ResolveFutures { .. } => {
                if let Some(run) = &mut self.run {
                    run.spent = spent;
                    run.host_calls += u64::from(matches!(reply, Reply::Pending { .. }));
                }
            }
            Reply::Complete(outcome) => {
                let shared = self.run.take().is_some_and(|run| run.shared);
                let kind = outcome.result.as_ref().err().map(|error| error.kind);
                stopped = kind == Some(RunErrorKind::Cancelled);
                // The names of a shared interpreter come back from its checkpoint.
                if kind == Some(RunErrorKind::Crash) || (shared && !outcome.is_sound()) {
                    self.child = None;
                }
            }
            Reply::Cancelled => self.run = None,
            // A program that was refused never began.
            Reply::Error(_) if active.begins_run => self.run = None,
            _ => {}
        }
        self.finish(active, reply, stopped);
    }

    /// Answers a command, and whoever wanted to stop it.
    fn finish(&mut self, active: Active, reply: Reply, stopped: bool) {
        match active.stop {
            Some(Stop { by: Request { id, command: Ok(Command::Cancel) }, .. }) if stopped => {
                self.reply(id, Reply::Cancelled);
                self.reply(active.id, reply);
            }
            // It ended by itself before it could be stopped: the request finds what it finds.
            Some(stop) => {
                self.reply(active.id, reply);
                self.queue.push_front(stop.by);
            }
            None => self.reply(active.id, reply),
        }
    }

    fn overdue(&mut self) {
        // What has arrived counts, even if nobody has listened to it yet.
        while self.active.is_some() {
            let Some(heard) = self.child.as_ref().and_then(|child| child.heard.try_recv().ok()) else {
                break;
            };
            match heard {
                Heard::Frame(frame) => self.heard(frame),
                Heard::Breach(how) => {
                    return self.broke(RunError::crash(format!("the interpreter's process sent {how}")));
                }
            }
        }
        let now = Instant::now();
        if self.deadline().is_none_or(|deadline| now < deadline) {
            return;
        }
        let stopped = self.active.as_ref().is_some_and(|active| active.stop.is_some());
        let error = match &self.run {
            _ if stopped => RunError::cancelled(),
            Some(run) => run.time_error(),
            None => RunError::crash("the interpreter did not answer in time"),
        };
        self.child = None;
        self.lost(error, stopped);
    }

    /// The child's output ended.
    fn died(&mut self) {
        let memory = self.run.as_ref().and_then(|run| run.limits.memory());
        let Some(child) = self.child.take() else {
            return;
        };
        let error = child.autopsy(memory);
        self.lost(error, false);
    }

    fn broke(&mut self, error: RunError) {
        self.child = None;
        self.lost(error, false);
    }

    /// Answers for a child that is no more.
    fn lost(&mut self, error: RunError, stopped: bool) {
        let Some(active) = self.active.take() else {
            if let Some(run) = &mut self.run {
                run.lost = Some(error);
            }
            return;
        };
        let usage = self.usage_of_lost_run(active.began.elapsed());
        self.run = None;
        self.finish(active, Reply::Complete(Outcome { result: Err(error), usage }), stopped);
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
                self.deaf_since = Some(Instant::now());
            }
        }
    }
}

impl Run {
    fn allowance(&self) -> Option<Duration> {
        let rest = self.limits.timeout().map(|limit| limit.saturating_sub(self.spent));
        let turn = self.limits.turn_timeout();
        rest.into_iter().chain(turn).min()?.checked_add(OVERTIME)
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

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
