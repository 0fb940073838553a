//! Calls that wait for the person.

use protocol::{Value, stage::Handle};

use super::{events::EventTypes, node::Id, stage::Stage};
use crate::Raised;

/// What a waiting call gives when its event comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gives {
    /// `"clicked"`
    Clicked,
    /// The element.
    Handle,
    /// The element, the type and the value of the event.
    Event,
}

#[derive(Debug)]
struct Waiter {
    call_id: u32,
    gives: Gives,
    types: EventTypes,
    /// Sorted.
    handles: Vec<Handle>,
}

/// All waiting calls, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Waits(Vec<Waiter>);

impl Waits {
    /// A call waits. The elements are on the arena.
    pub(super) fn open(&mut self, stage: &mut Stage, call_id: u32, gives: Gives, types: EventTypes, elements: &[Id]) {
        self.release(stage, call_id);
        let mut handles: Vec<Handle> = elements.iter().map(|id| stage.tree.handle(*id)).collect();
        handles.sort_unstable();
        handles.dedup();
        self.0.push(Waiter { call_id, gives, types, handles: handles.clone() });
        self.listen(stage, &handles);
    }

    /// A call no longer waits.
    pub(super) fn release(&mut self, stage: &mut Stage, call_id: u32) {
        if let Some(index) = self.0.iter().position(|waiter| waiter.call_id == call_id) {
            let handles = self.0.remove(index).handles;
            self.listen(stage, &handles);
        }
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// An event of an element: the call whose wait it ends, and what that call gives.
    pub(super) fn hear(
        &mut self,
        stage: &mut Stage,
        target: Id,
        event_type: &str,
        value: Option<&Value>,
    ) -> Option<(u32, Value)> {
        let kind = EventTypes::one(event_type)?;
        let levels = if kind.bubbles() { usize::MAX } else { 1 };
        let (waiter, handle) = stage.tree.upwards(target).take(levels).find_map(|id| {
            let handle = stage.tree.handle(id);
            let hears = |waiter: &&Waiter| waiter.types.meets(kind) && waiter.handles.binary_search(&handle).is_ok();
            let listens = stage.tree[id].listens.meets(kind);
            listens.then(|| self.0.iter().find(hears)).flatten().map(|waiter| (waiter, handle))
        })?;
        let gives = match waiter.gives {
            Gives::Clicked => Value::Str("clicked".to_owned()),
            Gives::Handle => integer(handle),
            Gives::Event => Value::Dict(vec![
                (Value::Str("handle".to_owned()), integer(handle)),
                (Value::Str("type".to_owned()), Value::Str(event_type.to_owned())),
                (Value::Str("value".to_owned()), value.cloned().unwrap_or(Value::None)),
            ]),
        };
        let call_id = waiter.call_id;
        self.release(stage, call_id);
        Some((call_id, gives))
    }

    /// Elements (sorted) are gone: the calls that waited for nothing else.
    pub(super) fn lose(&mut self, lost: &[Handle]) -> Vec<(u32, Raised)> {
        let mut ended = Vec::new();
        self.0.retain_mut(|waiter| {
            waiter.handles.retain(|handle| lost.binary_search(handle).is_err());
            if waiter.handles.is_empty() {
                let name = waiter.gives.function();
                let message = format!("{name}(): every element that it waited for was removed");
                ended.push((waiter.call_id, Raised::value_error(message)));
            }
            !waiter.handles.is_empty()
        });
        ended
    }

    /// Brings what elements listen for in line with the calls that wait.
    fn listen(&self, stage: &mut Stage, handles: &[Handle]) {
        for handle in handles {
            let Ok(id) = stage.tree.find(*handle) else { continue };
            let waiters = self.0.iter().filter(|waiter| waiter.handles.binary_search(handle).is_ok());
            let types = waiters.fold(EventTypes::NONE, |types, waiter| types.with(waiter.types));
            if stage.tree[id].listens != types {
                stage.tree[id].listens = types;
                stage.batch.listens(*handle);
            }
        }
    }
}

impl Gives {
    fn function(self) -> &'static str {
        match self {
            Self::Clicked => "dom_on_click",
            Self::Handle => "dom_await_click_any",
            Self::Event => "dom_await_event",
        }
    }
}

/// A handle as Python sees it.
pub(super) fn integer(handle: Handle) -> Value {
    Value::Int(i64::try_from(handle).expect("a handle has at most 50 bits"))
}
