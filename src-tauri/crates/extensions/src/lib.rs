//! Host functions: one declaration each, from which everything else follows, and the extensions
//! that come with the playground.
//!
//! Nothing here knows the interpreter: values go in and come out as [`protocol::Value`]. An
//! extension answers a call at once, raises, or waits; what it needs from outside it asks for.
//! The engine drives it, a test can do the same.

mod bind;
mod call;
mod coordinator;
mod declaration;
pub mod derive;
mod described;
pub mod dom;
pub mod el;
mod extension;
pub mod fetch;
pub mod host;
mod identifier;
pub mod intercept;
mod json;
pub mod msg;
mod own_function;
mod policy;
pub mod sandbox;
mod standard;
pub mod storage;
mod suggest;
mod system;
#[cfg(test)]
mod testing;
pub mod tmpl;
mod weight;

pub use bind::bind;
pub use call::{Answer, Args, Call, Cancel, Context, Effect, Question, Raised, Wait};
pub use coordinator::{Coordinator, CoordinatorError, Failure};
pub use declaration::{Declared, Default, Function, Hint, Kind, Param, Type, declare, optional, param};
pub use described::{describe, runs_elsewhere};
pub use dom::{Dom, ELEMENTS, METHODS};
pub use extension::{ChildPolicy, Extension, Heard, Incoming, Place, Profile};
pub use intercept::{Calls, Chain, Intercepted, Link, Verdict, denied};
pub use own_function::{OWN_NAMESPACE, OwnFunction, OwnFunctionError, OwnParam, own_functions};
pub use policy::{Mode, Permission, Policy, PolicyError, Rule, RuleError};
pub use standard::standard;
pub use system::{SYSTEM_CALLS, is_system_prefix};
