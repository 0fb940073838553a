//! `monty-engine run`: one program in a terminal.

use std::{
    fs,
    io::{self, BufWriter, Read, Write},
    path::Path,
    process::ExitCode,
};

use crossbeam_channel::Receiver;
use isolate::{Output, Reader, Request};
use protocol::{Command, Event, MessageId, Outcome, Reply, Source, Stream, Value, display_traceback};

use crate::{
    options::RunOptions,
    stdio::{Patient, lines, open},
};

/// How much of the last value is shown.
const SHOWN: usize = 1024 * 1024;

pub(crate) fn run(options: RunOptions) -> ExitCode {
    let code = match read(&options.file) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("monty-engine: {}: {error}", options.file.display());
            return ExitCode::from(2);
        }
    };
    let script_name = match options.file.to_str() {
        Some("-") => "<stdin>".to_owned(),
        _ => options.file.to_string_lossy().into_owned(),
    };
    let source = Source {
        code,
        inputs: options.inputs,
        limits: options.limits,
        script_name: Some(script_name),
        extensions: options.extensions,
        ..Source::default()
    };
    let (session, said, reader) = match open(false, options.mounts) {
        Ok(opened) => opened,
        Err(error) => {
            eprintln!("monty-engine: {error}");
            return ExitCode::from(1);
        }
    };
    session.send(Request { id: Some(MessageId::Number(1)), command: Ok(Command::Run(source)) });
    let outcome = if options.json { show_json(&said, reader) } else { show(&said, reader) };
    match outcome {
        Ok(Some(Ended::Well)) => ExitCode::SUCCESS,
        Ok(Some(Ended::Refused)) => ExitCode::from(2),
        Ok(_) => ExitCode::from(1),
        // Whoever read our output has gone. That is how a pipe into `head` ends.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(1),
        Err(error) => {
            eprintln!("monty-engine: the output cannot be written: {error}");
            ExitCode::from(1)
        }
    }
}

/// The longest program.
const LONGEST: u64 = 32 * 1024 * 1024;

fn read(file: &Path) -> io::Result<String> {
    let limit = LONGEST;
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(file)?.take(limit + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > limit {
        return Err(io::Error::other(format!("the program is longer than {limit} bytes")));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("the program is not UTF-8"))
}

/// How a program ended.
enum Ended {
    Well,
    InError,
    /// It never began: what it was given is wrong.
    Refused,
}

fn show(said: &Receiver<Output>, reader: Reader) -> io::Result<Option<Ended>> {
    let mut stderr = Patient { stdout: io::stderr().lock(), reader: reader.clone() };
    let mut stdout = BufWriter::with_capacity(64 * 1024, Patient { stdout: io::stdout().lock(), reader });
    while let Ok(output) = next(said, &mut stdout) {
        match output {
            Output::Events { events, .. } => {
                // Each stream at once where it can be: a write to stderr goes straight to its reader.
                let prints: Vec<(Stream, String)> = events.into_iter().filter_map(printed).collect();
                for run in prints.chunk_by(|one, other| one.0 == other.0) {
                    let text: String = run.iter().map(|(_, text)| text.as_str()).collect();
                    match run.first().map(|(stream, _)| *stream) {
                        Some(Stream::Stderr) => {
                            stdout.flush()?;
                            stderr.write_all(text.as_bytes())?;
                        }
                        _ => stdout.write_all(text.as_bytes())?,
                    }
                }
            }
            Output::Reply { reply: Reply::Complete(Outcome { result, .. }), .. } => {
                match &result {
                    Ok(Value::None) => {}
                    Ok(value) => writeln!(stdout, "{}", value.repr(SHOWN))?,
                    Err(error) => {
                        stdout.flush()?;
                        writeln!(stderr, "{}", display_traceback(error))?;
                    }
                }
                stdout.flush()?;
                return Ok(Some(if result.is_ok() { Ended::Well } else { Ended::InError }));
            }
            Output::Asked { .. } | Output::Stuck { .. } => {}
            Output::Reply { reply, .. } => {
                if let Reply::Error(misuse) = reply {
                    writeln!(stderr, "monty-engine: {misuse}")?;
                }
                return Ok(Some(Ended::Refused));
            }
        }
    }
    Ok(None)
}

/// What a terminal shows of an event.
fn printed(event: Event) -> Option<(Stream, String)> {
    match event {
        Event::Print { stream, text } => Some((stream, text)),
        Event::Child { told, .. } => printed(*told),
        _ => None,
    }
}

fn show_json(said: &Receiver<Output>, reader: Reader) -> io::Result<Option<Ended>> {
    let mut stdout = BufWriter::with_capacity(64 * 1024, Patient { stdout: io::stdout().lock(), reader });
    while let Ok(output) = next(said, &mut stdout) {
        stdout.write_all(&lines(&output))?;
        if let Output::Reply { reply, .. } = output {
            stdout.flush()?;
            return Ok(Some(match reply {
                Reply::Complete(Outcome { result: Ok(_), .. }) => Ended::Well,
                Reply::Complete(_) => Ended::InError,
                _ => Ended::Refused,
            }));
        }
    }
    Ok(None)
}

/// The next output; what was written so far is flushed before waiting for it.
fn next(said: &Receiver<Output>, stdout: &mut impl Write) -> Result<Output, crossbeam_channel::RecvError> {
    said.try_recv().or_else(|_| {
        let _ = stdout.flush();
        said.recv()
    })
}
