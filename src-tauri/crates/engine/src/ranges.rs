//! Places in sources: the interpreter counts UTF-8 bytes, the protocol lines and characters.

use std::{
    cell::{Cell, OnceCell},
    collections::HashMap,
};

use monty_types::SourceRange;
pub(crate) use protocol::Position;
use protocol::Range;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

/// The sources of a session by the name under which the interpreter knows them, and the name
/// under which the user does.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Sources {
    texts: HashMap<String, Text, FxBuildHasher>,
    /// What programs are called outside, by the interpreter's name.
    shown: HashMap<String, String, FxBuildHasher>,
}

/// How many calls of a source are remembered. A loop makes few, and makes them again and again.
const PLACES: usize = 16;

/// A source, and what somebody has asked about it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
struct Text {
    code: String,
    /// Where its lines begin.
    starts: OnceCell<Vec<usize>>,
    /// Whether anything in it is awaited.
    awaits: OnceCell<bool>,
    places: [Cell<Option<Place>>; PLACES],
}

/// A stretch that was asked for.
#[derive(Debug, Clone, Copy)]
struct Place {
    bytes: (u32, u32),
    start: Position,
    end: Position,
}

impl From<String> for Text {
    fn from(code: String) -> Self {
        Self { code, ..Self::default() }
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.code
    }
}

impl Text {
    /// Where a stretch begins and ends.
    fn stretch(&self, start: u32, end: u32) -> Option<(Position, Position)> {
        let known = &self.places[start as usize % PLACES];
        if let Some(place) = known.get().filter(|place| place.bytes == (start, end)) {
            return Some((place.start, place.end));
        }
        let place =
            Place { bytes: (start, end), start: self.position(start as usize)?, end: self.position(end as usize)? };
        known.set(Some(place));
        Some((place.start, place.end))
    }

    fn awaits(&self) -> bool {
        *self.awaits.get_or_init(|| self.code.contains("gather") || self.code.contains("await"))
    }

    /// Line and column, both from 1, of a byte offset. Lines end as Python's do: LF, CRLF or CR.
    fn position(&self, offset: usize) -> Option<Position> {
        let starts = self.starts.get_or_init(|| line_starts(&self.code));
        let line = starts.partition_point(|start| *start <= offset);
        let before = self.code.get(*starts.get(line.checked_sub(1)?)?..offset)?;
        let column = u32::try_from(before.chars().count()).unwrap_or(u32::MAX).saturating_add(1);
        Some(Position { line: u32::try_from(line).unwrap_or(u32::MAX), column })
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let ends = bytes.iter().enumerate().filter(|(index, byte)| match byte {
        b'\n' => true,
        b'\r' => bytes.get(index + 1) != Some(&b'\n'),
        _ => false,
    });
    std::iter::once(0).chain(ends.map(|(index, _)| index + 1)).collect()
}

impl Sources {
    /// A program with a name of its own.
    pub(crate) fn script(interpreter_name: &str, script_name: &str, code: &str) -> Self {
        let mut sources = Self::default();
        sources.add(interpreter_name, code);
        sources.show(interpreter_name, script_name);
        sources
    }

    pub(crate) fn add(&mut self, name: &str, code: &str) {
        self.texts.insert(name.to_owned(), code.to_owned().into());
    }

    /// Gives a program the name under which it is known outside.
    pub(crate) fn show(&mut self, name: &str, shown: &str) {
        self.shown.insert(name.to_owned(), shown.to_owned());
    }

    /// The name that the user gave.
    pub(crate) fn shown_name<'a>(&'a self, name: &'a str) -> &'a str {
        self.shown.get(name).map_or(name, String::as_str)
    }

    /// A stretch in lines and characters; nothing for code that `eval` made.
    pub(crate) fn range(&self, range: &SourceRange) -> Option<Range> {
        let text = self.texts.get(&range.filename)?;
        let (start, end) = text.stretch(range.start, range.end)?;
        Some(Range { filename: self.shown_name(&range.filename).to_owned(), start, end })
    }

    /// Whether a call has to give something to await. The interpreter says so only where nothing
    /// else is under way.
    pub(crate) fn wants_awaitable(&self, range: &SourceRange) -> bool {
        let text = self.texts.get(&range.filename);
        text.is_some_and(|text| text.awaits() && wants_awaitable(&text.code, range.start as usize))
    }

    /// Whether the source says `name` at a byte offset.
    pub(crate) fn says(&self, file: &str, offset: usize, name: &str) -> bool {
        self.texts.get(file).and_then(|text| text.code.get(offset..)).is_some_and(|rest| rest.starts_with(name))
    }
}

/// Whether what stands at `offset` is awaited, or is an argument of `gather`, perhaps in a list of
/// them: the innermost call around it is one.
fn wants_awaitable(text: &str, offset: usize) -> bool {
    let before = text.get(..offset).unwrap_or_default();
    if word_before(before) == "await" {
        return true;
    }
    let mut depth = 0_usize;
    for (index, byte) in before.bytes().enumerate().rev() {
        match byte {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            b'(' => match word_before(&before[..index]) {
                "gather" | "await" => return true,
                // A bracket that only groups.
                "" | "return" | "in" | "and" | "or" | "not" | "if" | "else" => {}
                _ => return false,
            },
            b':' | b';' if depth == 0 => return false,
            _ => {}
        }
    }
    false
}

fn word_before(text: &str) -> &str {
    let text = text.trim_end_matches([' ', '\t']);
    text.rsplit(|sign: char| !sign.is_alphanumeric() && sign != '_').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_awaited_is_seen() {
        let gathered = |text: &str| wants_awaitable(text, text.find("f(").unwrap());
        for yes in [
            "await f(1)",
            "return await f(1)",
            "x = await (f(1))",
            "await gather(f(1), 2)",
            "await asyncio.gather(g(1), f(2))",
            "gather(\n    *[f(i) for i in range(3)]\n)",
            "x = await asyncio.gather(*(f(i) for i in (1, 2)))",
        ] {
            assert!(gathered(yes), "{yes}");
        }
        for no in [
            "f(1)",
            "await g(f(1))",
            "awaited = f(1)",
            "await g()\nf(1)",
            "gather(g(f(1)))",
            "x = [f(1)]",
            "gather()\nf(1)",
            "if gather: f(1)",
            "print(f(1))",
        ] {
            assert!(!gathered(no), "{no}");
        }
    }

    #[test]
    fn positions_count_lines_and_characters() {
        let text = "a\nä𝄞b\r\nc\rd";
        let text = Text::from(text.to_owned());
        let at = |offset| text.position(offset).map(|place| (place.line, place.column));
        assert_eq!(at(0), Some((1, 1)));
        assert_eq!(at(2), Some((2, 1)));
        assert_eq!(at(4), Some((2, 2)), "after the umlaut of two bytes");
        assert_eq!(at(8), Some((2, 3)), "after the clef of four bytes");
        assert_eq!(at(11), Some((3, 1)), "after CRLF");
        assert_eq!(at(13), Some((4, 1)), "after CR");
        assert_eq!(at(14), Some((4, 2)), "at the end");
        assert_eq!(at(3), None, "inside a character");
        assert_eq!(at(99), None, "past the end");
    }
}
