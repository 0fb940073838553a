//! `monty-engine stdio`: one session, one JSON message a line.

use std::{
    io::{self, BufRead, BufReader, BufWriter, Read, Write},
    process::ExitCode,
    sync::Arc,
    thread,
};

use crossbeam_channel::{Receiver, Sender, bounded};
use isolate::{Launcher, Output, Request, Session};
use protocol::{Event, Limits, MAX_MESSAGE, Message, MessageId, Misuse, Reply};
use serde_json::json;

/// How many outputs wait for a slow reader before the program has to.
const OUTPUTS: usize = 256;

pub(crate) fn outputs() -> (Sender<Output>, Receiver<Output>) {
    bounded(OUTPUTS)
}

pub(crate) fn serve() -> ExitCode {
    let (say, said) = outputs();
    let session = std::env::current_exe()
        .map_err(|error| format!("its own program cannot be found: {error}"))
        .and_then(|program| Launcher::new(program, true).map_err(|error| error.to_string()))
        .and_then(|launcher| {
            Session::open(&Arc::new(launcher), Limits::DEFAULT, say).map_err(|error| error.to_string())
        })
        .and_then(|session| {
            let reader = thread::Builder::new().name("stdin".to_owned());
            reader.spawn(move || read(io::stdin().lock(), &session)).map_err(|error| error.to_string())
        });
    if let Err(error) = session {
        eprintln!("monty-engine: {error}");
        return ExitCode::from(1);
    }
    match write(&said, BufWriter::with_capacity(64 * 1024, io::stdout().lock())) {
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
        let request = match read_line(&mut input, &mut line) {
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

enum Line {
    Whole,
    TooLong,
    End,
}

/// Reads up to a newline, keeping no more than a message may have.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Line> {
    let limit = MAX_MESSAGE as u64 + 1;
    if input.take(limit).read_until(b'\n', line)? == 0 {
        return Ok(Line::End);
    }
    if line.len() <= MAX_MESSAGE || line.ends_with(b"\n") {
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
        stdout.write_all(&line(&output))?;
    }
}

/// An output as one line.
pub(crate) fn line(output: &Output) -> Vec<u8> {
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
    let mut line = match output {
        Output::Reply { id, reply } => serde_json::to_vec(&ReplyLine { id: id.as_ref(), reply }),
        Output::Event { id, seq, event } => serde_json::to_vec(&EventLine { id, seq: *seq, event }),
    }
    .unwrap_or_else(|error| {
        // Nothing in a reply can fail to be written; a line has to come all the same.
        json!({"id": null, "state": "error", "code": "badMessage", "message": error.to_string()})
            .to_string()
            .into_bytes()
    });
    line.push(b'\n');
    line
}
