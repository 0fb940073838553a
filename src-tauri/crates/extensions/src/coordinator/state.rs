//! What a snapshot keeps of the extensions.

use std::collections::BTreeMap;

use super::{Coordinator, CoordinatorError};
use crate::call::Context;

impl Coordinator {
    /// The state of each extension that has some, by namespace.
    pub fn save(&self) -> BTreeMap<String, Vec<u8>> {
        let states = self.members.iter().map(|member| (member, member.extension.save()));
        states.filter_map(|(member, state)| Some((member.profile.namespace.to_string(), state?))).collect()
    }

    /// Gives each extension its state; one without any is as in the beginning. If one refuses, those
    /// before it get back what they had, and nobody outside is told of anything.
    pub fn load(&mut self, saved: &BTreeMap<String, Vec<u8>>, cx: &mut Context<'_>) -> Result<(), CoordinatorError> {
        let is_known = |name: &str| self.members.iter().any(|member| member.profile.namespace == name);
        if let Some(namespace) = saved.keys().find(|name| !is_known(name)) {
            return Err(CoordinatorError::UnknownState(namespace.clone()));
        }
        let before = self.save();
        let told = cx.effects.len();
        for index in 0..self.members.len() {
            let Err(message) = self.load_one(index, saved, cx) else { continue };
            for earlier in (0..index).rev() {
                // It comes from the same extension, a moment ago.
                let _ = self.load_one(earlier, &before, cx);
            }
            cx.effects.truncate(told);
            let namespace = self.members[index].profile.namespace.to_string();
            return Err(CoordinatorError::LoadFailed { namespace, message });
        }
        Ok(())
    }

    fn load_one(
        &mut self,
        index: usize,
        saved: &BTreeMap<String, Vec<u8>>,
        cx: &mut Context<'_>,
    ) -> Result<(), String> {
        let member = &mut self.members[index];
        let state = saved.get(member.profile.namespace.as_ref());
        member.extension.load(state.map(Vec::as_slice), cx)
    }
}
