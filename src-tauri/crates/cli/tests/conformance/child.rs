//! Children that run a program by turns: at every pause it moves from one to the other.

use std::{
    io::BufReader,
    process::{self, ChildStdin, ChildStdout, Stdio},
};

use protocol::{Bytes, Command, FromWorker, Outcome, Reply, ToWorker, frame};

use crate::conformance::host::Host;

/// A process of `monty-engine worker`.
struct Child {
    process: process::Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    seq: u64,
}

impl Child {
    fn start() -> Self {
        let mut command = process::Command::new(env!("CARGO_BIN_EXE_monty-engine"));
        let mut process = command.arg("worker").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdin = process.stdin.take().unwrap();
        let stdout = BufReader::new(process.stdout.take().unwrap());
        let mut child = Self { process, stdin, stdout, seq: 0 };
        let first: Option<FromWorker> = frame::read(&mut child.stdout).unwrap();
        assert_eq!(first, Some(FromWorker::Ready));
        child
    }

    /// Sends a command and waits for its reply; what is told in between is passed over.
    fn call(&mut self, command: Command) -> Result<Reply, String> {
        self.seq += 1;
        let name = command.name();
        let frame = ToWorker::Command { seq: self.seq, command };
        frame::write(&mut self.stdin, &frame).map_err(|error| format!("{name} cannot be sent: {error}"))?;
        loop {
            let read: Result<Option<FromWorker>, _> = frame::read(&mut self.stdout);
            match read.map_err(|error| format!("no reply to {name}: {error}"))? {
                Some(FromWorker::Reply { seq, reply, .. }) if seq == self.seq => return Ok(reply),
                Some(_) => {}
                None => return Err(format!("the child has ended at {name}")),
            }
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) struct Pair {
    children: [Child; 2],
    /// A session in which nothing has run.
    nothing: Bytes,
    /// How often a program has moved.
    pub(crate) moves: usize,
}

impl Pair {
    pub(crate) fn start() -> Self {
        let mut children = [Child::start(), Child::start()];
        let Ok(Reply::Snapshot { data: nothing, .. }) = children[0].call(Command::Snapshot { at: None }) else {
            panic!("a session at rest has no snapshot");
        };
        Self { children, nothing, moves: 0 }
    }

    /// Runs a program to its end in a session in which nothing has run.
    pub(crate) fn run(&mut self, command: Command, host: &mut Host) -> Result<Outcome, String> {
        let outcome = self.follow(command, host);
        if outcome.is_err() {
            self.children = [Child::start(), Child::start()];
        }
        outcome
    }

    fn follow(&mut self, command: Command, host: &mut Host) -> Result<Outcome, String> {
        let [here, there] = &mut self.children;
        let (mut here, mut there) = (here, there);
        let fresh = here.call(restore(self.nothing.clone()))?;
        if fresh != Reply::Idle {
            return Err(format!("a session at rest was restored to {fresh:?}"));
        }
        let mut reply = here.call(command)?;
        loop {
            if let Reply::Complete(outcome) = reply {
                return Ok(outcome);
            }
            if !reply.is_pause() {
                return Err(format!("the child said {reply:?}"));
            }
            let Reply::Snapshot { data, .. } = here.call(Command::Snapshot { at: None })? else {
                return Err(format!("no snapshot at {reply:?}"));
            };
            let restored = there.call(restore(data))?;
            if restored != reply {
                return Err(format!("{reply:?} was restored to {restored:?}"));
            }
            let cancelled = here.call(Command::Cancel)?;
            if cancelled != Reply::Cancelled {
                return Err(format!("cancel was answered by {cancelled:?}"));
            }
            self.moves += 1;
            (here, there) = (there, here);
            reply = here.call(match reply {
                Reply::Outside { call } => Command::AnswerOutside { answer: host.answer(&call) },
                Reply::ResolveFutures { call_ids } => Command::ResolveOutside { answers: host.resolve(&call_ids) },
                other => return Err(format!("the child asks in words of the protocol: {other:?}")),
            })?;
        }
    }
}

fn restore(data: Bytes) -> Command {
    Command::Restore { data, accept_foreign: true, clock: None, arrivals: Vec::new() }
}
