//! `el`: the event loop between a program and whoever watches it.

use std::collections::VecDeque;

use protocol::{Event, Value};
use serde::{Deserialize, Serialize};

use crate::{
    call::{Answer, Args, Context, Raised, Wait},
    declaration::{Declared, Function, Type, declare, param},
    extension::{ChildPolicy, Extension, Heard, Incoming, Profile},
};

/// More events are refused until some are received.
pub const MAX_QUEUED: usize = 10_000;

const FUNCTIONS: &[Declared<El>] = &[
    declare(
        "el_emit",
        "Tells a value to whoever watches the program.",
        const { &[param("value", Type::ANY)] },
        Type::NONE,
        El::emit,
    ),
    declare(
        "el_recv",
        "Gives the next event from outside, in the order they came in, and waits where there is none.",
        &[],
        Type::ANY,
        El::receive,
    ),
];

/// Events that came early queue in order; calls that wait are served in order.
#[derive(Debug, Default)]
pub struct El {
    queue: VecDeque<Value>,
    /// Calls that wait. Only while the queue is empty.
    waiters: VecDeque<u32>,
    last_emitted: Option<Value>,
    /// How much of the front of the queue is left over from the program that ended last.
    stale: usize,
    is_running: bool,
    is_changed: bool,
    /// How it stood when that was last told; as in the beginning, if it never was.
    told: Option<Value>,
}

/// What a snapshot keeps. Calls that wait are asked again by whoever restores it.
#[derive(Serialize, Deserialize)]
struct Saved {
    queue: VecDeque<Value>,
    last_emitted: Option<Value>,
}

impl El {
    fn emit(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let value = args.take(0);
        cx.emit(value.clone());
        self.last_emitted = Some(value);
        self.is_changed = true;
        Value::None.into()
    }

    fn receive(&mut self, _args: Args, cx: &mut Context<'_>) -> Answer {
        self.is_changed = true;
        if let Some(event) = self.queue.pop_front() {
            self.stale = self.stale.saturating_sub(1);
            return event.into();
        }
        if cx.depth > 0 {
            // Nobody can send it any.
            return Raised::runtime_error("el_recv() waits for events, which a child of the sandbox never gets").into();
        }
        self.waiters.push_back(cx.call_id);
        Answer::Wait(Wait::default())
    }

    fn dispatch(&mut self, event: &Value, cx: &mut Context<'_>) -> Heard {
        if let Some(call_id) = self.waiters.pop_front() {
            cx.resolve(call_id, Ok(event.clone()));
        } else if self.queue.len() < MAX_QUEUED {
            self.queue.push_back(event.clone());
        } else {
            return Heard::Refused(format!("{MAX_QUEUED} events wait for el_recv already"));
        }
        self.is_changed = true;
        Heard::Taken { queued: self.queue.len() }
    }

    fn tell(&mut self, state: Value, cx: &mut Context<'_>) {
        self.told = Some(state.clone());
        cx.event(Event::State { extension: "el".to_owned(), value: state });
    }

    fn state(&self) -> Value {
        let count = |count: usize| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        let pairs = [
            ("queued", count(self.queue.len())),
            ("waiting", count(self.waiters.len())),
            ("lastEmitted", self.last_emitted.clone().unwrap_or(Value::None)),
        ];
        Value::Dict(pairs.into_iter().map(|(name, value)| (Value::Str(name.to_owned()), value)).collect())
    }
}

impl Extension for El {
    fn profile(&self) -> Profile {
        Profile { child_policy: ChildPolicy::Clone, ..Profile::new("el", "Events to the program, and values from it.") }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        (FUNCTIONS[function].answer)(self, args, cx)
    }

    fn hear(&mut self, incoming: &Incoming, cx: &mut Context<'_>) -> Heard {
        match incoming {
            Incoming::Dispatch(event) => self.dispatch(event, cx),
            Incoming::Redraw => {
                self.tell(self.state(), cx);
                Heard::Taken { queued: 0 }
            }
            _ => Heard::NotMine,
        }
    }

    fn released(&mut self, call_id: u32, _cx: &mut Context<'_>) {
        let waiting = self.waiters.len();
        self.waiters.retain(|waiter| *waiter != call_id);
        self.is_changed |= self.waiters.len() != waiting;
    }

