//! What a person allows a program: the words are the protocol's.

pub use protocol::outside::{FetchGrants, Grants, Mode, Mount};
