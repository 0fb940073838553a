//! What an editor shows of a function.

use serde::Serialize;

use super::signature::signature;
use crate::declaration::Function;

/// An entry of a completion list, and the text of a hover.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Completion {
    pub label: String,
    pub signature: String,
    pub about: String,
    pub namespace: String,
    /// A snippet with a field for each parameter that has to be given, like `dom_text(${h}, ${text})`.
    pub insert: String,
}

impl Completion {
    pub fn of(function: &Function) -> Self {
        let mut fields: Vec<String> = function
            .params
            .iter()
            .filter(|param| param.default.is_none())
            .map(|param| format!("${{{}}}", param.name))
            .collect();
        if fields.is_empty() && !function.params.is_empty() {
            fields.push("${}".to_owned());
        }
        Self {
            label: function.name.to_string(),
            signature: signature(function),
            about: function.about.to_string(),
            namespace: function.namespace.to_string(),
            insert: format!("{}({})", function.name, fields.join(", ")),
        }
    }
}