    fn flush(&mut self, cx: &mut Context<'_>) {
        if !std::mem::take(&mut self.is_changed) {
            return;
        }
        let state = self.state();
        if self.told.clone().unwrap_or_else(|| Self::default().state()) != state {
            self.tell(state, cx);
        }
    }

    fn begin(&mut self, _cx: &mut Context<'_>) {
        // A program that never ended has left all there is.
        let left = if self.is_running { self.queue.len() } else { self.stale };
        self.queue.drain(..left);
        self.waiters.clear();
        self.last_emitted = None;
        self.stale = 0;
        self.is_running = true;
        self.is_changed = true;
    }

    fn ended(&mut self) {
        self.stale = self.queue.len();
        self.is_running = false;
        self.is_changed |= !self.waiters.is_empty();
        self.waiters.clear();
    }

    fn save(&self) -> Option<Vec<u8>> {
        let saved = Saved { queue: self.queue.clone(), last_emitted: self.last_emitted.clone() };
        serde_json::to_vec(&saved).ok()
    }

    fn load(&mut self, saved: Option<&[u8]>, _cx: &mut Context<'_>) -> Result<(), String> {
        let told = self.told.clone();
        let mut next = Self { is_running: self.is_running, is_changed: true, told, ..Self::default() };
        if let Some(saved) = saved {
            let saved: Saved = serde_json::from_slice(saved).map_err(|error| format!("no state of el: {error}"))?;
            if saved.queue.len() > MAX_QUEUED {
                return Err(format!("no state of el: {} events are queued", saved.queue.len()));
            }
            (next.queue, next.last_emitted) = (saved.queue, saved.last_emitted);
        }
        *self = next;
        Ok(())
    }

    fn for_child(&self) -> Option<Box<dyn Extension>> {
        Some(Box::new(Self::default()))
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Event, Value};

    use super::{El, MAX_QUEUED};
    use crate::{
        call::Effect,
        extension::{Extension, Heard, Incoming},
        testing::{Rig, dict, text},
    };

    fn dispatch(rig: &mut Rig, el: &mut El, value: &str) -> Heard {
        rig.hear(el, &Incoming::Dispatch(text(value)))
    }

    fn state(rig: &mut Rig, el: &mut El) -> Option<Value> {
        rig.take();
        el.flush(&mut rig.cx());
        rig.events().into_iter().next().map(|event| match event {
            Event::State { extension, value } if extension == "el" => value,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn emit_tells_the_value_with_its_call() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        assert_eq!(rig.value(&mut el, "el_emit", vec![text("hi")]), Value::None);
        assert_eq!(rig.take(), [Effect::Event(Event::Emit { value: text("hi"), call_id: Some(1) })]);
        assert_eq!(
            rig.raised(&mut el, "el_emit", vec![]),
            "TypeError: el_emit() missing 1 required positional argument: 'value'"
        );
    }

    #[test]
    fn early_events_queue_in_order() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        assert_eq!(dispatch(&mut rig, &mut el, "one"), Heard::Taken { queued: 1 });
        assert_eq!(dispatch(&mut rig, &mut el, "two"), Heard::Taken { queued: 2 });
        assert_eq!(rig.value(&mut el, "el_recv", vec![]), text("one"));
        assert_eq!(rig.value(&mut el, "el_recv", vec![]), text("two"));
        rig.waits(&mut el, "el_recv", vec![]);
    }

    #[test]
    fn several_waiters_are_served_in_order_and_a_released_one_not() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        let calls: Vec<u32> = (0..3).map(|_| rig.waits(&mut el, "el_recv", vec![])).collect();
        el.released(calls[1], &mut rig.cx());
        for value in ["one", "two", "three"] {
            dispatch(&mut rig, &mut el, value);
        }
        assert_eq!(rig.resolved(), [(calls[0], Ok(text("one"))), (calls[2], Ok(text("two")))]);
        assert_eq!(rig.value(&mut el, "el_recv", vec![]), text("three"));
    }

