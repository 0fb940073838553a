//! HTML as a text, made safe in three steps: a sanitiser, a parser that reads the sanitiser's
//! output anew, and for each tag and attribute the same door as for a single one.

use std::{collections::HashMap, sync::LazyLock};

use ammonia::{Builder, UrlRelative};
use html5ever::ns;

use super::{
    allowed,
    element::Element,
    node::Id,
    sink::{self, Content, DOCUMENT, Found},
    stage::too_deep,
    style,
    tree::MAX_DEPTH,
};
use crate::Raised;

/// The longest text that is read at once.
const MAX_HTML: usize = 2 * 1024 * 1024;
/// Elements whose content is read only inside of them.
const FRAMES: &[(&str, &[&str])] = &[
    ("colgroup", &["table", "colgroup"]),
    ("optgroup", &["select", "optgroup"]),
    ("select", &["select"]),
    ("table", &["table"]),
    ("tbody", &["table", "tbody"]),
    ("textarea", &["textarea"]),
    ("tfoot", &["table", "tfoot"]),
    ("thead", &["table", "thead"]),
    ("tr", &["table", "tbody", "tr"]),
];

/// Elements that a browser takes out together with what is in them.
const EMPTIED: [&str; 17] = [
    "applet",
    "canvas",
    "embed",
    "frameset",
    "iframe",
    "math",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "plaintext",
    "script",
    "selectedcontent",
    "style",
    "svg",
    "template",
    "xmp",
];

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let own = allowed::ATTRIBUTES_OF.iter().map(|(tag, names)| (*tag, names.iter().copied().collect()));
    let mut builder = Builder::empty();
    builder
        .clean_content_tags(EMPTIED.into_iter().collect())
        .tags(allowed::TAGS.iter().copied().collect())
        .generic_attributes(allowed::ATTRIBUTES.iter().copied().collect())
        .generic_attribute_prefixes(["data-", "aria-"].into_iter().collect())
        .tag_attributes(own.collect::<HashMap<_, _>>())
        .url_schemes(["http", "https", "mailto", "data"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .attribute_filter(|tag, name, value| {
            let name = allowed::attribute(tag, name).ok()?;
            if name == "style" {
                return Some(value.into());
            }
            allowed::value(tag, &name, value.to_owned()).ok().map(Into::into)
        });
    builder
});

/// Clean elements and texts that belong to nothing yet.
#[derive(Debug)]
pub(super) struct Parsed {
    roots: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Element { tag: &'static str, attributes: Vec<(String, String)>, children: Vec<Piece> },
}

impl Parsed {
    /// Reads a text of HTML as the content of an element. What is not allowed is left out.
    pub(super) fn new(html: &str, inside: &str) -> Result<Self, Raised> {
        if html.len() > MAX_HTML {
            let megabytes = MAX_HTML / 1024 / 1024;
            return Err(Raised::new("MemoryError", format!("HTML has at most {megabytes} MB at once")));
        }
        if !html.contains(['<', '&', '\r', '\0']) {
            let roots = if html.is_empty() { Vec::new() } else { vec![Piece::Text(html.to_owned())] };
            return Ok(Self { roots });
        }
        let frame = FRAMES.binary_search_by(|(tag, _)| (*tag).cmp(inside)).map_or(&[][..], |found| FRAMES[found].1);
        let mut framed: String = frame.iter().flat_map(|tag| ["<", *tag, ">"]).collect();
        if inside == "textarea" {
            // The first line break in it is dropped, each time that it is read.
            framed.push_str("\n\n");
        }
        framed.push_str(html);
        // The sanitiser's parser has no bounds of its own, so one with bounds goes first.
        sink::read(&framed)?;
        let found = sink::read(&SANITISER.clean(&framed).to_string())?;
        // The parser puts a fragment into an element `html` of its own.
        let root = found[DOCUMENT].children.first().map_or(&[][..], |html| &found[*html].children);
        let mut roots = pieces(&found, root, 0)?;
        for tag in frame {
            roots = unframed(roots, tag);
        }
        Ok(Self { roots })
    }

