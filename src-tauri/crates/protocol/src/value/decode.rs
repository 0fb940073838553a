//! JSON to value. What comes from outside is parsed by `jiter`, which keeps ints of any size
//! exact; what comes from a child process arrives through serde. Both meet in [`from_json`].

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiter::JsonValue;
use num_bigint::BigInt;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{TimeDelta, TimeZone, Value, tag_free_key};

/// How deep JSON may nest inside one value: below the 128 levels that JSON readers allow.
pub const MAX_DEPTH: usize = 100;
/// More decimal digits than this are refused: reading them takes quadratic time.
pub const MAX_INT_DIGITS: usize = 130_000;

/// A value that could not be read: what is wrong with it and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadValue(pub String);

/// Reads a value from parsed JSON.
pub fn from_json(json: &JsonValue<'_>) -> Result<Value, BadValue> {
    decode(json, 0)
}

fn decode(json: &JsonValue<'_>, depth: usize) -> Result<Value, BadValue> {
    if depth > MAX_DEPTH {
        return Err(BadValue(format!("a value nests deeper than {MAX_DEPTH} levels")));
    }
    Ok(match json {
        JsonValue::Null => Value::None,
        JsonValue::Bool(value) => Value::Bool(*value),
        JsonValue::Int(value) => Value::Int(*value),
        JsonValue::BigInt(value) => Value::int(value.clone()),
        JsonValue::Float(value) if value.is_finite() => Value::Float(*value),
        JsonValue::Float(_) => {
            return Err(BadValue("a number is too large for a float; infinity is {\"$float\": \"inf\"}".into()));
        }
        JsonValue::Str(value) => Value::Str(value.to_string()),
        JsonValue::Array(items) => Value::List(decode_all(items, depth)?),
        JsonValue::Object(fields) => match &fields[..] {
            [(key, value)] if key.starts_with('$') => tagged(key, value, depth + 1)?,
            _ => Value::Dict(plain_dict(fields, depth)?),
        },
    })
}

