//! Elements and texts as they are linked: numbers of the arena.

use std::num::NonZeroU32;

/// An element that is in the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Id(pub(super) u32);

/// An element or a text, as a sibling is linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node(NonZeroU32);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NodeKind {
    Element(Id),
    Text(TextId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextId(pub(super) u32);

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Links {
    pub(super) parent: Option<Id>,
    pub(super) previous: Option<Node>,
    pub(super) next: Option<Node>,
}

impl Node {
    const TEXT: u32 = 1 << 31;

    pub(super) fn element(id: Id) -> Self {
        Self(NonZeroU32::MIN.saturating_add(id.0))
    }

    pub(super) fn text(id: TextId) -> Self {
        Self(NonZeroU32::MIN.saturating_add(id.0 | Self::TEXT))
    }

    pub(super) fn kind(self) -> NodeKind {
        let number = self.0.get() - 1;
        if number & Self::TEXT == 0 {
            NodeKind::Element(Id(number))
        } else {
            NodeKind::Text(TextId(number & !Self::TEXT))
        }
    }

    pub(super) fn as_element(self) -> Option<Id> {
        match self.kind() {
            NodeKind::Element(id) => Some(id),
            NodeKind::Text(_) => None,
        }
    }
}
