//! The stage: elements that a program makes, changes and waits for.
//!
//! The tree lives here, in the engine; a window paints it from patches and sends back what a person
//! does. So a call needs no trip, an error is raised at the right line, and a snapshot of the engine
//! is one of the picture too. The rooms, from inside out:
//!
//! - `node`, `tree`, `element`, `events`: the arena and what an element carries
//! - `allowed`, `link`, `properties`, `style`, `sink`, `html`: what may be on the stage
//! - `selector`, `query`: finding elements
//! - `batch`, `paint`, `stage`: changes, and what the page is told of them
//! - `wait`, `save`, `functions`: calls that wait, snapshots, what programs call

mod allowed;
mod batch;
mod element;
mod events;
mod functions;
mod html;
mod link;
mod node;
mod paint;
mod properties;
mod query;
mod save;
mod selector;
mod sink;
mod stage;
mod style;
#[cfg(test)]
mod tests;
mod tree;
mod wait;

use protocol::{
    Event, Value,
    stage::{Handle, Patch},
};

use self::{element::Place, events::EventTypes, functions::FUNCTIONS, node::Id, stage::Stage, wait::Waits};
use crate::{Answer, Args, ChildPolicy, Context, Extension, Function, Heard, Incoming, Profile, Raised};

/// The methods of an element in the object style, and the functions behind them.
pub const METHODS: &[(&str, &str)] = &[
    ("append", "dom_append"),
    ("attr", "dom_attr"),
    ("get_attr", "dom_get_attr"),
    ("get_text", "dom_get_text"),
    ("get_value", "dom_get_value"),
    ("html", "dom_html"),
    ("on_click", "dom_on_click"),
    ("remove", "dom_remove"),
    ("set_attr", "dom_attr"),
    ("set_html", "dom_html"),
    ("set_style", "dom_style"),
    ("set_text", "dom_text"),
    ("set_value", "dom_set_value"),
    ("style", "dom_style"),
    ("text", "dom_text"),
];

/// The functions whose answer is an element in the object style: an int, each int of a list, or
/// `handle` of a dict.
pub const ELEMENTS: &[&str] =
    &["dom_root", "dom_create", "dom_query", "dom_query_all", "dom_await_click_any", "dom_await_event"];

#[derive(Debug)]
pub struct Dom {
    stage: Stage,
    waits: Waits,
    /// The page shows an empty stage, so one need not be told.
    is_bare: bool,
}

impl Default for Dom {
    fn default() -> Self {
        Self::new()
    }
}

impl Dom {
    pub fn new() -> Self {
        Self { stage: Stage::new(), waits: Waits::default(), is_bare: true }
    }

    /// The stage as it is now, for a page that comes late. What was gathered has to be flushed
    /// before, else that page would be told of it twice.
    pub fn whole(&self) -> Vec<Patch> {
        let mut patches = Vec::new();
        paint::reset(&self.stage.tree, &mut patches);
        if self.stage.focused.is_some() {
            patches.push(Patch::Focus { handle: self.stage.focused });
        }
        patches
    }

    /// Takes over what the person has typed, chosen or turned to.
    fn keep(&mut self, id: Id, handle: Handle, event_type: &str, value: Option<&Value>) -> Result<(), Raised> {
        let is_switch = self.stage.tree[id].is_switch();
        match (event_type, value) {
            ("focus", _) => self.stage.focused = Some(handle),
            ("blur", _) if self.stage.focused == Some(handle) => self.stage.focused = None,
            ("input" | "change", None | Some(Value::None)) => {}
            ("input" | "change", Some(Value::Bool(on))) if is_switch => self.stage.keep_checked(id, *on)?,
            ("input" | "change", Some(Value::Str(text))) if !is_switch && self.stage.tree[id].has_value() => {
                self.stage.keep_value(id, text.clone())?;
            }
            ("input" | "change", Some(value)) => {
                let (tag, kind) = (self.stage.tree[id].tag, value.type_name());
                return Err(Raised::value_error(format!("this <{tag}> takes no value of type {kind}")));
            }
            _ => {}
        }
        Ok(())
    }
}

impl Extension for Dom {
    fn profile(&self) -> Profile {
        let about =
            "Elements on the stage beside the program: make them, change them, find them, wait for clicks and input.";
        Profile { child_policy: ChildPolicy::Exclude, ..Profile::new("dom", about) }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        let Some(declared) = FUNCTIONS.get(function) else {
            return Raised::runtime_error(format!("dom has no function {function}")).into();
        };
        let answer = (declared.answer)(self, args, cx);
        if !self.stage.lost.is_empty() {
            let mut lost = std::mem::take(&mut self.stage.lost);
            lost.sort_unstable();
            for (call_id, raised) in self.waits.lose(&lost) {
                cx.resolve(call_id, Err(raised));
            }
        }
        match answer {
            Answer::Raise(Raised { exc_type, message }) => {
                Answer::Raise(Raised { exc_type, message: format!("{}(): {message}", declared.function.name) })
            }
            answer => answer,
        }
    }

    fn released(&mut self, call_id: u32, _: &mut Context<'_>) {
        self.waits.release(&mut self.stage, call_id);
    }

    fn hear(&mut self, incoming: &Incoming, cx: &mut Context<'_>) -> Heard {
        if matches!(incoming, Incoming::Redraw) {
            // What was gathered is part of the whole.
            drop(self.stage.take());
            cx.event(Event::Stage { patches: self.whole() });
            return Heard::Taken { queued: 0 };
        }
        let Incoming::Dom { handle, event_type, value } = incoming else { return Heard::NotMine };
        let Ok(id) = self.stage.tree.find(*handle) else {
            return Heard::Refused(format!("there is no element {handle}"));
        };
        if self.stage.tree[id].place == Place::Detached {
            return Heard::Refused(format!("element {handle} is not on the stage"));
        }
        if let Err(raised) = EventTypes::named(event_type) {
            return Heard::Refused(raised.message);
        }
        if let Err(raised) = self.keep(id, *handle, event_type, value.as_ref()) {
            return Heard::Refused(raised.message);
        }
        if let Some((call_id, gives)) = self.waits.hear(&mut self.stage, id, event_type, value.as_ref()) {
            cx.resolve(call_id, Ok(gives));
        }
        Heard::Taken { queued: 0 }
    }

    fn flush(&mut self, cx: &mut Context<'_>) {
        let is_untouched = self.stage.is_untouched();
        if self.is_bare && is_untouched {
            return;
        }
        let patches = self.stage.take();
        if !patches.is_empty() {
            self.is_bare = is_untouched;
            cx.event(Event::Stage { patches });
        }
    }

    fn is_full(&self) -> bool {
        self.stage.batch.is_full()
    }

    fn begin(&mut self, _: &mut Context<'_>) {
        self.stage = Stage::new();
        self.waits.clear();
    }

    fn save(&self) -> Option<Vec<u8>> {
        Some(save::save(&self.stage))
    }

    fn load(&mut self, saved: Option<&[u8]>, _: &mut Context<'_>) -> Result<(), String> {
        self.stage = saved.map_or_else(|| Ok(Stage::new()), save::load)?;
        self.waits.clear();
        // A page that shows an empty stage need not be told of another.
        self.is_bare &= self.stage.is_untouched();
        Ok(())
    }
}
