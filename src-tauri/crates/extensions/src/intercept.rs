//! The one chain that every call goes through before anybody answers it.

mod permissions;
mod rate_limit;
mod rules;

use std::time::Duration;

use protocol::{Inputs, Value};

pub use permissions::Permissions;
pub use rate_limit::RateLimit;
pub use rules::Rules;

use crate::{
    call::{Answer, Raised},
    policy::Policy,
};

/// A call on its way, before its arguments are bound.
#[derive(Debug, Clone, Copy)]
pub struct Intercepted<'a> {
    /// Of a function or of a call of the system.
    pub name: &'a str,
    pub args: &'a [Value],
    pub kwargs: &'a Inputs,
}

/// What a link, or the whole chain, says to a call.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Whoever answers it otherwise.
    Pass,
    /// First somebody has to allow it; [`denied`] is what it gives where nobody does.
    Ask {
        rule: String,
        then: Box<Self>,
    },
    /// It is answered by whoever drives the session.
    Hand,
    Answer(Answer),
    Delay(Duration, Box<Self>),
}

/// A place where calls can be watched, refused, answered or held up.
pub trait Link: Send {
    fn before(&mut self, call: &Intercepted<'_>) -> Verdict;

    /// A run begins: counters start over.
    fn begin(&mut self) {}
}

/// Links in order. The first answer ends it; what has to be asked or waited for comes before it.
#[derive(Default)]
pub struct Chain(Vec<Box<dyn Link>>);

impl Chain {
    /// The chain of a session whose ancestors have these policies, the root's first.
    ///
    /// All permissions come before all limits, and those before all rules, so that nothing that a
    /// parent answers hides what its child forbids, and nothing that a child says widens its parent.
    pub fn of(policies: &[Policy]) -> Self {
        let mut chain = Self::default();
        for policy in policies.iter().filter(|policy| !policy.permissions.is_empty()) {
            chain.push(Permissions::new(&policy.permissions));
        }
        for policy in policies.iter().filter(|policy| !policy.rate_limits.is_empty()) {
            chain.push(RateLimit::new(&policy.rate_limits));
        }
        for policy in policies.iter().filter(|policy| !policy.modes.is_empty()) {
            chain.push(Rules::new(&policy.modes));
        }
        chain
    }

    pub fn push(&mut self, link: impl Link + 'static) {
        self.0.push(Box::new(link));
    }

    pub fn begin(&mut self) {
        for link in &mut self.0 {
            link.begin();
        }
    }

    /// Asks all links. A call that somebody is asked about counts as made, so that what comes out
    /// does not hang on how long the answer takes.
    pub fn before(&mut self, call: &Intercepted<'_>) -> Verdict {
        decide(&mut self.0, call)
    }
}

fn decide(links: &mut [Box<dyn Link>], call: &Intercepted<'_>) -> Verdict {
    let Some((first, rest)) = links.split_first_mut() else { return Verdict::Pass };
    let verdict = first.before(call);
    after(verdict, || decide(rest, call))
}

/// Puts what the rest of the chain says where this verdict leaves off.
fn after(verdict: Verdict, rest: impl FnOnce() -> Verdict) -> Verdict {
    match verdict {
        Verdict::Pass => rest(),
        Verdict::Delay(time, then) => Verdict::Delay(time, Box::new(after(*then, rest))),
        Verdict::Ask { rule, then } => match after(*then, rest) {
            // Asked once is enough, and what is refused anyway is not asked.
            Verdict::Ask { then, .. } => Verdict::Ask { rule, then },
            refused @ Verdict::Answer(Answer::Raise(_)) => refused,
            then => Verdict::Ask { rule, then: Box::new(then) },
        },
        last @ (Verdict::Hand | Verdict::Answer(_)) => last,
    }
}

/// What a call raises that is not allowed.
pub fn denied(name: &str, rule: &str) -> Raised {
    Raised::new("PermissionError", format!("{name}() is not allowed (rule \"{rule}\")"))
}

#[cfg(test)]
mod tests;
