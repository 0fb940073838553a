//! What may be on the stage: tags and attributes that neither run nor load anything.
//!
//! A list of what is allowed, never of what is not: what a browser learns tomorrow stays out. The
//! function `dom_html` and the functions that set one thing share it.

use std::borrow::Cow;

use super::{element::Name, link};

/// Sorted.
pub(super) const TAGS: &[&str] = &[
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "button",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "del",
    "details",
    "dfn",
    "dialog",
    "div",
    "dl",
    "dt",
    "em",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "label",
    "legend",
    "li",
    "main",
    "mark",
    "menu",
    "meter",
    "nav",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "pre",
    "progress",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "search",
    "section",
    "select",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Sorted. `data-…` and `aria-…` are allowed too.
pub(super) const ATTRIBUTES: &[&str] =
    &["class", "dir", "hidden", "id", "inert", "lang", "role", "spellcheck", "style", "tabindex", "title", "translate"];

/// What only some elements have. A name that code of the page could trip over, `name` of a form or
/// an image, is not among them.
pub(super) const ATTRIBUTES_OF: &[(&str, &[&str])] = &[
    ("a", &["href"]),
    ("button", &["disabled", "name", "type", "value"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
    ("data", &["value"]),
    ("del", &["datetime"]),
    ("details", &["open"]),
    ("dialog", &["open"]),
    ("fieldset", &["disabled"]),
    ("form", &["autocomplete", "novalidate"]),
    ("img", &["alt", "height", "src", "width"]),
    (
        "input",
        &[
            "autocomplete",
            "checked",
            "disabled",
            "enterkeyhint",
            "inputmode",
            "list",
            "max",
            "maxlength",
            "min",
            "minlength",
            "multiple",
            "name",
            "placeholder",
            "readonly",
            "required",
            "size",
            "step",
            "type",
            "value",
        ],
    ),
    ("ins", &["datetime"]),
    ("label", &["for"]),
    ("li", &["value"]),
    ("meter", &["high", "low", "max", "min", "optimum", "value"]),
    ("ol", &["reversed", "start", "type"]),
    ("optgroup", &["disabled", "label"]),
    ("option", &["disabled", "label", "selected", "value"]),
    ("output", &["for"]),
    ("progress", &["max", "value"]),
    ("select", &["autocomplete", "disabled", "multiple", "name", "required", "size"]),
    ("table", &["border", "cellpadding", "cellspacing"]),
    ("td", &["align", "colspan", "headers", "rowspan", "valign"]),
    (
        "textarea",
        &[
            "autocomplete",
            "cols",
            "disabled",
            "enterkeyhint",
            "inputmode",
            "maxlength",
            "minlength",
            "name",
            "placeholder",
            "readonly",
            "required",
            "rows",
            "wrap",
        ],
    ),
    ("th", &["abbr", "align", "colspan", "headers", "rowspan", "scope", "valign"]),
    ("time", &["datetime"]),
    ("tr", &["align", "valign"]),
];

/// Attributes that count by being there.
const SWITCHES: &[&str] = &[
    "checked",
    "disabled",
    "hidden",
    "inert",
    "multiple",
    "novalidate",
    "open",
    "readonly",
    "required",
    "reversed",
    "selected",
];

/// An input of type `file` or `image` is not among them.
const INPUT_TYPES: &[&str] = &[
    "button",
    "checkbox",
    "color",
    "date",
    "datetime-local",
    "email",
    "hidden",
    "month",
    "number",
    "password",
    "radio",
    "range",
    "reset",
    "search",
    "submit",
    "tel",
    "text",
    "time",
    "url",
    "week",
];

/// The longest name of a `data-…` attribute.
const MAX_NAME: usize = 100;

/// The tag as the stage writes it.
pub(super) fn tag(tag: &str) -> Result<&'static str, String> {
    if let Some(known) = known(TAGS, tag) {
        return Ok(known);
    }
    let lower = tag.to_ascii_lowercase();
    let why = match lower.as_str() {
        lower if !lower.starts_with(|first: char| first.is_ascii_alphabetic()) => "it is no name of a tag",
        "script" | "style" | "link" | "meta" | "base" | "template" | "slot" | "noscript" => {
            "the stage shows elements and runs no code; styles are set with dom_style()"
        }
        "iframe" | "frame" | "frameset" | "object" | "embed" | "applet" | "portal" | "fencedframe" => {
            "the stage holds no other pages"
        }
        "audio" | "video" | "source" | "track" | "picture" => "the stage loads nothing",
        "svg" | "math" | "canvas" => "the stage has HTML elements only",
        "html" | "head" | "body" => "the stage has its root already, dom_root()",
        _ => "it is not in the list of tags that the stage shows",
    };
    let shown = clipped(tag);
    Err(format!("the tag {shown:?} is not allowed: {why}"))
}

/// The name of an attribute as the stage writes it.
pub(super) fn attribute(tag: &str, name: &str) -> Result<Name, String> {
    let known = known(ATTRIBUTES, name).or_else(|| {
        let own = ATTRIBUTES_OF.binary_search_by(|(of, _)| (*of).cmp(tag)).ok()?;
        known(ATTRIBUTES_OF[own].1, name)
    });
    if let Some(known) = known {
        return Ok(Cow::Borrowed(known));
    }
    let lower = name.to_ascii_lowercase();
    if is_open(&lower) {
        return Ok(Cow::Owned(lower));
    }
    let why = match lower.as_str() {
        lower if lower.starts_with("on") => {
            "the stage runs no code; wait for events with dom_on_click() or dom_await_event()".to_owned()
        }
        "srcdoc" | "action" | "formaction" | "target" | "ping" => "the stage holds and opens no other pages".to_owned(),
        "src" | "srcset" | "poster" | "background" | "xlink:href" => "the stage loads nothing".to_owned(),
        _ => format!("it is not in the list for <{tag}>; data-… and aria-… are allowed everywhere"),
    };
    let shown = clipped(name);
    Err(format!("the attribute {shown:?} is not allowed on <{tag}>: {why}"))
}

/// The value of an allowed attribute as the stage keeps it. `style` is not for here.
pub(super) fn value(tag: &str, name: &str, value: String) -> Result<String, String> {
    match (tag, name) {
        ("a", "href") => link::target(value),
        ("img", "src") => link::picture(value),
        ("input", "type") => match known(INPUT_TYPES, value.trim()) {
            Some(kind) => Ok(kind.to_owned()),
            None => Err(format!(
                "an input of type {:?} is not allowed; there are {}",
                clipped(&value),
                INPUT_TYPES.join(", ")
            )),
        },
        _ => Ok(value),
    }
}

/// Whether an attribute counts by being there.
pub(super) fn is_switch(name: &str) -> bool {
    known(SWITCHES, name).is_some()
}

/// The beginning of a text, for a message.
pub(super) fn clipped(text: &str) -> String {
    if text.len() <= MAX_NAME { text.to_owned() } else { format!("{}…", &text[..text.floor_char_boundary(MAX_NAME)]) }
}

/// Names that anybody may make up.
fn is_open(lower: &str) -> bool {
    let rest = lower.strip_prefix("data-").or_else(|| lower.strip_prefix("aria-"));
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
    rest.is_some_and(|rest| !rest.is_empty() && lower.len() <= MAX_NAME && rest.bytes().all(is_plain))
}

/// A name of a sorted list, whatever its case.
pub(super) fn known(list: &[&'static str], name: &str) -> Option<&'static str> {
    let found = if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        list.binary_search(&name.to_ascii_lowercase().as_str())
    } else {
        list.binary_search(&name)
    };
    found.ok().map(|index| list[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        let lists = [TAGS, ATTRIBUTES, SWITCHES, INPUT_TYPES].into_iter();
        for list in lists.chain(ATTRIBUTES_OF.iter().map(|(_, list)| *list)) {
            assert!(list.is_sorted(), "{list:?}");
        }
        assert!(ATTRIBUTES_OF.is_sorted_by_key(|(tag, _)| tag));
        assert!(ATTRIBUTES_OF.iter().all(|(of, _)| tag(of).is_ok()));
    }
}
