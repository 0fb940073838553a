//! Every function of every extension, in every form that is derived of it.

use std::collections::BTreeSet;

use super::standard;
use crate::{
    coordinator::Coordinator,
    derive::{Completion, Schema, help, prompt, signature, stub, stub_file},
    extension::Place,
};

/// The table of FEATURES, as signatures. `dom` stands in its own file.
const FEATURES: &[&str] = &[
    "upload_file(accept: str | None = None, binary: bool = False) -> str | bytes | None",
    "download_file(filename: str, content: str | bytes) -> None",
    "now() -> str",
    "json_dumps(obj: Any) -> str",
    "json_loads(s: str | bytes) -> Any",
    "log(msg: Any) -> None",
    "alert(msg: Any) -> None",
    "confirm(msg: Any) -> bool",
    "prompt(msg: Any, default: str = \"\") -> str | None",
    "interpreter_snapshot() -> str",
    "interpreter_restore(data: str) -> Any",
    "run_script(path: str, inputs: dict | None = None) -> Any",
    "help(name: str | None = None) -> str",
    "el_emit(value: Any) -> None",
    "el_recv() -> Any",
    "storage_get(key: str) -> Any",
    "storage_set(key: str, value: Any) -> None",
    "storage_delete(key: str) -> bool",
    "storage_list() -> list",
    "storage_has(key: str) -> bool",
    "storage_clear() -> None",
    "msg_send(name: str, message: Any) -> None",
    "msg_recv(name: str, timeout_ms: int | None = None) -> Any",
    "msg_peek(name: str) -> Any",
    "msg_close(name: str) -> None",
    "msg_stats(name: str) -> dict",
    "sandbox_spawn(code: str, timeout_ms: int | None = None, memory_bytes: int | None = None) -> int",
    "sandbox_await(handle: int) -> Any",
    "sandbox_await_all(handles: list) -> list",
    "sandbox_gather(handles: list) -> list",
    "sandbox_is_alive(handle: int) -> bool",
    "sandbox_get_output(handle: int) -> str",
    "sandbox_cancel(handle: int) -> bool",
    "sandbox_free(handle: int) -> None",
    "tmpl_render(template: str, context: dict) -> str",
    "fetch_text(url: str) -> str",
    "fetch_json(url: str) -> Any",
];

fn attached(place: Place) -> Coordinator {
    let mut coordinator = Coordinator::new(place);
    for extension in standard(place) {
        coordinator.register(extension).unwrap();
    }
    coordinator.attach().unwrap();
    coordinator
}

#[test]
fn all_functions_of_the_contract_are_there() {
    let coordinator = attached(Place::Desktop);
    let there = coordinator.functions().iter().filter(|function| function.namespace != "dom");
    let there: BTreeSet<String> = there.map(signature).collect();
    let contract: BTreeSet<String> = FEATURES.iter().map(|text| (*text).to_owned()).collect();
    assert_eq!(there, contract);
}

#[test]
fn a_browser_has_all_but_the_network() {
    let (desktop, browser) = (attached(Place::Desktop), attached(Place::Browser));
    let names = |coordinator: &Coordinator| -> BTreeSet<String> {
        coordinator.functions().iter().map(|function| function.name.to_string()).collect()
    };
    let missing: Vec<String> = names(&desktop).difference(&names(&browser)).cloned().collect();
    assert_eq!(missing, ["fetch_json", "fetch_text"]);
}

#[test]
fn every_function_has_every_derived_form() {
    let coordinator = attached(Place::Desktop);
    let functions = coordinator.functions();
    let tools: serde_json::Value = serde_json::from_str(&help(functions, None).unwrap()).unwrap();
    let stubs = stub_file(functions);
    for function in functions.iter() {
        let (name, text) = (function.name.as_ref(), signature(function));
        assert!(function.about.ends_with('.'), "{name} says what it does in sentences: {:?}", function.about);

        let schema: serde_json::Value = serde_json::from_str(&Schema(function).to_json()).unwrap();
        assert_eq!((&schema["name"], &schema["description"]), (&name.into(), &function.about.as_ref().into()));
        let properties = schema["parameters"]["properties"].as_object().unwrap();
        let declared: BTreeSet<&str> = function.params.iter().map(|param| param.name.as_ref()).collect();
        assert_eq!(properties.keys().map(String::as_str).collect::<BTreeSet<_>>(), declared, "{name}");
        assert!(schema["returns"].is_object(), "{name}");

        let stub = stub(function);
        assert!(stub.starts_with(&format!("def {name}(")) && stubs.contains(&stub), "{stub}");
        assert!(text.starts_with(&format!("{name}(")), "{text}");

        let completion = Completion::of(function);
        assert_eq!((completion.label.as_str(), &completion.signature), (name, &text));
        assert_eq!((&*completion.about, &*completion.namespace), (&*function.about, &*function.namespace));
        assert!(completion.insert.starts_with(&format!("{name}(")), "{}", completion.insert);

        let listed = tools["tools"][function.namespace.as_ref()].as_array().unwrap();
        assert!(listed.iter().any(|tool| tool["name"] == name && tool["signature"] == text.as_str()), "{name}");
        assert_eq!(help(functions, Some(name)).unwrap(), Schema(function).to_json());

        let mut is_optional = false;
        for param in function.params.iter() {
            assert!(param.default.is_some() || !is_optional, "{name}: what has to be given comes first");
            is_optional |= param.default.is_some();
            let fits = param.default.as_ref().is_none_or(|default| param.kind.accepts(&default.to_value()));
            assert!(fits, "{name}: the default of {} is of its kind", param.name);
        }
    }
    for (profile, functions) in coordinator.profiles() {
        let text = prompt(&profile.namespace, &profile.about, functions);
        assert!(text.starts_with(&format!("## {}\n\n{}\n", profile.namespace, profile.about)), "{text}");
        for function in functions {
            let line = format!("\n- `{}`: {}\n", signature(function), function.about);
            assert!(text.contains(&line), "{text}");
        }
    }
}

#[test]
fn what_is_derived_is_the_same_every_time() {
    let all = || {
        let coordinator = attached(Place::Desktop);
        let functions = coordinator.functions();
        let schemas: Vec<String> = functions.iter().map(|function| Schema(function).to_json()).collect();
        (schemas, stub_file(functions), help(functions, None))
    };
    assert_eq!(all(), all());
}

#[test]
fn children_have_what_the_policies_say() {
    let coordinator = attached(Place::Desktop);
    let namespaces: Vec<String> = coordinator
        .for_children()
        .unwrap()
        .iter()
        .map(|extension| extension.profile().namespace.to_string())
        .filter(|namespace| namespace != "dom")
        .collect();
    assert_eq!(namespaces, ["host", "el", "storage", "msg", "sandbox", "tmpl"]);
}
