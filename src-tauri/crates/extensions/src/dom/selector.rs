//! Selectors as programs write them: parsing, and what is wrong with a wrong one.

use std::{borrow::Borrow, fmt};

use cssparser::{BasicParseErrorKind, CowRcStr, ParseError, ParseErrorKind, ParserInput, SourceLocation, ToCss};
use precomputed_hash::PrecomputedHash;
use selectors::{
    parser::{Component, NonTSPseudoClass, ParseRelative, PseudoElement, SelectorList, SelectorParseErrorKind},
    visitor::SelectorVisitor,
};

use super::allowed::clipped;
use crate::Raised;

const MAX_SELECTOR: usize = 1024;
/// How many brackets may be open at once: parser and matcher recurse.
const MAX_NESTING: usize = 16;

/// A selector that is understood.
#[derive(Debug, Clone)]
pub(super) struct Selector(pub(super) SelectorList<Words>);

impl Selector {
    pub(super) fn new(text: &str) -> Result<Self, Raised> {
        let wrong = |why: &str| Raised::value_error(format!("the selector {:?} is wrong: {why}", clipped(text)));
        if text.len() > MAX_SELECTOR {
            return Err(wrong(&format!("it has more than {MAX_SELECTOR} characters")));
        }
        if nesting(text) > MAX_NESTING {
            return Err(wrong(&format!("brackets nest more than {MAX_NESTING} deep")));
        }
        let mut input = ParserInput::new(text);
        let mut parser = cssparser::Parser::new(&mut input);
        SelectorList::parse(&Words, &mut parser, ParseRelative::No).map(Self).map_err(|error| wrong(&reason(error)))
    }

    /// The alternatives that end in the root by name: as `:scope` or by its id.
    pub(super) fn naming_root(&self) -> impl Iterator<Item = &selectors::parser::Selector<Words>> {
        let names = |component: &Component<Words>| matches!(component, Component::Scope | Component::ID(_));
        self.0.slice().iter().filter(move |selector| selector.iter().any(names))
    }
}

/// The language of selectors over the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words;

/// Any name or value in a selector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Word(pub(super) String);

/// What an element may be besides its place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Checked,
    Disabled,
    Enabled,
    Focus,
    Link,
    Optional,
    Required,
}

/// There is none on the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoPseudoElement {}

impl selectors::SelectorImpl for Words {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Word;
    type Identifier = Word;
    type LocalName = Word;
    type NamespaceUrl = Word;
    type NamespacePrefix = Word;
    type BorrowedNamespaceUrl = str;
    type BorrowedLocalName = str;
    type NonTSPseudoClass = State;
    type PseudoElement = NoPseudoElement;
}

impl<'i> selectors::Parser<'i> for Words {
    type Impl = Self;
    type Error = SelectorParseErrorKind<'i>;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }

    fn parse_nth_child_of(&self) -> bool {
        true
    }

    /// A wrong part is an error everywhere, also in `:is()`.
    fn allow_forgiving_selectors(&self) -> bool {
        false
    }

    fn parse_non_ts_pseudo_class(
        &self,
        place: SourceLocation,
        name: CowRcStr<'i>,
    ) -> Result<State, ParseError<'i, SelectorParseErrorKind<'i>>> {
        Ok(match name.to_ascii_lowercase().as_str() {
            "checked" => State::Checked,
            "disabled" => State::Disabled,
            "enabled" => State::Enabled,
            "focus" => State::Focus,
            "link" | "any-link" => State::Link,
            "optional" => State::Optional,
            "required" => State::Required,
            _ => return Err(place.new_custom_error(SelectorParseErrorKind::UnsupportedPseudoClassOrElement(name))),
        })
    }
}

impl NonTSPseudoClass for State {
    type Impl = Words;

    fn is_active_or_hover(&self) -> bool {
        false
    }

    fn is_user_action_state(&self) -> bool {
        *self == Self::Focus
    }

    fn visit<V: SelectorVisitor<Impl = Words>>(&self, _: &mut V) -> bool {
        true
    }
}

impl PseudoElement for NoPseudoElement {
    type Impl = Words;
}

impl ToCss for State {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        write!(out, ":{}", format!("{self:?}").to_ascii_lowercase())
    }
}

impl ToCss for NoPseudoElement {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl ToCss for Word {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_identifier(&self.0, out)
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PrecomputedHash for Word {
    /// FNV-1a: only filters that are not used here ask for it.
    fn precomputed_hash(&self) -> u32 {
        self.0.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
    }
}

fn nesting(text: &str) -> usize {
    let (mut now, mut most) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' => now += 1,
            b')' | b']' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

fn reason(error: ParseError<'_, SelectorParseErrorKind<'_>>) -> String {
    let place = error.location.column;
    let why = match error.kind {
        ParseErrorKind::Basic(BasicParseErrorKind::EndOfInput) => return "it ends too early".to_owned(),
        ParseErrorKind::Basic(BasicParseErrorKind::UnexpectedToken(token)) => {
            format!("{:?} has no place there", token.to_css_string())
        }
        ParseErrorKind::Basic(_) => "it cannot be read".to_owned(),
        ParseErrorKind::Custom(SelectorParseErrorKind::EmptySelector) => "a part of it is empty".to_owned(),
        ParseErrorKind::Custom(SelectorParseErrorKind::DanglingCombinator) => {
            "nothing follows the last combinator".to_owned()
        }
        ParseErrorKind::Custom(SelectorParseErrorKind::UnsupportedPseudoClassOrElement(name)) => {
            format!("the stage knows no {:?}", format!(":{name}"))
        }
        ParseErrorKind::Custom(SelectorParseErrorKind::UnexpectedIdent(name)) => {
            format!("{:?} has no place there", name.as_ref())
        }
        ParseErrorKind::Custom(SelectorParseErrorKind::ExpectedNamespace(_)) => "there are no namespaces".to_owned(),
        ParseErrorKind::Custom(
            SelectorParseErrorKind::NoQualifiedNameInAttributeSelector(token)
            | SelectorParseErrorKind::UnexpectedTokenInAttributeSelector(token)
            | SelectorParseErrorKind::BadValueInAttr(token)
            | SelectorParseErrorKind::InvalidQualNameInAttr(token)
            | SelectorParseErrorKind::ExpectedBarInAttr(token),
        ) => format!("{:?} has no place in an attribute", token.to_css_string()),
        ParseErrorKind::Custom(
            SelectorParseErrorKind::ClassNeedsIdent(token)
            | SelectorParseErrorKind::PseudoElementExpectedIdent(token)
            | SelectorParseErrorKind::PseudoElementExpectedColon(token)
            | SelectorParseErrorKind::NoIdentForPseudo(token)
            | SelectorParseErrorKind::ExplicitNamespaceUnexpectedToken(token),
        ) => format!("{:?} is no name", token.to_css_string()),
        ParseErrorKind::Custom(_) => "its parts do not fit together".to_owned(),
    };
    format!("{why} (at {place})")
}
