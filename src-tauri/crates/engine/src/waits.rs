//! Calls that wait for something outside, and what has come of them.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use extensions::{Args, Raised, Verdict};
use protocol::{Range, STEP, Value, record::By, stage::Handle};
use serde::{Deserialize, Serialize};

use crate::{
    house::Known,
    state::{Pace, Run},
};

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum For {
    /// Its extension: an event, another call.
    Extension,
    /// The answer to a question.
    Answer,
    /// Somebody to allow it.
    Permission,
    /// Nothing but time: a rule delays its answer.
    Time,
    /// The root of the family, which counts how often it is called.
    Count,
}

/// A call on its way through the chain and its extension.
#[derive(Debug, Clone)]
pub(crate) struct Calling {
    pub(crate) name: Cow<'static, str>,
    /// None for what whoever drives the session answers.
    pub(crate) known: Option<Known>,
    pub(crate) args: Args,
    pub(crate) range: Option<Range>,
    /// Whether handles come back as elements.
    pub(crate) as_objects: bool,
    pub(crate) awaited: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct OpenWait {
    pub(crate) calling: Calling,
    pub(crate) waits_for: For,
    pub(crate) handles: Vec<Handle>,
    pub(crate) timeout: Option<Duration>,
    /// When it has waited long enough, by [`crate::Host::now`].
    pub(crate) until: Option<Duration>,
    /// How the chain goes on, where it is the chain that holds it up, and the rule that does.
    pub(crate) then: Option<(String, Verdict)>,
    /// Whether it was restored: the chain, which may be another one now, has to be asked again.
    pub(crate) restored: bool,
}

/// What a call gives that has waited.
#[derive(Debug, Clone)]
pub(crate) struct Ready {
    pub(crate) result: Result<Value, Raised>,
    pub(crate) as_objects: bool,
}

/// The waits of one run.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    pub(crate) open: BTreeMap<u32, OpenWait>,
    pub(crate) ready: BTreeMap<u32, Ready>,
}

/// A wait as a snapshot keeps it: the call is made again.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedWait {
    pub(crate) call_id: u32,
    pub(crate) name: String,
    pub(crate) args: Vec<Value>,
    pub(crate) range: Option<Range>,
    pub(crate) as_objects: bool,
    pub(crate) awaited: bool,
    pub(crate) waits_for: For,
    /// What it gives, if it waits no longer.
    pub(crate) ready: Option<SavedReady>,
    /// What is left of its time.
    pub(crate) left: Option<Duration>,
}

#[derive(Serialize, Deserialize)]
pub(crate) enum SavedReady {
    Value(Value),
    Raised(String, String),
}

impl Waits {
    /// When the first of them has waited long enough.
    pub(crate) fn until(&self) -> Option<Duration> {
        self.open.values().filter_map(|wait| wait.until).min()
    }

    pub(crate) fn knows(&self, call_id: u32) -> bool {
        self.open.contains_key(&call_id) || self.ready.contains_key(&call_id)
    }

    pub(crate) fn save(&self, now: Duration) -> Vec<SavedWait> {
        let open = self.open.iter().map(|(call_id, wait)| {
            let OpenWait { calling, waits_for, until, .. } = wait;
            SavedWait {
                call_id: *call_id,
                name: calling.name.to_string(),
                args: calling.args.0.clone(),
                range: calling.range.clone(),
                as_objects: calling.as_objects,
                awaited: calling.awaited,
                waits_for: *waits_for,
                ready: None,
                left: until.map(|until| until.saturating_sub(now)),
            }
        });
        let ready = self.ready.iter().map(|(call_id, ready)| SavedWait {
            call_id: *call_id,
            name: String::new(),
            args: Vec::new(),
            range: None,
            as_objects: ready.as_objects,
            awaited: false,
            waits_for: For::Extension,
            ready: Some(match &ready.result {
                Ok(value) => SavedReady::Value(value.clone()),
                Err(raised) => SavedReady::Raised(raised.exc_type.to_string(), raised.message.clone()),
            }),
            left: None,
        });
        open.chain(ready).collect()
    }
}

/// What came of a call.
pub(crate) enum Came {
    Now(Result<Value, Raised>, By),
    Waits(Box<OpenWait>),
}

impl Run {
    /// What the chain says of a call, once somebody has let it go where each has to be.
    pub(crate) fn stepped(&self, verdict: Verdict) -> Verdict {
        match verdict {
            // Either stops anyway.
            Verdict::Ask { .. } | Verdict::Hand => verdict,
            verdict if self.pace == Pace::Steps => Verdict::Ask { rule: STEP.to_owned(), then: Box::new(verdict) },
            verdict => verdict,
        }
    }
}
