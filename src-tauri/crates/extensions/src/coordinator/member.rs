//! An extension with what it said of itself, and the rules for that.

use std::collections::HashSet;

use super::error::{CoordinatorError, Failure};
use crate::{
    declaration::Function,
    extension::{Extension, Place, Profile},
    system::is_system_prefix,
};

pub(super) const MAX_NAMESPACE: usize = 32;
/// What the interpreter's own machinery is called.
const RESERVED: &[&str] = &["introspection", "extra"];
/// Its functions have no prefix.
const BARE: &str = "host";

pub(super) struct Member {
    pub(super) profile: Profile,
    /// Asked once: what was checked is what is called.
    pub(super) functions: Vec<Function>,
    pub(super) extension: Box<dyn Extension>,
}

impl Member {
    pub(super) fn of(extension: Box<dyn Extension>) -> Self {
        let profile = extension.profile();
        let mut functions = extension.functions();
        for function in &mut functions {
            function.namespace.clone_from(&profile.namespace);
        }
        Self { profile, functions, extension }
    }

    /// The rules for one extension.
    pub(super) fn check(&self, place: Place) -> Result<(), CoordinatorError> {
        let namespace = self.profile.namespace.as_ref();
        check_namespace(namespace)?;
        let named = || namespace.to_owned();
        if !self.profile.places.contains(&place) {
            return Err(CoordinatorError::UnsupportedPlace { namespace: named(), place });
        }
        let mut names = HashSet::new();
        for function in &self.functions {
            let name = function.name.as_ref();
            let rest = name.strip_prefix(namespace).and_then(|rest| rest.strip_prefix('_'));
            if namespace != BARE && rest.is_none_or(str::is_empty) {
                return Err(CoordinatorError::FunctionPrefix { namespace: named(), function: name.to_owned() });
            }
            if !names.insert(name) {
                return Err(CoordinatorError::DuplicateFunction { namespace: named(), function: name.to_owned() });
            }
        }
        match self.profile.os_prefixes.iter().find(|prefix| !is_system_prefix(prefix)) {
            Some(prefix) => {
                Err(CoordinatorError::UnknownSystemPrefix { namespace: named(), prefix: prefix.to_string() })
            }
            None => Ok(()),
        }
    }

    /// The rules for two of them.
    pub(super) fn check_beside(&self, other: &Self) -> Result<(), CoordinatorError> {
        let (namespace, owner) = (self.profile.namespace.to_string(), other.profile.namespace.to_string());
        if namespace == owner {
            return Err(CoordinatorError::DuplicateNamespace(namespace));
        }
        let names: HashSet<&str> = other.functions.iter().map(|function| function.name.as_ref()).collect();
        if let Some(function) = self.functions.iter().find(|function| names.contains(function.name.as_ref())) {
            let function = function.name.to_string();
            return Err(CoordinatorError::FunctionCollision { namespace, function, owner });
        }
        let mut prefixes = self.profile.os_prefixes.iter();
        if let Some(prefix) = prefixes.find(|prefix| other.profile.os_prefixes.contains(prefix)) {
            let prefix = prefix.to_string();
            return Err(CoordinatorError::SystemPrefixCollision { namespace, prefix, owner });
        }
        Ok(())
    }

    pub(super) fn dispose(&mut self) -> Option<Failure> {
        self.extension.dispose().err().map(|message| Failure::of(&self.profile, message))
    }
}

fn check_namespace(namespace: &str) -> Result<(), CoordinatorError> {
    let follows = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let mut bytes = namespace.bytes();
    if !bytes.next().is_some_and(|first| first.is_ascii_lowercase()) || !bytes.all(follows) {
        return Err(CoordinatorError::NamespacePattern(namespace.to_owned()));
    }
    if namespace.len() > MAX_NAMESPACE {
        let length = namespace.len();
        return Err(CoordinatorError::NamespaceLength { namespace: namespace.to_owned(), length });
    }
    if RESERVED.contains(&namespace) {
        return Err(CoordinatorError::NamespaceReserved(namespace.to_owned()));
    }
    Ok(())
}
