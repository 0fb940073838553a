//! The thread that owns a session's child.

mod aside;

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Select, Sender, TrySendError, never};
use protocol::{
    Command, FromWorker, Limits, MessageId, Misuse, Opened, Outcome, Reply, Resolution, RunError, RunErrorKind,
    ToWorker, Underway, Usage, Why, milliseconds, record::By, seal::Key,
};
use record::{Log, Recorder, tell_record};

use crate::{
    LaunchError, Launcher, Output, Reader, Request, Terms,
    child::{Child, Heard, INBOX},
    session::Control,
};

use aside::{Done, Job, Purpose};

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

/// How long the record may wait to be written down.
const LOG: Duration = Duration::from_millis(250);

/// The session's thread.
pub(crate) struct Owner {
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
    key: Key,
    recorder: Recorder,
    log: Option<Sender<Vec<Log>>>,
    /// When the record has to be handed to whoever writes it down.
    log_due: Option<Instant>,
    opened: Instant,
    /// What goes on beside the child, in the place of a command.
    job: Option<Job>,
    /// The session as it was at rest.
    checkpoint: Option<Arc<[u8]>>,
    /// The session was too large to be kept.
    names_lost: bool,
    /// A dump of the pause whose reply is still to come.
    dump: Option<Vec<u8>>,
    /// What the child said it is in the middle of.
    underway: Option<Underway>,
    /// Since when the child writes a dump, or reads one. It can do nothing else meanwhile.
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
    /// The pause that it answers.
    answers: Option<u64>,
    then: Then,
}

/// What is done with the reply to a command.
enum Then {
    Reply,
    /// A snapshot of the session as it is: its variables are read from it.
    Inspect {
        open: Vec<Opened>,
        from: u64,
    },
    /// The session becomes another one, and goes on with an answer.
    Become {
        word: &'static str,
        state: Vec<u8>,
        checkpoint: Option<Arc<[u8]>>,
        answer: Option<Resolution>,
    },
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
    /// Whether it waits for futures, if it waits.
    futures: bool,
    /// What the child died of while the program was paused.
    lost: Option<RunError>,
}

enum Woken {
    Control(Option<Control>),
    Heard(Option<Heard>),
    Sent,
    Done(Option<Done>),
    Deadline,
}

impl Owner {
    pub(crate) fn new(
        launcher: &Arc<Launcher>,
        terms: Terms,
        control: Receiver<Control>,
        outputs: Sender<Output>,
        reader: Reader,
    ) -> Result<Self, LaunchError> {
        let recorder = Recorder::default();
        Ok(Self {
            launcher: Arc::clone(launcher),
            child: Some(launcher.child()?),
            defaults: terms.defaults,
            control,
            outputs,
            outbox: VecDeque::new(),
            reader,
            urgent: VecDeque::new(),
            queue: VecDeque::new(),
            active: None,
            run: None,
            key: terms.key,
            recorder: if terms.log.is_some() { recorder.with_log() } else { recorder },
            log: terms.log,
            log_due: None,
            opened: Instant::now(),
            job: None,
            checkpoint: None,
            names_lost: false,
            dump: None,
            underway: None,
            saving: None,
            commands: 0,
            events: 0,
            ended: false,
        })
    }

