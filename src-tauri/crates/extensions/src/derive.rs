//! What follows from a declaration: schemas, signatures, stubs, completion, prompts and help.
//!
//! All of it is text in the order of the declaration, so that the same functions always give the
//! same bytes.

mod completion;
mod help;
mod prompt;
mod schema;
mod signature;

pub use completion::Completion;
pub use help::help;
pub use prompt::prompt;
pub use schema::Schema;
pub use signature::{signature, stub, stub_file};

#[cfg(test)]
mod tests;
