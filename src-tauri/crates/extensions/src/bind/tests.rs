use protocol::{Inputs, Value};

use super::bind;
use crate::declaration::{Declared, Default, Function, Kind, Param, Type, declare, optional, param};

const ANY: Type = Type::ANY;
const STR_OR_NONE: Type = Type::of(&[Kind::String, Kind::None]);

const NONE: &[Param] = &[];
const ONE: &[Param] = &[param("h", ANY)];
const TWO: &[Param] = &[param("h", ANY), param("text", ANY)];
const THREE: &[Param] = &[param("a", ANY), param("b", ANY), param("c", ANY)];
const FOUR: &[Param] = &[param("a", ANY), param("b", ANY), param("c", ANY), param("d", ANY)];
const OPT: &[Param] = &[optional("tag", Type::STRING, Default::String("div"))];
const MIXED: &[Param] =
    &[param("a", ANY), optional("b", ANY, Default::Integer(1)), optional("c", ANY, Default::Boolean(true))];

fn function(name: &'static str, params: &'static [Param]) -> Function {
    let declared: Declared<()> = declare(name, "", params, ANY, |(), _, _| Value::None.into());
    declared.function
}

fn named(name: &str) -> Function {
    match name {
        "none" => function("none", NONE),
        "one" => function("one", ONE),
        "two" => function("two", TWO),
        "three" => function("three", THREE),
        "four" => function("four", FOUR),
        "opt" => function("opt", OPT),
        _ => function("mixed", MIXED),
    }
}

fn ints(count: usize) -> Vec<Value> {
    (0..count).map(|_| Value::Int(7)).collect()
}

fn kwargs(names: &[&str]) -> Inputs {
    Inputs(names.iter().map(|name| ((*name).to_owned(), Value::Int(9))).collect())
}

/// Function, number of positionals, keywords, what `python3` says for the same `def` and call.
const REFUSED: &[(&str, usize, &[&str], &str)] = &[
    ("none", 1, &[], "none() takes 0 positional arguments but 1 was given"),
    ("none", 2, &[], "none() takes 0 positional arguments but 2 were given"),
    ("one", 0, &[], "one() missing 1 required positional argument: 'h'"),
    ("one", 2, &[], "one() takes 1 positional argument but 2 were given"),
    ("one", 3, &[], "one() takes 1 positional argument but 3 were given"),
    ("two", 0, &[], "two() missing 2 required positional arguments: 'h' and 'text'"),
    ("two", 3, &[], "two() takes 2 positional arguments but 3 were given"),
    ("three", 0, &[], "three() missing 3 required positional arguments: 'a', 'b', and 'c'"),
    ("three", 1, &[], "three() missing 2 required positional arguments: 'b' and 'c'"),
    ("three", 0, &["b"], "three() missing 2 required positional arguments: 'a' and 'c'"),
    ("opt", 2, &[], "opt() takes from 0 to 1 positional arguments but 2 were given"),
    ("mixed", 4, &[], "mixed() takes from 1 to 3 positional arguments but 4 were given"),
    ("mixed", 0, &[], "mixed() missing 1 required positional argument: 'a'"),
    ("mixed", 0, &["b"], "mixed() missing 1 required positional argument: 'a'"),
    ("one", 1, &["h"], "one() got multiple values for argument 'h'"),
    ("one", 0, &["x"], "one() got an unexpected keyword argument 'x'"),
    ("two", 1, &["txt"], "two() got an unexpected keyword argument 'txt'. Did you mean 'text'?"),
    ("mixed", 2, &["b", "x"], "mixed() got multiple values for argument 'b'"),
    ("mixed", 2, &["x", "b"], "mixed() got an unexpected keyword argument 'x'"),
    ("one", 2, &["h"], "one() got multiple values for argument 'h'"),
    ("one", 2, &["x"], "one() got an unexpected keyword argument 'x'"),
    ("two", 4, &["text"], "two() got multiple values for argument 'text'"),
    ("two", 0, &["text"], "two() missing 1 required positional argument: 'h'"),
    ("none", 0, &["x"], "none() got an unexpected keyword argument 'x'"),
    ("four", 0, &[], "four() missing 4 required positional arguments: 'a', 'b', 'c', and 'd'"),
    ("four", 0, &["c"], "four() missing 3 required positional arguments: 'a', 'b', and 'd'"),
    ("opt", 2, &["tag"], "opt() got multiple values for argument 'tag'"),
    ("mixed", 5, &[], "mixed() takes from 1 to 3 positional arguments but 5 were given"),
];

