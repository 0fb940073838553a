//! The names of a session and what they stand for, read from a copy.
//!
//! Nothing of the program's own runs: names, types and sizes come from the interpreter's
//! built-ins, of which copies are put in under names that no program has; values leave it as they
//! would as results, but shortened first.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use monty::{MontyRepl, ReplProgress};
use monty_types::{MontyObject, MontyType, NamedValues, PrintWriter, ResourceLimits, ResourceTracker};
use protocol::{Code, Misuse, Opened, Reply, Value, Variable};

use crate::{convert::Outward, memory::interpreter_limit, session::Engine, state::State};

/// How many variables, or parts of one, an answer has.
const PAGE: usize = 200;
/// How many steps lead into a value at most.
const DEEPEST: usize = 50;
/// How many characters of a value are shown.
const PREVIEW: usize = 120;
/// How many items of a container are looked at for its preview.
const HEAD: usize = 20;
/// How much of a text is.
const HEAD_TEXT: usize = 200;
/// How many values a preview may go into.
const NODES: usize = 200;
/// How long one expression may take, of ours all.
const PATIENCE: Duration = Duration::from_millis(200);
/// What a copy may take beyond what it has.
const ROOM: usize = 256 * 1024 * 1024;
/// How often a copy that broke is made anew.
const COPIES: usize = 20;

/// A name that is not there is asked of the host.
const ASKS: &str = "it asks the host";
/// Ours begin like this; names that do are not shown.
const OWN: &str = "__mp_";
const BUILTINS: [&str; 5] = ["len", "locals", "type", "list", "isinstance"];

impl Engine {
    pub(crate) fn variables(&mut self, open: &[Opened], from: u64, now: Duration) -> Result<Reply, Misuse> {
        let nothing = Reply::Variables { variables: Vec::new(), total: 0 };
        if self.shared.is_none() && matches!(self.state, State::Idle) {
            return Ok(nothing);
        }
        let cannot = |why: &str| Misuse::new(Code::Unsupported, format!("the variables cannot be read: {why}"));
        let saved = self.save(now).ok_or_else(|| cannot("the interpreter cannot be copied here"))?;
        let mut copy = Copy { saved: &saved, repl: None, copies: 0 };
        if open.len() > DEEPEST {
            return Err(Misuse::bad_input(format!("open has more than {DEEPEST} steps")));
        }
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let (variables, total) =
            if open.is_empty() { copy.names(from) } else { copy.parts(open, from) }.map_err(|why| cannot(&why))?;
        Ok(Reply::Variables { variables, total: total as u64 })
    }
}

/// A copy of an interpreter, made anew when it breaks.
struct Copy<'a> {
    saved: &'a [u8],
    repl: Option<MontyRepl>,
    copies: usize,
}

/// What an expression came to.
type Found = Result<MontyObject, String>;

