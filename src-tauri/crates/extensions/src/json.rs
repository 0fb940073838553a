//! `json.dumps` and `json.loads` as CPython has them.

use std::fmt::Write as _;

use indexmap::IndexMap;
use jiter::{JsonErrorType, JsonValue};
use protocol::Value;

use crate::call::Raised;

/// The text that CPython's `json.dumps` gives with its defaults.
pub(crate) fn dumps(value: &Value) -> Result<String, Raised> {
    let mut text = String::new();
    write(&mut text, value)?;
    Ok(text)
}

fn write(text: &mut String, value: &Value) -> Result<(), Raised> {
    match value {
        Value::None | Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => scalar(text, value),
        Value::Str(string) => quoted(text, string),
        Value::List(items) | Value::Tuple(items) | Value::NamedTuple { values: items, .. } => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write(text, item)?;
            }
            text.push(']');
        }
        Value::Dict(pairs) => {
            text.push('{');
            for (index, (key, item)) in pairs.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { ", " });
                write_key(text, key)?;
                text.push_str(": ");
                write(text, item)?;
            }
            text.push('}');
        }
        Value::Cycle(_) => return Err(Raised::value_error("Circular reference detected")),
        Value::Cut { .. } => return Err(Raised::value_error("the object is too large for json_dumps")),
        other => {
            let message = format!("Object of type {} is not JSON serializable", other.type_name());
            return Err(Raised::type_error(message));
        }
    }
    Ok(())
}

fn write_key(text: &mut String, key: &Value) -> Result<(), Raised> {
    match key {
        Value::Str(string) => quoted(text, string),
        Value::None | Value::Bool(_) | Value::Int(_) | Value::BigInt(_) | Value::Float(_) => {
            text.push('"');
            scalar(text, key);
            text.push('"');
        }
        other => {
            let message = format!("keys must be str, int, float, bool or None, not {}", other.type_name());
            return Err(Raised::type_error(message));
        }
    }
    Ok(())
}

fn scalar(text: &mut String, value: &Value) {
    match value {
        Value::None => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Float(float) if float.is_nan() => text.push_str("NaN"),
        Value::Float(f64::INFINITY) => text.push_str("Infinity"),
        Value::Float(f64::NEG_INFINITY) => text.push_str("-Infinity"),
        number => text.push_str(&number.repr(usize::MAX)),
    }
}

/// Everything but printable ASCII is escaped, as `ensure_ascii` does.
fn quoted(text: &mut String, string: &str) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            ' '..='~' => text.push(letter),
            _ => {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    // Writing to a string does not fail.
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
}

/// A value out of JSON; NaN and Infinity are numbers, as in CPython.
pub(crate) fn loads(json: &[u8]) -> Result<Value, Raised> {
    let parsed = JsonValue::parse(json, true).map_err(|error| unreadable(json, &error.error_type, error.index))?;
    Ok(value(&parsed))
}

fn value(json: &JsonValue<'_>) -> Value {
    match json {
        JsonValue::Null => Value::None,
        JsonValue::Bool(bool) => Value::Bool(*bool),
        JsonValue::Int(int) => Value::Int(*int),
        JsonValue::BigInt(int) => Value::int(int.clone()),
        JsonValue::Float(float) => Value::Float(*float),
        JsonValue::Str(text) => Value::Str(text.to_string()),
        JsonValue::Array(items) => Value::List(items.iter().map(value).collect()),
        JsonValue::Object(fields) => {
            // The last of two equal keys counts, in the place of the first.
            let fields: IndexMap<&str, Value> = fields.iter().map(|(key, item)| (key.as_ref(), value(item))).collect();
            Value::Dict(fields.into_iter().map(|(key, item)| (Value::Str(key.to_owned()), item)).collect())
        }
    }
}

