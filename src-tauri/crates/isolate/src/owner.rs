//! The thread that owns a session's child.

mod aside;
mod kids;
mod machine;
mod replies;
mod run;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Select, Sender, TrySendError, bounded, never, unbounded};
use protocol::{
    Arrived, Code, Command, Event, Limits, MessageId, Misuse, Outcome, Reply, RunError, Settings, ToWorker, Underway,
    Usage, Why, milliseconds, record::By, seal::Key,
};
use record::{Log, Recorder, tell_record};

use crate::{
    LaunchError, Launcher, Output, Outside, Reader, Request, Terms,
    child::{Child, Heard},
    session::Control,
};

use aside::{Done, Job, Purpose};
pub(crate) use kids::Family;
use kids::{Kid, KidAsks, Kids};
use run::{Active, Does, Run, Then, Waits};

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

/// How many outputs of children wait for their parent.
const KIDS: usize = 64;
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
    /// The command of a program that waits for something outside, while another one is answered.
    parked: Option<Active>,
    /// Commands that went straight to the program, by their numbers.
    interjected: BTreeMap<u64, Option<MessageId>>,
    run: Option<Run>,
    /// How many runs there were, those of restored sessions too.
    runs: u64,
    /// Whose events those are that belong to no run.
    last_run: Option<MessageId>,
    settings: Settings,
    outside: Option<Arc<dyn Outside>>,
    /// What the machine has answered.
    machine_said: Receiver<(u64, Arrived)>,
    machine_say: Sender<(u64, Arrived)>,
    /// How many answers are still to come.
    machine_asked: usize,
    family: Family,
    kids: Kids,
    kid_asks: KidAsks,
    kids_said: Receiver<(u32, Output)>,
    kids_say: Sender<(u32, Output)>,
    /// Whether somebody sees what a fresh child would not know of: a stage, how `el` stands.
    shown: bool,
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
    /// How many messages have come.
    requests: u64,
    /// What a child of another session has last said of how it stands.
    told_stuck: Option<(u64, bool)>,
}