impl Copy<'_> {
    fn fresh(&mut self) -> Result<MontyRepl, String> {
        if let Some(repl) = self.repl.take() {
            return Ok(repl);
        }
        self.copies += 1;
        if self.copies > COPIES {
            return Err("too many of them cannot be shown".to_owned());
        }
        let mut engine = Engine::bare();
        engine.load_interpreter(self.saved)?;
        let mut repl = match std::mem::replace(&mut engine.state, State::Idle) {
            State::Pending(_, call) => call.into_repl(),
            State::Futures(_, futures) => futures.into_repl(),
            State::Outside(_, pause) => pause.into_repl(),
            State::Waiting(_, blocked) => blocked.into_repl(),
            _ => engine.shared.take().ok_or("there is none")?.repl,
        };
        let room = monty_types::LIVE_MEMORY.load(std::sync::atomic::Ordering::Relaxed);
        let baseline = monty_types::BASELINE_MEMORY.load(std::sync::atomic::Ordering::Relaxed);
        let limit = room.saturating_sub(baseline).saturating_add(ROOM);
        let limits = ResourceLimits::default().max_feed_duration(PATIENCE).max_memory(interpreter_limit(Some(limit)));
        *repl.tracker_mut() = ResourceTracker::new(limits);
        let own = BUILTINS.iter().filter_map(|name| Some((format!("{OWN}{name}"), builtin(name)?))).collect::<Vec<_>>();
        let (repl, _) = feed(repl, "None", NamedValues::from(own));
        repl.ok_or_else(|| "its names cannot be added to".to_owned())
    }

    /// The value of an expression of ours. A panic costs the copy.
    fn eval(&mut self, code: &str) -> Found {
        let mut repl = self.fresh()?;
        let limits = repl.tracker().max_memory();
        let mut own = ResourceLimits::default().max_feed_duration(PATIENCE);
        own.max_memory = limits;
        *repl.tracker_mut() = ResourceTracker::new(own);
        let (repl, found) = feed(repl, code, NamedValues::from(Vec::new()));
        self.repl = repl;
        found
    }

    fn text(&mut self, code: &str) -> Result<String, String> {
        match Outward::new().object(&self.eval(code)?) {
            Value::Str(text) => Ok(text),
            other => Ok(other.repr(PREVIEW)),
        }
    }

    fn number(&mut self, code: &str) -> Result<usize, String> {
        match Outward::new().object(&self.eval(code)?) {
            Value::Int(number) => usize::try_from(number).map_err(|error| error.to_string()),
            other => Err(format!("{} is no number", other.repr(PREVIEW))),
        }
    }

    fn names(&mut self, from: usize) -> Result<(Vec<Variable>, usize), String> {
        let found = self.eval(&format!("{OWN}list({OWN}locals().keys())"))?;
        let Value::List(items) = Outward::new().object(&found) else {
            return Err("its names are no list".to_owned());
        };
        let names: Vec<String> = items
            .into_iter()
            .filter_map(|name| match name {
                Value::Str(name) if !name.starts_with(OWN) => Some(name),
                _ => None,
            })
            .collect();
        let shown = names.iter().skip(from).take(PAGE);
        let variables = shown.map(|name| self.variable(name.clone(), name, None)).collect();
        Ok((variables, names.len()))
    }

    /// One variable; what cannot be looked at says so in its preview.
    fn variable(&mut self, name: String, code: &str, step: Option<Opened>) -> Variable {
        let type_name = self.text(&format!("{OWN}type({code}).__name__")).unwrap_or_else(|_| "object".to_owned());
        let size = match type_name.as_str() {
            "str" | "bytes" | "list" | "tuple" | "dict" | "set" | "frozenset" | "deque" | "range" | "Counter"
            | "defaultdict" => self.number(&format!("{OWN}len({code})")).ok(),
            _ => None,
        };
        let head = head(&type_name, code);
        let shown = self.eval(&head).map(|object| Outward::with_nodes(NODES).object(&object));
        let (preview, opens) = match shown {
            Ok(value) => (preview(&type_name, &value, size), opens(&type_name, &value, size)),
            Err(why) => (format!("<cannot be shown: {why}>"), false),
        };
        Variable { name, type_name, preview, size: size.map(|size| size as u64), step, opens }
    }

    fn parts(&mut self, open: &[Opened], from: usize) -> Result<(Vec<Variable>, usize), String> {
        let code = self.way(open)?;
        let type_name = self.text(&format!("{OWN}type({code}).__name__")).map_err(|why| match why.as_str() {
            ASKS => "there is no such variable".to_owned(),
            _ => why,
        })?;
        let size = |copy: &mut Self| copy.number(&format!("{OWN}len({code})"));
        let item = |index: usize| u32::try_from(index).map(Opened::Item).ok();
        match type_name.as_str() {
            "list" | "tuple" | "deque" | "set" | "frozenset" => {
                let size = size(self)?;
                let parts = (from..size.min(from.saturating_add(PAGE)))
                    .map(|index| self.variable(format!("[{index}]"), &part(&type_name, &code, index), item(index)));
                Ok((parts.collect(), size))
            }
            "dict" | "defaultdict" | "Counter" => {
                let size = size(self)?;
                let mut parts = Vec::new();
                for index in from..size.min(from.saturating_add(PAGE)) {
                    let key = self.eval(&format!("{OWN}list({code}.keys())[{index}]"))?;
                    let name = format!("[{}]", Outward::with_nodes(NODES).object(&key).repr(PREVIEW / 2));
                    parts.push(self.variable(name, &part(&type_name, &code, index), item(index)));
                }
                Ok((parts, size))
            }
            _ => {
                let names = match Outward::with_nodes(NODES * 100).object(&self.eval(&code)?) {
                    Value::Instance { attributes, .. } => attributes.into_iter().map(|(name, _)| name).collect(),
                    Value::NamedTuple { fields, .. } => fields,
                    _ => Vec::new(),
                };
                let shown = names.iter().skip(from).take(PAGE);
                let parts = shown
                    .map(|name| {
                        self.variable(format!(".{name}"), &format!("{code}.{name}"), Some(Opened::Name(name.clone())))
                    })
                    .collect();
                Ok((parts, names.len()))
            }
        }
    }

    /// The expression that leads to a part.
    fn way(&mut self, open: &[Opened]) -> Result<String, String> {
        let Some((Opened::Name(name), steps)) = open.split_first() else {
            return Err("open begins with the name of a variable".to_owned());
        };
        let mut code = checked(name)?.to_owned();
        for step in steps {
            code = match step {
                Opened::Name(name) => format!("{code}.{}", checked(name)?),
                Opened::Item(index) => {
                    let type_name = self.text(&format!("{OWN}type({code}).__name__"))?;
                    part(&type_name, &code, *index as usize)
                }
            };
        }
        Ok(code)
    }
}

