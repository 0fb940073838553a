//! How often a function may be called in a run.

use std::collections::BTreeMap;

use super::{Intercepted, Link, Verdict};
use crate::{call::Raised, policy::fits};

/// Each function is counted for itself; the least that fits holds.
pub struct RateLimit {
    rules: Vec<(String, u64)>,
    /// Whether it is counted by the root of the family.
    below: bool,
}

impl RateLimit {
    pub fn new(rules: &BTreeMap<String, u64>, below: bool) -> Self {
        let mut rules: Vec<_> = rules.iter().map(|(pattern, most)| (pattern.clone(), *most)).collect();
        rules.sort_by_key(|(_, most)| *most);
        Self { rules, below }
    }

    fn rule(&self, name: &str) -> Option<&(String, u64)> {
        self.rules.iter().find(|(pattern, _)| fits(pattern, name))
    }
}

impl Link for RateLimit {
    fn before(&mut self, call: &Intercepted<'_>, nth: u64) -> Verdict {
        if self.below && self.rule(call.name).is_some() {
            return Verdict::Count(Box::new(Verdict::Pass));
        }
        self.refuses(call.name, nth).map_or(Verdict::Pass, |raised| Verdict::Answer(raised.into()))
    }

    fn refuses(&self, name: &str, nth: u64) -> Option<Raised> {
        let (pattern, most) = self.rule(name).filter(|(_, most)| nth > *most)?;
        Some(Raised::runtime_error(format!("{name}() may be called {most} times in a run (rule \"{pattern}\")")))
    }
}
