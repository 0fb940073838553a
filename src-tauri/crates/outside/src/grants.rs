//! What a person allows a program.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// All that is allowed. The default allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Grants {
    pub mounts: Vec<Mount>,
    pub fetch: FetchGrants,
}

/// A folder of the machine that a program sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// Where the program finds it.
    pub at: String,
    pub folder: PathBuf,
    pub mode: Mode,
    /// How much may be written in all, over the life of the grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_limit_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    ReadOnly,
    /// Writes stay in memory.
    Overlay,
    ReadWrite,
}

/// What may be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FetchGrants {
    /// `example.org` and `*.example.org` mean the usual ports (80 of http, 443 of https),
    /// `example.org:8080` that one. `*.example.org` is not `example.org` itself. An address of this
    /// machine or its network has to be named itself; for `localhost` its name is enough.
    pub hosts: Vec<String>,
    /// At most 64 MB.
    pub max_bytes: u64,
    /// For all of one fetch, redirects and body included. At most an hour.
    pub timeout_ms: u64,
    pub max_redirects: u32,
}

impl Default for FetchGrants {
    fn default() -> Self {
        Self { hosts: Vec::new(), max_bytes: 8 * 1024 * 1024, timeout_ms: 15_000, max_redirects: 5 }
    }
}
