//! A function as Python writes it.

use protocol::Value;

use crate::declaration::{Function, Kind, Param, Type};

/// Like `dom_create(tag: str = "div") -> int`.
pub fn signature(function: &Function) -> String {
    let params: Vec<String> = function.params.iter().map(parameter).collect();
    format!("{}({}) -> {}", function.name, params.join(", "), annotation(&function.returns))
}

/// A function for a type checker, with its description.
pub fn stub(function: &Function) -> String {
    let params: Vec<String> = function
        .params
        .iter()
        .map(|param| {
            let default = if param.default.is_some() { " = ..." } else { "" };
            format!("{}: {}{default}", param.name, accepted(&param.kind))
        })
        .collect();
    let head = format!("def {}({}) -> {}:", function.name, params.join(", "), annotation(&function.returns));
    if function.about.is_empty() {
        return format!("{head} ...\n");
    }
    format!("{head}\n    \"\"\"{}\"\"\"\n    ...\n", docstring(&function.about))
}

/// The stubs of several functions, as one file.
pub fn stub_file(functions: &[Function]) -> String {
    let mut text = String::from("from typing import Any\n");
    for function in functions {
        text.push('\n');
        text.push_str(&stub(function));
    }
    text
}

fn parameter(param: &Param) -> String {
    let mut text = format!("{}: {}", param.name, annotation(&param.kind));
    if let Some(default) = &param.default {
        text.push_str(" = ");
        text.push_str(&literal(&default.to_value()));
    }
    text
}

/// Like `int | None`. Whatever includes any value is `Any`.
pub(super) fn annotation(kind: &Type) -> String {
    join(kind, Kind::annotation)
}

/// What a type checker lets pass: the binding takes a tuple for a list.
fn accepted(kind: &Type) -> String {
    join(kind, |kind| if kind == Kind::List { "list | tuple" } else { kind.annotation() })
}

fn join(kind: &Type, name: impl Fn(Kind) -> &'static str) -> String {
    if kind.0.contains(&Kind::Any) {
        return "Any".to_owned();
    }
    let names: Vec<&str> = kind.0.iter().map(|kind| name(*kind)).collect();
    names.join(" | ")
}

/// A default as Python source; strings in double quotes, whose JSON is Python too.
fn literal(value: &Value) -> String {
    match value {
        Value::Str(text) => serde_json::Value::from(text.as_str()).to_string(),
        other => other.repr(200),
    }
}

/// A description that cannot end its own quotes.
fn docstring(about: &str) -> String {
    let mut text = String::with_capacity(about.len());
    for letter in about.chars() {
        match letter {
            '\\' | '"' => text.extend(['\\', letter]),
            '\n' => text.push_str("\n    "),
            '\t' => text.push('\t'),
            _ if letter.is_control() => text.push_str(&format!("\\x{:02x}", u32::from(letter))),
            _ => text.push(letter),
        }
    }
    text
}
