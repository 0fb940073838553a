//! Values between the interpreter's arena and the protocol's tree.

mod inward;
mod outward;

pub(crate) use inward::{Inward, exc_type};
pub(crate) use outward::Outward;
