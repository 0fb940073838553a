//! What a program wants of its owner.

use protocol::{Arrived, Asked, OutsideAnswer, Resolution};

use super::Owner;
use crate::{Output, OutsideAsked, OutsideReply};

impl Owner {
    pub(super) fn asked(&mut self, call_id: u32, asked: Asked) {
        match asked {
            Asked::System { call } => self.ask_machine(call_id, OutsideAsked::System { call }),
            Asked::Fetch { url } => self.ask_machine(call_id, OutsideAsked::Fetch { url }),
            Asked::Spawn { handle, source, files } => self.spawn_kid(handle, *source, files),
            Asked::EndChild { handle } => self.end_kid(handle),
            Asked::ToChild { handle, call_id, answer } => self.answer_kid(handle, call_id, answer),
            Asked::Parent { .. } | Asked::ParentGone { .. } | Asked::Count { .. } if self.family.depth > 0 => {
                self.say(Output::Asked { call_id, asked });
            }
            Asked::Parent { .. } | Asked::ParentGone { .. } | Asked::Count { .. } => {}
        }
    }

    fn ask_machine(&mut self, call_id: u32, asked: OutsideAsked) {
        let Some(outside) = &self.outside else {
            return self.tell_child(match asked {
                OutsideAsked::System { .. } => Arrived::System { call_id, answer: OutsideAnswer::NotFound },
                OutsideAsked::Fetch { url } => Arrived::Answer {
                    call_id,
                    answer: Resolution::Error {
                        exc_type: "PermissionError".to_owned(),
                        message: format!("{url:?} may not be fetched: no host is allowed here"),
                    },
                },
            });
        };
        self.machine_asked += 1;
        let is_fetch = matches!(asked, OutsideAsked::Fetch { .. });
        let run = self.runs;
        outside.ask(asked, OutsideReply { call_id, is_fetch, run, sender: self.machine_say.clone() });
    }

    /// What the machine has answered; nothing if the run that asked is over.
    pub(super) fn machine_said(&mut self, run: u64, arrived: Arrived) {
        self.machine_asked = self.machine_asked.saturating_sub(1);
        if run == self.runs && self.run.is_some() {
            self.tell_child(arrived);
        }
    }
}
