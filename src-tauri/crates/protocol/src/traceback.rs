//! Tracebacks as text, in CPython's layout.

use std::fmt::Write as _;

use crate::{Frame, RunError};

/// How many equal frames in a row are shown before the rest is counted.
const SHOWN: usize = 3;

/// The error as the command line prints it: a traceback where there is one, and a last line that
/// says what happened.
pub fn display_traceback(error: &RunError) -> String {
    let mut text = String::new();
    if !error.traceback.is_empty() {
        text.push_str("Traceback (most recent call last):\n");
    }
    let same = |a: &Frame, b: &Frame| a.filename == b.filename && a.line == b.line && a.frame_name == b.frame_name;
    for group in error.traceback.chunk_by(same) {
        let shown = if group.len() > SHOWN { &group[..SHOWN] } else { group };
        for frame in shown {
            write_frame(&mut text, frame);
        }
        if group.len() > SHOWN {
            let _ = writeln!(text, "  [Previous line repeated {} more times]", group.len() - SHOWN);
        }
    }
    text.push_str(&error.exc_type);
    if !error.message.is_empty() {
        text.push_str(": ");
        text.push_str(&error.message);
    }
    text
}

fn write_frame(text: &mut String, frame: &Frame) {
    let _ = write!(text, "  File \"{}\", line {}", frame.filename, frame.line);
    if let Some(name) = &frame.frame_name {
        let _ = write!(text, ", in {name}");
    }
    text.push('\n');
    let Some(line) = &frame.source_line else {
        return;
    };
    if frame.line != frame.end_line {
        for line in line.lines() {
            let _ = writeln!(text, "    {line}");
        }
        return;
    }
    let code = line.trim_start();
    let _ = writeln!(text, "    {code}");
    if frame.hide_caret {
        return;
    }
    let indent = line.chars().count() - code.chars().count();
    let width = code.trim_end().chars().count();
    let start = (frame.column as usize).saturating_sub(1).saturating_sub(indent);
    let length = frame.end_column.saturating_sub(frame.column) as usize;
    // CPython marks nothing where the mark would cover the whole line.
    if start < width && !(start == 0 && length >= width) {
        let _ = writeln!(text, "    {}{}", " ".repeat(start), "^".repeat(length.clamp(1, width - start)));
    }
}
