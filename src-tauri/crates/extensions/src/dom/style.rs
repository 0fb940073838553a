//! Styles: names from a list, values by their tokens, so that nothing loads and no code runs.

use std::borrow::Cow;

use cssparser::{Delimiter, ParseError, Parser, ParserInput, Token};

use super::{
    allowed::{clipped, known},
    element::Name,
};

/// Sorted.
pub(super) const PROPERTIES: &[&str] = &[
    "accent-color", "align-content", "align-items", "align-self", "aspect-ratio",
    "backdrop-filter", "backface-visibility", "background", "background-attachment", "background-blend-mode",
    "background-clip", "background-color", "background-image", "background-origin", "background-position",
    "background-repeat", "background-size", "block-size", "border", "border-block", "border-bottom",
    "border-bottom-color", "border-bottom-left-radius", "border-bottom-right-radius", "border-bottom-style",
    "border-bottom-width", "border-collapse", "border-color", "border-inline", "border-left", "border-left-color",
    "border-left-style", "border-left-width", "border-radius", "border-right", "border-right-color",
    "border-right-style", "border-right-width", "border-spacing", "border-style", "border-top", "border-top-color",
    "border-top-left-radius", "border-top-right-radius", "border-top-style", "border-top-width", "border-width",
    "bottom", "box-shadow", "box-sizing", "break-after", "break-before", "break-inside", "caption-side", "caret-color",
    "clear", "clip-path", "color", "color-scheme", "column-count", "column-gap", "column-rule", "column-span",
    "column-width", "columns", "cursor", "direction", "display", "empty-cells", "filter", "flex", "flex-basis",
    "flex-direction", "flex-flow", "flex-grow", "flex-shrink", "flex-wrap", "float", "font", "font-family",
    "font-feature-settings", "font-kerning", "font-size", "font-stretch", "font-style", "font-variant",
    "font-variant-numeric", "font-weight", "gap", "grid", "grid-area", "grid-auto-columns", "grid-auto-flow",
    "grid-auto-rows", "grid-column", "grid-column-end", "grid-column-start", "grid-row", "grid-row-end",
    "grid-row-start", "grid-template", "grid-template-areas", "grid-template-columns", "grid-template-rows", "height",
    "hyphens", "inline-size", "inset", "isolation", "justify-content", "justify-items", "justify-self", "left",
    "letter-spacing", "line-break", "line-height", "list-style", "list-style-position", "list-style-type", "margin",
    "margin-block", "margin-bottom", "margin-inline", "margin-left", "margin-right", "margin-top", "max-height",
    "max-width", "min-height", "min-width", "mix-blend-mode", "object-fit", "object-position", "opacity", "order",
    "outline", "outline-color", "outline-offset", "outline-style", "outline-width", "overflow", "overflow-wrap",
    "overflow-x", "overflow-y", "padding", "padding-block", "padding-bottom", "padding-inline", "padding-left",
    "padding-right", "padding-top", "perspective", "perspective-origin", "place-content", "place-items", "place-self",
    "pointer-events", "position", "quotes", "resize", "right", "rotate", "row-gap", "scale", "scroll-behavior",
    "tab-size", "table-layout", "text-align", "text-align-last", "text-decoration", "text-decoration-color",
    "text-decoration-line", "text-decoration-style", "text-decoration-thickness", "text-indent", "text-overflow",
    "text-shadow", "text-transform", "text-underline-offset", "top", "touch-action", "transform", "transform-origin",
    "transform-style", "transition", "transition-delay", "transition-duration", "transition-property",
    "transition-timing-function", "translate", "unicode-bidi", "user-select", "vertical-align", "visibility",
    "white-space", "width", "word-break", "word-spacing", "writing-mode", "z-index",
];

/// Sorted.
const FUNCTIONS: &[&str] = &[
    "abs", "blur", "brightness", "calc", "circle", "clamp", "color", "color-mix", "conic-gradient", "contrast", "cos",
    "cubic-bezier", "drop-shadow", "ellipse", "fit-content", "grayscale", "hsl", "hsla", "hue-rotate", "hwb", "inset",
    "invert", "lab", "lch", "linear", "linear-gradient", "matrix", "matrix3d", "max", "min", "minmax", "mod", "oklab",
    "oklch", "opacity", "perspective", "polygon", "pow", "radial-gradient", "repeat", "repeating-conic-gradient",
    "repeating-linear-gradient", "repeating-radial-gradient", "rgb", "rgba", "rotate", "rotate3d", "rotatex", "rotatey",
    "rotatez", "round", "saturate", "scale", "scale3d", "scalex", "scaley", "scalez", "sepia", "sin", "skew", "skewx",
    "skewy", "sqrt", "steps", "tan", "translate", "translate3d", "translatex", "translatey", "translatez", "var",
];

const MAX_VALUE: usize = 4096;
const MAX_NESTING: usize = 16;
/// The longest name of a property that a program makes up.
const MAX_CUSTOM: usize = 100;

