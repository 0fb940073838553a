//! The extensions of a session: checked as they are registered, attached together or not at all.

mod children;
mod error;
mod member;
mod state;

use std::{collections::HashMap, sync::Arc};

use rustc_hash::FxBuildHasher;

pub use error::{CoordinatorError, Failure};
use member::Member;

use crate::{
    declaration::Function,
    extension::{Extension, Place, Profile},
};

/// Collects extensions, then is the one door to them.
pub struct Coordinator {
    place: Place,
    /// By registration until they are attached, from then on in the order of attachment.
    members: Vec<Member>,
    stage: Stage,
    functions: Arc<[Function]>,
    names: HashMap<String, (usize, usize), FxBuildHasher>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Open,
    Attached,
    Disposed,
}

impl Coordinator {
    pub fn new(place: Place) -> Self {
        Self { place, members: Vec::new(), stage: Stage::Open, functions: Arc::from([]), names: HashMap::default() }
    }

    /// Takes an extension in. One that breaks a rule leaves nothing behind.
    pub fn register(&mut self, extension: Box<dyn Extension>) -> Result<(), CoordinatorError> {
        match self.stage {
            Stage::Open => {}
            Stage::Attached => return Err(CoordinatorError::RegisterAfterAttach),
            Stage::Disposed => return Err(CoordinatorError::Disposed),
        }
        let member = Member::of(extension);
        member.check(self.place)?;
        for other in &self.members {
            member.check_beside(other)?;
        }
        self.members.push(member);
        Ok(())
    }

    /// Attaches all of them, those of higher priority first. Each is asked even where one before it
    /// failed, so that the error tells of all failures; after an error none is attached.
    pub fn attach(&mut self) -> Result<(), CoordinatorError> {
        match self.stage {
            Stage::Open => {}
            Stage::Attached => return Err(CoordinatorError::AttachedTwice),
            Stage::Disposed => return Err(CoordinatorError::Disposed),
        }
        let mut order: Vec<usize> = (0..self.members.len()).collect();
        order.sort_by_key(|&index| std::cmp::Reverse(self.members[index].profile.priority));
        let functions: Arc<[Function]> =
            order.iter().flat_map(|&index| self.members[index].functions.iter().cloned()).collect();

        let (mut attached, mut failures) = (Vec::new(), Vec::new());
        for &index in &order {
            let member = &mut self.members[index];
            match member.extension.attach(&functions) {
                Ok(()) => attached.push(index),
                Err(message) => failures.push(Failure::of(&member.profile, message)),
            }
        }
        if !failures.is_empty() {
            let mut undone = Vec::new();
            for index in attached.into_iter().rev() {
                undone.extend(self.members[index].dispose());
            }
            return Err(CoordinatorError::AttachFailed { failures, undone });
        }

        self.put_in_order(&order);
        self.functions = functions;
        self.stage = Stage::Attached;
        Ok(())
    }

    /// Ends all of them, the last attached first. A second time it does nothing.
    pub fn dispose(&mut self) -> Result<(), CoordinatorError> {
        let was = std::mem::replace(&mut self.stage, Stage::Disposed);
        self.functions = Arc::from([]);
        self.names.clear();
        if was != Stage::Attached {
            return Ok(());
        }
        let failures: Vec<Failure> = self.members.iter_mut().rev().filter_map(Member::dispose).collect();
        if failures.is_empty() { Ok(()) } else { Err(CoordinatorError::DisposeFailed { failures }) }
    }

    pub fn place(&self) -> Place {
        self.place
    }

    pub fn is_attached(&self) -> bool {
        self.stage == Stage::Attached
    }

    /// All functions of the attached extensions. Cheap to clone, so that a call can see them while
    /// its extension is borrowed.
    pub fn functions(&self) -> &Arc<[Function]> {
        &self.functions
    }

    /// The extension and, within it, the function of this name.
    pub fn find(&self, name: &str) -> Option<(usize, usize)> {
        self.names.get(name).copied()
    }

    /// The declaration of what [`Self::find`] has found.
    pub fn function(&self, (extension, function): (usize, usize)) -> &Function {
        &self.members[extension].functions[function]
    }

    pub fn get(&self, extension: usize) -> &dyn Extension {
        &*self.members[extension].extension
    }

    /// The extension of an index that [`Self::find`] or [`Self::system_owner`] gave.
    pub fn get_mut(&mut self, extension: usize) -> &mut dyn Extension {
        &mut *self.members[extension].extension
    }

    /// Who answers a call of the system: the extension with the longest fitting prefix.
    pub fn system_owner(&self, call: &str) -> Option<usize> {
        let fits = |member: &Member| {
            let prefixes = member.profile.os_prefixes.iter();
            prefixes.filter(|prefix| call.starts_with(prefix.as_ref())).map(|prefix| prefix.len()).max()
        };
        let members = self.members.iter().enumerate();
        members.filter_map(|(index, member)| Some((fits(member)?, index))).max().map(|(_, index)| index)
    }

    pub fn len(&self) -> usize {
        self.members.len()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// What each extension says of itself, with its functions.
    pub fn profiles(&self) -> impl Iterator<Item = (&Profile, &[Function])> {
        self.members.iter().map(|member| (&member.profile, member.functions.as_slice()))
    }

    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut dyn Extension> {
        self.members.iter_mut().map(|member| &mut *member.extension as &mut dyn Extension)
    }

    fn put_in_order(&mut self, order: &[usize]) {
        let mut members: Vec<Option<Member>> = self.members.drain(..).map(Some).collect();
        self.members = order.iter().filter_map(|&index| members[index].take()).collect();
        for (extension, member) in self.members.iter().enumerate() {
            for (function, declared) in member.functions.iter().enumerate() {
                self.names.insert(declared.name.to_string(), (extension, function));
            }
        }
    }
}

/// A session that is dropped has been disposed, whatever happened to it.
impl Drop for Coordinator {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.dispose();
    }
}

#[cfg(test)]
mod tests;