#[test]
fn refuses_in_the_words_of_cpython() {
    for (name, given, keywords, expected) in REFUSED {
        let raised = bind(&named(name), ints(*given), kwargs(keywords)).unwrap_err();
        assert_eq!((raised.exc_type.as_ref(), raised.message.as_str()), ("TypeError", *expected));
    }
}

#[test]
fn fills_in_what_is_left_out() {
    let mixed = named("mixed");
    let cases: &[(usize, &[&str], &[Value])] = &[
        (1, &[], &[Value::Int(7), Value::Int(1), Value::Bool(true)]),
        (2, &[], &[Value::Int(7), Value::Int(7), Value::Bool(true)]),
        (3, &[], &[Value::Int(7), Value::Int(7), Value::Int(7)]),
        (1, &["c"], &[Value::Int(7), Value::Int(1), Value::Int(9)]),
        (0, &["c", "a"], &[Value::Int(9), Value::Int(1), Value::Int(9)]),
    ];
    for (given, keywords, expected) in cases {
        let args = bind(&mixed, ints(*given), kwargs(keywords)).unwrap();
        assert_eq!(args.0, *expected, "{given} and {keywords:?}");
    }
    assert_eq!(bind(&named("opt"), vec![], kwargs(&[])).unwrap().0, [Value::Str("div".to_owned())]);
}

#[test]
fn a_full_call_stays_in_its_vector() {
    let args = ints(2);
    let place = args.as_ptr();
    assert_eq!(bind(&named("two"), args, Inputs::default()).unwrap().0.as_ptr(), place);
}

const KINDS: &[(Type, &str, &str)] = &[
    (Type::STRING, "str", "s"),
    (Type::INTEGER, "int", "ib"),
    (Type::NUMBER, "int or float", "ibf"),
    (Type::BOOLEAN, "bool", "b"),
    (Type::BYTES, "bytes", "y"),
    (Type::LIST, "list", "lt"),
    (Type::MAP, "dict with str keys", "d"),
    (Type::NONE, "None", "n"),
    (STR_OR_NONE, "str or None", "sn"),
    (Type::of(&[Kind::String, Kind::Bytes, Kind::None]), "str, bytes or None", "syn"),
];

#[test]
fn a_value_of_another_kind_is_a_type_error_that_names_the_parameter() {
    let values = [
        ('s', Value::Str(String::new()), "str"),
        ('i', Value::Int(1), "int"),
        ('i', Value::BigInt(u64::MAX.into()), "int"),
        ('b', Value::Bool(true), "bool"),
        ('f', Value::Float(1.0), "float"),
        ('y', Value::Bytes(vec![]), "bytes"),
        ('l', Value::List(vec![]), "list"),
        ('t', Value::Tuple(vec![]), "tuple"),
        ('d', Value::Dict(vec![(Value::Str("k".to_owned()), Value::None)]), "dict"),
        ('n', Value::None, "None"),
    ];
    for (kind, words, fits) in KINDS {
        let mut function = named("two");
        function.params.to_mut()[1].kind = kind.clone();
        for (letter, value, type_name) in &values {
            for by_name in [false, true] {
                let (args, kwargs) = if by_name {
                    (ints(1), Inputs(vec![("text".to_owned(), value.clone())]))
                } else {
                    (vec![Value::Int(7), value.clone()], Inputs::default())
                };
                let bound = bind(&function, args, kwargs);
                if fits.contains(*letter) {
                    assert_eq!(bound.unwrap().0[1], *value);
                } else {
                    let expected = format!("two() argument 'text' must be {words}, not {type_name}");
                    assert_eq!(bound.unwrap_err().message, expected);
                }
            }
        }
    }
}

#[test]
fn a_dict_with_other_keys_is_no_map() {
    let mut function = named("one");
    function.params.to_mut()[0].kind = Type::MAP;
    let dict = Value::Dict(vec![(Value::Str("a".to_owned()), Value::None), (Value::Int(1), Value::None)]);
    let raised = bind(&function, vec![dict], Inputs::default()).unwrap_err();
    assert_eq!(raised.message, "one() argument 'h' must be dict with str keys, not dict with a key of type int");
}
