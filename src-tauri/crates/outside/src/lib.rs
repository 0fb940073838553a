//! What a program reaches of the machine: folders and hosts that a person granted, nothing else.
//!
//! It runs in a process of its own (`monty-engine outside`) beside the interpreter's, which has
//! neither files nor network. [`serve`] is that process; [`Outside`] is what it does, for tests and
//! for a host that brings its own loop.
//!
//! Folders are confined by the descriptor that `monty-fs` opened (cap-std), not by looking at
//! paths. A fetch is checked by host, and each address before X.

mod address;
mod fetch;
mod folders;
mod grants;
mod resolve;
mod rules;
mod serve;
mod text;
mod words;

pub use grants::{FetchGrants, Grants, Mode, Mount};
pub use serve::{MAX_FETCHES, MAX_WAITING, serve};
pub use words::{Answer, FetchError, Fetched, FromOutside, Problem, ToOutside};

use std::sync::Arc;

use fetch::Fetcher;
use folders::Folders;

/// Grants in force. Nothing is granted to begin with.
#[derive(Debug, Default)]
pub struct Outside {
    folders: Folders,
    fetcher: Arc<Fetcher>,
}

impl Outside {
    /// Replaces what is granted, and says what of it cannot be had; the rest holds. A folder that is
    /// added leaves the others alone. One that is taken away or changed makes all of them begin
    /// anew: what overlays had in memory is gone, what was written counts from nothing.
    pub fn configure(&mut self, grants: Grants) -> Vec<Problem> {
        let mut problems = self.folders.configure(grants.mounts);
        let (fetcher, more) = Fetcher::new(&grants.fetch);
        self.fetcher = Arc::new(fetcher);
        problems.extend(more);
        problems
    }

    /// Answers a call about files, in the JSON of `monty_types::OsFunctionCall`.
    pub fn file(&mut self, call: &str) -> Answer {
        self.folders.answer(call)
    }

    /// Gets the text at a URL. It takes as long as the grants let it.
    pub fn fetch(&self, url: &str) -> Result<Fetched, FetchError> {
        self.fetcher.fetch(url)
    }
}
