//! What a child says, gathered so that a flood of prints is few writes.

use std::{
    io::{self, Write},
    process,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use protocol::{FromWorker, Told, frame};

/// With this many bytes the writer writes, and waits for the reader.
const FULL: usize = 64 * 1024;
/// How long a printed line may wait for others.
const GATHER: Duration = Duration::from_millis(2);
/// A buffer that one long frame has grown beyond this is not kept.
const KEPT: usize = 1024 * 1024;

/// A frame of what the program has done, around that.
const BEFORE: &[u8] = br#"{"told":{"told":["#;
const AFTER: &[u8] = b"]}}";

pub(crate) struct Outbox {
    gathered: Mutex<Gathered>,
    /// Signalled when there is something after there was nothing.
    filled: Condvar,
    /// Holds the pipe and the buffer that is written from.
    pipe: Mutex<Vec<u8>>,
}

struct Gathered {
    /// Frames that are finished, and perhaps one that is not.
    bytes: Vec<u8>,
    /// Where the unfinished frame of events begins. Events are written out as they come: kept as
    /// they are, they would be charged to the program.
    events: Option<usize>,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        // Room is taken now, not while a program's memory is counted.
        let buffer = || Vec::with_capacity(2 * FULL + 1024);
        let gathered = Gathered { bytes: buffer(), events: None, waited: Duration::ZERO, waiting_since: None };
        Self { gathered: Mutex::new(gathered), filled: Condvar::new(), pipe: Mutex::new(buffer()) }
    }

    /// Adds something that the program has done, which may wait a moment for others.
    pub(crate) fn push(&self, told: &Told) {
        let full = {
            let mut gathered = self.lock();
            let was_empty = gathered.bytes.is_empty();
            gathered.add(told);
            if was_empty {
                self.filled.notify_one();
            }
            gathered.bytes.len() >= FULL
        };
        if full {
            self.drain();
        }
    }

    /// Adds a frame that need not go at once.
    pub(crate) fn queue(&self, frame: &FromWorker) {
        let full = {
            let mut gathered = self.lock();
            let was_empty = gathered.bytes.is_empty();
            gathered.finish_events();
            // One that is too long is left out; what counts is sent otherwise.
            let _ = frame::append(&mut gathered.bytes, frame);
            if was_empty {
                self.filled.notify_one();
            }
            gathered.bytes.len() >= FULL
        };
        if full {
            self.drain();
        }
    }

    /// Adds a frame and writes all there is; `false` if the frame is too long to be one.
    pub(crate) fn send(&self, frame: &FromWorker) -> bool {
        let sent = {
            let mut gathered = self.lock();
            gathered.finish_events();
            frame::append(&mut gathered.bytes, frame).is_ok()
        };
        self.drain();
        sent
    }

    /// The body of the thread that sends what was printed while the program goes on computing.
    pub(crate) fn flush_forever(&self) {
        loop {
            let mut gathered = self.lock();
            while gathered.bytes.is_empty() {
                gathered = self.filled.wait(gathered).unwrap_or_else(PoisonError::into_inner);
            }
            drop(gathered);
            thread::sleep(GATHER);
            self.write();
        }
    }

    /// Writes what was gathered. Order holds: the buffer is taken while the pipe is held.
    pub(crate) fn drain(&self) {
        self.lock().waiting_since = Some(Instant::now());
        self.write();
        let mut gathered = self.lock();
        if let Some(since) = gathered.waiting_since.take() {
            gathered.waited += since.elapsed();
        }
    }

    fn write(&self) {
        let mut buffer = self.pipe.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut gathered = self.lock();
            gathered.finish_events();
            std::mem::swap(&mut gathered.bytes, &mut buffer);
        }
        if buffer.is_empty() {
            return;
        }
        let mut stdout = io::stdout().lock();
        if stdout.write_all(&buffer).and_then(|()| stdout.flush()).is_err() {
            // Nobody reads what we say.
            process::exit(0);
        }
        buffer.clear();
        buffer.shrink_to(KEPT);
    }

    /// How long the engine has waited for the reader, up to this moment.
    pub(crate) fn waited(&self) -> Duration {
        let gathered = self.lock();
        gathered.waited + gathered.waiting_since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    fn lock(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Gathered {
    fn add(&mut self, told: &Told) {
        if self.events.is_none() {
            self.events = Some(self.bytes.len());
            self.bytes.extend_from_slice(&[0; 4]);
            self.bytes.extend_from_slice(BEFORE);
        } else {
            self.bytes.push(b',');
        }
        // Writing to memory cannot fail, and nothing in an event is unwritable.
        let _ = serde_json::to_writer(&mut self.bytes, told);
    }

    fn finish_events(&mut self) {
        let Some(start) = self.events.take() else {
            return;
        };
        self.bytes.extend_from_slice(AFTER);
        let length = u32::try_from(self.bytes.len() - start - 4).unwrap_or(u32::MAX);
        self.bytes[start..start + 4].copy_from_slice(&length.to_le_bytes());
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Event, Stream};

    use super::*;

    #[test]
    fn events_that_were_gathered_read_as_one_frame() {
        let mut gathered = Gathered { bytes: Vec::new(), events: None, waited: Duration::ZERO, waiting_since: None };
        let event = |text: &str| Told::Event(Event::Print { stream: Stream::Stdout, text: text.to_owned() });
        gathered.add(&event("a\n"));
        gathered.add(&event("\"b\""));
        gathered.finish_events();
        let read: Option<FromWorker> = frame::read(&mut gathered.bytes.as_slice()).ok().flatten();
        assert_eq!(read, Some(FromWorker::Told { told: vec![event("a\n"), event("\"b\"")] }));
    }
}
