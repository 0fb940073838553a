//! What holds for all programs of a session, whatever becomes of its interpreter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Value;

/// What a session is told once. Absent fields stay as they were.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Settings {
    /// Who may call what: a name, `namespace_*` or the beginning of a call of the system, and
    /// `allow`, `ask` or `deny`. The strictest that matches holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<BTreeMap<String, Permission>>,
    /// How functions are answered, by name; by their extension where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modes: Option<BTreeMap<String, Mode>>,
    /// The user's own functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<Vec<OwnFunction>>,
    /// What `os.environ` holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environ: Option<BTreeMap<String, String>>,
    /// What the storage holds, all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<BTreeMap<String, Value>>,
    /// Hosts that may be fetched from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetch: Option<Vec<String>>,
    /// Where folders of the machine are mounted. Which folder that is only their owner knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mounts: Option<Vec<String>>,
    /// Files in memory, by path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<BTreeMap<String, crate::Bytes>>,
}

impl Settings {
    /// These, with `earlier` where they say nothing.
    #[must_use]
    pub fn over(self, earlier: Self) -> Self {
        Self {
            permissions: self.permissions.or(earlier.permissions),
            modes: self.modes.or(earlier.modes),
            functions: self.functions.or(earlier.functions),
            environ: self.environ.or(earlier.environ),
            storage: self.storage.or(earlier.storage),
            fetch: self.fetch.or(earlier.fetch),
            mounts: self.mounts.or(earlier.mounts),
            files: self.files,
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Permission {
    #[default]
    Allow,
    Ask,
    Deny,
}

/// Who answers a function, and how.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "by", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Mode {
    #[default]
    Extension,
    /// The call is a pause.
    Hand,
    /// A fixed answer, after a delay if one is given; every n-th call fails if that is given.
    Rule {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<RuleError>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay_ms: Option<u64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fail_every: Option<u64>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RuleError {
    #[serde(default = "runtime_error")]
    pub exc_type: String,
    pub message: String,
}

fn runtime_error() -> String {
    "RuntimeError".to_owned()
}

/// A function that the user declares; it is answered by hand or by a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct OwnFunction {
    pub name: String,
    pub about: String,
    pub params: Vec<OwnParam>,
    /// A type, or several; see [`OwnParam::kind`].
    pub returns: OwnType,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct OwnParam {
    pub name: String,
    /// `string`, `integer`, `number`, `boolean`, `bytes`, `list`, `map`, `none`, `any`, or several.
    #[serde(rename = "type")]
    pub kind: OwnType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// `plain`, `python`, `json`, `sql` or `markdown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum OwnType {
    One(String),
    Any(Vec<String>),
}

impl Default for OwnType {
    fn default() -> Self {
        Self::One("any".to_owned())
    }
}
