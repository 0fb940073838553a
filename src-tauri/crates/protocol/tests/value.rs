//! The value encoding: every value survives the way out and in, by both readers.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use jiter::JsonValue;
use proptest::prelude::*;
use protocol::{
    Value,
    value::{Date, DateTime, SAFE_INT, Time, TimeDelta, TimeZone, from_json},
};

fn text(value: &Value) -> String {
    serde_json::to_string(value).unwrap()
}

fn read(json: &str) -> Result<Value, String> {
    let tree = JsonValue::parse(json.as_bytes(), false).map_err(|error| error.to_string())?;
    from_json(&tree).map_err(|error| error.to_string())
}

fn date() -> impl Strategy<Value = Date> {
    (1..=9999_u16, 1..=12_u8, 1..=31_u8)
        .prop_filter_map("a day of the month", |(year, month, day)| Date::new(year, month, day))
}

fn time() -> impl Strategy<Value = Time> {
    let offset = proptest::option::of(-86_399..=86_399_i32);
    (0..24_u8, 0..60_u8, 0..60_u8, 0..1_000_000_u32, offset)
        .prop_filter_map("a time", |(hour, minute, second, microsecond, offset)| {
            Time::new(hour, minute, second, microsecond, offset)
        })
}

fn leaf() -> impl Strategy<Value = Value> {
    let name = "[a-zA-Z_][a-z0-9_]{0,8}";
    prop_oneof![
        Just(Value::None),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        (SAFE_INT - 2..SAFE_INT + 2).prop_map(Value::Int),
        "-?[1-9][0-9]{19,60}".prop_map(|digits| Value::int(digits.parse().unwrap())),
        any::<f64>().prop_map(Value::Float),
        (-1000..1000_i32).prop_map(|number| Value::Float(number.into())),
        prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(-0.0)].prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        date().prop_map(Value::Date),
        (date(), time()).prop_map(|(date, time)| Value::DateTime(DateTime { date, time })),
        time().prop_map(Value::Time),
        (-999_999_999..=999_999_999_i64, 0..86_400_i64, 0..1_000_000_i64).prop_map(|(days, seconds, microseconds)| {
            Value::TimeDelta(TimeDelta::normal(days, seconds, microseconds).unwrap())
        }),
        (-86_399..=86_399_i32, proptest::option::of(".{0,5}"))
            .prop_map(|(offset, name)| Value::TimeZone(TimeZone::new(offset, name).unwrap())),
        "/[a-z/]{0,9}".prop_map(Value::Path),
        "-?[0-9]{1,5}(\\.[0-9]{1,5})?(E[+-][0-9]{1,3})?".prop_map(Value::Decimal),
        (any::<f64>(), any::<f64>()).prop_map(|(real, imag)| Value::Complex(real, imag)),
        (name, proptest::option::of(any::<String>()))
            .prop_map(|(type_name, message)| Value::Exception { type_name, message }),
        name.prop_map(Value::Function),
        name.prop_map(Value::Type),
        Just(Value::Ellipsis),
        ".{0,9}".prop_map(Value::Repr),
        Just(Value::Cycle("[...]".into())),
        ("[a-z]{1,5}", 0..1_u64 << 53, ".{0,9}").prop_map(|(type_name, size, preview)| Value::Cut {
            type_name,
            size,
            preview
        }),
    ]
}

fn hashable() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(2, 8, 3, |inner| proptest::collection::vec(inner, 0..3).prop_map(Value::Tuple))
}

