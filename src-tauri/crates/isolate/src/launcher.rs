//! Starting children, and keeping one warm.

use std::{io, path::PathBuf, thread, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded, unbounded};

use crate::child::Child;

/// The next spare is started when whoever took the last one has had the processor for this long.
const QUIET: Duration = Duration::from_millis(20);

/// Why a child could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    #[error("{} cannot be started: {source}", program.display())]
    Start { program: PathBuf, source: io::Error },
    #[error("the pipes of the interpreter's process are missing")]
    Pipes,
    #[error("a thread cannot be started: {0}")]
    Thread(io::Error),
    #[error("the thread that starts interpreters has ended")]
    Gone,
}

/// Starts children from one thread that lives as long as they do: Linux sends a child its
/// parent-death signal when the *thread* that started it ends.
pub struct Launcher {
    orders: Sender<Sender<Result<Child, LaunchError>>>,
}

impl Launcher {
    /// Starts children of `program`. With `warm`, the next one is always up before it is asked for.
    pub fn new(program: PathBuf, warm: bool) -> Result<Self, LaunchError> {
        let (orders, received) = unbounded();
        let body = move || serve(&program, warm, &received);
        thread::Builder::new().name("isolate-launch".to_owned()).spawn(body).map_err(LaunchError::Thread)?;
        Ok(Self { orders })
    }

    pub(crate) fn child(&self) -> Result<Child, LaunchError> {
        let (order, delivery) = bounded(1);
        self.orders.send(order).map_err(|_| LaunchError::Gone)?;
        delivery.recv().map_err(|_| LaunchError::Gone)?
    }
}

fn serve(program: &std::path::Path, warm: bool, orders: &Receiver<Sender<Result<Child, LaunchError>>>) {
    let mut spare: Option<Child> = if warm { Child::start(program).ok() } else { None };
    loop {
        let order = if warm && spare.is_none() {
            match orders.recv_timeout(QUIET) {
                Err(RecvTimeoutError::Timeout) => {
                    spare = Child::start(program).ok();
                    // Where none can be started, the next order says so.
                    orders.recv().ok()
                }
                order => order.ok(),
            }
        } else {
            orders.recv().ok()
        };
        let Some(order) = order else {
            return;
        };
        let warm_one = spare.take().and_then(Child::if_alive);
        let _ = order.send(warm_one.map_or_else(|| Child::start(program), Ok));
    }
}
