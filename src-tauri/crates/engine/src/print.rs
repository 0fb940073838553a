//! Output of a program, cut into lines.

use std::borrow::Cow;

use monty_types::{MontyException, PrintWriterCallback};
use protocol::{Event, MAX_PRINT, Stream};
use serde::{Deserialize, Serialize};

use crate::{
    interrupt::{self, Reason},
    memory,
    session::Host,
};

/// The lines that have begun. Their room is taken once, so that output costs the program no memory.
pub(crate) struct Lines {
    stdout: String,
    stderr: String,
    limit: Option<u64>,
    bytes: u64,
    pub(crate) prints: u64,
}

/// What a run has printed so far.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Counted {
    bytes: u64,
    prints: u64,
}

impl Lines {
    pub(crate) fn new() -> Self {
        let line = || String::with_capacity(MAX_PRINT);
        Self { stdout: line(), stderr: line(), limit: None, bytes: 0, prints: 0 }
    }

    pub(crate) fn start_run(&mut self, limit: Option<u64>) {
        self.stdout.clear();
        self.stderr.clear();
        self.limit = limit;
        self.bytes = 0;
        self.prints = 0;
    }

    /// Goes on with a run that was restored.
    pub(crate) fn resume_run(&mut self, limit: Option<u64>, so_far: Counted) {
        self.start_run(limit);
        self.bytes = so_far.bytes;
        self.prints = so_far.prints;
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(crate) fn counted(&self) -> Counted {
        Counted { bytes: self.bytes, prints: self.prints }
    }

    /// Sends what has no newline yet, because the program pauses or ends.
    pub(crate) fn flush(&mut self, host: &mut dyn Host) {
        for stream in [Stream::Stdout, Stream::Stderr] {
            let line = self.line(stream);
            if !line.is_empty() {
                let text = line.clone();
                line.clear();
                self.send(stream, text, host);
            }
        }
    }

    fn line(&mut self, stream: Stream) -> &mut String {
        match stream {
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        }
    }

    fn send(&mut self, stream: Stream, text: String, host: &mut dyn Host) {
        self.prints += 1;
        host.event(Event::Print { stream, text });
    }

    fn write(&mut self, stream: Stream, mut text: &str, host: &mut dyn Host) {
        text = self.within_limit(text);
        while !text.is_empty() {
            let line = self.line(stream);
            let room = text.floor_char_boundary(MAX_PRINT - line.len());
            let (piece, ends) = match text.as_bytes()[..room].iter().position(|byte| *byte == b'\n') {
                Some(newline) => (newline + 1, true),
                // No room for the next character, or no newline in what there is room for.
                None => (room, room < text.len()),
            };
            line.push_str(&text[..piece]);
            text = &text[piece..];
            if ends {
                let text = line.clone();
                line.clear();
                self.send(stream, text, host);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.limit.is_some_and(|limit| self.bytes > limit)
    }

    fn within_limit<'a>(&mut self, text: &'a str) -> &'a str {
        self.bytes = self.bytes.saturating_add(text.len() as u64);
        let over = self.limit.map_or(0, |limit| self.bytes.saturating_sub(limit));
        if over == 0 {
            return text;
        }
        interrupt::ask(Reason::PrintLimit);
        let kept = text.len().saturating_sub(usize::try_from(over).unwrap_or(usize::MAX));
        &text[..text.floor_char_boundary(kept)]
    }
}

/// The interpreter's way to [`Lines`].
pub(crate) struct Writer<'a> {
    pub(crate) lines: &'a mut Lines,
    pub(crate) host: &'a mut dyn Host,
}

impl Writer<'_> {
    fn write(&mut self, stream: Stream, text: &str) -> Result<(), MontyException> {
        self.lines.write(stream, text, self.host);
        if self.lines.is_over() { interrupt::check() } else { Ok(()) }
    }
}

impl PrintWriterCallback for Writer<'_> {
    fn stdout_write(&mut self, output: Cow<'_, str>) -> Result<(), MontyException> {
        self.write(Stream::Stdout, &output)
    }

    fn stdout_push(&mut self, end: char) -> Result<(), MontyException> {
        self.write(Stream::Stdout, end.encode_utf8(&mut [0; 4]))
    }

    fn stderr_write(&mut self, output: Cow<'_, str>) -> Result<(), MontyException> {
        self.write(Stream::Stderr, &output)
    }

    fn stderr_push(&mut self, end: char) -> Result<(), MontyException> {
        self.write(Stream::Stderr, end.encode_utf8(&mut [0; 4]))
    }

    /// The interpreter calls this every 256 bytecodes.
    fn poll_flush(&mut self) -> Result<(), MontyException> {
        self.host.poll();
        if memory::is_over() {
            interrupt::ask(Reason::MemoryLimit);
        }
        interrupt::check()
    }
}
