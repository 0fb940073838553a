//! One child process with its pipes.

use std::{
    io::{BufReader, Read, Write},
    path::Path,
    process::{self, ChildStdin, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use protocol::{Event, FromWorker, MAX_PRINT, RunError, ToWorker, Told, Underway, WorkerError, frame};

use crate::LaunchError;

/// How many frames wait for their owner before the child has to.
pub(crate) const INBOX: usize = 16;
/// The longest name of a clock.
const MAX_NAME: usize = 100;
/// A pipe holds at least this much before a writer has to wait.
const FITS_PIPE: usize = 4096;
/// Exit status of a child that its memory limit ended.
const OUT_OF_MEMORY: i32 = 65;

/// What the reader of a child's output passes on.
pub(crate) enum Heard {
    Frame(FromWorker),
    /// The child broke the rules of the pipe; the text says how.
    Breach(String),
}

/// The way into a child.
enum Stdin {
    Open(ChildStdin),
    /// A thread writes, since there was something long to write.
    Queued(Sender<Vec<u8>>),
    Closed,
}

impl Stdin {
    fn queued(queue: Sender<Vec<u8>>, bytes: Vec<u8>) -> Self {
        let _ = queue.send(bytes);
        Self::Queued(queue)
    }
}

/// A child process. Dropping it ends it.
pub(crate) struct Child {
    process: process::Child,
    stdin: Stdin,
    pub(crate) heard: Receiver<Heard>,
}

impl Child {
    /// Starts `program worker` with nothing of our environment.
    pub(crate) fn start(program: &Path) -> Result<Self, LaunchError> {
        let mut command = process::Command::new(program);
        command.arg("worker").env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        command.current_dir("/");
        #[cfg(windows)]
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        let mut process =
            command.spawn().map_err(|source| LaunchError::Start { program: program.to_owned(), source })?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        let (stdin, stdout) = pipes.ok_or(LaunchError::Pipes)?;
        let (hear, heard) = bounded(INBOX);
        let child = Self { process, stdin: Stdin::Open(stdin), heard };
        named("isolate-read", move || read_all(stdout, &hear))?;
        Ok(child)
    }

    /// Sends a frame. A child that is gone is noticed by what it no longer says.
    pub(crate) fn send(&mut self, sent: &ToWorker) {
        let mut bytes = Vec::new();
        if frame::append(&mut bytes, sent).is_err() {
            return;
        }
        self.stdin = match std::mem::replace(&mut self.stdin, Stdin::Closed) {
            // A child gets one command at a time and at most an interruption beside it, so what is
            // this short always fits the pipe, even if the child does not read.
            Stdin::Open(mut stdin) if bytes.len() <= FITS_PIPE => {
                let _ = stdin.write_all(&bytes);
                Stdin::Open(stdin)
            }
            // The rest has a thread of its own, so that such a child cannot hold its owner.
            Stdin::Open(stdin) => {
                let (queue, queued) = unbounded();
                match named("isolate-write", move || write_all(stdin, &queued)) {
                    Ok(()) => Stdin::queued(queue, bytes),
                    Err(_) => Stdin::Closed,
                }
            }
            Stdin::Queued(queue) => Stdin::queued(queue, bytes),
            Stdin::Closed => Stdin::Closed,
        };
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.process.try_wait(), Ok(None))
    }

    pub(crate) fn if_alive(mut self) -> Option<Self> {
        self.is_alive().then_some(self)
    }

    /// Ends the child and says what it died of, if that was not us.
    pub(crate) fn autopsy(mut self, memory: Option<u64>) -> RunError {
        // The pipe closes a moment before the process can be waited for.
        let patience = Instant::now() + Duration::from_millis(200);
        let status = loop {
            match self.process.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if Instant::now() < patience => thread::sleep(Duration::from_millis(1)),
                _ => break None,
            }
        };
        let mut words = Vec::new();
        if status.is_some()
            && let Some(stderr) = self.process.stderr.take()
        {
            let _ = stderr.take(8 * 1024).read_to_end(&mut words);
        }
        cause_of_death(status, &String::from_utf8_lossy(&words), memory)
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn cause_of_death(status: Option<ExitStatus>, words: &str, memory: Option<u64>) -> RunError {
    let code = status.and_then(|status| status.code());
    if code == Some(OUT_OF_MEMORY) {
        return match memory {
            Some(max) => RunError::limit("memoryBytes", max),
            None => RunError::crash("the interpreter could not get the memory that it asked for"),
        };
    }
    if words.contains("overflowed its stack") {
        return RunError::crash("the interpreter overflowed its stack: the code or a value is nested too deeply");
    }
    if words.contains("memory allocation of") {
        return RunError::crash("the interpreter could not get the memory that it asked for");
    }
    #[cfg(unix)]
    if let Some(signal) = status.and_then(|status| std::os::unix::process::ExitStatusExt::signal(&status)) {
        return RunError::crash(match signal {
            9 => "the system ended the interpreter, perhaps for want of memory".to_owned(),
            _ => format!("the interpreter's process was ended by signal {signal}"),
        });
    }
    let last_line = words.lines().last().map(|line| line.chars().take(500).collect::<String>());
    RunError::crash(match (code, last_line) {
        (_, Some(line)) => format!("the interpreter broke down: {line}"),
        (Some(code), None) => format!("the interpreter's process ended with status {code}"),
        (None, None) => "the interpreter's process fell silent".to_owned(),
    })
}

fn named(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), LaunchError> {
    let thread = thread::Builder::new().name(name.to_owned()).stack_size(512 * 1024);
    thread.spawn(body).map(drop).map_err(LaunchError::Thread)
}

fn write_all(mut stdin: ChildStdin, queued: &Receiver<Vec<u8>>) {
    for bytes in queued {
        if stdin.write_all(&bytes).is_err() {
            return;
        }
    }
}

fn read_all(stdout: impl Read, hear: &Sender<Heard>) {
    let mut stdout = BufReader::with_capacity(64 * 1024, stdout);
    loop {
        let heard = match frame::read::<FromWorker>(&mut stdout) {
            Ok(Some(frame)) => check(frame),
            Ok(None) | Err(WorkerError::Io(_)) => return,
            Err(error) => Heard::Breach(error.to_string()),
        };
        let breach = matches!(heard, Heard::Breach(_));
        if hear.send(heard).is_err() || breach {
            return;
        }
    }
}

/// What no program can have done.
fn breach(told: &Told) -> Option<String> {
    match told {
        Told::Event(Event::Print { text, .. }) if text.len() > MAX_PRINT => {
            Some(format!("a print of {} bytes", text.len()))
        }
        Told::Event(Event::Child { .. }) => Some("an event of a child that is not its own".to_owned()),
        Told::Clock { name, .. } if name.len() > MAX_NAME => {
            Some(format!("a clock with a name of {} bytes", name.len()))
        }
        _ => None,
    }
}

/// What the types alone do not promise.
fn check(frame: FromWorker) -> Heard {
    match &frame {
        FromWorker::Told { told } => match told.iter().find_map(breach) {
            Some(how) => Heard::Breach(how),
            None => Heard::Frame(frame),
        },
        FromWorker::Reply { spent_ms, .. }
        | FromWorker::Sleeping { spent_ms, .. }
        | FromWorker::Underway(Underway { spent_ms, .. })
            if !(0.0..1e15).contains(spent_ms) =>
        {
            Heard::Breach(format!("{spent_ms} ms of execution"))
        }
        _ => Heard::Frame(frame),
    }
}
