//! Ends a turn whose time is up.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use engine::interrupt::{self, Reason};

use super::outbox::Outbox;

pub(crate) struct TurnClock {
    outbox: Arc<Outbox>,
    state: Mutex<State>,
    armed: Condvar,
}

#[derive(Default)]
struct State {
    turn: Option<Armed>,
    /// When the watching thread will look next by itself. A host call arms the clock anew; waking
    /// the thread each time would cost more than the call.
    looks_at: Option<Instant>,
}

struct Armed {
    began: Instant,
    waited: Duration,
    budget: Duration,
    reason: Reason,
    asked: bool,
}

/// How long a turn may take to end once it was asked to.
const PATIENCE: Duration = Duration::from_millis(5);

impl TurnClock {
    pub(crate) fn new(outbox: Arc<Outbox>) -> Self {
        Self { outbox, state: Mutex::default(), armed: Condvar::new() }
    }

    /// Starts the time of a turn. Waiting for the reader will not count.
    pub(crate) fn arm(&self, budget: Duration, per_turn: bool) {
        let began = Instant::now();
        let reason = if per_turn { Reason::TurnTimeout } else { Reason::Timeout };
        let turn = Armed { began, waited: self.outbox.waited(), budget, reason, asked: false };
        let mut state = self.lock();
        let in_time = state.looks_at.is_some_and(|look| began.checked_add(budget).is_none_or(|end| look <= end));
        state.turn = Some(turn);
        if !in_time {
            self.armed.notify_one();
        }
    }

    pub(crate) fn disarm(&self) {
        self.lock().turn = None;
    }

    /// The body of the clock's thread.
    pub(crate) fn watch(&self) {
        let mut state = self.lock();
        loop {
            let left = state.turn.as_ref().map(|turn| {
                let waited = self.outbox.waited().saturating_sub(turn.waited);
                turn.budget.saturating_sub(turn.began.elapsed().saturating_sub(waited))
            });
            match left {
                None => {
                    state.looks_at = None;
                    state = self.armed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
                Some(Duration::ZERO) => {
                    if let Some(turn) = &mut state.turn {
                        // First an error that says where, then one that nothing catches.
                        let act = if turn.asked { interrupt::trip } else { interrupt::ask };
                        act(turn.reason);
                        turn.budget = turn.budget.saturating_add(PATIENCE);
                        if turn.asked {
                            state.turn = None;
                        } else {
                            turn.asked = true;
                        }
                    }
                }
                Some(left) => {
                    state.looks_at = Instant::now().checked_add(left);
                    state = self.armed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
