//! The extensions that come with the playground.

use crate::{
    dom::Dom,
    el::El,
    extension::{Extension, Place},
    fetch::Fetch,
    host::Host,
    msg::Msg,
    sandbox::Sandbox,
    storage::Storage,
    tmpl::Tmpl,
};

/// All of them that run in a place, each as in the beginning.
pub fn standard(place: Place) -> Vec<Box<dyn Extension>> {
    let all: Vec<Box<dyn Extension>> = vec![
        Box::new(Host::default()),
        Box::new(Dom::default()),
        Box::new(El::default()),
        Box::new(Storage::default()),
        Box::new(Msg::default()),
        Box::new(Sandbox::default()),
        Box::new(Tmpl),
        Box::new(Fetch::default()),
    ];
    all.into_iter().filter(|extension| extension.profile().places.contains(&place)).collect()
}

#[cfg(test)]
mod tests;
