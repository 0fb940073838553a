//! What children of the sandbox ask of somebody outside.

use std::collections::BTreeMap;

use crate::Event;

/// Above all numbers of calls: those of a program count from 0, those that a parent answers for its
/// children from 2^31.
const FIRST: u32 = 3 << 30;

/// The numbers under which a session tells what its children ask.
#[derive(Debug, Clone, Default)]
pub struct AsksOfChildren {
    count: u32,
    /// The child, and the number that the call has there.
    open: BTreeMap<u32, (u32, u32)>,
}

impl AsksOfChildren {
    /// The child that asked, and the number that its call has there.
    pub fn of(&self, call_id: u32) -> Option<(u32, u32)> {
        self.open.get(&call_id).copied()
    }

    /// Puts the number that holds here in the place of the child's own.
    pub fn name(&mut self, handle: u32, event: &mut Event) {
        let ends = event.ends_a_wait();
        let Some(call_id) = event.call_id_mut() else { return };
        let asked = (handle, *call_id);
        let known = self.open.iter().find(|(_, other)| **other == asked).map(|(id, _)| *id);
        let id = known.unwrap_or_else(|| {
            let id = FIRST + self.count;
            self.count = (self.count + 1) % FIRST.wrapping_neg();
            id
        });
        *call_id = id;
        if ends {
            self.open.remove(&id);
        } else {
            self.open.insert(id, asked);
        }
    }

    /// A child has ended.
    pub fn forget(&mut self, handle: u32) {
        self.open.retain(|_, (child, _)| *child != handle);
    }
}

impl Event {
    /// The number of the call that waits, or no longer waits.
    fn call_id_mut(&mut self) -> Option<&mut u32> {
        match self {
            Self::Waiting { call_id, .. }
            | Self::Waited { call_id }
            | Self::UploadRequested { call_id, .. }
            | Self::DialogRequested { call_id, .. }
            | Self::PermissionRequested { call_id, .. } => Some(call_id),
            Self::Child { told, .. } => told.call_id_mut(),
            _ => None,
        }
    }

    fn ends_a_wait(&self) -> bool {
        match self {
            Self::Waited { .. } => true,
            Self::Child { told, .. } => told.ends_a_wait(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AsksOfChildren;
    use crate::Event;

    fn waited(call_id: u32) -> Event {
        Event::Waited { call_id }
    }

    fn waiting(call_id: u32) -> Event {
        Event::Waiting { function_name: "f".to_owned(), call_id, handles: Vec::new(), range: None }
    }

    #[test]
    fn calls_of_children_have_numbers_of_their_own() {
        let mut asks = AsksOfChildren::default();
        let mut name = |handle, mut event: Event| {
            asks.name(handle, &mut event);
            let id = *event.call_id_mut().unwrap();
            (id, asks.of(id))
        };
        let (first, known) = name(1, waiting(0));
        assert_eq!(known, Some((1, 0)));
        let (second, known) = name(2, waiting(0));
        assert_eq!(known, Some((2, 0)));
        assert_ne!(first, second);
        assert_eq!(name(1, waiting(0)).0, first, "it is asked again");
        let below = Event::Child { handle: 7, told: Box::new(waiting(first)) };
        let (third, known) = name(1, below);
        assert_eq!(known, Some((1, first)));
        assert_ne!(third, first);
        assert_eq!(name(1, waited(0)), (first, None));
        assert_ne!(name(1, waiting(0)).0, first);
        asks.forget(2);
        assert_eq!(asks.of(second), None);
        assert_eq!(asks.of(third), Some((1, first)));
    }
}
