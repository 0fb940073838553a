//! The process that reaches the machine for programs: folders and hosts that a person granted.
//!
//! It is started when the first program asks. Nothing here waits: a thread writes, another reads.

use std::{
    collections::HashMap,
    io::{BufReader, Write as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use crossbeam_channel::{Receiver, Sender, unbounded};
use protocol::{
    OutsideAnswer, Resolution, Value, frame,
    outside::{Answer, FromOutside, Grants, Mount, ToOutside},
};

use crate::{Outside, OutsideAsked, OutsideReply};

/// Reaches the machine, as far as is granted.
pub struct Machine {
    program: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    grants: Grants,
    running: Option<Running>,
    next: u64,
}

/// The process. Dropping it ends it.
struct Running {
    process: Child,
    say: Sender<ToOutside>,
    waiting: Waiting,
}

/// Who waits for an answer; nobody any more where the process has gone.
#[derive(Clone, Default)]
struct Waiting(Arc<Mutex<Option<HashMap<u64, OutsideReply>>>>);

impl Machine {
    /// `program` is `monty-engine`.
    pub fn new(program: PathBuf) -> Self {
        Self { program, state: Mutex::default() }
    }

    /// Lets programs see a folder.
    pub fn mount(&self, mount: Mount) {
        let mut state = self.lock();
        state.grants.mounts.retain(|other| other.at != mount.at);
        state.grants.mounts.push(mount);
        state.tell_grants();
    }

    /// Lets programs see these folders and no others, at once.
    pub fn set_mounts(&self, mounts: Vec<Mount>) {
        let mut state = self.lock();
        if state.grants.mounts != mounts {
            state.grants.mounts = mounts;
            state.tell_grants();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Outside for Machine {
    fn has_mount(&self, at: &str) -> bool {
        self.lock().grants.mounts.iter().any(|mount| mount.at == at.trim_end_matches('/'))
    }

    fn allow(&self, hosts: &[String]) {
        let mut state = self.lock();
        if state.grants.fetch.hosts != hosts {
            state.grants.fetch.hosts = hosts.to_vec();
            state.tell_grants();
        }
    }

    fn ask(&self, asked: OutsideAsked, reply: OutsideReply) {
        let mut state = self.lock();
        if !state.running.as_mut().is_some_and(Running::is_alive) {
            match Running::start(&self.program) {
                Ok(running) => state.running = Some(running),
                Err(error) => {
                    return reply.fail(&format!("the process that reaches the machine cannot be started: {error}"));
                }
            }
            state.tell_grants();
        }
        let id = state.next;
        state.next += 1;
        let Some(running) = &state.running else { return };
        if let Some(reply) = running.waiting.add(id, reply) {
            return reply.fail(GONE);
        }
        let said = match asked {
            OutsideAsked::System { call } => ToOutside::File { id, call },
            OutsideAsked::Fetch { url } => ToOutside::Fetch { id, url },
        };
        // Where the writer has gone, the reader has too, and has told whoever waits.
        let _ = running.say.send(said);
    }
}

const GONE: &str = "the process that reaches the machine broke down";

impl State {
    fn tell_grants(&self) {
        if let Some(running) = &self.running {
            let _ = running.say.send(ToOutside::Configure(self.grants.clone()));
        }
    }
}

impl Running {
    fn start(program: &PathBuf) -> std::io::Result<Self> {
        let mut command = Command::new(program);
        command.arg("outside").env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        #[cfg(windows)]
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        let mut process = command.spawn()?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (mut stdin, stdout) = pipes.ok_or_else(|| std::io::Error::other("its pipes are missing"))?;
        let (say, said): (_, Receiver<ToOutside>) = unbounded();
        let waiting = Waiting(Arc::new(Mutex::new(Some(HashMap::new()))));
        thread::Builder::new().name("outside-write".to_owned()).spawn(move || {
            for message in said {
                let mut bytes = Vec::new();
                if frame::append(&mut bytes, &message).is_err() {
                    continue;
                }
                if stdin.write_all(&bytes).and_then(|()| stdin.flush()).is_err() {
                    return;
                }
            }
        })?;
        let answered = waiting.clone();
        thread::Builder::new().name("outside-read".to_owned()).spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Ok(Some(message)) = frame::read::<FromOutside>(&mut stdout) {
                answered.answer(message);
            }
            answered.close();
        })?;
        Ok(Self { process, say, waiting })
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Waiting {
    /// Puts somebody on the list; gives them back where nobody will answer.
    fn add(&self, id: u64, reply: OutsideReply) -> Option<OutsideReply> {
        match &mut *self.lock() {
            Some(waiting) => {
                waiting.insert(id, reply);
                None
            }
            None => Some(reply),
        }
    }

    fn answer(&self, message: FromOutside) {
        let take = |id: u64| self.lock().as_mut().and_then(|waiting| waiting.remove(&id));
        match message {
            FromOutside::File { id, answer } => {
                if let Some(reply) = take(id) {
                    reply.system(match answer {
                        Answer::Value(json) => OutsideAnswer::Value(json),
                        Answer::Error(json) => OutsideAnswer::Error(json),
                        Answer::NotHandled => OutsideAnswer::NotFound,
                    });
                }
            }
            FromOutside::Fetched { id, result } => {
                if let Some(reply) = take(id) {
                    reply.fetched(match result {
                        Ok(fetched) => Resolution::Value(Value::Str(fetched.text)),
                        Err(error) => {
                            Resolution::Error { exc_type: error.exc_type().to_owned(), message: error.to_string() }
                        }
                    });
                }
            }
            // What cannot be had shows when a program asks for it.
            FromOutside::Configured { .. } => {}
        }
    }

    /// Nobody will be answered any more.
    fn close(&self) {
        for (_, reply) in self.lock().take().into_iter().flatten() {
            reply.fail(GONE);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<HashMap<u64, OutsideReply>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
