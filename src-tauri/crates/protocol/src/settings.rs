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
    pub permissions: Option<serde_json::Value>,
    /// How functions are answered, by name; by their extension where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modes: Option<serde_json::Value>,
    /// How often a function may be called in a run, by the same patterns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limits: Option<serde_json::Value>,
    /// The user's own functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub functions: Option<serde_json::Value>,
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
            rate_limits: self.rate_limits.or(earlier.rate_limits),
            functions: self.functions.or(earlier.functions),
            environ: self.environ.or(earlier.environ),
            storage: self.storage.or(earlier.storage),
            fetch: self.fetch.or(earlier.fetch),
            mounts: self.mounts.or(earlier.mounts),
            files: self.files,
        }
    }
}