/// The name of a property as the stage writes it; `backgroundColor` is understood.
pub(super) fn property(name: &str) -> Result<Name, String> {
    if let Some(known) = known(PROPERTIES, name) {
        return Ok(Cow::Borrowed(known));
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if name.len() > 2 && name.len() <= MAX_CUSTOM && name.starts_with("--") && name.bytes().all(is_plain) {
        return Ok(Cow::Owned(name.to_owned()));
    }
    let kebab = name.chars().take(MAX_CUSTOM).fold(String::new(), |mut kebab, letter| {
        if letter.is_ascii_uppercase() {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
        kebab
    });
    match known(PROPERTIES, &kebab) {
        Some(known) => Ok(Cow::Borrowed(known)),
        None => Err(format!("the style {:?} is not in the list of properties that the stage allows", clipped(name))),
    }
}

/// The value of a property; nothing where it is empty, which takes the property away.
pub(super) fn value(value: &str) -> Result<Option<String>, String> {
    let value = value.trim();
    // An element's own style wins without it.
    let value = value.strip_suffix("!important").unwrap_or(value).trim_end();
    if value.is_empty() {
        return Ok(None);
    }
    if value.len() > MAX_VALUE {
        return Err(format!("a value has at most {MAX_VALUE} characters"));
    }
    if is_plain(value) {
        return Ok(Some(value.to_owned()));
    }
    if let Some(wrong) = value.chars().find(|letter| *letter == '\\' || letter.is_control()) {
        return Err(format!("{wrong:?} is not allowed in a value"));
    }
    let mut input = ParserInput::new(value);
    match tokens(&mut Parser::new(&mut input), 0) {
        Ok(()) => Ok(Some(value.to_owned())),
        Err(why) => Err(format!("{:?} is not allowed: {why}", clipped(value))),
    }
}

/// The declarations of an attribute `style`, each by itself.
pub(super) fn declarations(text: &str) -> Vec<Result<(Name, String), String>> {
    let mut input = ParserInput::new(text);
    let mut parser = Parser::new(&mut input);
    let mut found = Vec::new();
    while !parser.is_exhausted() {
        let start = parser.position();
        let skipped = parser.parse_until_before(Delimiter::Semicolon, |inner| {
            while inner.next_including_whitespace_and_comments().is_ok() {}
            Ok::<_, ParseError<'_, ()>>(())
        });
        let declaration = parser.slice_from(start);
        // A stray end of a block stops the parser: the rest is no declaration.
        if skipped.is_err() || (parser.next().is_ok_and(|token| *token != Token::Semicolon)) {
            found.push(Err(format!("{:?} is no style", clipped(declaration))));
            return found;
        }
        let Some((name, value)) = declaration.split_once(':') else {
            if !declaration.trim().is_empty() {
                found.push(Err(format!("{:?} is no style: there is no \":\"", clipped(declaration))));
            }
            continue;
        };
        let (name, value) = (property(name.trim()), self::value(value));
        found.extend(match (name, value) {
            (Ok(name), Ok(Some(value))) => Some(Ok((name, value))),
            (Ok(name), Err(why)) => Some(Err(format!("{name}: {why}"))),
            (Err(why), _) => Some(Err(why)),
            (Ok(_), Ok(None)) => None,
        });
    }
    found
}

/// Words, numbers, colours and lengths alone: nothing in them can begin anything else.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'#' | b'.' | b'%' | b',' | b'-' | b'+'))
}

fn tokens(parser: &mut Parser<'_, '_>, depth: usize) -> Result<(), String> {
    if depth > MAX_NESTING {
        return Err(format!("brackets nest at most {MAX_NESTING} deep"));
    }
    while let Ok(token) = parser.next() {
        let opens = match token {
            Token::Function(name) if known(FUNCTIONS, name).is_some() => true,
            Token::Function(name) => {
                let name = clipped(name);
                return Err(format!("the function {name}() is not in the list that the stage allows"));
            }
            Token::UnquotedUrl(_) | Token::BadUrl(_) => return Err("the stage loads nothing".to_owned()),
            Token::ParenthesisBlock | Token::SquareBracketBlock => true,
            Token::Ident(_)
            | Token::Hash(_)
            | Token::IDHash(_)
            | Token::QuotedString(_)
            | Token::Number { .. }
            | Token::Percentage { .. }
            | Token::Dimension { .. }
            | Token::Comma
            | Token::Delim('/' | '+' | '-' | '*') => false,
            other => {
                use cssparser::ToCss as _;
                return Err(format!("{:?} has no place in a value", other.to_css_string()));
            }
        };
        if opens {
            let mut found = Ok(());
            // The error of a nested block is kept apart: it has its own words.
            let _ = parser.parse_nested_block(|inner| {
                found = tokens(inner, depth + 1);
                Ok::<_, ParseError<'_, ()>>(())
            });
            found?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted() {
        assert!(PROPERTIES.is_sorted() && FUNCTIONS.is_sorted());
    }
}
