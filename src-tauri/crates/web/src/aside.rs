//! What a session has done beside its interpreter, in one that is thrown away.

use std::time::Duration;

use engine::{Clock, Engine, Handled, Host, Place, Turn};
use protocol::{Bytes, Code, Command, Entry, Event, Misuse, Opened, Reply};
use record::{Drive, Heard, Recorder, reach};
use web_time::Instant;

/// An interpreter for which sleep takes no time.
struct Aside {
    engine: Engine,
    host: AsideHost,
}

struct AsideHost {
    began: Instant,
    slept: Duration,
    events: Vec<Event>,
}

impl Aside {
    fn new() -> Self {
        let host = AsideHost { began: Instant::now(), slept: Duration::ZERO, events: Vec::new() };
        Self { engine: Engine::new(Clock::Interpreter, Place::Browser), host }
    }
}

impl Host for AsideHost {
    fn now(&self) -> Duration {
        self.began.elapsed() + self.slept
    }

    fn waited(&self) -> Duration {
        Duration::ZERO
    }

    fn time_of_day(&self) -> i64 {
        0
    }

    fn event(&mut self, event: Event) {
        self.events.push(event);
    }
}

impl Drive for Aside {
    fn call(&mut self, command: Command) -> Result<Heard, String> {
        let mut heard = self.engine.handle(command, &mut self.host);
        let reply = loop {
            match heard {
                Handled::Reply(reply) => break reply,
                Handled::Run => match self.engine.turn(&mut self.host) {
                    Turn::Reply(reply) => heard = Handled::Reply(reply),
                    Turn::Yield => heard = Handled::Run,
                    Turn::Wait(None) => heard = Handled::Reply(Reply::Waiting),
                    Turn::Wait(Some(until)) => {
                        self.host.slept += until.saturating_sub(self.host.now());
                        heard = Handled::Run;
                    }
                },
            }
        };
        Ok(Heard { reply, events: std::mem::take(&mut self.host.events) })
    }
}

pub(crate) fn look_back(recorder: &mut Recorder, at: u64) -> Result<Vec<u8>, Misuse> {
    recorder.pause_at(at).map_err(Misuse::bad_input)?;
    if let Some(state) = recorder.dumps().get(at) {
        return Ok(state.to_vec());
    }
    let excerpt = recorder.excerpt(at).map_err(Misuse::bad_input)?;
    reach(&excerpt, &mut Aside::new()).map_err(|why| cannot(&why))
}

pub(crate) fn variables(state: Vec<u8>, open: Vec<Opened>, from: u64) -> Result<Reply, Misuse> {
    let mut aside = Aside::new();
    load(&mut aside, &state)?;
    aside.call(Command::Variables { at: None, open, from }).map(|heard| heard.reply).map_err(|why| cannot(&why))
}

pub(crate) fn replay(recorder: &mut Recorder, record: Option<Vec<Entry>>) -> Reply {
    let restored = if record.is_none() { recorder.restored_sessions() } else { Vec::new() };
    let mut entries = record.unwrap_or_else(|| recorder.all());
    for entry in &mut entries {
        recorder.whole(entry);
    }
    match record::replay(&entries, &restored, &mut Aside::new()) {
        Ok(replayed) => Reply::Replayed(replayed),
        Err(why) => Reply::Error(cannot(&why)),
    }
}

/// Whether a foreign snapshot can be loaded.
pub(crate) fn check(state: &[u8], rest: Option<&[u8]>) -> Result<(), Misuse> {
    load(&mut Aside::new(), state)?;
    rest.map_or(Ok(()), |rest| load(&mut Aside::new(), rest))
}

fn load(aside: &mut Aside, state: &[u8]) -> Result<(), Misuse> {
    let data = Bytes(state.to_vec());
    match aside.call(Command::Restore { data, accept_foreign: true, clock: None, arrivals: Vec::new() }) {
        Ok(Heard { reply: Reply::Error(misuse), .. }) => Err(misuse),
        Ok(_) => Ok(()),
        Err(why) => Err(cannot(&why)),
    }
}

fn cannot(why: &str) -> Misuse {
    Misuse::new(Code::Unsupported, format!("that cannot be done here: {why}"))
}