enum Woken {
    Kid(u32, Output),
    Machine(u64, Arrived),
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
        family: Family,
    ) -> Result<Self, LaunchError> {
        let recorder = Recorder::default();
        let (machine_say, machine_said) = unbounded();
        let (kids_say, kids_said) = bounded(KIDS);
        let mut child = launcher.child()?;
        if terms.settings != Settings::default() {
            child.send(&ToWorker::Configure { settings: Box::new(terms.settings.clone()) });
        }
        Ok(Self {
            launcher: Arc::clone(launcher),
            child: Some(child),
            defaults: terms.defaults,
            control,
            outputs,
            outbox: VecDeque::new(),
            reader,
            urgent: VecDeque::new(),
            queue: VecDeque::new(),
            active: None,
            parked: None,
            interjected: BTreeMap::new(),
            run: None,
            runs: 0,
            last_run: None,
            settings: terms.settings,
            outside: terms.outside,
            machine_said,
            machine_say,
            machine_asked: 0,
            family,
            kids: Kids::new(),
            kid_asks: KidAsks::default(),
            kids_said,
            kids_say,
            shown: false,
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
            requests: 0,
            told_stuck: None,
        })
    }

    pub(crate) fn serve(mut self) {
        loop {
            self.next_request();
            self.tell_whether_stuck();
            if self.ended && self.is_stuck() && self.queue.len() + self.urgent.len() > 0 {
                // Nobody is left to bring what the program waits for; others wait for their turn.
                self.drop_program();
                continue;
            }
            let waiting = self.queue.len() + self.urgent.len() + self.outbox.len();
            let busy = self.active.is_some() && !self.is_stuck();
            if self.ended && !busy && self.parked.is_none() && self.job.is_none() && waiting == 0 {
                return self.write_log();
            }
            if self.log_due.is_some_and(|due| Instant::now() >= due) {
                self.write_log();
            }
            match self.wait() {
                Woken::Control(Some(Control::Request(request))) => {
                    self.requests += 1;
                    self.arrived(request);
                }
                Woken::Control(Some(Control::EndOfInput)) => self.ended = true,
                // Whoever held the session is gone; nobody is left to answer.
                Woken::Control(None) if !self.ended => return self.write_log(),
                Woken::Control(None) | Woken::Sent => {}
                Woken::Heard(Some(Heard::Frame(frame))) => self.heard(frame),
                Woken::Heard(Some(Heard::Breach(how))) => self.broke(&how),
                Woken::Heard(None) => self.died(),
                Woken::Done(done) => self.done(done),
                Woken::Kid(handle, output) => self.kid_said(handle, output),
                Woken::Machine(run, arrived) => self.machine_said(run, arrived),
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
        let kids = never();
        let kids_said = if self.outbox.is_empty() && !self.kids.is_empty() { &self.kids_said } else { &kids };
        let kids_index = select.recv(kids_said);
        let machine_index = select.recv(&self.machine_said);
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
            index if index == kids_index => match operation.recv(kids_said) {
                Ok((handle, output)) => Woken::Kid(handle, output),
                Err(_) => Woken::Sent,
            },
            index if index == machine_index => match operation.recv(&self.machine_said) {
                Ok((run, arrived)) => Woken::Machine(run, arrived),
                Err(_) => Woken::Sent,
            },
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
        if let Ok(Command::Answer { call_id, .. }) = &request.command
            && let Some(asked) = self.kid_asks.of(*call_id)
        {
            return self.answer_ask_of_kid(request, asked);
        }
        if matches!(&request.command, Ok(command) if command.interjects()) && self.is_running() {
            return self.interject(request);
        }
        if !matches!(request.command, Ok(Command::Cancel | Command::Dispose)) {
            return self.queue.push_back(request);
        }
        self.urgent.push_back(request);
        if let Some(job) = &self.job {
            job.give_up();
        }
        if self.run.is_some() {
            self.interrupt();
        }
    }

    /// Whether a program is on its way that does not wait for its driver.
    fn is_running(&self) -> bool {
        self.parked.is_some() || self.active.as_ref().is_some_and(|active| active.does != Does::Nothing)
    }

    /// Sends a command straight to the program.
    fn interject(&mut self, Request { id, command }: Request) {
        let Ok(command) = command else { return };
        self.commands += 1;
        let seq = self.commands;
        if let Some(child) = &mut self.child {
            self.interjected.insert(seq, id);
            child.send(&ToWorker::Command { seq, command });
        }
    }

    /// The same for what nobody waits for an answer to.
    fn tell_child(&mut self, arrived: Arrived) {
        self.interject(Request { id: None, command: Ok(Command::Arrived(arrived)) });
    }

    /// Whether a program waits for somebody, and nothing is on its way to it.
    fn is_stuck(&self) -> bool {
        let helped = self.machine_asked > 0 || !self.interjected.is_empty() || !self.kids.values().all(Kid::is_stuck);
        !helped && self.active.as_ref().is_some_and(|active| active.waits == Waits::ForSomebody)
    }

    /// Ends a program that nobody will answer any more, and everything of it.
    fn drop_program(&mut self) {
        self.active = None;
        self.run = None;
        self.forget_child();
        let at = self.at();
        self.recorder.state(at, "cancelled");
    }

    /// A program that waits for something outside lets others be answered who only look.
    fn park(&mut self) {
        let waits = self.active.as_ref().is_some_and(|active| active.waits != Waits::No);
        let looks = |request: &Request| request.command.as_ref().is_ok_and(Command::looks);
        if waits && self.parked.is_none() && self.job.is_none() && self.queue.front().is_some_and(looks) {
            self.parked = self.active.take();
        }
    }

    fn next_request(&mut self) {
        self.park();
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
            if self.parked.is_some()
                && !self.queue.front().is_some_and(|request| request.command.as_ref().is_ok_and(Command::looks))
            {
                self.active = self.parked.take();
                return;
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
        self.clear_kids();
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
            _ => Some(Reply::Error(Misuse::bad_state(command.name(), "pending", Misuse::FITS_LOST))),
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
        if command.fits_only_at_rest()
            && let Some(misuse) = self.out_of_place(&command)
        {
            return self.reply(id, Reply::Error(misuse));
        }
        match command {
            Command::Record(query) => {
                let at = self.at();
                let reply = tell_record(&mut self.recorder, at, &query);
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
            Command::Configure(settings) => {
                let there = |at: &&String| self.outside.as_ref().is_some_and(|outside| outside.has_mount(at));
                if let Some(at) = settings.mounts.iter().flatten().find(|at| !there(at)) {
                    let message = format!("no folder of the machine was granted for {at:?}");
                    return self.reply(id, Reply::Error(Misuse::bad_input(message)));
                }
                let settings = Box::new(settings.over(self.settings.clone()));
                self.give(id, Command::Configure(settings.clone()), Then::Configure { settings });
            }
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
                if source.fresh {
                    self.clear_kids();
                }
            }
            self.run = Some(Run::new(limits, shared));
            self.runs += 1;
            self.last_run = Some(id.clone());
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
        let restores = matches!(command, Command::Restore { .. });
        if restores || self.runs == 0 && command.interjects() {
            self.last_run.clone_from(&id);
        }
        if let Some(child) = &mut self.child {
            self.active = Some(Active {
                id,
                seq,
                does: match begins {
                    Some(_) => Does::Begins,
                    None if command.runs() || restores => Does::GoesOn,
                    None => Does::Nothing,
                },
                began: Instant::now(),
                waited,
                allowance,
                told: false,
                stop: None,
                answers,
                waits: Waits::No,
                touched: false,
                then,
            });
            let runs = command.runs();
            child.send(&ToWorker::Command { seq, command });
            if runs {
                self.send_on();
            }
            // Somebody wants it to end who came before it began.
            if runs && !self.urgent.is_empty() {
                self.interrupt();
            }
        }
    }

    /// Sends what was meant for a program before it was on its way.
    fn send_on(&mut self) {
        let queue = std::mem::take(&mut self.queue);
        for request in queue {
            if request.command.as_ref().is_ok_and(Command::interjects) {
                self.interject(request);
            } else {
                self.queue.push_back(request);
            }
        }
    }

    /// Stops what the child works on: asks first, kills after a moment.
    fn interrupt(&mut self) {
        let program = self.parked.as_mut().or(self.active.as_mut());
        if let Some(active) = program.filter(|active| active.stop.is_none()) {
            active.stop = Some(Instant::now() + GRACE);
            if let Some(child) = &mut self.child {
                child.send(&ToWorker::Interrupt { seq: active.seq, why: Why::Cancel });
            }
        }
    }

    fn forget_child(&mut self) {
        self.child = None;
        self.saving = None;
        self.dump = None;
        self.clear_kids();
        for (_, id) in std::mem::take(&mut self.interjected) {
            if id.is_some() {
                let message = "the program has ended before it could take this in";
                self.reply(id, Reply::Error(Misuse::new(Code::BadState, message)));
            }
        }
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

    /// Has a child that can work, with the names of the one before.
    fn revive(&mut self) -> Result<(), LaunchError> {
        if self.child.as_mut().is_some_and(Child::is_alive) {
            return Ok(());
        }
        let mut child = self.launcher.child()?;
        if self.settings != Settings::default() {
            child.send(&ToWorker::Configure { settings: Box::new(self.settings.clone()) });
        }
        if let Some(checkpoint) = &self.checkpoint {
            child.send(&ToWorker::Restore { state: protocol::Bytes(checkpoint.to_vec()) });
            self.saving = Some(Instant::now());
        }
        self.child = Some(child);
        // The new one does not know what whoever watches sees.
        if self.shown {
            self.interject(Request { id: None, command: Ok(Command::Redraw) });
        }
        Ok(())
    }

    /// Tells what a program, or one of its children, has done.
    fn tell_events(&mut self, events: Vec<Event>) {
        let Some(id) = self.last_run.clone() else { return };
        let first = self.events;
        self.events += events.len() as u64;
        self.say(Output::Events { id, first, events });
    }

    fn reply(&mut self, id: Option<MessageId>, reply: Reply) {
        // Nobody asked.
        if id.is_none() && matches!(reply, Reply::Delivered | Reply::Answered) {
            return;
        }
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

/// Where a run's chance begins.
fn chance() -> u64 {
    let mut bytes = [0; 8];
    // Without random bytes every run has the same chance; there is no harm in it.
    let _ = getrandom::fill(&mut bytes);
    // What JavaScript can say exactly.
    u64::from_le_bytes(bytes) >> 11
}
