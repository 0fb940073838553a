//! Who answers a function, and what a rule answers.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use super::{Intercepted, Link, Verdict};
use crate::{
    call::{Answer, Raised},
    policy::{Mode, Recorded, Rule},
};

/// The modes of functions; those without one are their extension's.
pub struct Rules(HashMap<String, Mode>);

impl Rules {
    pub fn new(modes: &BTreeMap<String, Mode>) -> Self {
        Self(modes.iter().map(|(name, mode)| (name.clone(), mode.clone())).collect())
    }
}

impl Link for Rules {
    fn before(&mut self, call: &Intercepted<'_>, nth: u64) -> Verdict {
        match self.0.get(call.name) {
            None | Some(Mode::Extension) => Verdict::Pass,
            Some(Mode::Hand) => Verdict::Hand,
            Some(Mode::Rule(rule)) => rule.verdict(nth),
            Some(Mode::Recording { answers }) => {
                let answer = usize::try_from(nth - 1).ok().and_then(|index| answers.get(index));
                Verdict::Recorded(answer.map_or_else(|| used_up(call.name, answers.len()), Recorded::answer))
            }
        }
    }
}

fn used_up(name: &str, most: usize) -> Answer {
    Raised::runtime_error(format!("{name}() was answered {most} times in the recording")).into()
}

impl Recorded {
    fn answer(&self) -> Answer {
        match self {
            Self::Value { value } => Answer::Value(value.clone()),
            Self::Error { error } => Raised::new(error.exc_type.clone(), error.message.clone()).into(),
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
