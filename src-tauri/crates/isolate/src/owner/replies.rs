//! What an owner hears from its child, or no longer hears.

use std::time::{Duration, Instant};

use protocol::{
    Code, Command, Event, FromWorker, MessageId, Misuse, Outcome, Reply, RunError, RunErrorKind, Settings, ToWorker,
    Told, Usage, Value, milliseconds,
};

use super::{
    Owner, PATIENCE,
    run::{Does, Then, Waits},
};
use crate::{
    Request,
    child::{Heard, INBOX},
};

impl Owner {
    pub(super) fn heard(&mut self, frame: FromWorker) {
        match frame {
            FromWorker::Ready => {}
            FromWorker::Writing { seq } => {
                if let Some(active) = self.active.as_mut().filter(|active| active.seq == seq) {
                    active.allowance = Some(active.began.elapsed().saturating_add(PATIENCE));
                }
            }
            FromWorker::Sleeping { seq, asleep, waiting, timed, spent_ms } => {
                let program =
                    [&mut self.parked, &mut self.active].into_iter().flatten().find(|active| active.seq == seq);
                let (Some(run), Some(active)) = (&mut self.run, program) else {
                    return;
                };
                run.spent = Duration::from_secs_f64(spent_ms / 1e3);
                active.began = Instant::now();
                active.waited = self.reader.waited();
                active.allowance = if asleep { None } else { run.allowance() };
                active.waits = match (asleep && waiting, timed) {
                    (false, _) => Waits::No,
                    (true, true) => Waits::ForAWhile,
                    (true, false) => Waits::ForSomebody,
                };
            }
            FromWorker::Dump { state, at_rest: true } => {
                self.saving = None;
                self.names_lost = state.is_none();
                self.checkpoint = state.map(|state| state.0.into());
                self.recorder.rest(self.checkpoint.clone());
            }
            FromWorker::Dump { state: Some(state), at_rest: false } => {
                self.saving = None;
                let program = self.parked.as_ref().or(self.active.as_ref());
                match program {
                    Some(program) if program.waits != Waits::No => {
                        self.recorder.dump_of_wait(state.0);
                        self.log_soon();
                    }
                    Some(_) => self.dump = Some(state.0),
                    None => self.recorder.dump(state.0),
                }
            }
            FromWorker::Restored | FromWorker::Dump { state: None, at_rest: false } => self.saving = None,
            FromWorker::Underway(underway) => {
                self.underway = Some(underway);
                self.restored_in_a_wait();
            }
            FromWorker::Told { told } => self.told(told),
            FromWorker::Asked { call_id, asked } => self.asked(call_id, asked),
            FromWorker::Reply { seq, reply, spent_ms, dump_follows, touched } => {
                if let Some(id) = self.interjected.remove(&seq) {
                    return self.reply(id, reply);
                }
                // The program went on while somebody else was to be answered.
                let aside = match &self.parked {
                    Some(parked) if parked.seq == seq => std::mem::replace(&mut self.active, self.parked.take()),
                    _ => None,
                };
                match &mut self.active {
                    Some(active) if active.seq == seq => {
                        active.touched |= touched;
                        self.saving = dump_follows.then(Instant::now);
                        self.answered(reply, Duration::from_secs_f64(spent_ms / 1e3));
                    }
                    _ => self.broke("an answer that nobody asked for"),
                }
                if aside.is_some() {
                    self.active = aside;
                }
            }
        }
    }

    /// What the program has done: some of it for the record, some for whoever watches.
    fn told(&mut self, told: Vec<Told>) {
        let at = self.opened.elapsed().as_secs_f64() * 1e3;
        let mut events = Vec::new();
        let mut recorded = 0;
        for told in told {
            match told {
                Told::Event(event) => {
                    match &event {
                        Event::Stored { key, value } => self.stored(key, value.as_ref()),
                        Event::Stage { .. } | Event::State { .. } => self.shown = true,
                        _ => {}
                    }
                    events.push(event);
                }
                other => {
                    self.recorder.events(at, &events[recorded..]);
                    recorded = events.len();
                    match other {
                        Told::Called(called) => self.recorder.called(at, *called),
                        Told::Arrival(arrival) => self.recorder.arrived(at, arrival),
                        Told::Clock { name, micros, range } => self.recorder.clock(at, &name, micros, range),
                        Told::Event(_) => {}
                    }
                }
            }
        }
        self.recorder.events(at, &events[recorded..]);
        self.log_soon();
        if let Some(run) = &mut self.run {
            run.prints += events.iter().filter(|event| matches!(event, Event::Print { .. })).count() as u64;
        }
        if !events.is_empty() {
            self.tell_events(events);
        }
    }

