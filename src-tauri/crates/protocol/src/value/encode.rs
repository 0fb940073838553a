//! Value to JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::Value;

/// The largest int that every JSON reader keeps exact: 2^53.
pub const SAFE_INT: i64 = 1 << 53;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::None => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Int(value) if (-SAFE_INT..=SAFE_INT).contains(value) => serializer.serialize_i64(*value),
            Self::Int(value) => tag(serializer, "$int", &value.to_string()),
            Self::BigInt(value) => tag(serializer, "$int", &value.to_string()),
            Self::Float(value) => float(serializer, *value),
            Self::Str(value) => serializer.serialize_str(value),
            Self::Bytes(value) => tag(serializer, "$bytes", &STANDARD.encode(value)),
            Self::List(items) => items.serialize(serializer),
            Self::Tuple(items) => tag(serializer, "$tuple", items),
            Self::Set(items) => tag(serializer, "$set", items),
            Self::FrozenSet(items) => tag(serializer, "$frozenset", items),
            Self::Dict(pairs) => dict(serializer, pairs),
            Self::Date(value) => tag(serializer, "$date", &value.to_string()),
            Self::DateTime(value) => tag(serializer, "$datetime", &value.to_string()),
            Self::Time(value) => tag(serializer, "$time", &value.to_string()),
            Self::TimeDelta(value) => tag(serializer, "$timedelta", value),
            Self::TimeZone(value) => tag(serializer, "$timezone", value),
            Self::Path(value) => tag(serializer, "$path", value),
            Self::Decimal(value) => tag(serializer, "$decimal", value),
            Self::Complex(real, imag) => tag(serializer, "$complex", &[Self::Float(*real), Self::Float(*imag)]),
            Self::NamedTuple { type_name, fields, values } => {
                tag(serializer, "$namedtuple", &NamedTuple { r#type: type_name, fields, values })
            }
            Self::Instance { type_name, attributes } => {
                tag(serializer, "$instance", &Instance { r#type: type_name, attributes: Pairs(attributes) })
            }
            Self::Exception { type_name, message } => {
                tag(serializer, "$exception", &Exception { r#type: type_name, message: message.as_deref() })
            }
            Self::Function(name) => tag(serializer, "$function", name),
            Self::Type(name) => tag(serializer, "$type", name),
            Self::Ellipsis => tag(serializer, "$ellipsis", &true),
            Self::Repr(text) => tag(serializer, "$repr", text),
            Self::Cycle(text) => tag(serializer, "$cycle", text),
            Self::Cut { type_name, size, preview } => {
                tag(serializer, "$cut", &Cut { r#type: type_name, size: *size, preview })
            }
        }
    }
}

/// Whether a dict key keeps its place and meaning as a JSON key: JavaScript moves keys that look
/// like integers to the front, and `$` begins a tag.
pub fn tag_free_key(key: &str) -> bool {
    let digits = key.strip_prefix('-').unwrap_or(key);
    let integer = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    !integer && !key.starts_with('$')
}

#[derive(serde::Serialize)]
struct NamedTuple<'a> {
    r#type: &'a str,
    fields: &'a [String],
    values: &'a [Value],
}

#[derive(serde::Serialize)]
struct Instance<'a> {
    r#type: &'a str,
    attributes: Pairs<'a>,
}

#[derive(serde::Serialize)]
struct Exception<'a> {
    r#type: &'a str,
    message: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct Cut<'a> {
    r#type: &'a str,
    size: u64,
    preview: &'a str,
}

struct Pairs<'a>(&'a [(String, Value)]);

impl Serialize for Pairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

fn tag<S: Serializer, T: Serialize + ?Sized>(serializer: S, name: &str, value: &T) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, value)?;
    map.end()
}

fn float<S: Serializer>(serializer: S, value: f64) -> Result<S::Ok, S::Error> {
    let special = match value {
        _ if value.is_nan() => "nan",
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ if value == 0.0 && value.is_sign_negative() => "-0.0",
        _ => return serializer.serialize_f64(value),
    };
    tag(serializer, "$float", special)
}

fn dict<S: Serializer>(serializer: S, pairs: &[(Value, Value)]) -> Result<S::Ok, S::Error> {
    let plain = pairs.iter().all(|(key, _)| matches!(key, Value::Str(key) if tag_free_key(key)));
    if !plain {
        return tag(serializer, "$dict", &DictPairs(pairs));
    }
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        if let Value::Str(key) = key {
            map.serialize_entry(key, value)?;
        }
    }
    map.end()
}

struct DictPairs<'a>(&'a [(Value, Value)]);

impl Serialize for DictPairs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for (key, value) in self.0 {
            seq.serialize_element(&[key, value])?;
        }
        seq.end()
    }
}