    pub(super) fn nodes(&self) -> usize {
        self.sum(&|_| 1)
    }

    pub(super) fn bytes(&self) -> usize {
        self.sum(&|piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Element { attributes, .. } => {
                attributes.iter().map(|(name, value)| name.len() + value.len() + 64).sum()
            }
        })
    }

    pub(super) fn depth(&self) -> usize {
        fn depth(pieces: &[Piece]) -> usize {
            let below = |piece: &Piece| match piece {
                Piece::Text(_) => 0,
                Piece::Element { children, .. } => 1 + depth(children),
            };
            pieces.iter().map(below).max().unwrap_or(0)
        }
        depth(&self.roots)
    }

    /// Hands out elements and texts in document order, each with its parent.
    pub(super) fn build(
        &self,
        into: Id,
        mut add: impl FnMut(Id, Result<Element, String>) -> Result<Id, Raised>,
    ) -> Result<(), Raised> {
        let mut rest: Vec<(Id, &Piece)> = self.roots.iter().rev().map(|piece| (into, piece)).collect();
        while let Some((parent, piece)) = rest.pop() {
            match piece {
                Piece::Text(text) => {
                    add(parent, Err(text.clone()))?;
                }
                Piece::Element { tag, attributes, children } => {
                    let id = add(parent, Ok(element(tag, attributes)))?;
                    rest.extend(children.iter().rev().map(|child| (id, child)));
                }
            }
        }
        Ok(())
    }

    fn sum(&self, of: &dyn Fn(&Piece) -> usize) -> usize {
        let mut rest: Vec<&Piece> = self.roots.iter().collect();
        let mut sum = 0;
        while let Some(piece) = rest.pop() {
            sum += of(piece);
            if let Piece::Element { children, .. } = piece {
                rest.extend(children);
            }
        }
        sum
    }
}

/// An element with those of its attributes that are allowed.
fn element(tag: &'static str, attributes: &[(String, String)]) -> Element {
    let mut element = Element::new(tag);
    for (name, value) in attributes {
        let Ok(name) = allowed::attribute(tag, name) else { continue };
        if name == "style" {
            for (name, value) in style::declarations(value).into_iter().flatten() {
                // More styles than an element holds are left out like what is not allowed.
                let _ = element.set_style(name, Some(value));
            }
        } else if let Ok(value) = allowed::value(tag, &name, value.clone()) {
            let _ = element.set_attribute(name, Some(value));
        }
    }
    element
}

/// What the parser found, with what is not allowed left out.
fn pieces(found: &[Found], nodes: &[usize], depth: u16) -> Result<Vec<Piece>, Raised> {
    // A frame goes again.
    if depth > MAX_DEPTH + 3 {
        return Err(too_deep());
    }
    let mut pieces = Vec::new();
    for node in nodes {
        let Found { children, content, .. } = &found[*node];
        match content {
            Content::Text(text) => pieces.push(Piece::Text(text.clone())),
            Content::Element { name, attributes } if name.ns == ns!(html) => {
                let attributes = attributes.clone();
                let inner = || self::pieces(found, children, depth + 1);
                match allowed::tag(&name.local) {
                    Ok(tag) => pieces.push(Piece::Element { tag, attributes, children: inner()? }),
                    Err(_) if EMPTIED.contains(&&*name.local) => {}
                    Err(_) => pieces.extend(inner()?),
                }
            }
            Content::Element { .. } | Content::Other => {}
        }
    }
    Ok(pieces)
}

/// What is in the frame, between what the parser has put before and behind it.
fn unframed(roots: Vec<Piece>, frame: &str) -> Vec<Piece> {
    let mut is_closed = true;
    let open = |piece: Piece| match piece {
        Piece::Element { tag, children, .. } if tag == frame && std::mem::take(&mut is_closed) => children,
        piece => vec![piece],
    };
    roots.into_iter().flat_map(open).collect()
}
