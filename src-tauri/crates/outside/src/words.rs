//! What goes between the owner and the outside process: the words are the protocol's.

pub use protocol::outside::{Answer, FetchError, Fetched, FromOutside, Problem, ToOutside};