/// A name and nothing else: it becomes part of an expression.
fn checked(name: &str) -> Result<&str, String> {
    let plain = !name.is_empty() && name.chars().all(|letter| letter == '_' || letter.is_alphanumeric());
    let begins = name.starts_with(|letter: char| letter == '_' || letter.is_alphabetic());
    (plain && begins).then_some(name).ok_or_else(|| format!("{name:?} is no name"))
}

fn part(type_name: &str, code: &str, index: usize) -> String {
    match type_name {
        "dict" | "defaultdict" | "Counter" => format!("{OWN}list({code}.values())[{index}]"),
        "set" | "frozenset" => format!("{OWN}list({code})[{index}]"),
        _ => format!("{code}[{index}]"),
    }
}

/// An expression for the beginning of a value.
fn head(type_name: &str, code: &str) -> String {
    match type_name {
        "str" | "bytes" => format!("{code}[:{HEAD_TEXT}]"),
        "list" | "tuple" => format!("{code}[:{HEAD}]"),
        "set" | "frozenset" | "deque" => format!("{OWN}list({code})[:{HEAD}]"),
        "dict" | "defaultdict" | "Counter" => format!("{OWN}list({code}.items())[:{HEAD}]"),
        _ => code.to_owned(),
    }
}

/// A line that says what a value is, from its beginning.
fn preview(type_name: &str, head: &Value, size: Option<usize>) -> String {
    let more = |shown: usize| size.is_some_and(|size| size > shown);
    let text = match (type_name, head) {
        ("str", Value::Str(text)) if more(text.chars().count()) => format!("{}…", head.repr(PREVIEW)),
        ("bytes", Value::Bytes(bytes)) if more(bytes.len()) => format!("{}…", head.repr(PREVIEW)),
        ("dict" | "defaultdict" | "Counter", Value::List(pairs)) => {
            let shown = pairs.iter().filter_map(|pair| match pair {
                Value::Tuple(pair) if pair.len() == 2 => Some((pair[0].clone(), pair[1].clone())),
                _ => None,
            });
            ended(Value::Dict(shown.collect()).repr(PREVIEW), more(pairs.len()))
        }
        ("set", Value::List(items)) if items.is_empty() => "set()".to_owned(),
        ("set" | "frozenset", Value::List(items)) => ended(Value::Set(items.clone()).repr(PREVIEW), more(items.len())),
        (_, Value::List(items) | Value::Tuple(items)) => ended(head.repr(PREVIEW), more(items.len())),
        _ => head.repr(PREVIEW),
    };
    text.replace('\n', "⏎")
}

/// Puts a mark before the closing bracket where items are left out.
fn ended(mut text: String, more: bool) -> String {
    if more && !text.contains('…') {
        let close = text.pop();
        text.push_str(", …");
        text.extend(close);
    }
    text
}

fn opens(type_name: &str, value: &Value, size: Option<usize>) -> bool {
    match type_name {
        "str" | "bytes" | "range" => false,
        _ => size.is_some_and(|size| size > 0) || matches!(value, Value::Instance { .. } | Value::NamedTuple { .. }),
    }
}

fn builtin(name: &str) -> Option<MontyObject> {
    MontyObject::builtin_function_from_name(name)
        .or_else(|| MontyType::from_type_name(name).map(MontyObject::type_object))
}

/// Runs one expression. The interpreter is gone only where it panicked.
fn feed(repl: MontyRepl, code: &str, inputs: NamedValues) -> (Option<MontyRepl>, Found) {
    let fed = catch_unwind(AssertUnwindSafe(|| repl.feed_start(code, inputs, PrintWriter::Disabled)));
    match fed {
        Ok(Ok(ReplProgress::Complete { repl, value })) => (Some(repl), Ok(value)),
        Ok(Ok(other)) => (Some(other.into_repl()), Err(ASKS.to_owned())),
        Ok(Err(failed)) => (Some(failed.repl), Err(failed.error.summary())),
        Err(_) => (None, Err("the interpreter cannot hand it out".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use monty_types::CompileOptions;

    use super::*;

    #[test]
    fn a_name_is_nothing_but_a_name() {
        assert!(checked("größe_2").is_ok());
        for bad in ["", "2x", "a.b", "a()", "a b", "__import__('os')", "a\n"] {
            assert!(checked(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn every_builtin_that_is_needed_exists() {
        for name in BUILTINS {
            assert!(builtin(name).is_some(), "{name}");
        }
        let repl = MontyRepl::new("main.py", ResourceTracker::default(), CompileOptions::default());
        let (_, found) = feed(repl, "f([1, 2])", NamedValues::from(vec![("f".to_owned(), builtin("len").unwrap())]));
        assert_eq!(Outward::new().object(&found.unwrap()), Value::Int(2));
    }
}
