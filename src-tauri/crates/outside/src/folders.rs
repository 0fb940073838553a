//! Calls about files, on the folders that were granted.

use monty_fs::{MountCallOutcome, MountError, MountMode, MountTable, OverlayState};
use monty_types::{MontyException, MontyObject, OsFunctionCall};
use serde::Serialize;

use crate::{
    grants::{Mode, Mount},
    words::{Answer, Problem},
};

#[derive(Debug, Default)]
pub(crate) struct Folders {
    table: MountTable,
    mounted: Vec<Mount>,
}

impl Folders {
    pub(crate) fn configure(&mut self, wanted: Vec<Mount>) -> Vec<Problem> {
        // A table only grows.
        if !self.mounted.iter().all(|mount| wanted.contains(mount)) {
            *self = Self::default();
        }
        wanted.into_iter().filter_map(|mount| self.mount(mount).err()).collect()
    }

    fn mount(&mut self, mount: Mount) -> Result<(), Problem> {
        if self.mounted.contains(&mount) {
            return Ok(());
        }
        let mode = match mount.mode {
            Mode::ReadOnly => MountMode::ReadOnly,
            Mode::Overlay => MountMode::OverlayMemory(OverlayState::new()),
            Mode::ReadWrite => MountMode::ReadWrite,
        };
        self.table
            .mount(&mount.at, &mount.folder, mode, mount.write_limit_bytes)
            .map_err(|error| Problem { of: mount.at.clone(), message: error.to_string() })?;
        self.mounted.push(mount);
        Ok(())
    }

    pub(crate) fn answer(&mut self, call: &str) -> Answer {
        let call: OsFunctionCall = match serde_json::from_str(call) {
            Ok(call) => call,
            Err(error) => return failed(&format!("a call about files cannot be read: {error}")),
        };
        match self.table.handle_os_call(call) {
            MountCallOutcome::Handled(result) => said(result),
            MountCallOutcome::NotHandled(_) => Answer::NotHandled,
        }
    }
}

fn said(result: Result<MontyObject, MountError>) -> Answer {
    match result.map_err(MountError::into_exception) {
        Ok(value) => json(&value).map_or_else(|error| failed(&error.to_string()), Answer::Value),
        Err(error) => raised(&error),
    }
}

fn failed(message: &str) -> Answer {
    raised(&MontyException::runtime_error(message))
}

fn raised(error: &MontyException) -> Answer {
    json(error).map_or_else(|error| Answer::Error(error.to_string()), Answer::Error)
}

fn json(value: &impl Serialize) -> serde_json::Result<String> {
    serde_json::to_string(value)
}
