//! What each function does when it is called rightly.

use protocol::Value;

use super::{Room, int, ints, text};
use crate::{
    Extension as _,
    dom::{ELEMENTS, METHODS},
};

#[test]
fn names_and_parameters_are_the_contract() {
    let functions = Room::new().dom.functions();
    let shown: Vec<String> = functions
        .iter()
        .map(|function| {
            let params: Vec<&str> = function.params.iter().map(|param| param.name.as_ref()).collect();
            format!("{}({})", function.name, params.join(", "))
        })
        .collect();
    let contract = [
        "dom_root()",
        "dom_create(tag)",
        "dom_text(h, text)",
        "dom_get_text(h)",
        "dom_append(parent, child)",
        "dom_query(selector)",
        "dom_query_all(selector)",
        "dom_style(h, prop, value)",
        "dom_attr(h, name, value)",
        "dom_get_attr(h, name)",
        "dom_html(h, html)",
        "dom_remove(h)",
        "dom_set_value(h, value)",
        "dom_get_value(h)",
        "dom_on_click(h)",
        "dom_await_click_any(handles)",
        "dom_await_event(handles, types)",
    ];
    assert_eq!(shown, contract);
    let is_one = |name: &str| functions.iter().any(|function| function.name == name);
    assert!(METHODS.iter().all(|(_, name)| is_one(name)) && ELEMENTS.iter().all(|name| is_one(name)));
    let profile = Room::new().dom.profile();
    assert!(profile.namespace == "dom" && functions.iter().all(|function| function.name.starts_with("dom_")));
}

#[test]
fn handles_count_from_the_root_and_never_come_back() {
    let mut room = Room::new();
    assert_eq!(room.value("dom_root", vec![]), Value::Int(1));
    assert_eq!(room.value("dom_create", vec![]), Value::Int(2));
    assert_eq!([room.create("P"), room.create("li")], [3, 4]);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..40_000 {
        let handle = room.create("p");
        assert!(seen.insert(handle) && handle < 1 << 53);
        room.value("dom_remove", vec![Value::Int(handle)]);
    }
}

#[test]
fn the_ancestors_programs_find_the_root() {
    let mut room = Room::new();
    for selector in ["#sandbox", ":scope", "div#sandbox"] {
        assert_eq!(room.value("dom_query", vec![text(selector)]), Value::Int(1), "{selector}");
    }
    for selector in ["div", "*", ":root", "[id]", "p, div"] {
        assert_eq!(room.value("dom_query", vec![text(selector)]), Value::None, "{selector}");
    }
}

#[test]
fn texts_are_taken_from_what_has_one() {
    let cases = [
        (text("a < b"), "a < b"),
        (Value::Int(-7), "-7"),
        (Value::Float(1.0), "1.0"),
        (Value::Bool(true), "True"),
        (Value::None, ""),
    ];
    for (value, expected) in cases {
        let mut room = Room::new();
        let p = room.add(1, "p");
        room.value("dom_text", vec![Value::Int(p), text("before")]);
        room.value("dom_text", vec![Value::Int(p), value]);
        assert_eq!(room.value("dom_get_text", vec![Value::Int(p)]), text(expected));
    }
    let mut room = Room::new();
    room.value("dom_html", vec![Value::Int(1), text("a<b>b<i>c</i></b>d")]);
    assert_eq!(room.value("dom_get_text", vec![Value::Int(1)]), text("abcd"));
}

#[test]
fn removing_frees_what_is_inside() {
    for how in ["dom_remove", "dom_text", "dom_html"] {
        let mut room = Room::new();
        let outer = room.add(1, "div");
        let inner = room.add(outer, "div");
        let innermost = room.add(inner, "p");
        match how {
            "dom_remove" => room.value(how, vec![Value::Int(outer)]),
            _ => room.value(how, vec![Value::Int(outer), text("x")]),
        };
        for gone in [inner, innermost] {
            assert!(room.raised("dom_get_text", vec![Value::Int(gone)]).message.contains("it was removed"), "{how}");
        }
    }
}

#[test]
fn an_element_moves() {
    let mut room = Room::new();
    let [one, two] = [room.add(1, "ul"), room.add(1, "ul")];
    let item = room.add(one, "li");
    room.value("dom_append", vec![Value::Int(two), Value::Int(item)]);
    assert_eq!(room.value("dom_query_all", vec![text("ul:empty")]), ints(&[one]));
    assert_eq!(room.value("dom_query", vec![text("ul:nth-child(2) > li")]), Value::Int(item));
    room.value("dom_append", vec![Value::Int(1), Value::Int(one)]);
    assert_eq!(room.value("dom_query_all", vec![text("ul")]), ints(&[two, one]));
}

