//! How often a function may be called in a run.

use std::collections::{BTreeMap, HashMap};

use super::{Intercepted, Link, Verdict};
use crate::{call::Raised, policy::fits};

/// Each function is counted for itself; the least that fits holds.
pub struct RateLimit {
    rules: Vec<(String, u64)>,
    calls: HashMap<String, u64>,
}

impl RateLimit {
    pub fn new(rules: &BTreeMap<String, u64>) -> Self {
        let mut rules: Vec<_> = rules.iter().map(|(pattern, most)| (pattern.clone(), *most)).collect();
        rules.sort_by_key(|(_, most)| *most);
        Self { rules, calls: HashMap::new() }
    }
}

impl Link for RateLimit {
    fn before(&mut self, call: &Intercepted<'_>) -> Verdict {
        let Some((pattern, most)) = self.rules.iter().find(|(pattern, _)| fits(pattern, call.name)) else {
            return Verdict::Pass;
        };
        if let Some(calls) = self.calls.get_mut(call.name) {
            *calls = calls.saturating_add(1);
        } else {
            self.calls.insert(call.name.to_owned(), 1);
        }
        if self.calls[call.name] <= *most {
            return Verdict::Pass;
        }
        let text = format!("{}() may be called {most} times in a run (rule \"{pattern}\")", call.name);
        Verdict::Answer(Raised::runtime_error(text).into())
    }

    fn begin(&mut self) {
        self.calls.clear();
    }
}
