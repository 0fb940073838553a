//! Errors of the protocol as the interpreter lays them out, so that each of their parts counts.

use std::fmt::Write as _;

use protocol::{Frame, RunError, RunErrorKind, Value};

/// The deepest recursion that the corpus expects.
pub(crate) const RECURSION: u64 = 50;

/// The `repr` of an exception.
pub(crate) fn repr(error: &RunError) -> String {
    let message = message(error);
    let message = (!message.is_empty()).then(|| message.to_owned());
    Value::Exception { type_name: error.exc_type.clone(), message }.repr(usize::MAX)
}

/// The traceback of an exception, with `~` below what raised it.
pub(crate) fn render(error: &RunError) -> String {
    let mut text = String::new();
    if !error.traceback.is_empty() {
        text.push_str("Traceback (most recent call last):\n");
    }
    let same = |a: &Frame, b: &Frame| (&a.filename, a.line, &a.frame_name) == (&b.filename, b.line, &b.frame_name);
    for group in error.traceback.chunk_by(same) {
        for frame in group.iter().take(3) {
            write_frame(&mut text, frame);
        }
        if group.len() > 3 {
            let _ = writeln!(text, "  [Previous line repeated {} more times]", group.len() - 3);
        }
    }
    text.push_str(&error.exc_type);
    let message = message(error);
    if !message.is_empty() {
        let _ = write!(text, ": {message}");
    }
    text
}

/// The protocol tells of its own limit in words of its own.
fn message(error: &RunError) -> &str {
    let limit = RunError::limit("recursionDepth", RECURSION);
    let is_recursion = error.kind == RunErrorKind::Limit && error.message == limit.message;
    if is_recursion { "maximum recursion depth exceeded" } else { &error.message }
}

fn write_frame(text: &mut String, frame: &Frame) {
    let _ = write!(text, "  File \"{}\", line {}", frame.filename, frame.line);
    if let Some(name) = &frame.frame_name {
        let _ = write!(text, ", in {name}");
    }
    text.push('\n');
    let Some(source) = &frame.source_line else {
        return;
    };
    if frame.line != frame.end_line {
        for line in source.lines() {
            let _ = writeln!(text, "    {line}");
        }
        return;
    }
    let code = source.trim_start();
    let _ = writeln!(text, "    {code}");
    if !frame.hide_caret {
        let indent = source.len() - code.len();
        let start = (frame.column as usize).saturating_sub(indent + 1);
        let width = (frame.end_column - frame.column).max(1) as usize;
        let _ = writeln!(text, "    {}{}", " ".repeat(start), "~".repeat(width));
    }
}