#[test]
fn queries_see_the_stage_alone() {
    let mut room = Room::new();
    room.value(
        "dom_html",
        vec![
            Value::Int(1),
            text(
                "<ul id=list class='a b'><li class=x data-key=k>1<li>2<li class='x y'>3</ul>\
         <form><fieldset disabled><legend><input id=free></legend><input id=off></fieldset>\
         <input id=on type=checkbox checked required></form><p title='Some Words'></p>",
            ),
        ],
    );
    let detached = room.create("li");
    let cases = [
        ("li", 3),
        ("ul > li", 3),
        ("li + li", 2),
        ("li ~ .y", 1),
        (".a.b", 1),
        ("#list .x", 2),
        ("li:not(.x)", 1),
        (":is(ul, p)", 2),
        ("li:first-child", 1),
        ("li:last-child", 1),
        ("li:nth-child(odd)", 2),
        ("li:nth-of-type(2)", 1),
        ("li:only-child", 0),
        ("p:empty", 1),
        ("input:checked", 1),
        (":disabled", 2),
        ("input:disabled", 1),
        ("input:enabled", 2),
        ("[data-key=\"k\"]", 1),
        ("[title~=Words]", 1),
        ("[title^=Some]", 1),
        ("[title$=words i]", 1),
        ("[title*='me W']", 1),
        ("[title='some words']", 0),
        ("UL LI", 3),
        (":scope > ul", 1),
        ("ul:has(> .y)", 1),
        ("li:nth-child(2 of .x)", 1),
        ("input:required", 1),
        ("li, p", 4),
        ("#List", 0),
        (".X", 0),
        ("a|li", 0),
    ];
    for (selector, count) in cases {
        if selector == "a|li" {
            assert!(room.raised("dom_query", vec![text(selector)]).message.contains("there are no namespaces"));
            continue;
        }
        let found = room.value("dom_query_all", vec![text(selector)]);
        let Value::List(found) = found else { panic!("{found:?}") };
        assert_eq!(found.len(), count, "{selector}");
        assert!(!found.contains(&Value::Int(detached)));
        let first = room.value("dom_query", vec![text(selector)]);
        assert_eq!(first, found.first().cloned().unwrap_or(Value::None), "{selector}");
    }
}

#[test]
fn styles_are_set_and_taken_away() {
    let mut room = Room::new();
    let steps = [
        ("color", text("#00d4ff"), "color: #00d4ff;"),
        ("backgroundColor", text("rgba(0, 0, 0, .5)"), "color: #00d4ff; background-color: rgba(0, 0, 0, .5);"),
        ("COLOR", Value::None, "background-color: rgba(0, 0, 0, .5);"),
        ("background-color", text(""), ""),
        ("opacity", Value::Float(0.5), "opacity: 0.5;"),
        ("opacity", text("1 !important"), "opacity: 1;"),
        ("--gap", text("4px"), "opacity: 1; --gap: 4px;"),
        ("width", text("calc(100% - var(--gap) * 2)"), "opacity: 1; --gap: 4px; width: calc(100% - var(--gap) * 2);"),
        ("opacity", text("0"), "--gap: 4px; width: calc(100% - var(--gap) * 2); opacity: 0;"),
    ];
    for (name, value, style) in steps {
        room.value("dom_style", vec![Value::Int(1), text(name), value]);
        let expected = if style.is_empty() { Value::None } else { text(style) };
        assert_eq!(room.value("dom_get_attr", vec![Value::Int(1), text("style")]), expected, "{name}");
    }
    room.value(
        "dom_attr",
        vec![Value::Int(1), text("style"), text("margin: 0 auto; font-family: 'Fira Code', monospace")],
    );
    let expected = "margin: 0 auto; font-family: 'Fira Code', monospace;";
    assert_eq!(room.value("dom_get_attr", vec![Value::Int(1), text("Style")]), text(expected));
    let values = [
        ("grid-template-columns", "[a] repeat(auto-fit, minmax(10px, 1fr)) [b]"),
        ("background", "linear-gradient(to right, red 0%, hsl(120 50% 50% / 50%))"),
        ("transform", "translate(10px, 2em) rotate(45deg) scale(1.5)"),
        ("transition", "all 0.2s cubic-bezier(0.1, 0.7, 1, 0.1)"),
        ("text-shadow", "0 0 20px #00d4ff, 0 0 40px #0066ff"),
        ("font", "italic bold .8em/1.2 Arial, sans-serif"),
    ];
    for (name, value) in values {
        room.value("dom_style", vec![Value::Int(1), text(name), text(value)]);
    }
}