    pub(crate) fn serve(mut self) {
        loop {
            self.next_request();
            let waiting = self.queue.len() + self.urgent.len() + self.outbox.len();
            if self.ended && self.active.is_none() && self.job.is_none() && waiting == 0 {
                return self.write_log();
            }
            if self.log_due.is_some_and(|due| Instant::now() >= due) {
                self.write_log();
            }
            match self.wait() {
                Woken::Control(Some(Control::Request(request))) => self.arrived(request),
                Woken::Control(Some(Control::EndOfInput)) => self.ended = true,
                // Whoever held the session is gone; nobody is left to answer.
                Woken::Control(None) if !self.ended => return self.write_log(),
                Woken::Control(None) | Woken::Sent => {}
                Woken::Heard(Some(Heard::Frame(frame))) => self.heard(frame),
                Woken::Heard(Some(Heard::Breach(how))) => self.broke(&how),
                Woken::Heard(None) => self.died(),
                Woken::Done(done) => self.done(done),
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
        let idle = never();
        let done = self.job.as_ref().map_or(&idle, |job| &job.done);
        let mut select = Select::new();
        let control_open = !self.ended;
        let control_index = control_open.then(|| select.recv(&self.control));
        let heard_index = select.recv(heard);
        let done_index = select.recv(done);
        let send_index = (!self.outbox.is_empty()).then(|| select.send(&self.outputs));
        let deadline = self.deadline().into_iter().chain(self.log_due).min();
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
            index if index == done_index => Woken::Done(operation.recv(done).ok()),
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
        if let Some(job) = &self.job {
            job.give_up();
        }
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
        while self.active.is_none() && self.job.is_none() {
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
        let at = self.at();
        self.recorder.state(at, "disposed");
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
        match command {
            Command::Hello
            | Command::Continuation { .. }
            | Command::Diagnose { .. }
            | Command::Record(_)
            | Command::Dispose => None,
            Command::Cancel => {
                self.run = None;
                Some(Reply::Cancelled)
            }
            _ if command.runs() && command.source().is_none() => {
                let usage = self.usage_of_lost_run(Duration::ZERO);
                let error = self.run.take()?.lost?;
                let outcome = Outcome { result: Err(error), usage };
                let at = self.at();
                self.recorder.ended(at, &outcome);
                Some(Reply::Complete(outcome))
            }
            _ => self.out_of_place(command).map(Reply::Error),
        }
    }

    /// What is wrong with a command that only fits a session at rest.
    fn out_of_place(&self, command: &Command) -> Option<Misuse> {
        let run = self.run.as_ref()?;
        let (state, fits) =
            if run.futures { ("resolveFutures", Misuse::FITS_FUTURES) } else { ("pending", Misuse::FITS_PENDING) };
        Some(Misuse::bad_state(command.name(), state, fits))
    }

    fn begin(&mut self, id: Option<MessageId>, command: Command) {
        if self.run.as_ref().is_some_and(|run| run.lost.is_some())
            && let Some(reply) = self.answer_for_lost_run(&command)
        {
            return self.reply(id, reply);
        }
        let at_rest_only = matches!(command, Command::Restore { .. } | Command::Fork { .. } | Command::Replay { .. });
        if at_rest_only && let Some(misuse) = self.out_of_place(&command) {
            return self.reply(id, Reply::Error(misuse));
        }
        match command {
            Command::Record(query) => {
                let reply = tell_record(&mut self.recorder, &query);
                self.reply(id, reply);
            }
            Command::Restore { data, accept_foreign, .. } => self.restore(id, &data.0, accept_foreign),
            Command::Variables { at: None, open, from } => {
                self.give(id, Command::Snapshot { at: None }, Then::Inspect { open, from });
            }
            Command::Variables { at: Some(at), open, from } => {
                self.look_back(id, at, Purpose::Inspect { open, from });
            }
            Command::Snapshot { at: Some(at) } => self.look_back(id, at, Purpose::Snapshot),
            Command::Fork { at, answer } => self.look_back(id, at, Purpose::Fork { answer }),
            Command::Replay { record } => self.replay(id, record),
            Command::Diagnose { .. } => self.aside(id, vec![command]),
            command => self.give(id, command, Then::Reply),
        }
    }

    /// Hands a command to the child.
    fn give(&mut self, id: Option<MessageId>, mut command: Command, then: Then) {
        if let Err(error) = self.revive() {
            let error = RunError::crash(format!("no interpreter can be started: {error}"));
            return self.reply(id, Reply::Complete(Outcome { result: Err(error), usage: Usage::default() }));
        }
        let name = command.name();
        let recorded = self.recorder.is_on();
        if let Some(source) = command.source_mut() {
            source.limits = source.limits.or(self.defaults);
            source.recorded = recorded;
            if source.seed.is_none() && source.deterministic.is_none() {
                source.seed = Some(chance());
            }
        }
        let at = self.at();
        let begins = if self.run.is_none() { command.source().map(|source| source.limits) } else { None };
        let mut answers = None;
        if let (Some(limits), Some(id)) = (begins, &id) {
            let shared = matches!(command, Command::Feed(_));
            if let Some(source) = command.source() {
                self.recorder.run(at, name, source);
            }
            self.run = Some(Run::new(id.clone(), limits, shared));
        } else if self.run.is_some() && (command.runs() || name == "cancel") {
            answers = self.recorder.open_pause();
            self.recorder.answered(at, &command, By::Driver);
        }
        let allowance = match &self.run {
            Some(run) if command.runs() => run.allowance(),
            _ if matches!(then, Then::Reply) && !matches!(command, Command::Snapshot { .. }) => Some(PATIENCE),
            // A large session takes its time.
            _ => Some(SAVING),
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
                answers,
                then,
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
            FromWorker::Dump { state, at_rest: true } => {
                self.saving = None;
                self.names_lost = state.is_none();
                self.checkpoint = state.map(|state| state.0.into());
                self.recorder.rest(self.checkpoint.clone());
            }
            FromWorker::Dump { state: Some(state), at_rest: false } => {
                self.saving = None;
                match &self.active {
                    Some(_) => self.dump = Some(state.0),
                    None => self.recorder.dump(state.0),
                }
            }
            FromWorker::Restored | FromWorker::Dump { state: None, at_rest: false } => self.saving = None,
            FromWorker::Clock { name, micros, range } => {
                let at = self.at();
                self.recorder.clock(at, &name, micros, range);
            }
            FromWorker::Underway(underway) => self.underway = Some(underway),
            FromWorker::Events { events } => {
                if let Some(run) = &mut self.run {
                    let count = events.len() as u64;
                    run.prints += count;
                    let (id, first) = (run.id.clone(), self.events);
                    self.events += count;
                    let at = self.opened.elapsed().as_secs_f64() * 1e3;
                    self.recorder.events(at, &events);
                    self.say(Output::Events { id, first, events });
                }
            }
            FromWorker::Reply { seq, reply, spent_ms, dump_follows } => match &self.active {
                Some(active) if active.seq == seq => {
                    self.saving = dump_follows.then(Instant::now);
                    self.answered(reply, Duration::from_secs_f64(spent_ms / 1e3));
                }
                _ => self.broke("an answer that nobody asked for"),
            },
        }
    }

    fn answered(&mut self, mut reply: Reply, spent: Duration) {
        let Some(active) = self.active.take() else {
            return;
        };
        let at = self.at();
        let mut stopped = false;
        let restored = matches!(active.then, Then::Become { .. }) && !matches!(reply, Reply::Error(_));
        if restored {
            self.become_another(&active.then, &reply, active.id.as_ref());
        }
        match &mut reply {
            Reply::Pending { .. } | Reply::ResolveFutures { .. } => {
                if let Some(run) = self.run.as_mut().filter(|_| !restored) {
                    run.spent = spent;
                    run.host_calls += u64::from(matches!(reply, Reply::Pending { .. }));
                    run.futures = matches!(reply, Reply::ResolveFutures { .. });
                }
                self.recorder.paused(at, &reply);
                if let Some(dump) = self.dump.take() {
                    self.recorder.dump(dump);
                }
            }
            Reply::Complete(outcome) => {
                let shared = self.run.take().is_some_and(|run| run.shared);
                let kind = outcome.result.as_ref().err().map(|error| error.kind);
                stopped = kind == Some(RunErrorKind::Cancelled);
                // The names of a shared interpreter come back from its checkpoint.
                if kind == Some(RunErrorKind::Crash) || (shared && !outcome.is_sound()) {
                    self.forget_child();
                    self.tell_of_lost_names(outcome);
                }
                self.recorder.ended(at, outcome);
            }
            Reply::Cancelled => {
                self.recorder.state(at, "cancelled");
                // What the program did to shared names before its pause is undone.
                if self.run.take().is_some_and(|run| run.shared) {
                    self.forget_child();
                }
            }
            // A program that was refused never began.
            Reply::Error(_) if active.begins_run => {
                self.recorder.state(at, "refused");
                self.run = None;
            }
            Reply::Error(_) => {
                if let Some(pause) = active.answers {
                    self.recorder.refused(pause);
                }
            }
            _ => {}
        }
        self.log_soon();
        match (active.then, reply) {
            (Then::Reply, Reply::Snapshot { data, .. }) => {
                let reply = self.seal(&data.0);
                self.reply(active.id, reply);
            }
            (Then::Inspect { open, from }, Reply::Snapshot { data, .. }) => {
                let restore = Command::Restore { data, accept_foreign: true, clock: None };
                self.aside(active.id, vec![restore, Command::Variables { at: None, open, from }]);
            }
            (Then::Become { answer: Some(answer), .. }, reply) if reply.is_pause() => {
                self.go_on(active.id, answer);
            }
            (_, reply) => self.finish(active.id, active.stop.is_some(), reply, stopped),
        }
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
    fn finish(&mut self, id: Option<MessageId>, was_asked: bool, reply: Reply, stopped: bool) {
        let cancels = |request: &Request| matches!(request.command, Ok(Command::Cancel));
        if stopped
            && was_asked
            && self.urgent.front().is_some_and(cancels)
            && let Some(Request { id, .. }) = self.urgent.pop_front()
        {
            self.reply(id, Reply::Cancelled);
        }
        self.reply(id, reply);
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
            _ if stopped => RunError::killed(),
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
        self.dump = None;
    }

    /// Milliseconds since the session was opened.
    fn at(&self) -> f64 {
        milliseconds(self.opened.elapsed())
    }

    fn log_soon(&mut self) {
        if self.log.is_some() && self.log_due.is_none() {
            self.log_due = Some(Instant::now() + LOG);
        }
    }

    fn write_log(&mut self) {
        self.log_due = None;
        let log = self.recorder.take_log();
        if let Some(sender) = self.log.as_ref().filter(|_| !log.is_empty()) {
            // Whoever writes it down may have gone.
            let _ = sender.send(log);
        }
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
        let at = self.at();
        self.recorder.ended(at, &outcome);
        self.log_soon();
        self.finish(active.id, active.stop.is_some(), Reply::Complete(outcome), stopped);
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
            child.send(&ToWorker::Restore { state: protocol::Bytes(checkpoint.to_vec()) });
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
    fn new(id: MessageId, limits: Limits, shared: bool) -> Self {
        Self {
            id,
            limits,
            shared,
            spent: Duration::ZERO,
            began: Instant::now(),
            host_calls: 0,
            prints: 0,
            futures: false,
            lost: None,
        }
    }

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

/// Where a run's chance begins.
fn chance() -> u64 {
    let mut bytes = [0; 8];
    // Without random bytes every run has the same chance; there is no harm in it.
    let _ = getrandom::fill(&mut bytes);
    // What JavaScript can say exactly.
    u64::from_le_bytes(bytes) >> 11
}
