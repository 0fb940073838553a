//! Settings of what a program may call and of who answers.

use std::collections::BTreeMap;

use protocol::Value;
use serde::{Deserialize, Serialize};

use crate::{
    identifier::is_identifier,
    own_function::{OwnFunction, present},
    system::is_system_prefix,
};

/// The settings of one session. A child has its parent's and its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Policy {
    /// By pattern: the name of a function, `dom_*`, or the beginning of a call of the system (`Path.`).
    pub permissions: BTreeMap<String, Permission>,
    /// By function.
    pub modes: BTreeMap<String, Mode>,
    /// How often a function may be called in a run, by pattern.
    pub rate_limits: BTreeMap<String, u64>,
    pub own_functions: Vec<OwnFunction>,
}

/// In the order of strictness: the strictest that fits holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Permission {
    Allow,
    /// A person is asked at each call.
    Ask,
    Deny,
}

/// Who answers a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "camelCase")]
pub enum Mode {
    Extension,
    /// Whoever drives the session, as a pending call.
    Hand,
    Rule(Rule),
    /// The n-th call of a run is answered as the n-th was in a recording.
    Recording {
        answers: Vec<Recorded>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Recorded {
    Error { error: RuleError },
    Value { value: Value },
}

/// After the delay: the error, at every call or at each n-th; else the value; else the extension.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Rule {
    /// `null` is None; without this key there is no fixed value.
    #[serde(deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<RuleError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u64>,
    /// Only each n-th call of a run fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fail_every: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleError {
    pub exc_type: String,
    #[serde(default)]
    pub message: String,
}

/// What is wrong with settings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("{0:?} is neither a function, nor a beginning with *, nor a call of the system")]
    BadPattern(String),
    #[error("the rule of {0} fails each n-th call, but has no error")]
    NoError(String),
    #[error("the rule of {0} fails each 0th call; failEvery is 1 or more")]
    FailEveryZero(String),
}

impl Policy {
    /// Whether the settings make sense. Whether the interpreter has an exception is its to say.
    pub fn check(&self) -> Result<(), PolicyError> {
        for pattern in self.permissions.keys().chain(self.rate_limits.keys()) {
            if !is_pattern(pattern) {
                return Err(PolicyError::BadPattern(pattern.clone()));
            }
        }
        for (name, rule) in self.rules() {
            if rule.fail_every == Some(0) {
                return Err(PolicyError::FailEveryZero(name.to_owned()));
            }
            if rule.fail_every.is_some() && rule.error.is_none() {
                return Err(PolicyError::NoError(name.to_owned()));
            }
        }
        Ok(())
    }

    /// The names of the exceptions that rules raise.
    pub fn raises(&self) -> impl Iterator<Item = &str> {
        self.modes.values().flat_map(Mode::raises).map(|error| error.exc_type.as_str())
    }

    /// What settings give for a function.
    pub fn fixed_values(&self, function: &str) -> Vec<&Value> {
        match self.modes.get(function) {
            Some(Mode::Rule(rule)) => rule.value.iter().collect(),
            Some(Mode::Recording { answers }) => answers.iter().filter_map(Recorded::value).collect(),
            Some(Mode::Extension | Mode::Hand) | None => Vec::new(),
        }
    }

    fn rules(&self) -> impl Iterator<Item = (&str, &Rule)> {
        self.modes.iter().filter_map(|(name, mode)| match mode {
            Mode::Rule(rule) => Some((name.as_str(), rule)),
            Mode::Extension | Mode::Hand | Mode::Recording { .. } => None,
        })
    }
}

impl Recorded {
    fn value(&self) -> Option<&Value> {
        match self {
            Self::Value { value } => Some(value),
            Self::Error { .. } => None,
        }
    }
}