    #[test]
    fn a_flood_of_events_is_refused() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        for _ in 0..MAX_QUEUED {
            dispatch(&mut rig, &mut el, "x");
        }
        let refused = Heard::Refused("10000 events wait for el_recv already".to_owned());
        assert_eq!(dispatch(&mut rig, &mut el, "x"), refused);
        rig.value(&mut el, "el_recv", vec![]);
        assert_eq!(dispatch(&mut rig, &mut el, "x"), Heard::Taken { queued: MAX_QUEUED });
    }

    #[test]
    fn its_state_is_told_once_when_it_changed() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        assert_eq!(state(&mut rig, &mut el), None);
        let expected = |queued, waiting, last| {
            Some(dict(&[("queued", Value::Int(queued)), ("waiting", Value::Int(waiting)), ("lastEmitted", last)]))
        };
        dispatch(&mut rig, &mut el, "x");
        assert_eq!(state(&mut rig, &mut el), expected(1, 0, Value::None));
        assert_eq!(state(&mut rig, &mut el), None);
        rig.value(&mut el, "el_emit", vec![Value::Int(5)]);
        rig.value(&mut el, "el_recv", vec![]);
        let call = rig.waits(&mut el, "el_recv", vec![]);
        assert_eq!(state(&mut rig, &mut el), expected(0, 1, Value::Int(5)));
        el.released(call, &mut rig.cx());
        assert_eq!(state(&mut rig, &mut el), expected(0, 0, Value::Int(5)));
        el.released(call, &mut rig.cx());
        assert_eq!(state(&mut rig, &mut el), None);
    }

    #[test]
    fn a_fresh_program_finds_only_what_was_sent_ahead_for_it() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        dispatch(&mut rig, &mut el, "before the first");
        el.begin(&mut rig.cx());
        assert_eq!(rig.value(&mut el, "el_recv", vec![]), text("before the first"));
        dispatch(&mut rig, &mut el, "left");
        dispatch(&mut rig, &mut el, "left too");
        el.ended();
        dispatch(&mut rig, &mut el, "ahead");
        el.begin(&mut rig.cx());
        assert_eq!(rig.value(&mut el, "el_recv", vec![]), text("ahead"));
        dispatch(&mut rig, &mut el, "left by a program that never ended");
        el.begin(&mut rig.cx());
        rig.waits(&mut el, "el_recv", vec![]);
    }

    #[test]
    fn a_program_in_the_same_interpreter_goes_on_with_the_queue() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        el.begin(&mut rig.cx());
        dispatch(&mut rig, &mut el, "one");
        dispatch(&mut rig, &mut el, "two");
        el.ended();
        assert_eq!(rig.value(&mut el, "el_recv", vec![]), text("one"));
        el.begin(&mut rig.cx());
        rig.waits(&mut el, "el_recv", vec![]);
    }

    #[test]
    fn the_end_of_a_program_gives_up_its_waits() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        rig.waits(&mut el, "el_recv", vec![]);
        el.ended();
        assert_eq!(dispatch(&mut rig, &mut el, "x"), Heard::Taken { queued: 1 });
        assert!(rig.resolved().is_empty());
    }

    #[test]
    fn a_snapshot_keeps_the_queue_and_the_last_value() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        dispatch(&mut rig, &mut el, "x");
        rig.value(&mut el, "el_emit", vec![Value::Bytes(vec![1])]);
        let saved = el.save().unwrap();
        let mut other = El::default();
        rig.waits(&mut other, "el_recv", vec![]);
        other.load(Some(&saved), &mut rig.cx()).unwrap();
        assert_eq!(other.save().unwrap(), saved);
        assert_eq!(rig.value(&mut other, "el_recv", vec![]), text("x"));

        assert!(other.load(Some(b"{}"), &mut rig.cx()).unwrap_err().starts_with("no state of el: "));
        other.load(None, &mut rig.cx()).unwrap();
        assert_eq!(other.save(), El::default().save());
    }

    #[test]
    fn a_child_has_a_loop_of_its_own() {
        let (mut rig, mut el) = (Rig::new(), El::default());
        dispatch(&mut rig, &mut el, "for the parent");
        let mut child = el.for_child().unwrap();
        rig.waits(&mut *child, "el_recv", vec![]);
        let other = Incoming::ChildPrinted { handle: 1, text: String::new() };
        assert_eq!(rig.hear(&mut el, &other), Heard::NotMine);
    }
}
