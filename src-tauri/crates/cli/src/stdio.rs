//! `monty-engine stdio`: one session, one JSON message a line.

use std::{
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    process::ExitCode,
    sync::Arc,
    thread,
};

use crossbeam_channel::{Receiver, bounded};
use isolate::{Launcher, Machine, Output, Reader, Request, Session, Terms, data_folder, own_key, user_key};
use protocol::{Event, Limits, MAX_MESSAGE, Message, MessageId, Misuse, Reply, Settings, outside::Mount, seal::Key};

/// How many outputs wait for a slow reader before the program has to.
const OUTPUTS: usize = 16;

/// A session with a child of our own program, what it says, and the clock of whoever reads that.
pub(crate) fn open(warm: bool, mounts: Vec<Mount>) -> Result<(Session, Receiver<Output>, Reader), String> {
    let program = std::env::current_exe().map_err(|error| format!("its own program cannot be found: {error}"))?;
    let machine = Machine::new(program.clone());
    let places: Vec<String> = mounts.iter().map(|mount| mount.at.clone()).collect();
    for mount in mounts {
        machine.mount(mount);
    }
    let settings = Settings { mounts: (!places.is_empty()).then_some(places), ..Settings::default() };
    let launcher = Launcher::new(program, warm).map_err(|error| error.to_string())?;
    let (say, said) = bounded(OUTPUTS);
    let reader = Reader::default();
    let terms = Terms { defaults: Limits::DEFAULT, key: key()?, log: None, settings, outside: Some(Arc::new(machine)) };
    let session = Session::open(&Arc::new(launcher), terms, say, reader.clone());
    Ok((session.map_err(|error| error.to_string())?, said, reader))
}

/// The user's key, or one of this process alone where there is no place for one: what it signs is
/// foreign to every other process.
fn key() -> Result<Key, String> {
    let users = data_folder().and_then(|folder| user_key(&folder).ok());
    users.map_or_else(|| own_key().map_err(|error| error.to_string()), Ok)
}

pub(crate) fn serve(mounts: Vec<Mount>) -> ExitCode {
    let started = open(true, mounts).and_then(|(session, said, reader)| {
        let input = thread::Builder::new().name("stdin".to_owned());
        let input = input.spawn(move || read(io::stdin().lock(), &session));
        input.map(|_| (said, reader)).map_err(|error| error.to_string())
    });
    let (said, reader) = match started {
        Ok(started) => started,
        Err(error) => {
            eprintln!("monty-engine: {error}");
            return ExitCode::from(1);
        }
    };
    match write(&said, BufWriter::with_capacity(64 * 1024, Patient { stdout: io::stdout().lock(), reader })) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever drove the session has gone.
        Err(_) => ExitCode::from(1),
    }
}

/// Hands every line to the session. The session ends when the input does.
fn read(input: impl Read, session: &Session) {
    let mut input = BufReader::with_capacity(64 * 1024, input);
    let mut line = Vec::new();
    loop {
        line.clear();
        let request = match read_line(&mut input, &mut line, MAX_MESSAGE) {
            Ok(Line::End) | Err(_) => break,
            Ok(Line::Whole) if line.trim_ascii().is_empty() => continue,
            Ok(Line::Whole) => match Message::parse(&line) {
                Ok(Message { id, command }) => Request { id: Some(id), command: Ok(command) },
                Err(unread) => Request { id: unread.id, command: Err(unread.misuse) },
            },
            Ok(Line::TooLong) => Request {
                id: None,
                command: Err(Misuse::bad_message(format!("the line is longer than {MAX_MESSAGE} bytes"))),
            },
        };
        session.send(request);
    }
    session.finish();
}

#[derive(Debug, PartialEq, Eq)]
enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads up to a newline, keeping no more than a message may have.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>, longest: usize) -> io::Result<Line> {
    let limit = longest as u64 + 1;
    if input.take(limit).read_until(b'\n', line)? == 0 {
        return Ok(Line::End);
    }
    if line.len() <= longest || line.ends_with(b"\n") {
        return Ok(Line::Whole);
    }
    loop {
        line.clear();
        if input.take(64 * 1024).read_until(b'\n', line)? == 0 || line.ends_with(b"\n") {
            return Ok(Line::TooLong);
        }
    }
}

fn write(said: &Receiver<Output>, mut stdout: impl Write) -> io::Result<()> {
    loop {
        let output = if let Ok(output) = said.try_recv() {
            output
        } else {
            stdout.flush()?;
            let Ok(output) = said.recv() else {
                return Ok(());
            };
            output
        };
        stdout.write_all(&lines(&output))?;
    }
}

/// An output as lines.
pub(crate) fn lines(output: &Output) -> Vec<u8> {
    let mut lines = Vec::new();
    match output {
        Output::Reply { id, reply } => write_line(&mut lines, &ReplyLine { id: id.as_ref(), reply }),
        // Only children of a session ask, and only their parents hear it.
        Output::Asked { .. } | Output::Stuck { .. } => {}
        Output::Events { id, first, events } => {
            for (seq, event) in (*first..).zip(events) {
                write_line(&mut lines, &EventLine { id, seq, event });
            }
        }
    }
    lines
}

#[derive(serde::Serialize)]
struct ReplyLine<'a> {
    id: Option<&'a MessageId>,
    #[serde(flatten)]
    reply: &'a Reply,
}

#[derive(serde::Serialize)]
struct EventLine<'a> {
    id: &'a MessageId,
    seq: u64,
    #[serde(flatten)]
    event: &'a Event,
}

fn write_line(lines: &mut Vec<u8>, line: &impl serde::Serialize) {
    // Writing to memory cannot fail, and nothing in a line is unwritable.
    let _ = serde_json::to_writer(&mut *lines, line);
    lines.push(b'\n');
}

/// Standard output, whose reader may take its time.
pub(crate) struct Patient<W> {
    pub(crate) stdout: W,
    pub(crate) reader: Reader,
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.reader.wait(|| self.stdout.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.reader.wait(|| self.stdout.flush())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let mut input = &b"short\n0123456789abc\nlast"[..];
        let mut read = |expected: Line, text: &[u8]| {
            let mut line = Vec::new();
            assert_eq!(read_line(&mut input, &mut line, 10).unwrap(), expected);
            if expected == Line::Whole {
                assert_eq!(line, text);
            }
        };
        read(Line::Whole, b"short\n");
        read(Line::TooLong, b"");
        read(Line::Whole, b"last");
        read(Line::End, b"");
    }
}
