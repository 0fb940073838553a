//! Why a run ended: the interpreter's exceptions in the words of the protocol.

use std::any::Any;

use monty_types::{ExcType, MontyException, StackFrame};
use protocol::{Frame, Limits, RunError, RunErrorKind};

use crate::{interrupt::Reason, ranges::Sources};

/// The longest line of source in a traceback. A thousand frames may show the same long line.
const MAX_SOURCE_LINE: usize = 1000;
/// The longest message of an exception.
const MAX_MESSAGE: usize = 256 * 1024;

/// A call of a name that nobody registered. The interpreter marks the whole call, CPython the name.
#[derive(Debug, Clone)]
pub(crate) struct UndefinedCall {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) name: String,
}

/// What an exception that nothing caught means for the run.
pub(crate) fn from_exception(
    error: &MontyException,
    reason: Option<Reason>,
    limits: &Limits,
    sources: &Sources,
    undefined: Option<&UndefinedCall>,
) -> RunError {
    let mut failure = match (reason, limit_of(error)) {
        (Some(reason), _) => from_reason(reason, limits),
        (None, Some(name)) => limit_error(name, limits),
        (None, None) => RunError::new(
            RunErrorKind::Exception,
            error.exc_type().into(),
            cut(error.message().unwrap_or_default(), MAX_MESSAGE),
        ),
    };
    failure.traceback = error.traceback().iter().map(|frame| convert(frame, sources)).collect();
    if error.exc_type() == ExcType::NameError {
        mark_name_only(&mut failure.traceback, undefined);
    }
    failure
}

/// What an interruption means for the run.
pub(crate) fn from_reason(reason: Reason, limits: &Limits) -> RunError {
    match reason {
        Reason::Cancel => RunError::cancelled(),
        Reason::Timeout => limit_error("timeoutMs", limits),
        Reason::TurnTimeout => limit_error("turnTimeoutMs", limits),
        Reason::PrintLimit => limit_error("printBytes", limits),
        Reason::MemoryLimit => limit_error("memoryBytes", limits),
    }
}

/// The error of a limit with the value that the run had.
pub(crate) fn limit_error(name: &str, limits: &Limits) -> RunError {
    let max = match name {
        "timeoutMs" => limits.timeout_ms,
        "turnTimeoutMs" => limits.turn_timeout_ms,
        "memoryBytes" => limits.memory_bytes,
        "recursionDepth" => Some(limits.recursion()),
        "hostCalls" => limits.host_calls,
        "sleepMs" => limits.sleep_ms,
        "printBytes" => limits.print_bytes,
        _ => None,
    };
    RunError::limit(name, max.unwrap_or_default())
}

/// What a panic of the interpreter means.
pub(crate) fn from_panic(payload: &(dyn Any + Send)) -> RunError {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref().copied());
    explain_panic(text.unwrap_or("no message"))
}

/// What the text of a panic, or of a trap, means for the run. It names a fault of monty 1.4.0 where
/// that is known.
pub fn explain_panic(text: &str) -> RunError {
    let cause = if text.contains("does not point at a class type") {
        "it cannot hand out a class together with an instance of it (a fault of monty 1.4.0); \
         hand out the instance alone, or its attributes"
            .to_owned()
    } else {
        cut(text.lines().next().unwrap_or(text), 500)
    };
    RunError::crash(format!("the interpreter broke down: {cause}"))
}

fn limit_of(error: &MontyException) -> Option<&'static str> {
    let message = error.message()?;
    match error.exc_type() {
        ExcType::MemoryError if message.starts_with("memory limit exceeded: ") => Some("memoryBytes"),
        ExcType::TimeoutError if message.starts_with("feed time limit exceeded: ") => Some("timeoutMs"),
        ExcType::TimeoutError if message.starts_with("turn time limit exceeded: ") => Some("turnTimeoutMs"),
        ExcType::RecursionError if message == "maximum recursion depth exceeded" => Some("recursionDepth"),
        _ => None,
    }
}

fn convert(frame: &StackFrame, sources: &Sources) -> Frame {
    Frame {
        filename: cut(sources.shown_name(&frame.filename), MAX_SOURCE_LINE),
        line: frame.start.line,
        column: frame.start.column,
        end_line: frame.end.line,
        end_column: frame.end.column,
        frame_name: match (&frame.frame_name, frame.hide_frame_name) {
            (_, true) => None,
            (Some(name), false) => Some(cut(name, MAX_SOURCE_LINE)),
            (None, false) => Some("<module>".to_owned()),
        },
        source_line: frame.preview_line.as_deref().map(|line| cut(line, MAX_SOURCE_LINE)),
        hide_caret: frame.hide_caret,
    }
}

fn mark_name_only(traceback: &mut [Frame], undefined: Option<&UndefinedCall>) {
    if let (Some(frame), Some(call)) = (traceback.last_mut(), undefined)
        && (frame.line, frame.column) == (call.line, call.column)
    {
        frame.end_line = frame.line;
        let width = u32::try_from(call.name.chars().count()).unwrap_or(0);
        frame.end_column = frame.column.saturating_add(width);
    }
}

fn cut(text: &str, budget: usize) -> String {
    if text.len() <= budget {
        return text.to_owned();
    }
    let kept = &text[..text.floor_char_boundary(budget)];
    format!("{kept}… ({} bytes in all)", text.len())
}
