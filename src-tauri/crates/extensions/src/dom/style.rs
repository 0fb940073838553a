//! Styles: names from a list, values by their tokens, so that nothing loads and no code runs.

use std::borrow::Cow;

use cssparser::{Delimiter, ParseError, Parser, ParserInput, Token};

use super::{
    allowed::{clipped, known},
    element::Name,
    properties::{FUNCTIONS, PROPERTIES},
};

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
    value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'#' | b'.' | b'%' | b',' | b'-' | b'+'))
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
