//! What children of the sandbox get of the extensions.

use protocol::Value;

use super::{Coordinator, CoordinatorError, member::Member};
use crate::{
    call::{Answer, Args, Context, Question, Wait},
    declaration::Function,
    extension::{ChildPolicy, Extension, Profile},
};

impl Coordinator {
    /// The extensions of a child, by the policy of each of ours.
    pub fn for_children(&self) -> Result<Vec<Box<dyn Extension>>, CoordinatorError> {
        self.members.iter().filter_map(for_child).collect()
    }
}

fn for_child(member: &Member) -> Option<Result<Box<dyn Extension>, CoordinatorError>> {
    match member.profile.child_policy {
        ChildPolicy::Exclude => None,
        ChildPolicy::Inherit => {
            Some(Ok(Box::new(Inherited { profile: member.profile.clone(), functions: member.functions.clone() })))
        }
        ChildPolicy::Clone => {
            let child = member.extension.for_child();
            Some(child.ok_or_else(|| CoordinatorError::NoChild(member.profile.namespace.to_string())))
        }
    }
}

/// Stands in a child for an extension of its parent, which answers.
struct Inherited {
    profile: Profile,
    functions: Vec<Function>,
}

impl Extension for Inherited {
    fn profile(&self) -> Profile {
        self.profile.clone()
    }

    fn functions(&self) -> Vec<Function> {
        self.functions.clone()
    }

    fn call(&mut self, _function: usize, _args: Args, _cx: &mut Context<'_>) -> Answer {
        ask_parent()
    }

    fn system(&mut self, _name: &str, _args: &[Value], _cx: &mut Context<'_>) -> Option<Answer> {
        Some(ask_parent())
    }
}

fn ask_parent() -> Answer {
    Answer::Wait(Wait { question: Some(Question::Parent), ..Wait::default() })
}