impl Mode {
    fn raises<'a>(&'a self) -> Vec<&'a RuleError> {
        match self {
            Self::Rule(rule) => rule.error.iter().collect(),
            Self::Recording { answers } => {
                let error = |answer: &'a Recorded| match answer {
                    Recorded::Error { error } => Some(error),
                    Recorded::Value { .. } => None,
                };
                answers.iter().filter_map(error).collect()
            }
            Self::Extension | Self::Hand => Vec::new(),
        }
    }
}

fn is_pattern(pattern: &str) -> bool {
    let stem = pattern.strip_suffix('*').unwrap_or(pattern);
    pattern == "*" || is_identifier(stem) || is_system_prefix(stem)
}

/// Whether a pattern fits the name of a function or of a call of the system.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(stem) => name.starts_with(stem),
        None if pattern.ends_with('.') => name.starts_with(pattern),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Mode, Policy, fits};

    #[test]
    fn settings_read_and_write_as_they_were() {
        let json = json!({
            "permissions": {"dom_*": "allow", "Path.": "ask", "fetch_text": "deny"},
            "modes": {
                "a": {"by": "extension"},
                "b": {"by": "hand"},
                "e": {"by": "recording", "answers": [{"value": 1}, {"error": {"excType": "KeyError", "message": ""}}]},
                "c": {"by": "rule", "value": null, "delayMs": 5},
                "d": {"by": "rule", "error": {"excType": "ValueError", "message": "no"}, "failEvery": 3},
            },
            "rateLimits": {"msg_*": 5},
            "ownFunctions": [{"name": "f", "about": "", "params": []}],
        });
        let policy: Policy = serde_json::from_value(json.clone()).unwrap();
        assert_eq!(policy.check(), Ok(()));
        assert_eq!(serde_json::to_value(&policy).unwrap(), json);
        let Mode::Rule(rule) = &policy.modes["c"] else { panic!("c is answered by rule") };
        assert_eq!(rule.value, Some(protocol::Value::None), "null is a value");
        let Mode::Rule(rule) = &policy.modes["d"] else { panic!("d is answered by rule") };
        assert_eq!(rule.value, None);
        assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
        for wrong in
            [json!({"permission": {}}), json!({"modes": {"a": {"by": "magic"}}}), json!({"permissions": {"a": "no"}})]
        {
            assert!(serde_json::from_value::<Policy>(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn settings_without_sense_are_refused() {
        let cases = [
            (json!({"permissions": {"": "deny"}}), r#""" is neither"#),
            (json!({"permissions": {"net.": "deny"}}), r#""net." is neither"#),
            (json!({"permissions": {"a**": "deny"}}), r#""a**" is neither"#),
            (json!({"rateLimits": {"a b": 1}}), r#""a b" is neither"#),
            (json!({"modes": {"f": {"by": "rule", "failEvery": 2}}}), "the rule of f fails each n-th call, but"),
            (json!({"modes": {"f": {"by": "rule", "failEvery": 0}}}), "the rule of f fails each 0th call"),
        ];
        for (json, message) in cases {
            let refused = serde_json::from_value::<Policy>(json).unwrap().check().unwrap_err().to_string();
            assert!(refused.starts_with(message), "{refused}");
        }
        for good in ["*", "dom_*", "dom_text", "Path.", "Path.read*", "open", "import", "os.getenv", "datetime.now"] {
            let policy: Policy = serde_json::from_value(json!({"permissions": {good: "deny"}})).unwrap();
            assert_eq!(policy.check(), Ok(()), "{good}");
        }
    }

    #[test]
    fn patterns_fit_names_prefixes_and_calls_of_the_system() {
        for (pattern, name, expected) in [
            ("dom_text", "dom_text", true),
            ("dom_text", "dom_text2", false),
            ("dom_*", "dom_text", true),
            ("dom_*", "domino", false),
            ("Path.", "Path.read_text", true),
            ("Path.read*", "Path.read_text", true),
            ("os.getenv", "os.getenv", true),
            ("open", "open_it", false),
            ("*", "anything", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