/// The error in CPython's words, where it has words for it.
fn unreadable(json: &[u8], error: &JsonErrorType, index: usize) -> Raised {
    let what = match error {
        JsonErrorType::EofWhileParsingValue | JsonErrorType::ExpectedSomeValue | JsonErrorType::ExpectedSomeIdent => {
            "Expecting value".to_owned()
        }
        JsonErrorType::EofWhileParsingList
        | JsonErrorType::EofWhileParsingObject
        | JsonErrorType::ExpectedListCommaOrEnd
        | JsonErrorType::ExpectedObjectCommaOrEnd => "Expecting ',' delimiter".to_owned(),
        JsonErrorType::ExpectedColon => "Expecting ':' delimiter".to_owned(),
        JsonErrorType::KeyMustBeAString => "Expecting property name enclosed in double quotes".to_owned(),
        JsonErrorType::TrailingCharacters => "Extra data".to_owned(),
        JsonErrorType::EofWhileParsingString => "Unterminated string".to_owned(),
        JsonErrorType::ControlCharacterWhileParsingString => "Invalid control character".to_owned(),
        JsonErrorType::InvalidEscape => "Invalid \\escape".to_owned(),
        other => other.to_string(),
    };
    let before = String::from_utf8_lossy(&json[..index.min(json.len())]);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
    Raised::value_error(format!("{what}: line {line} column {column} (char {})", before.chars().count()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::Value;

    use super::{dumps, loads};
    use crate::testing::{dict, text};

    /// The right side is what `python3` prints for `json.dumps` of the same object.
    #[test]
    fn dumps_what_cpython_dumps() {
        let keys = Value::Dict(vec![
            (Value::Int(1), Value::None),
            (Value::Bool(true), Value::None),
            (Value::None, Value::None),
            (Value::Float(1.5), Value::None),
        ]);
        let cases = [
            (Value::None, "null"),
            (Value::Float(1.0), "1.0"),
            (Value::Float(1e16), "1e+16"),
            (Value::Float(1e-5), "1e-05"),
            (Value::Float(0.1), "0.1"),
            (Value::Float(-0.0), "-0.0"),
            (Value::Float(f64::NAN), "NaN"),
            (Value::Float(f64::NEG_INFINITY), "-Infinity"),
            (Value::BigInt("123456789012345678901234567890".parse().unwrap()), "123456789012345678901234567890"),
            (text("a\"\\\n\r\t\u{8}\u{c}\u{1}\u{7f}/é😀"), r#""a\"\\\n\r\t\b\f\u0001\u007f/\u00e9\ud83d\ude00""#),
            (Value::List(vec![Value::Int(1), Value::Tuple(vec![Value::Bool(false)])]), "[1, [false]]"),
            (Value::List(vec![]), "[]"),
            (dict(&[("b", Value::Int(1)), ("a", dict(&[]))]), r#"{"b": 1, "a": {}}"#),
            (keys, r#"{"1": null, "true": null, "null": null, "1.5": null}"#),
        ];
        for (value, expected) in cases {
            assert_eq!(dumps(&value).unwrap(), expected);
        }
    }

    #[test]
    fn what_json_has_no_words_for_is_an_error() {
        let tuple_key = Value::Dict(vec![(Value::Tuple(vec![]), Value::None)]);
        let cases = [
            (Value::Bytes(vec![1]), "TypeError: Object of type bytes is not JSON serializable"),
            (Value::Set(vec![]), "TypeError: Object of type set is not JSON serializable"),
            (Value::List(vec![Value::Complex(0.0, 1.0)]), "TypeError: Object of type complex is not JSON serializable"),
            (tuple_key, "TypeError: keys must be str, int, float, bool or None, not tuple"),
            (Value::Cycle("[...]".to_owned()), "ValueError: Circular reference detected"),
        ];
        for (value, expected) in cases {
            assert_eq!(dumps(&value).unwrap_err().to_string(), expected);
        }
    }

    #[test]
    fn loads_faithfully() {
        let cases = [
            ("1", Value::Int(1)),
            ("1.0", Value::Float(1.0)),
            ("1e2", Value::Float(100.0)),
            ("0.1", Value::Float(0.1)),
            ("9223372036854775807", Value::Int(i64::MAX)),
            ("9223372036854775808", Value::BigInt("9223372036854775808".parse().unwrap())),
            ("Infinity", Value::Float(f64::INFINITY)),
            (
                " \n[null, true, \"\\u00e9\\ud83d\\ude00\"] ",
                Value::List(vec![Value::None, Value::Bool(true), text("é😀")]),
            ),
            (r#"{"b": 1, "a": {}, "b": 2}"#, dict(&[("b", Value::Int(2)), ("a", dict(&[]))])),
            // What would be a tag on the wire is a plain dict here.
            (r#"{"$int": "1"}"#, dict(&[("$int", text("1"))])),
        ];
        for (json, expected) in cases {
            assert_eq!(loads(json.as_bytes()).unwrap(), expected, "{json}");
        }
        assert!(matches!(loads(b"NaN").unwrap(), Value::Float(float) if float.is_nan()));
    }

    /// The right side is what `python3` says of the same text.
    #[test]
    fn what_is_no_json_is_a_value_error_that_says_where() {
        let cases = [
            ("", "Expecting value: line 1 column 1 (char 0)"),
            ("[1,\n x]", "Expecting value: line 2 column 2 (char 5)"),
            ("{1: 2}", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
            ("\"é\" 1", "Extra data: line 1 column 5 (char 4)"),
            ("[1 2]", "Expecting ',' delimiter: line 1 column 4 (char 3)"),
            ("{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)"),
        ];
        for (json, expected) in cases {
            assert_eq!(loads(json.as_bytes()).unwrap_err().to_string(), format!("ValueError: {expected}"), "{json}");
        }
        for json in ["[1", "{", "\"a", "\"\\x\"", "nul", "01", "-", "'a'", "[1,]"] {
            let raised = loads(json.as_bytes()).unwrap_err();
            assert!(raised.exc_type == "ValueError" && raised.message.contains("(char "), "{json}: {raised}");
        }
        let bomb = "[".repeat(100_000);
        assert_eq!(loads(bomb.as_bytes()).unwrap_err().exc_type, "ValueError");
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::None),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<i128>().prop_map(|int| Value::int(int.into())),
            proptest::num::f64::NORMAL.prop_map(Value::Float),
            any::<String>().prop_map(Value::Str),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
                prop::collection::btree_map(any::<String>(), inner, 0..4).prop_map(|map| {
                    Value::Dict(map.into_iter().map(|(key, value)| (Value::Str(key), value)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_dumped_loads_as_it_was(value in json_value()) {
            prop_assert_eq!(loads(dumps(&value).unwrap().as_bytes()).unwrap(), value);
        }
    }
}
