//! Events between a child and its owner. What comes by the hundred thousand is told apart by what
//! stands in front of it: a tag among the other fields has to be found first, so a reader keeps
//! all of them in between, which takes three times as long.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    Event, Stream,
    stage::{Handle, Patch, StageElement},
};

#[derive(Serialize, Deserialize)]
enum Slim<'a> {
    #[serde(rename = "p")]
    Print(Stream, #[serde(borrow)] Cow<'a, str>),
    #[serde(rename = "s")]
    Stage(Vec<SlimPatch<'a>>),
    #[serde(rename = "o")]
    Other(Cow<'a, Event>),
}

#[derive(Serialize, Deserialize)]
enum SlimPatch<'a> {
    #[serde(rename = "a")]
    Append(Handle, Cow<'a, StageElement>),
    #[serde(rename = "o")]
    Other(Cow<'a, Patch>),
}

pub(crate) fn serialize<S: Serializer>(event: &Event, serializer: S) -> Result<S::Ok, S::Error> {
    let slim = match event {
        Event::Print { stream, text } => Slim::Print(*stream, Cow::Borrowed(text)),
        Event::Stage { patches } => Slim::Stage(patches.iter().map(SlimPatch::from).collect()),
        other => Slim::Other(Cow::Borrowed(other)),
    };
    slim.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Event, D::Error> {
    Ok(match Slim::deserialize(deserializer)? {
        Slim::Print(stream, text) => Event::Print { stream, text: text.into_owned() },
        Slim::Stage(patches) => Event::Stage { patches: patches.into_iter().map(Patch::from).collect() },
        Slim::Other(event) => event.into_owned(),
    })
}

impl<'a> From<&'a Patch> for SlimPatch<'a> {
    fn from(patch: &'a Patch) -> Self {
        match patch {
            Patch::Append { parent, element } => Self::Append(*parent, Cow::Borrowed(element)),
            other => Self::Other(Cow::Borrowed(other)),
        }
    }
}

impl From<SlimPatch<'_>> for Patch {
    fn from(slim: SlimPatch<'_>) -> Self {
        match slim {
            SlimPatch::Append(parent, element) => Self::Append { parent, element: element.into_owned() },
            SlimPatch::Other(patch) => patch.into_owned(),
        }
    }
}
