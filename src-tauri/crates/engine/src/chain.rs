//! The chain of links that every call goes through before its extension is asked.

use std::time::Duration;

use extensions::Raised;
use protocol::{Settings, Value};

/// What the chain says of a call.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict {
    Pass,
    Ask,
    Answer(Result<Value, Raised>),
    Later(Duration, Result<Value, Raised>),
}

#[derive(Debug, Default)]
pub(crate) struct Chain;

impl Chain {
    pub(crate) fn of(_settings: &Settings) -> Result<Self, String> {
        Ok(Self)
    }
    pub(crate) fn begin(&mut self) {}
    pub(crate) fn before(&mut self, _name: &str) -> Verdict { Verdict::Pass }
    pub(crate) fn once_permitted(&mut self, _name: &str) -> Verdict { Verdict::Pass }
    pub(crate) fn by_hand(&mut self, _name: &str) -> Verdict { Verdict::Pass }
    pub(crate) fn is_by_hand(&self, _name: &str) -> bool { false }
    pub(crate) fn has_system_rules(&self) -> bool { false }
    pub(crate) fn before_system(&mut self, _name: &str) -> Verdict { Verdict::Pass }
}
