//! A child that is thrown away: for code that is only looked at, sessions that are only read, and
//! snapshots that nobody vouches for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use protocol::{Command, Event, FromWorker, Limits, Reply, ToWorker, Told};
use record::{Drive, Heard as Answered};

use crate::{
    Launcher,
    child::{Child, Heard},
};

/// How long a command may take that runs no program.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one may take that runs one without a time limit.
const LONGEST: Duration = Duration::from_secs(60);
/// How far past its time limit a program may go.
const OVERTIME: Duration = Duration::from_millis(500);
/// How often somebody looks whether to give up.
const LOOK: Duration = Duration::from_millis(20);

pub(crate) struct Scratch {
    child: Child,
    seq: u64,
    limits: Limits,
    /// Nobody waits for it any more.
    given_up: Arc<AtomicBool>,
}

impl Scratch {
    pub(crate) fn new(launcher: &Launcher, given_up: Arc<AtomicBool>) -> Result<Self, String> {
        let child = launcher.child().map_err(|error| error.to_string())?;
        Ok(Self { child, seq: 0, limits: Limits::default(), given_up })
    }
}

impl Drive for Scratch {
    fn call(&mut self, command: Command) -> Result<Answered, String> {
        if let Some(source) = command.source() {
            self.limits = source.limits;
        }
        let patience = if command.runs() {
            self.limits.timeout().map_or(LONGEST, |limit| limit.saturating_add(OVERTIME))
        } else {
            PATIENCE
        };
        self.seq += 1;
        let seq = self.seq;
        self.child.send(&ToWorker::Command { seq, command });
        let mut until = Instant::now() + patience;
        let mut events: Vec<Event> = Vec::new();
        loop {
            match self.child.heard.recv_timeout(LOOK) {
                Ok(Heard::Frame(FromWorker::Reply { seq: meant, reply, .. })) if meant == seq => {
                    return Ok(Answered { reply, events });
                }
                Ok(Heard::Frame(FromWorker::Told { told })) => {
                    events.extend(told.into_iter().filter_map(|told| match told {
                        Told::Event(event) => Some(event),
                        _ => None,
                    }));
                }
                Ok(Heard::Frame(FromWorker::Sleeping { waiting: true, asleep: true, timed: false, .. })) => {
                    return Ok(Answered { reply: Reply::Waiting, events });
                }
                // Sleep is not execution.
                Ok(Heard::Frame(FromWorker::Sleeping { .. })) => until = Instant::now() + LONGEST,
                Ok(Heard::Frame(_)) => {}
                Ok(Heard::Breach(how)) => return Err(format!("its process sent what cannot be: {how}")),
                Err(crossbeam_channel::RecvTimeoutError::Disconnected) => {
                    return Err("its process broke down".to_owned());
                }
                Err(crossbeam_channel::RecvTimeoutError::Timeout) => {
                    if self.given_up.load(Ordering::Relaxed) {
                        return Err("it was stopped".to_owned());
                    }
                    if Instant::now() >= until {
                        return Err(format!("it took longer than {} s", patience.as_secs_f64()));
                    }
                }
            }
        }
    }
}
