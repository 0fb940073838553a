//! Snapshots that a program takes of itself, in the middle of a call.
//!
//! They are kept by the run that took them. Limits that were used up since stay used up.

use std::collections::VecDeque;

use monty::ReplFunctionCall;
use protocol::Value;

use crate::{
    answer::raise,
    drive::After,
    session::{Engine, Host},
    state::{Run, State},
    waits::Ready,
};

/// How many are kept, and how many bytes they may have in all; the oldest go.
const KEPT: usize = 32;
const BYTES: usize = 64 * 1024 * 1024;

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    taken: u64,
    kept: VecDeque<(String, Vec<u8>)>,
}

impl Tokens {
    fn add(&mut self, state: Vec<u8>) -> String {
        self.taken += 1;
        let token = format!("snapshot-{}", self.taken);
        self.kept.push_back((token.clone(), state));
        let mut bytes: usize = self.kept.iter().map(|(_, state)| state.len()).sum();
        while self.kept.len() > 1 && (self.kept.len() > KEPT || bytes > BYTES) {
            bytes -= self.kept.pop_front().map_or(0, |(_, state)| state.len());
        }
        token
    }

    fn get(&self, token: &str) -> Result<&[u8], String> {
        if let Some((_, state)) = self.kept.iter().find(|(kept, _)| kept == token) {
            return Ok(state);
        }
        let number = token.strip_prefix("snapshot-").and_then(|number| number.parse::<u64>().ok());
        Err(match number {
            Some(number) if (1..=self.taken).contains(&number) => {
                format!("{token:?} is no longer kept: only the newest {KEPT} are, up to {} MB", BYTES / 1024 / 1024)
            }
            _ => format!("{token:?} is no token that interpreter_snapshot() has given in this run"),
        })
    }
}

impl Engine {
    /// Keeps the session as it is in this call, and answers with the token.
    pub(crate) fn take_token(&mut self, mut run: Box<Run>, call: Box<ReplFunctionCall>, host: &mut dyn Host) -> After {
        // Kept apart, so that a snapshot holds no other snapshots.
        self.state = State::Pending(run, call);
        let saved = self.save(host.now());
        let State::Pending(taken_run, call) = std::mem::replace(&mut self.state, State::Idle) else {
            unreachable!("saving puts the pause back")
        };
        run = taken_run;
        let Some(state) = saved else {
            let message = "the interpreter cannot be written down here".to_owned();
            return raise(run, call, "RuntimeError", message);
        };
        let token = Value::Str(self.tokens.add(state));
        self.give(run, call, Ready { result: Ok(token), as_objects: false })
    }

    /// Goes on from the call that gave the token; it gives `"restored"` then.
    pub(crate) fn restore_token(
        &mut self,
        run: Box<Run>,
        call: Box<ReplFunctionCall>,
        token: &str,
        host: &mut dyn Host,
    ) -> After {
        let state = match self.tokens.get(token) {
            Ok(state) => state.to_vec(),
            Err(message) => return raise(run, call, "ValueError", message),
        };
        let printed = self.lines.counted();
        let calls = self.house.calls();
        if let Err(message) = self.load_whole(&state, host.now()) {
            return raise(run, call, "RuntimeError", format!("the snapshot cannot be read: {message}"));
        }
        // What was used up stays used up.
        self.house.count_from(calls);
        self.begin_again(host);
        let State::Pending(mut restored, call) = std::mem::replace(&mut self.state, State::Idle) else {
            unreachable!("what was saved is a call")
        };
        restored.go_on_for(&run);
        self.lines.resume_run(restored.limits.print(), printed);
        drop(run);
        let word = Value::Str("restored".to_owned());
        self.give(restored, call, Ready { result: Ok(word), as_objects: false })
    }
}