    /// The storage belongs to the owner: it outlives what becomes of a program.
    fn stored(&mut self, key: &str, value: Option<&Value>) {
        let storage = self.settings.storage.get_or_insert_default();
        match value {
            Some(value) => drop(storage.insert(key.to_owned(), value.clone())),
            None => drop(storage.remove(key)),
        }
    }

    /// A session was restored that waits for something outside: its program is on its way, though
    /// nothing was answered yet.
    fn restored_in_a_wait(&mut self) {
        let Some(active) = &self.active else { return };
        if !self.underway.is_some_and(|underway| underway.waiting) || !matches!(active.then, Then::Become { .. }) {
            return;
        }
        let id = active.id.clone();
        let Some(active) = self.active.as_mut() else { return };
        let then = std::mem::replace(&mut active.then, Then::Reply);
        self.become_another(&then, &Reply::Waiting, id.as_ref());
    }

    pub(super) fn answered(&mut self, mut reply: Reply, spent: Duration) {
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
                if !shared {
                    self.clear_kids();
                }
                // Names of a shared interpreter, and what extensions keep, come back from the
                // checkpoint.
                if kind == Some(RunErrorKind::Crash) || ((shared || active.touched) && !outcome.is_sound()) {
                    self.forget_child();
                    self.tell_of_lost_names(outcome);
                }
                self.recorder.ended(at, outcome);
            }
            Reply::Cancelled => {
                self.recorder.state(at, "cancelled");
                // What the program did before its pause is undone.
                let touched = active.touched || self.shown;
                if self.run.take().is_some_and(|run| run.shared) || touched {
                    self.forget_child();
                }
            }
            // A program that was refused never began.
            Reply::Error(_) if active.does == Does::Begins => {
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
                let restore = Command::Restore { data, accept_foreign: true, clock: None, arrivals: Vec::new() };
                self.aside(active.id, vec![restore, Command::Variables { at: None, open, from }]);
            }
            (Then::Become { answer: Some(answer), before, .. }, reply) if reply.is_pause() => {
                self.go_on(active.id, answer, before);
            }
            (Then::Configure { settings }, Reply::Configured) => {
                self.settings = Settings { files: None, ..*settings.clone() };
                self.recorder.settings(at, &settings);
                if let (Some(outside), Some(hosts)) = (&self.outside, &settings.fetch) {
                    outside.allow(hosts);
                }
                self.reply(active.id, Reply::Configured);
            }
            (Then::Undo { before }, Reply::Error(misuse)) => {
                self.undo(before);
                self.reply(active.id, Reply::Error(misuse));
            }
            (_, reply) => self.finish(active.id, active.stop.is_some(), reply, stopped),
        }
    }

    /// Says so where the names of a shared interpreter cannot come back.
    pub(super) fn tell_of_lost_names(&mut self, outcome: &mut Outcome) {
        if std::mem::take(&mut self.names_lost)
            && let Err(error) = &mut outcome.result
        {
            error.message += "; the names of earlier feeds are lost, they were too large to be kept";
        }
    }

    /// Answers a command, and before it whoever stopped it. Who came too late finds what they find.
    pub(super) fn finish(&mut self, id: Option<MessageId>, was_asked: bool, reply: Reply, stopped: bool) {
        let cancels = |request: &Request| matches!(request.command, Ok(Command::Cancel));
        if stopped
            && was_asked
            && self.urgent.front().is_some_and(cancels)
            && let Some(Request { id, .. }) = self.urgent.pop_front()
        {
            self.reply(id, Reply::Cancelled);
        }
        self.reply(id, reply);
        // Whoever watches sees what is no longer; who takes over tells what there was before.
        if self.child.is_none() && self.shown && !self.ended {
            let _ = self.revive();
        }
    }

    pub(super) fn overdue(&mut self) {
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
    pub(super) fn died(&mut self) {
        let memory = self.run.as_ref().and_then(|run| run.limits.memory());
        let Some(child) = self.child.take() else {
            return;
        };
        self.saving = None;
        let error = child.autopsy(memory);
        self.lost(error, false);
    }

    pub(super) fn broke(&mut self, how: &str) {
        self.forget_child();
        self.lost(RunError::crash(format!("the interpreter's process sent what cannot be: {how}")), false);
    }

    /// Answers for a child that is no more.
    pub(super) fn lost(&mut self, error: RunError, stopped: bool) {
        if let Some(program) = self.parked.take() {
            // Somebody only looked at a program that waits.
            if let Some(aside) = self.active.replace(program) {
                let message = "the interpreter broke down before it could answer";
                self.reply(aside.id, Reply::Error(Misuse::new(Code::Unsupported, message)));
            }
        }
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
    pub(super) fn usage_of_lost_run(&self, last_turn: Duration) -> Usage {
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
}
