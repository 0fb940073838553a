//! What a program may call at all.

use std::collections::BTreeMap;

use super::{Intercepted, Link, Verdict, denied};
use crate::policy::{Permission, fits};

/// The strictest rule that fits holds; what no rule fits is allowed.
pub struct Permissions(Vec<(String, Permission)>);

impl Permissions {
    pub fn new(rules: &BTreeMap<String, Permission>) -> Self {
        let mut rules: Vec<_> = rules.iter().map(|(pattern, permission)| (pattern.clone(), *permission)).collect();
        rules.retain(|(_, permission)| *permission != Permission::Allow);
        // The first that fits is the one that holds.
        rules.sort_by_key(|(_, permission)| std::cmp::Reverse(*permission));
        Self(rules)
    }
}

impl Link for Permissions {
    fn before(&mut self, call: &Intercepted<'_>, _: u64) -> Verdict {
        match self.0.iter().find(|(pattern, _)| fits(pattern, call.name)) {
            Some((pattern, Permission::Deny)) => Verdict::Answer(denied(call.name, pattern).into()),
            Some((pattern, _)) => Verdict::Ask { rule: pattern.clone(), then: Box::new(Verdict::Pass) },
            None => Verdict::Pass,
        }
    }
}
