//! What is wrong with a program, found without running it.

use monty::MontyRun;
use monty_types::{CompileOptions, MontyException};
use protocol::{Diagnostic, Position, Range, Reply, Severity};

/// The name under which the code is compiled; nobody sees it but the ranges.
const NAME: &str = "main.py";

/// The errors of the interpreter's own compiler. It stops at the first.
pub(crate) fn diagnose(code: &str) -> Reply {
    let compiled = MontyRun::new(code.to_owned(), NAME, Vec::new(), CompileOptions::default());
    Reply::Diagnostics { diagnostics: compiled.err().map(|error| diagnostic(&error, code)).into_iter().collect() }
}

fn diagnostic(error: &MontyException, code: &str) -> Diagnostic {
    let message = match error.message() {
        Some(message) => format!("{}: {message}", error.exc_type()),
        None => error.exc_type().to_string(),
    };
    let range = match error.traceback().last() {
        Some(frame) => Range {
            filename: NAME.to_owned(),
            start: Position { line: frame.start.line, column: frame.start.column },
            end: Position { line: frame.end.line, column: frame.end.column },
        },
        None => everything(code),
    };
    Diagnostic { message, severity: Severity::Error, range }
}

/// For an error without a place, such as nesting that is too deep.
fn everything(code: &str) -> Range {
    let lines = u32::try_from(code.lines().count().max(1)).unwrap_or(u32::MAX);
    let width = code.lines().last().map_or(0, |line| line.chars().count());
    Range {
        filename: NAME.to_owned(),
        start: Position { line: 1, column: 1 },
        end: Position { line: lines, column: u32::try_from(width).unwrap_or(u32::MAX).saturating_add(1) },
    }
}
