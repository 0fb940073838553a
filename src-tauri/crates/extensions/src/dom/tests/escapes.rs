//! Ways out of the stage that the literature knows. The browser's tests read the same list.

use protocol::{
    Value,
    stage::{StageElement, StageNode},
};
use serde::Deserialize;

use super::{Room, page, text};
use crate::Answer;

#[derive(Deserialize)]
struct Escape {
    name: String,
    #[serde(flatten)]
    kind: Kind,
    input: String,
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Kind {
    /// Given to `dom_html`, which drops what is wrong.
    Html,
    /// The others are refused.
    Attr {
        tag: String,
        attribute: String,
    },
    Style {
        property: String,
    },
    Create,
}

const LIST: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/escapes.json"));

/// Where content is read in other ways.
const PLACES: [&str; 8] = ["div", "table", "tr", "select", "textarea", "p", "form", "pre"];

#[test]
fn no_escape_leaves_the_stage() {
    let escapes: Vec<Escape> = serde_json::from_str(LIST).unwrap();
    assert!(escapes.len() > 150);
    for Escape { name, kind, input } in escapes {
        let mut room = Room::new();
        let input = text(&input);
        match kind {
            Kind::Html => {
                for place in PLACES {
                    let place = room.add(1, place);
                    room.value("dom_html", vec![Value::Int(place), input.clone()]);
                }
            }
            Kind::Attr { tag, attribute } => {
                let element = room.add(1, &tag);
                refused(&name, &room.call("dom_attr", vec![Value::Int(element), text(&attribute), input]));
            }
            Kind::Style { property } => {
                refused(&name, &room.call("dom_style", vec![Value::Int(1), text(&property), input]));
            }
            Kind::Create => refused(&name, &room.call("dom_create", vec![input])),
        }
        harmless(&name, &page::whole(room.dom.whole()));
    }
}

fn refused(name: &str, answer: &Answer) {
    assert!(matches!(answer, Answer::Raise(raised) if raised.exc_type == "ValueError"), "{name}: {answer:?}");
}

/// Nothing here asks the list of what is allowed.
fn harmless(name: &str, element: &StageElement) {
    const DEAD: &str = "a b button caption colgroup details div form img input li p pre select span summary table tbody \
                        td textarea tr label option main h1";
    assert!(DEAD.split(' ').any(|tag| tag == element.tag), "{name}: <{}>", element.tag);
    for (attribute, value) in &element.attributes {
        let value = value.to_lowercase();
        match attribute.as_str() {
            "href" => assert!(
                ["#", "http://", "https://", "mailto:"].iter().any(|scheme| value.starts_with(scheme)),
                "{name}: {value}"
            ),
            "src" => assert!(value.starts_with("data:image/") && !value.contains("svg"), "{name}: {value}"),
            "type" => assert!(!["image", "file"].contains(&value.as_str()), "{name}: {value}"),
            "name" => assert!(["input", "button", "select", "textarea"].contains(&element.tag.as_str()), "{name}"),
            other => {
                let known = ["id", "class", "title", "open", "value", "data-", "alt"];
                assert!(known.iter().any(|known| other.starts_with(known)), "{name}: {other}={value}");
            }
        }
    }
    for (property, value) in &element.styles {
        let wrong = ["url", "image", "src", "expression", "script", "\\", "@", "{", "}", ";"];
        assert!(!wrong.iter().any(|wrong| value.to_lowercase().contains(wrong)), "{name}: {property}: {value}");
    }
    for child in &element.children {
        if let StageNode::Element(child) = child {
            harmless(name, child);
        }
    }
}
