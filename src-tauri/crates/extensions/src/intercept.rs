//! The one chain that every call goes through before anybody answers it.

mod permissions;
mod rate_limit;
mod rules;

use std::{collections::BTreeMap, time::Duration};

use protocol::{Inputs, Value};

pub use permissions::Permissions;
pub use rate_limit::RateLimit;
pub use rules::Rules;

use crate::{
    call::{Answer, Raised},
    policy::Policy,
};

/// How often each function was called in a run.
pub type Calls = BTreeMap<String, u64>;

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
    /// As it was answered in a recording.
    Recorded(Answer),
    Delay(Duration, Box<Self>),
    /// First the root of the family has to say that it may be called once more, see [`Chain::count`].
    Count(Box<Self>),
}

/// A place where calls can be watched, refused, answered or held up.
pub trait Link: Send {
    /// `nth` is how often the function has been called in this run, this call included.
    fn before(&mut self, call: &Intercepted<'_>, nth: u64) -> Verdict;

    /// What a call below, which is counted here, raises.
    fn refuses(&self, _name: &str, _nth: u64) -> Option<Raised> {
        None
    }
}

/// Links in order. The first answer ends it; what has to be asked or waited for comes before it.
#[derive(Default)]
pub struct Chain {
    links: Vec<Box<dyn Link>>,
    calls: Calls,
}

impl Chain {
    /// The chain of a session whose ancestors have these policies, the root's first.
    ///
    /// All permissions come before all limits, and those before all rules, so that nothing that a
    /// parent answers hides what its child forbids, and nothing that a child says widens its parent.
    ///
    /// Below the root what is limited is counted elsewhere, so that several children cannot each
    /// have the whole of it.
    pub fn of(policies: &[Policy], below: bool) -> Self {
        let mut chain = Self::default();
        for policy in policies.iter().filter(|policy| !policy.permissions.is_empty()) {
            chain.push(Permissions::new(&policy.permissions));
        }
        for policy in policies.iter().filter(|policy| !policy.rate_limits.is_empty()) {
            chain.push(RateLimit::new(&policy.rate_limits, below));
        }
        for policy in policies.iter().filter(|policy| !policy.modes.is_empty()) {
            chain.push(Rules::new(&policy.modes));
        }
        chain
    }

    pub fn push(&mut self, link: impl Link + 'static) {
        self.links.push(Box::new(link));
    }

    /// A run begins, of which these were already made.
    pub fn begin(&mut self, calls: Calls) {
        self.calls = calls;
    }

    pub fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Counts a call of a child.
    pub fn count(&mut self, name: &str) -> Result<(), Raised> {
        let nth = self.next(name);
        self.links.iter().find_map(|link| link.refuses(name, nth)).map_or(Ok(()), Err)
    }

    fn next(&mut self, name: &str) -> u64 {
        if !self.calls.contains_key(name) {
            self.calls.insert(name.to_owned(), 0);
        }
        let calls = self.calls.get_mut(name).expect("it was put there");
        *calls = calls.saturating_add(1);
        *calls
    }

    /// Asks all links. A call that somebody is asked about counts as made, so that what comes out
    /// does not hang on how long the answer takes.
    pub fn before(&mut self, call: &Intercepted<'_>) -> Verdict {
        let nth = self.next(call.name);
        decide(&mut self.links, call, nth)
    }
}

fn decide(links: &mut [Box<dyn Link>], call: &Intercepted<'_>, nth: u64) -> Verdict {
    let Some((first, rest)) = links.split_first_mut() else { return Verdict::Pass };
    let verdict = first.before(call, nth);
    after(verdict, || decide(rest, call, nth))
}

/// Puts what the rest of the chain says where this verdict leaves off.
fn after(verdict: Verdict, rest: impl FnOnce() -> Verdict) -> Verdict {
    match verdict {
        Verdict::Pass => rest(),
        Verdict::Delay(time, then) => Verdict::Delay(time, Box::new(after(*then, rest))),
        Verdict::Count(then) => Verdict::Count(Box::new(after(*then, rest))),
        Verdict::Ask { rule, then } => match after(*then, rest) {
            // Asked once is enough, and what is refused anyway is not asked.
            Verdict::Ask { then, .. } => Verdict::Ask { rule, then },
            refused @ Verdict::Answer(Answer::Raise(_)) => refused,
            then => Verdict::Ask { rule, then: Box::new(then) },
        },
        last @ (Verdict::Hand | Verdict::Answer(_) | Verdict::Recorded(_)) => last,
    }
}

/// What a call raises that is not allowed.
pub fn denied(name: &str, rule: &str) -> Raised {
    Raised::new("PermissionError", format!("{name}() is not allowed (rule \"{rule}\")"))
}

#[cfg(test)]
mod tests;
