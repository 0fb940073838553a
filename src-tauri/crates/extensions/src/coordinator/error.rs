//! Which rule was broken.

use crate::{
    extension::{Place, Profile},
    system::SYSTEM_CALLS,
};

/// Why extensions were not taken in, attached, disposed or restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CoordinatorError {
    #[error("the extensions are attached; none can be added any more")]
    RegisterAfterAttach,
    #[error("the extensions are attached already")]
    AttachedTwice,
    #[error("the extensions have been disposed")]
    Disposed,
    #[error("{0:?} is no namespace: it has to match ^[a-z][a-z0-9_]*$")]
    NamespacePattern(String),
    #[error(
        "the namespace {namespace:?} has {length} characters; at most {} are allowed",
        super::member::MAX_NAMESPACE
    )]
    NamespaceLength { namespace: String, length: usize },
    #[error("the namespace {0:?} is reserved")]
    NamespaceReserved(String),
    #[error("there already is an extension with the namespace {0:?}")]
    DuplicateNamespace(String),
    #[error("the function {function:?} of {namespace:?} has to begin with \"{namespace}_\"")]
    FunctionPrefix { namespace: String, function: String },
    #[error("{namespace:?} declares the function {function:?} twice")]
    DuplicateFunction { namespace: String, function: String },
    #[error("{namespace:?} declares the function {function:?}, which {owner:?} has already")]
    FunctionCollision { namespace: String, function: String, owner: String },
    #[error("{namespace:?} does not run in the {}", place_name(*place))]
    UnsupportedPlace { namespace: String, place: Place },
    #[error(
        "{namespace:?} answers {prefix:?}, with which no call of the system begins; these there are: {}",
        SYSTEM_CALLS.join(", ")
    )]
    UnknownSystemPrefix { namespace: String, prefix: String },
    #[error("{namespace:?} answers {prefix:?}, which {owner:?} does already")]
    SystemPrefixCollision { namespace: String, prefix: String, owner: String },
    /// `undone` tells of those that could not even be disposed again.
    #[error("{}", combined("attach", failures, undone))]
    AttachFailed { failures: Vec<Failure>, undone: Vec<Failure> },
    #[error("{}", combined("dispose", failures, &[]))]
    DisposeFailed { failures: Vec<Failure> },
    #[error("the state of {namespace:?} was not taken over: {message}")]
    LoadFailed { namespace: String, message: String },
    #[error("there is state of {0:?}, but no such extension")]
    UnknownState(String),
    #[error("{0:?} is to be cloned for a child, but makes no other one")]
    NoChild(String),
}

/// What one extension had to say against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub namespace: String,
    pub message: String,
}

impl Failure {
    pub(super) fn of(profile: &Profile, message: String) -> Self {
        Self { namespace: profile.namespace.to_string(), message }
    }
}

fn place_name(place: Place) -> &'static str {
    match place {
        Place::Desktop => "desktop app",
        Place::Browser => "browser",
    }
}

fn combined(step: &str, failures: &[Failure], undone: &[Failure]) -> String {
    let list = |failures: &[Failure]| {
        let each: Vec<String> =
            failures.iter().map(|failure| format!("{}: {}", failure.namespace, failure.message)).collect();
        each.join("; ")
    };
    let mut text = format!("{step} failed: {}", list(failures));
    if !undone.is_empty() {
        text.push_str(&format!("; and on the way back: {}", list(undone)));
    }
    text
}