#[test]
fn attributes_are_set_and_taken_away() {
    let cases = [
        ("title", text("x"), text("x")),
        ("TITLE", Value::Int(3), text("3")),
        ("title", Value::None, Value::None),
        ("disabled", Value::Bool(true), text("")),
        ("disabled", Value::Bool(false), Value::None),
        ("disabled", text("false"), text("false")),
        ("aria-hidden", Value::Bool(false), text("false")),
        ("data-key", text("k"), text("k")),
        ("type", text("CHECKBOX"), text("checkbox")),
        ("class", text(""), text("")),
    ];
    for (name, value, expected) in cases {
        let mut room = Room::new();
        let input = room.add(1, "input");
        room.value("dom_attr", vec![Value::Int(input), text(name), value]);
        assert_eq!(room.value("dom_get_attr", vec![Value::Int(input), text(name)]), expected, "{name}");
    }
    let mut room = Room::new();
    for (tag, name, value) in [
        ("a", "href", "HTTPS://example.org/a?b#c"),
        ("a", "href", "mailto:a@b.c"),
        ("a", "href", "#here"),
        ("img", "src", "data:image/png;base64,iVBORw0KGgo="),
        ("label", "for", "x"),
        ("ol", "start", "3"),
    ] {
        let element = room.add(1, tag);
        room.value("dom_attr", vec![Value::Int(element), text(name), text(value)]);
    }
}

#[test]
fn values_are_those_that_a_page_would_show() {
    let cases = [
        ("<input id=x>", text("")),
        ("<input id=x value=a>", text("a")),
        ("<textarea id=x>\na &lt; b</textarea>", text("a < b")),
        ("<select id=x></select>", text("")),
        ("<select id=x><option disabled>0<option value=1>one<option>two </select>", text("1")),
        ("<select id=x><option value=1>one<option selected> two </select>", text("two")),
        ("<input id=x type=checkbox>", Value::None),
        ("<input id=x type=checkbox checked>", text("on")),
        ("<input id=x type=radio value=r checked>", text("r")),
        ("<p id=x>a</p>", Value::None),
    ];
    for (html, expected) in cases {
        let mut room = Room::new();
        room.value("dom_html", vec![Value::Int(1), text(html)]);
        let x = room.value("dom_query", vec![text("#x")]);
        assert_eq!(room.value("dom_get_value", vec![x]), expected, "{html}");
    }
}

#[test]
fn values_are_set() {
    let mut room = Room::new();
    let input = room.add(1, "input");
    for (value, expected) in [(text("a"), "a"), (Value::Int(4), "4"), (Value::None, "")] {
        room.value("dom_set_value", vec![Value::Int(input), value]);
        assert_eq!(room.value("dom_get_value", vec![Value::Int(input)]), text(expected));
    }
    room.value("dom_html", vec![Value::Int(1), text(
        "<select><option>a<option>b</select><input type=radio name=n id=r checked><input type=radio name=n id=s>\
         <input type=radio name=other checked>",
    )]);
    let select = room.value("dom_query", vec![text("select")]);
    for (value, expected) in [("b", "b"), ("none of them", "a")] {
        room.value("dom_set_value", vec![select.clone(), text(value)]);
        assert_eq!(room.value("dom_get_value", vec![select.clone()]), text(expected));
    }
    let [r, s] = ["#r", "#s"].map(|selector| room.value("dom_query", vec![text(selector)]));
    room.value("dom_set_value", vec![s.clone(), Value::Bool(true)]);
    assert_eq!(room.value("dom_query_all", vec![text(":checked[name=n]")]), Value::List(vec![s.clone()]));
    room.value("dom_set_value", vec![s, Value::Bool(false)]);
    room.value("dom_set_value", vec![r.clone(), text("new")]);
    assert_eq!(room.value("dom_get_attr", vec![r, text("value")]), text("new"));
    let Value::List(checked) = room.value("dom_query_all", vec![text(":checked")]) else { panic!() };
    assert_eq!(checked.len(), 1);
    assert!(int(&checked[0]) > 1);
}
