//! The events of the page that a program can wait for: a closed list.

use crate::Raised;

const NAMES: [&str; 13] = [
    "click",
    "dblclick",
    "input",
    "change",
    "submit",
    "keydown",
    "keyup",
    "focus",
    "blur",
    "pointerdown",
    "pointerup",
    "mouseenter",
    "mouseleave",
];

/// A set of types of events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct EventTypes(u16);

impl EventTypes {
    pub(super) const NONE: Self = Self(0);
    pub(super) const CLICK: Self = Self(1);

    /// The set of one type; nothing if there is no such event.
    pub(super) fn one(name: &str) -> Option<Self> {
        NAMES.iter().position(|known| *known == name).map(|index| Self(1 << index))
    }

    /// Like [`Self::one`], for a program.
    pub(super) fn named(name: &str) -> Result<Self, Raised> {
        let unknown = || format!("there is no event {name:?}; there are {}", NAMES.join(", "));
        Self::one(name).ok_or_else(|| Raised::value_error(unknown()))
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether an event of the type is also one of the elements around its target.
    pub(super) fn bubbles(self) -> bool {
        !["focus", "blur", "mouseenter", "mouseleave"].iter().any(|name| Self::one(name) == Some(self))
    }

    pub(super) fn names(self) -> Vec<String> {
        let contained = |(index, name): (usize, &&str)| (self.0 & 1 << index != 0).then(|| (*name).to_owned());
        NAMES.iter().enumerate().filter_map(contained).collect()
    }
}
