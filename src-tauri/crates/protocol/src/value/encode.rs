//! Value to JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::Value;

/// The largest int that every JSON reader keeps exact: 2^53.
pub const SAFE_INT: i64 = 1 << 53;

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::<false>(self).serialize(serializer)
    }
}

/// The JSON of a value for JavaScript, which drops the `.0` of a float that is whole.
pub fn to_javascript(value: &Value) -> String {
    // Nothing of a value fails to be written.
    serde_json::to_string(&Written::<true>(value)).unwrap_or_default()
}

/// A value on its way out. With `JS` whole floats are tagged.
struct Written<'a, const JS: bool>(&'a Value);

impl<const JS: bool> Serialize for Written<'_, JS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::None => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) if (-SAFE_INT..=SAFE_INT).contains(value) => serializer.serialize_i64(*value),
            Value::Int(value) => tag(serializer, "$int", &value.to_string()),
            Value::BigInt(value) => tag(serializer, "$int", &value.to_string()),
            Value::Float(value) => float::<S, JS>(serializer, *value),
            Value::Str(value) => serializer.serialize_str(value),
            Value::Bytes(value) => tag(serializer, "$bytes", &STANDARD.encode(value)),
            Value::List(items) => Items::<JS>(items).serialize(serializer),
            Value::Tuple(items) => tag(serializer, "$tuple", &Items::<JS>(items)),
            Value::Set(items) => tag(serializer, "$set", &Items::<JS>(items)),
            Value::FrozenSet(items) => tag(serializer, "$frozenset", &Items::<JS>(items)),
            Value::Dict(pairs) => dict::<S, JS>(serializer, pairs),
            Value::Date(value) => tag(serializer, "$date", &value.to_string()),
            Value::DateTime(value) => tag(serializer, "$datetime", &value.to_string()),
            Value::Time(value) => tag(serializer, "$time", &value.to_string()),
            Value::TimeDelta(value) => tag(serializer, "$timedelta", value),
            Value::TimeZone(value) => tag(serializer, "$timezone", value),
            Value::Path(value) => tag(serializer, "$path", value),
            Value::Decimal(value) => tag(serializer, "$decimal", value),
            Value::Complex(real, imag) => {
                tag(serializer, "$complex", &Items::<JS>(&[Value::Float(*real), Value::Float(*imag)]))
            }
            Value::NamedTuple { type_name, fields, values } => {
                tag(serializer, "$namedtuple", &NamedTuple { r#type: type_name, fields, values: Items::<JS>(values) })
            }
            Value::Instance { type_name, attributes } => {
                tag(serializer, "$instance", &Instance { r#type: type_name, attributes: Pairs::<JS>(attributes) })
            }
            Value::Exception { type_name, message } => {
                tag(serializer, "$exception", &Exception { r#type: type_name, message: message.as_deref() })
            }
            Value::Function(name) => tag(serializer, "$function", name),
            Value::Type(name) => tag(serializer, "$type", name),
            Value::Ellipsis => tag(serializer, "$ellipsis", &true),
            Value::Repr(text) => tag(serializer, "$repr", text),
            Value::Cycle(text) => tag(serializer, "$cycle", text),
            Value::Cut { type_name, size, preview } => {
                tag(serializer, "$cut", &Cut { r#type: type_name, size: *size, preview })
            }
        }
    }
}

struct Items<'a, const JS: bool>(&'a [Value]);

impl<const JS: bool> Serialize for Items<'_, JS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Written::<JS>))
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
struct NamedTuple<'a, const JS: bool> {
    r#type: &'a str,
    fields: &'a [String],
    values: Items<'a, JS>,
}

#[derive(serde::Serialize)]
struct Instance<'a, const JS: bool> {
    r#type: &'a str,
    attributes: Pairs<'a, JS>,
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

struct Pairs<'a, const JS: bool>(&'a [(String, Value)]);

impl<const JS: bool> Serialize for Pairs<'_, JS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Written::<JS>(value))))
    }
}

fn tag<S: Serializer, T: Serialize + ?Sized>(serializer: S, name: &str, value: &T) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(name, value)?;
    map.end()
}

fn float<S: Serializer, const JS: bool>(serializer: S, value: f64) -> Result<S::Ok, S::Error> {
    let special = match value {
        _ if value.is_nan() => "nan",
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ if value == 0.0 && value.is_sign_negative() => "-0.0",
        _ if JS && value.fract() == 0.0 => return tag(serializer, "$float", &format!("{value:?}")),
        _ => return serializer.serialize_f64(value),
    };
    tag(serializer, "$float", special)
}

fn dict<S: Serializer, const JS: bool>(serializer: S, pairs: &[(Value, Value)]) -> Result<S::Ok, S::Error> {
    let plain = pairs.iter().all(|(key, _)| matches!(key, Value::Str(key) if tag_free_key(key)));
    if !plain {
        return tag(serializer, "$dict", &DictPairs::<JS>(pairs));
    }
    let mut map = serializer.serialize_map(Some(pairs.len()))?;
    for (key, value) in pairs {
        if let Value::Str(key) = key {
            map.serialize_entry(key, &Written::<JS>(value))?;
        }
    }
    map.end()
}

struct DictPairs<'a, const JS: bool>(&'a [(Value, Value)]);

impl<const JS: bool> Serialize for DictPairs<'_, JS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for (key, value) in self.0 {
            seq.serialize_element(&[Written::<JS>(key), Written::<JS>(value)])?;
        }
        seq.end()
    }
}