fn decode_all(items: &[JsonValue<'_>], depth: usize) -> Result<Vec<Value>, BadValue> {
    items.iter().map(|item| decode(item, depth + 1)).collect()
}

fn plain_dict(fields: &[(Cow<'_, str>, JsonValue<'_>)], depth: usize) -> Result<Vec<(Value, Value)>, BadValue> {
    if let Some((key, _)) = fields.iter().find(|(key, _)| key.starts_with('$')) {
        return Err(BadValue(format!(
            "the key {key:?} stands beside others; a dict with such a key is written as {{\"$dict\": [[key, value], …]}}"
        )));
    }
    // Counted as it will be written: what is accepted here has to be readable again.
    let levels = if fields.iter().all(|(key, _)| tag_free_key(key)) { 1 } else { 3 };
    last_of_each(fields).map(|(key, value)| Ok((Value::Str(key.to_string()), decode(value, depth + levels)?))).collect()
}

/// The fields in order, a repeated key at its first place with its last value, as Python reads JSON.
fn last_of_each<'a, 'j>(
    fields: &'a [(Cow<'j, str>, JsonValue<'j>)],
) -> impl Iterator<Item = (&'a str, &'a JsonValue<'j>)> {
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(fields.len());
    let mut kept: Vec<(&'a str, &'a JsonValue<'j>)> = Vec::with_capacity(fields.len());
    for (key, value) in fields {
        if let Some(&place) = places.get(key.as_ref()) {
            kept[place].1 = value;
        } else {
            places.insert(key, kept.len());
            kept.push((key, value));
        }
    }
    kept.into_iter()
}

fn tagged(tag: &str, json: &JsonValue<'_>, depth: usize) -> Result<Value, BadValue> {
    let ill = |wants: &str| BadValue(format!("{tag} wants {wants}"));
    let text = |wants: &str| match json {
        JsonValue::Str(text) => Ok(text.as_ref()),
        _ => Err(ill(wants)),
    };
    Ok(match tag {
        "$float" => Value::Float(match text("\"nan\", \"inf\", \"-inf\" or \"-0.0\"")? {
            "nan" => f64::NAN,
            "inf" => f64::INFINITY,
            "-inf" => f64::NEG_INFINITY,
            "-0.0" => -0.0,
            // The JavaScript edge writes integral floats so, since JSON.stringify drops their `.0`.
            other => {
                plain_float(other).ok_or_else(|| ill("\"nan\", \"inf\", \"-inf\", \"-0.0\" or a decimal number"))?
            }
        }),
        "$int" => {
            let digits = text("a string of decimal digits")?;
            let bare = digits.strip_prefix('-').unwrap_or(digits);
            if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(ill("a string of decimal digits"));
            }
            if bare.len() > MAX_INT_DIGITS {
                return Err(BadValue(format!("an int has more than {MAX_INT_DIGITS} digits")));
            }
            Value::int(digits.parse::<BigInt>().map_err(|_| ill("a string of decimal digits"))?)
        }
        "$bytes" => Value::Bytes(STANDARD.decode(text("base64")?).map_err(|_| ill("base64 with padding"))?),
        "$tuple" => Value::Tuple(array(tag, json, depth)?),
        "$set" => Value::Set(distinct(hashable(tag, array(tag, json, depth)?)?)),
        "$frozenset" => Value::FrozenSet(distinct(hashable(tag, array(tag, json, depth)?)?)),
        "$dict" => Value::Dict(dict(json, depth)?),
        "$date" => Value::Date(parsed(tag, text("an ISO 8601 date")?, "an ISO 8601 date")?),
        "$datetime" => Value::DateTime(parsed(tag, text("an ISO 8601 date and time")?, "an ISO 8601 date and time")?),
        "$time" => Value::Time(parsed(tag, text("an ISO 8601 time")?, "an ISO 8601 time")?),
        "$timedelta" => {
            let wants = "{\"days\": int, \"seconds\": int, \"microseconds\": int}";
            let part = |name| match field(json, name) {
                Some(JsonValue::Int(value)) => Ok(*value),
                _ => Err(ill(wants)),
            };
            exactly(tag, json, &["days", "seconds", "microseconds"], wants)?;
            let delta = TimeDelta::normal(part("days")?, part("seconds")?, part("microseconds")?);
            Value::TimeDelta(delta.ok_or_else(|| ill("at most 999999999 days either way"))?)
        }
        "$timezone" => {
            let wants = "{\"offsetSeconds\": int, \"name\": string or null}";
            exactly(tag, json, &["offsetSeconds", "name"], wants)?;
            let offset = match field(json, "offsetSeconds") {
                Some(JsonValue::Int(value)) => i32::try_from(*value).ok(),
                _ => None,
            };
            let name = match field(json, "name") {
                Some(JsonValue::Str(name)) => Some(name.to_string()),
                Some(JsonValue::Null) | None => None,
                Some(_) => return Err(ill(wants)),
            };
            let zone = offset.and_then(|offset| TimeZone::new(offset, name));
            Value::TimeZone(zone.ok_or_else(|| ill("an offset of less than a day in seconds, and a name or null"))?)
        }
        "$path" => {
            let path = text("a path")?;
            if path.contains('\0') {
                return Err(ill("a path without NUL"));
            }
            Value::Path(path.to_owned())
        }
        "$decimal" => {
            let wants = "a decimal number as Python prints it";
            let number = text(wants)?;
            if !is_decimal(number) {
                return Err(ill(wants));
            }
            Value::Decimal(number.to_owned())
        }
        "$complex" => match &array(tag, json, depth)?[..] {
            [real, imag] => Value::Complex(
                as_float(real).ok_or_else(|| ill("two numbers"))?,
                as_float(imag).ok_or_else(|| ill("two numbers"))?,
            ),
            _ => return Err(ill("[real, imaginary]")),
        },
        "$namedtuple" => {
            let wants = "{\"type\": string, \"fields\": [string, …], \"values\": [value, …]} of one length";
            exactly(tag, json, &["type", "fields", "values"], wants)?;
            let (Some(JsonValue::Str(type_name)), Some(JsonValue::Array(names)), Some(JsonValue::Array(values))) =
                (field(json, "type"), field(json, "fields"), field(json, "values"))
            else {
                return Err(ill(wants));
            };
            let fields: Option<Vec<String>> = names
                .iter()
                .map(|name| match name {
                    JsonValue::Str(name) => Some(name.to_string()),
                    _ => None,
                })
                .collect();
            let fields = fields.filter(|fields| fields.len() == values.len()).ok_or_else(|| ill(wants))?;
            Value::NamedTuple { type_name: type_name.to_string(), fields, values: decode_all(values, depth + 1)? }
        }
        "$instance" => {
            let wants = "{\"type\": string, \"attributes\": {name: value, …}}";
            exactly(tag, json, &["type", "attributes"], wants)?;
            let (Some(JsonValue::Str(type_name)), Some(JsonValue::Object(attributes))) =
                (field(json, "type"), field(json, "attributes"))
            else {
                return Err(ill(wants));
            };
            let attributes = last_of_each(attributes)
                .map(|(name, value)| Ok((name.to_owned(), decode(value, depth + 2)?)))
                .collect::<Result<_, BadValue>>()?;
            Value::Instance { type_name: type_name.to_string(), attributes }
        }
        "$exception" => {
            let wants = "{\"type\": string, \"message\": string or null}";
            exactly(tag, json, &["type", "message"], wants)?;
            let Some(JsonValue::Str(type_name)) = field(json, "type") else {
                return Err(ill(wants));
            };
            let message = match field(json, "message") {
                Some(JsonValue::Str(message)) => Some(message.to_string()),
                Some(JsonValue::Null) | None => None,
                Some(_) => return Err(ill(wants)),
            };
            Value::Exception { type_name: type_name.to_string(), message }
        }
        "$function" => Value::Function(text("a name")?.to_owned()),
        "$type" => Value::Type(text("a name")?.to_owned()),
        "$ellipsis" if matches!(json, JsonValue::Bool(true)) => Value::Ellipsis,
        "$ellipsis" => return Err(ill("true")),
        "$repr" => Value::Repr(text("a string")?.to_owned()),
        "$cycle" => Value::Cycle(text("a string")?.to_owned()),
        "$cut" => {
            let wants = "{\"type\": string, \"size\": int, \"preview\": string}";
            match (field(json, "type"), field(json, "size"), field(json, "preview")) {
                (Some(JsonValue::Str(type_name)), Some(JsonValue::Int(size)), Some(JsonValue::Str(preview))) => {
                    Value::Cut {
                        type_name: type_name.to_string(),
                        size: u64::try_from(*size).map_err(|_| ill(wants))?,
                        preview: preview.to_string(),
                    }
                }
                _ => return Err(ill(wants)),
            }
        }
        _ => {
            return Err(BadValue(format!(
                "{tag} is no tag of this protocol; a dict with such a key is written as {{\"$dict\": [[key, value], …]}}"
            )));
        }
    })
}

fn array(tag: &str, json: &JsonValue<'_>, depth: usize) -> Result<Vec<Value>, BadValue> {
    match json {
        JsonValue::Array(items) => decode_all(items, depth),
        _ => Err(BadValue(format!("{tag} wants an array"))),
    }
}

fn dict(json: &JsonValue<'_>, depth: usize) -> Result<Vec<(Value, Value)>, BadValue> {
    let ill = || BadValue("$dict wants an array of [key, value] pairs".into());
    let JsonValue::Array(items) = json else {
        return Err(ill());
    };
    let mut pairs = Vec::with_capacity(items.len());
    // Strings only: they may be written as the keys of an object, where a repeated one counts once.
    let mut places: HashMap<&str, usize> = HashMap::new();
    for item in items.iter() {
        let JsonValue::Array(pair) = item else {
            return Err(ill());
        };
        let [name, value] = &pair[..] else {
            return Err(ill());
        };
        let key = decode(name, depth + 2)?;
        if !is_hashable(&key) {
            return Err(BadValue(format!("a {} cannot be a dict key", key.type_name())));
        }
        let value = decode(value, depth + 2)?;
        let place = match name {
            JsonValue::Str(name) => *places.entry(name).or_insert(pairs.len()),
            _ => pairs.len(),
        };
        match pairs.get_mut(place) {
            Some((_, earlier)) => *earlier = value,
            None => pairs.push((key, value)),
        }
    }
    Ok(pairs)
}

fn field<'a, 'j>(json: &'a JsonValue<'j>, name: &str) -> Option<&'a JsonValue<'j>> {
    match json {
        JsonValue::Object(fields) => fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}

/// Refuses fields that the tag does not have, so that a typing error does not pass as an absence.
fn exactly(tag: &str, json: &JsonValue<'_>, names: &[&str], wants: &str) -> Result<(), BadValue> {
    match json {
        JsonValue::Object(fields) if fields.iter().all(|(key, _)| names.contains(&key.as_ref())) => Ok(()),
        _ => Err(BadValue(format!("{tag} wants {wants}"))),
    }
}

fn parsed<T: std::str::FromStr>(tag: &str, text: &str, wants: &str) -> Result<T, BadValue> {
    text.parse().map_err(|_| BadValue(format!("{tag} wants {wants}, not {text:?}")))
}

fn hashable(tag: &str, items: Vec<Value>) -> Result<Vec<Value>, BadValue> {
    match items.iter().find(|item| !is_hashable(item)) {
        Some(item) => Err(BadValue(format!("{tag} cannot hold a {}", item.type_name()))),
        None => Ok(items),
    }
}

/// A set holds an item once; the first of equal ones stays. Only exact repetition is dropped here,
/// `1`, `1.0` and `True` meet in the interpreter.
fn distinct(items: Vec<Value>) -> Vec<Value> {
    let mut seen = HashSet::new();
    items.into_iter().filter(|item| serde_json::to_string(item).map_or(true, |text| seen.insert(text))).collect()
}

fn is_hashable(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Set(_) | Value::Dict(_) => false,
        Value::Tuple(items) | Value::NamedTuple { values: items, .. } => items.iter().all(is_hashable),
        _ => true,
    }
}

fn as_float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(value) => Some(*value),
        #[expect(clippy::cast_precision_loss, reason = "a part of a complex number is a float")]
        Value::Int(value) => Some(*value as f64),
        _ => None,
    }
}

