//! The loop of the outside process.

use std::{
    io::{Read, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crossbeam_channel::{Receiver, Sender, unbounded};
use protocol::{WorkerError, frame};

use crate::{
    Outside,
    fetch::Fetcher,
    words::{FetchError, FromOutside, ToOutside},
};

/// How many fetches are under way at once.
pub const MAX_FETCHES: usize = 8;
/// How many more may wait for one of them to end.
pub const MAX_WAITING: usize = 1000;

/// Answers frames until the input ends. Fetches that are under way by then are left alone: the
/// process is expected to end, and takes them with it.
pub fn serve<W: Write + Send + 'static>(mut input: impl Read, output: W) -> Result<(), WorkerError> {
    let output = Output(Arc::new(Mutex::new(output)));
    let mut outside = Outside::default();
    let mut fetches = Fetches::new(output.clone());
    while let Some(message) = frame::read(&mut input)? {
        match message {
            ToOutside::Configure(grants) => {
                output.send(&FromOutside::Configured { problems: outside.configure(grants) })?;
            }
            ToOutside::File { id, call } => output.send(&FromOutside::File { id, answer: outside.file(&call) })?,
            ToOutside::Fetch { id, url } => fetches.start(Job { id, url, fetcher: outside.fetcher.clone() })?,
        }
    }
    Ok(())
}

/// The way back, shared by the loop and the fetches.
struct Output<W>(Arc<Mutex<W>>);

impl<W> Clone for Output<W> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<W: Write> Output<W> {
    fn send(&self, message: &FromOutside) -> Result<(), WorkerError> {
        let mut bytes = Vec::new();
        frame::append(&mut bytes, message)?;
        let mut writer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(&bytes)?;
        Ok(writer.flush()?)
    }
}

/// A fetch, under the grants that held when it was asked for.
struct Job {
    id: u64,
    url: String,
    fetcher: Arc<Fetcher>,
}

/// Threads for fetches: one for each of the first [`MAX_FETCHES`], which then take what waits.
struct Fetches<W> {
    output: Output<W>,
    waiting: Sender<Job>,
    next: Receiver<Job>,
    threads: usize,
}

impl<W: Write + Send + 'static> Fetches<W> {
    fn new(output: Output<W>) -> Self {
        let (waiting, next) = unbounded();
        Self { output, waiting, next, threads: 0 }
    }

    fn start(&mut self, job: Job) -> Result<(), WorkerError> {
        if self.waiting.len() >= MAX_WAITING {
            let result = Err(FetchError::TooMany { limit: MAX_WAITING });
            return self.output.send(&FromOutside::Fetched { id: job.id, result });
        }
        if self.threads < MAX_FETCHES {
            let (next, output) = (self.next.clone(), self.output.clone());
            let name = format!("fetch {}", self.threads);
            thread::Builder::new().name(name).spawn(move || work(&next, &output))?;
            self.threads += 1;
        }
        // It cannot fail: one receiver is ours.
        let _ = self.waiting.send(job);
        Ok(())
    }
}

impl<W> Drop for Fetches<W> {
    fn drop(&mut self) {
        while self.next.try_recv().is_ok() {}
    }
}

fn work<W: Write>(next: &Receiver<Job>, output: &Output<W>) {
    for job in next {
        let result = catch_unwind(AssertUnwindSafe(|| job.fetcher.fetch(&job.url)));
        // Whoever waits gets an answer in any case.
        let result = result.unwrap_or_else(|_| {
            Err(FetchError::Connection { host: job.url.clone(), why: "the fetch broke off".to_owned() })
        });
        if output.send(&FromOutside::Fetched { id: job.id, result }).is_err() {
            return;
        }
    }
}
