//! What a child says, gathered so that a flood of prints is few writes.

use std::{
    io::{self, Write},
    process,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use protocol::{FromWorker, frame};

/// With this many bytes the writer writes, and waits for the reader.
const FULL: usize = 64 * 1024;
/// How long a printed line may wait for others.
const GATHER: Duration = Duration::from_millis(2);
/// A buffer that one long frame has grown beyond this is not kept.
const KEPT: usize = 1024 * 1024;

pub(crate) struct Outbox {
    gathered: Mutex<Gathered>,
    /// Signalled when there is something after there was nothing.
    filled: Condvar,
    /// Holds the pipe and the buffer that is written from.
    pipe: Mutex<Vec<u8>>,
}

struct Gathered {
    bytes: Vec<u8>,
    waited: Duration,
    waiting_since: Option<Instant>,
}

impl Outbox {
    pub(crate) fn new() -> Self {
        // Room is taken now, not while a program's memory is counted.
        let buffer = || Vec::with_capacity(2 * FULL + 1024);
        let gathered = Gathered { bytes: buffer(), waited: Duration::ZERO, waiting_since: None };
        Self { gathered: Mutex::new(gathered), filled: Condvar::new(), pipe: Mutex::new(buffer()) }
    }

    /// Adds a frame that may wait a moment for others.
    pub(crate) fn push(&self, frame: &FromWorker) {
        let full = {
            let mut gathered = self.lock();
            let was_empty = gathered.bytes.is_empty();
            // What a program prints is cut long before it is too long for a frame.
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
        let sent = frame::append(&mut self.lock().bytes, frame).is_ok();
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
        std::mem::swap(&mut self.lock().bytes, &mut buffer);
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
