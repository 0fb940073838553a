//! The stage as data: what Python has built, and how it changes.
//!
//! Only what is attached to the root is on the stage. Patches tell of that part alone, in order.

use serde::{Deserialize, Serialize};

/// The number by which Python and the page know an element. It never comes back after `remove`.
pub type Handle = u64;

/// An element with all that is in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StageElement {
    #[cfg_attr(feature = "specta", specta(type = u32))]
    pub handle: Handle,
    pub tag: String,
    /// In alphabetical order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub styles: Vec<(String, String)>,
    /// What an input, a textarea or a select shows, where that is not its default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Events that a program waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listens: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<StageNode>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(untagged)]
pub enum StageNode {
    Text(String),
    Element(StageElement),
}

/// One change of the stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "op", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Patch {
    /// The stage starts over; this is its root with all that is in it.
    Reset { root: StageElement },
    /// Adds an element at the end of another one.
    Append {
        #[cfg_attr(feature = "specta", specta(type = u32))]
        parent: Handle,
        element: StageElement,
    },
    /// Takes an element, with what is in it, off the stage.
    Remove {
        #[cfg_attr(feature = "specta", specta(type = u32))]
        handle: Handle,
    },
    /// Puts other children in the place of those there are.
    Children {
        #[cfg_attr(feature = "specta", specta(type = u32))]
        handle: Handle,
        children: Vec<StageNode>,
    },
    /// Sets an attribute, or takes it away.
    Attribute {
        #[cfg_attr(feature = "specta", specta(type = u32))]
        handle: Handle,
        name: String,
        value: Option<String>,
    },
    Style {
        #[cfg_attr(feature = "specta", specta(type = u32))]
        handle: Handle,
        name: String,
        value: Option<String>,
    },
    Value {
        #[cfg_attr(feature = "specta", specta(type = u32))]
        handle: Handle,
        value: String,
    },
    /// The events of an element that a program waits for, all of them.
    Listen {
        #[cfg_attr(feature = "specta", specta(type = u32))]
        handle: Handle,
        types: Vec<String>,
    },
    /// Puts the focus on an element, or on none.
    Focus {
        #[cfg_attr(feature = "specta", specta(type = Option<u32>))]
        handle: Option<Handle>,
    },
}