fn value() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 48, 5, |inner| {
        let items = || proptest::collection::vec(inner.clone(), 0..5);
        let key = prop_oneof![hashable(), "[$0-9a-z-]{0,4}".prop_map(Value::Str)];
        prop_oneof![
            items().prop_map(Value::List),
            items().prop_map(Value::Tuple),
            proptest::collection::vec((key, inner.clone()), 0..5).prop_map(|pairs| Value::Dict(distinct_keys(pairs))),
            proptest::collection::vec(("[a-z$0-9]{0,4}", inner.clone()), 0..4).prop_map(|mut attributes| {
                attributes.sort_by(|one, other| one.0.cmp(&other.0));
                attributes.dedup_by(|one, other| one.0 == other.0);
                Value::Instance { type_name: "Thing".into(), attributes }
            }),
            items().prop_map(|values| Value::NamedTuple {
                type_name: "Point".into(),
                fields: (0..values.len()).map(|index| format!("f{index}")).collect(),
                values,
            }),
        ]
    })
}

fn distinct_keys(pairs: Vec<(Value, Value)>) -> Vec<(Value, Value)> {
    let mut seen = std::collections::HashSet::new();
    pairs.into_iter().filter(|(key, _)| seen.insert(text(key))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_survives_the_way_out_and_in(value in value()) {
        let json = text(&value);
        let back = read(&json);
        prop_assert_eq!(back.as_ref().map(text), Ok(json.clone()));
        let through_serde: Value = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(text(&through_serde), json);
    }

    #[test]
    fn reading_never_panics(json in "[\\[\\]{}:,\"$a-z0-9.eE+-]{0,40}") {
        let _ = read(&json);
    }

    #[test]
    fn a_repr_keeps_to_its_budget(value in value(), budget in 0..200_usize) {
        let shown = value.repr(budget);
        prop_assert!(shown.len() <= budget + '…'.len_utf8(), "{shown:?} is longer than {budget}");
    }
}

#[test]
fn json_says_what_json_says_exactly() {
    let cases = [
        (Value::None, "null"),
        (Value::Bool(true), "true"),
        (Value::Int(SAFE_INT), "9007199254740992"),
        (Value::Int(-SAFE_INT), "-9007199254740992"),
        (Value::Int(SAFE_INT + 1), r#"{"$int":"9007199254740993"}"#),
        (Value::Float(5.0), "5.0"),
        (Value::Float(-0.0), r#"{"$float":"-0.0"}"#),
        (Value::Float(f64::NAN), r#"{"$float":"nan"}"#),
        (Value::Tuple(vec![Value::Int(1)]), r#"{"$tuple":[1]}"#),
        (Value::Dict(vec![]), "{}"),
        (Value::Dict(vec![(Value::Str("a".into()), Value::None)]), r#"{"a":null}"#),
        (Value::Dict(vec![(Value::Str("1".into()), Value::None)]), r#"{"$dict":[["1",null]]}"#),
        (Value::Dict(vec![(Value::Str("-7".into()), Value::None)]), r#"{"$dict":[["-7",null]]}"#),
        (Value::Dict(vec![(Value::Str("$int".into()), Value::Str("5".into()))]), r#"{"$dict":[["$int","5"]]}"#),
        (Value::Dict(vec![(Value::Int(1), Value::Int(2))]), r#"{"$dict":[[1,2]]}"#),
    ];
    for (value, json) in cases {
        assert_eq!(text(&value), json);
        assert_eq!(read(json).map(|value| text(&value)), Ok(json.to_owned()));
    }
}

#[test]
fn what_is_no_value_is_refused_with_a_reason() {
    let cases = [
        (r#"{"$nope":1}"#, "no tag"),
        (r#"{"$tuple":1}"#, "array"),
        (r#"{"$int":"1.5"}"#, "decimal digits"),
        (r#"{"$int":""}"#, "decimal digits"),
        (r#"{"$int":5}"#, "decimal digits"),
        (r#"{"$bytes":"AA"}"#, "base64"),
        (r#"{"$set":[[1]]}"#, "cannot hold a list"),
        (r#"{"$dict":[[[1],2]]}"#, "cannot be a dict key"),
        (r#"{"$dict":[[1]]}"#, "pairs"),
        (r#"{"$date":"2025-02-29"}"#, "ISO 8601"),
        (r#"{"$datetime":"2025-01-01"}"#, "ISO 8601"),
        (r#"{"$time":"24:00"}"#, "ISO 8601"),
        (r#"{"$timedelta":{"days":1}}"#, "seconds"),
        (r#"{"$timezone":{"offsetSeconds":86400,"name":null}}"#, "less than a day"),
        (r#"{"$decimal":"one"}"#, "decimal number"),
        (r#"{"$complex":[1]}"#, "imaginary"),
        (r#"{"$namedtuple":{"type":"P","fields":["x"],"values":[]}}"#, "of one length"),
        (r#"{"$ellipsis":false}"#, "true"),
        (r#"{"$a":1,"b":2}"#, "beside others"),
        ("1e999", "too large for a float"),
    ];
    for (json, reason) in cases {
        let refused = read(json).expect_err(json);
        assert!(refused.contains(reason), "{json}: {refused:?} does not say {reason:?}");
    }
}

#[test]
fn ints_of_any_size_come_in_exactly() {
    for (json, wanted) in [
        ("18446744073709551616", r#"{"$int":"18446744073709551616"}"#),
        ("-9223372036854775809", r#"{"$int":"-9223372036854775809"}"#),
        ("-0", "0"),
        ("1e2", "100.0"),
        ("1.0", "1.0"),
    ] {
        assert_eq!(read(json).map(|value| text(&value)), Ok(wanted.to_owned()), "{json}");
    }
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read(&nested(100)).is_ok());
    assert!(read(&nested(102)).expect_err("too deep").contains("deeper"));
    assert!(read(&nested(100_000)).is_err(), "a reader that recurses would have overflowed its stack");
}

#[test]
fn keys_that_are_written_as_pairs_count_their_levels() {
    let nested = |depth: usize| r#"{"1":"#.repeat(depth) + "0" + &"}".repeat(depth);
    let deepest = text(&read(&nested(33)).unwrap());
    assert_eq!(read(&deepest).map(|value| text(&value)), Ok(deepest.clone()));
    assert_eq!(serde_json::from_str::<Value>(&deepest).map(|value| text(&value)).unwrap(), deepest);
    assert!(read(&nested(34)).expect_err("written, it nests too deep to be read").contains("deeper"));
}

#[test]
fn a_key_that_pairs_repeat_counts_with_its_last_value() {
    for (json, wanted) in [
        (r#"{"$dict":[["a",1],["b",2],["a",3],["a",4]]}"#, r#"{"a":4,"b":2}"#),
        (r#"{"$dict":[["1",1],[1,2],["1",3]]}"#, r#"{"$dict":[["1",3],[1,2]]}"#),
    ] {
        let value = read(json).unwrap();
        assert_eq!(text(&value), wanted);
        assert_eq!(read(wanted), Ok(value));
    }
}

#[test]
fn reprs_read_as_in_python() {
    let list = |items| Value::List(items);
    let cases = [
        (Value::Float(1e16), "1e+16"),
        (Value::Float(1.5e-7), "1.5e-07"),
        (Value::Float(0.0001), "0.0001"),
        (Value::Float(123_456.0), "123456.0"),
        (Value::Str("it's".into()), r#""it's""#),
        (Value::Str("a\n\u{1}".into()), r"'a\n\x01'"),
        (Value::Str("ä \u{a0}\u{202e}\u{e0001}".into()), r"'ä \xa0\u202e\U000e0001'"),
        (Value::Bytes(vec![0, b'a', b'\'']), r#"b"\x00a'""#),
        (Value::Tuple(vec![Value::Int(1)]), "(1,)"),
        (Value::Set(vec![]), "set()"),
        (Value::Complex(0.0, -2.0), "-2j"),
        (Value::Complex(1.0, 2.0), "(1+2j)"),
        (list(vec![Value::None, Value::Bool(true)]), "[None, True]"),
        (Value::TimeDelta(TimeDelta::normal(-1, 5, 0).unwrap()), "datetime.timedelta(days=-1, seconds=5)"),
    ];
    for (value, wanted) in cases {
        assert_eq!(value.repr(1000), wanted);
    }
}
