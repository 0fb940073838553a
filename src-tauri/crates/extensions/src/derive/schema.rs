//! A function as JSON Schema describes it.

use protocol::Value;
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::declaration::{Function, Hint, Kind, Param, Type};

/// The schema of a function. Parameters keep their order where it is written to text at once;
/// [`serde_json::Value`] sorts them.
pub struct Schema<'a>(pub &'a Function);

impl Schema<'_> {
    pub fn to_json(&self) -> String {
        // Nothing of a schema fails to be written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Schema<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("description", &self.0.about)?;
        map.serialize_entry("parameters", &Parameters(&self.0.params))?;
        map.serialize_entry("returns", &Described { kind: &self.0.returns, param: None })?;
        map.end()
    }
}

struct Parameters<'a>(&'a [Param]);

impl Serialize for Parameters<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let required: Vec<&str> =
            self.0.iter().filter(|param| param.default.is_none()).map(|param| param.name.as_ref()).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", "object")?;
        map.serialize_entry("properties", &Properties(self.0))?;
        map.serialize_entry("required", &required)?;
        map.serialize_entry("additionalProperties", &false)?;
        map.end()
    }
}

struct Properties<'a>(&'a [Param]);

impl<'a> Serialize for Properties<'a> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let described = |param: &'a Param| (&param.name, Described { kind: &param.kind, param: Some(param) });
        serializer.collect_map(self.0.iter().map(described))
    }
}

/// A type, and what is known of the parameter that has it.
struct Described<'a> {
    kind: &'a Type,
    param: Option<&'a Param>,
}

impl Serialize for Described<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let kinds = self.kind.0.as_ref();
        match kinds {
            _ if kinds.contains(&Kind::Any) => {}
            [one] => one.entries(&mut map)?,
            _ if kinds.contains(&Kind::Bytes) => {
                let alternatives: Vec<Alternative> = kinds.iter().copied().map(Alternative).collect();
                map.serialize_entry("anyOf", &alternatives)?;
            }
            _ => {
                let names: Vec<&str> = kinds.iter().filter_map(|kind| kind.json_name()).collect();
                map.serialize_entry("type", &names)?;
            }
        }
        if let Some(param) = self.param {
            if !param.about.is_empty() {
                map.serialize_entry("description", param.about)?;
            }
            if let Some(default) = &param.default {
                map.serialize_entry::<_, Value>("default", &default.to_value())?;
            }
            if param.hint != Hint::Plain {
                map.serialize_entry("x-hint", &param.hint)?;
            }
        }
        map.end()
    }
}

struct Alternative(Kind);

impl Serialize for Alternative {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.0.entries(&mut map)?;
        map.end()
    }
}

impl Kind {
    fn json_name(self) -> Option<&'static str> {
        match self {
            Self::String => Some("string"),
            Self::Integer => Some("integer"),
            Self::Number => Some("number"),
            Self::Boolean => Some("boolean"),
            Self::List => Some("array"),
            Self::Bytes | Self::Map => Some("object"),
            Self::None => Some("null"),
            Self::Any => None,
        }
    }

    fn entries<M: SerializeMap>(self, map: &mut M) -> Result<(), M::Error> {
        if let Some(name) = self.json_name() {
            map.serialize_entry("type", name)?;
        }
        if self == Self::Bytes {
            // As the protocol writes bytes.
            map.serialize_entry("properties", &BytesProperty)?;
            map.serialize_entry("required", &["$bytes"])?;
            map.serialize_entry("additionalProperties", &false)?;
        }
        Ok(())
    }
}

struct BytesProperty;

impl Serialize for BytesProperty {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Base64 {
            r#type: &'static str,
            content_encoding: &'static str,
        }
        serializer.collect_map([("$bytes", Base64 { r#type: "string", content_encoding: "base64" })])
    }
}
