//! Who answers a function, and what a rule answers.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::{Intercepted, Link, Verdict};
use crate::{
    call::{Answer, Raised},
    policy::{Mode, Rule},
};

/// The modes of functions; those without one are their extension's.
pub struct Rules(HashMap<String, Counted>);

struct Counted {
    mode: Mode,
    calls: u64,
}

impl Rules {
    pub fn new(modes: &BTreeMap<String, Mode>) -> Self {
        let counted = |(name, mode): (&String, &Mode)| (name.clone(), Counted { mode: mode.clone(), calls: 0 });
        Self(modes.iter().map(counted).collect())
    }
}

impl Link for Rules {
    fn before(&mut self, call: &Intercepted<'_>) -> Verdict {
        let Some(counted) = self.0.get_mut(call.name) else { return Verdict::Pass };
        counted.calls = counted.calls.saturating_add(1);
        match &counted.mode {
            Mode::Extension => Verdict::Pass,
            Mode::Hand => Verdict::Hand,
            Mode::Rule(rule) => rule.verdict(counted.calls),
        }
    }

    fn begin(&mut self) {
        for counted in self.0.values_mut() {
            counted.calls = 0;
        }
    }
}

impl Rule {
    /// What the rule says to the n-th call of a run; it counts from 1.
    fn verdict(&self, call: u64) -> Verdict {
        let fails = self.fail_every.is_none_or(|every| every != 0 && call.is_multiple_of(every));
        let verdict = match (&self.error, &self.value) {
            (Some(error), _) if fails => {
                Verdict::Answer(Raised::new(error.exc_type.clone(), error.message.clone()).into())
            }
            (_, Some(value)) => Verdict::Answer(Answer::Value(value.clone())),
            (_, None) => Verdict::Pass,
        };
        match self.delay_ms {
            None | Some(0) => verdict,
            Some(delay) => Verdict::Delay(Duration::from_millis(delay), Box::new(verdict)),
        }
    }
}
