//! Host functions: one declaration each, from which everything else follows, and the extensions
//! that come with the playground.
//!
//! Nothing here knows the interpreter: values go in and come out as [`protocol::Value`]. An
//! extension answers a call at once, raises, or waits; what it needs from outside it asks for.
//! The engine drives it, a test can do the same.

mod call;
mod declaration;
pub mod dom;
mod extension;

pub use call::{Answer, Args, Call, Context, Effect, Question, Raised, Wait};
pub use declaration::{Declared, Default, Function, Hint, Kind, Param, Type, declare, optional, param};
pub use dom::Dom;
pub use extension::{ChildPolicy, Extension, Heard, Incoming, Place, Profile};