fn plain_float(text: &str) -> Option<f64> {
    let number = text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
    text.parse::<f64>().ok().filter(|value| number && value.is_finite())
}

/// What `decimal.Decimal(text)` takes, without spaces and underscores.
fn is_decimal(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let lower = body.to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "infinity") {
        return true;
    }
    if let Some(payload) = lower.strip_prefix("snan").or_else(|| lower.strip_prefix("nan")) {
        return payload.bytes().all(|byte| byte.is_ascii_digit());
    }
    let (number, exponent) = lower.split_once('e').map_or((lower.as_str(), None), |(n, e)| (n, Some(e)));
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent_ok = exponent.is_none_or(|exponent| {
        let bare = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        !bare.is_empty() && bare.len() <= 18 && digits(bare)
    });
    exponent_ok && !(whole.is_empty() && fraction.is_empty()) && digits(whole) && digits(fraction)
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Json(json) = Json::deserialize(deserializer)?;
        from_json(&json).map_err(D::Error::custom)
    }
}

/// `jiter`'s tree, read through serde.
struct Json(JsonValue<'static>);

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json(JsonValue::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json(JsonValue::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json(JsonValue::Int(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json(i64::try_from(value).map_or_else(|_| JsonValue::BigInt(value.into()), JsonValue::Int)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json(JsonValue::Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json(JsonValue::Str(Cow::Owned(value.to_owned()))))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json(JsonValue::Str(Cow::Owned(value))))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(Json(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(Json(JsonValue::Array(Arc::new(items))))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some((key, Json(value))) = map.next_entry::<String, Json>()? {
            fields.push((Cow::Owned(key), value));
        }
        Ok(Json(JsonValue::Object(Arc::new(fields))))
    }
}
