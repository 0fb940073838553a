use super::*;
use crate::{
    call::Answer,
    declaration::{Default, Function, Hint, Kind, Param, Type, declare, optional, param},
};

const CREATE: &[Param] = &[optional("tag", Type::STRING, Default::String("div"))];
const MANY: &[Param] = &[
    param("code", Type::STRING).hint(Hint::Python).about("What runs."),
    param("items", Type::LIST),
    param("data", Type::of(&[Kind::String, Kind::Bytes, Kind::None])),
    param("anything", Type::ANY),
    optional("timeout_ms", Type::of(&[Kind::Integer, Kind::None]), Default::None),
    optional("loud", Type::BOOLEAN, Default::Boolean(false)),
];

fn function(
    namespace: &'static str,
    name: &'static str,
    about: &'static str,
    params: &'static [Param],
    returns: Type,
) -> Function {
    let declared = declare::<()>(name, about, params, returns, |(), _, _| Answer::Value(protocol::Value::None));
    Function { namespace: namespace.into(), ..declared.function }
}

fn create() -> Function {
    function("dom", "dom_create", "Makes an element.", CREATE, Type::INTEGER)
}

fn many() -> Function {
    function("box", "box_many", "Says \"a\\b\".\nTwice.", MANY, Type::of(&[Kind::Integer, Kind::None]))
}

#[test]
fn a_signature_reads_like_python() {
    assert_eq!(signature(&create()), r#"dom_create(tag: str = "div") -> int"#);
    assert_eq!(
        signature(&many()),
        "box_many(code: str, items: list, data: str | bytes | None, anything: Any, timeout_ms: int | None = None, \
         loud: bool = False) -> int | None"
    );
    let none = function("x", "x_none", "", &[], Type::NONE);
    assert_eq!(signature(&none), "x_none() -> None");
}

#[test]
fn a_stub_is_a_definition_with_its_description() {
    assert_eq!(stub(&create()), "def dom_create(tag: str = ...) -> int:\n    \"\"\"Makes an element.\"\"\"\n    ...\n");
    assert_eq!(
        stub(&many()),
        "def box_many(code: str, items: list | tuple, data: str | bytes | None, anything: Any, \
         timeout_ms: int | None = ..., loud: bool = ...) -> int | None:\n    \
         \"\"\"Says \\\"a\\\\b\\\".\n    Twice.\"\"\"\n    ...\n"
    );
    assert_eq!(stub(&function("x", "x_none", "", &[], Type::NONE)), "def x_none() -> None: ...\n");
    let file = stub_file(&[create(), many()]);
    assert!(file.starts_with("from typing import Any\n\ndef dom_create"), "{file}");
    assert_eq!(file.matches("\ndef ").count(), 2);
}

#[test]
fn a_schema_has_parameters_defaults_hints_and_the_result() {
    assert_eq!(
        Schema(&create()).to_json(),
        r#"{"name":"dom_create","description":"Makes an element.","parameters":{"type":"object","properties":{"tag":{"type":"string","default":"div"}},"required":[],"additionalProperties":false},"returns":{"type":"integer"}}"#
    );
    let json = Schema(&many()).to_json();
    let schema: serde_json::Value = serde_json::from_str(&json).unwrap();
    let properties = &schema["parameters"]["properties"];
    assert_eq!(
        properties["code"],
        serde_json::json!({"type": "string", "description": "What runs.", "x-hint": "python"})
    );
    assert_eq!(properties["anything"], serde_json::json!({}));
    assert_eq!(properties["timeout_ms"], serde_json::json!({"type": ["integer", "null"], "default": null}));
    assert_eq!(properties["loud"], serde_json::json!({"type": "boolean", "default": false}));
    assert_eq!(properties["data"]["anyOf"][1]["properties"]["$bytes"]["contentEncoding"], "base64");
    assert_eq!(schema["parameters"]["required"], serde_json::json!(["code", "items", "data", "anything"]));
    assert_eq!(schema["returns"], serde_json::json!({"type": ["integer", "null"]}));
    let order: Vec<usize> = MANY.iter().map(|param| json.find(&format!("\"{}\":", param.name)).unwrap()).collect();
    assert!(order.is_sorted(), "parameters keep their order: {json}");
}

#[test]
fn a_completion_has_a_field_for_each_required_parameter() {
    let json = serde_json::to_value(Completion::of(&many())).unwrap();
    assert_eq!(json["insert"], "box_many(${code}, ${items}, ${data}, ${anything})");
    assert_eq!((&json["label"], &json["namespace"]), (&"box_many".into(), &"box".into()));
    assert_eq!(json["signature"], signature(&many()));
    assert_eq!(Completion::of(&create()).insert, "dom_create(${})");
    assert_eq!(Completion::of(&function("x", "x_none", "", &[], Type::NONE)).insert, "x_none()");
}

#[test]
fn a_prompt_has_a_line_for_each_function() {
    assert_eq!(
        prompt("dom", "The stage.\nIt is live.", &[create(), many()]),
        format!(
            "## dom\n\nThe stage. It is live.\n\n- `{}`: Makes an element.\n- `{}`: Says \"a\\b\". Twice.\n",
            signature(&create()),
            signature(&many())
        )
    );
}

#[test]
fn help_lists_or_tells_or_says_why_not() {
    let functions = [
        create(),
        function("el", "el_recv", "Waits.", &[], Type::ANY),
        function("msg", "msg_recv", "Waits too.", &[], Type::ANY),
        function("host", "log", "Prints.", &[], Type::NONE),
    ];
    let all: serde_json::Value = serde_json::from_str(&help(&functions, None).unwrap()).unwrap();
    let categories: Vec<&String> = all["tools"].as_object().unwrap().keys().collect();
    assert_eq!(categories, ["dom", "el", "host", "msg"]);
    assert_eq!(all["tools"]["dom"][0]["signature"], signature(&create()));
    for (asked, found) in [("dom_create", "dom_create"), ("create", "dom_create"), ("log", "log")] {
        let schema: serde_json::Value = serde_json::from_str(&help(&functions, Some(asked)).unwrap()).unwrap();
        assert_eq!(schema["name"], found);
    }
    assert_eq!(help(&functions, Some("recv")).unwrap(), r#"{"error":"ambiguous","candidates":["el_recv","msg_recv"]}"#);
    for (asked, message) in [
        ("creat", "Unknown function: creat. Did you mean dom_create?"),
        ("recvv", "Unknown function: recvv. Did you mean el_recv, msg_recv?"),
        ("zzz", "Unknown function: zzz"),
        ("", "Unknown function: "),
    ] {
        let raised = help(&functions, Some(asked)).unwrap_err();
        assert_eq!((raised.exc_type.as_ref(), raised.message.as_str()), ("ValueError", message));
    }
}
