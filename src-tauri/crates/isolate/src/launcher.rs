//! Starting children, and keeping one warm.

use std::{io, path::PathBuf, thread};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::child::Child;

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
    let mut spare: Option<Child> = None;
    loop {
        if warm && spare.is_none() && orders.is_empty() {
            spare = Child::start(program).ok();
        }
        let Ok(order) = orders.recv() else {
            return;
        };
        let warm_one = spare.take().and_then(Child::if_alive);
        let _ = order.send(warm_one.map_or_else(|| Child::start(program), Ok));
    }
}
