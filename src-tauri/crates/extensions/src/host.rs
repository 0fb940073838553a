//! `host`: the functions without a prefix. Files and questions for the person, the clock, JSON, and
//! the interpreter itself.

mod answers;

use std::collections::HashMap;

use answers::Asked;
use protocol::{Bytes, DialogKind, Event, Inputs, MAX_PRINT, Stream, Value};

use crate::{
    call::{Answer, Args, Context, Question, Raised, Wait},
    declaration::{Declared, Default, Function, Hint, Kind, Param, Type, declare, optional, param},
    derive,
    extension::{ChildPolicy, Extension, Profile},
    identifier::{is_identifier, is_keyword},
    json,
};

/// The largest file that goes in or out.
pub const MAX_FILE: usize = 16 * 1024 * 1024;
const MAX_FILENAME: usize = 255;

const STR_OR_NONE: Type = Type::of(&[Kind::String, Kind::None]);
const STR_OR_BYTES: Type = Type::of(&[Kind::String, Kind::Bytes]);
const MESSAGE: Param = param("msg", Type::ANY);

const FUNCTIONS: &[Declared<Host>] = &[
    declare(
        "upload_file",
        "Asks the person for a file and gives its text, or its bytes with binary=True; None where the dialog was \
         cancelled. Raises ValueError for a file that is too large or is no UTF-8.",
        const {
            &[
                optional("accept", STR_OR_NONE, Default::None)
                    .about("Kinds of files as in HTML, like \".csv,.txt\" or \"image/*\"."),
                optional("binary", Type::BOOLEAN, Default::Boolean(false)),
            ]
        },
        Type::of(&[Kind::String, Kind::Bytes, Kind::None]),
        Host::upload_file,
    ),
    declare(
        "download_file",
        "Gives the person a file of this name. Raises ValueError where the name has a path.",
        const { &[param("filename", Type::STRING), param("content", STR_OR_BYTES)] },
        Type::NONE,
        Host::download_file,
    ),
    declare("now", "Gives the time as text in ISO 8601, in UTC.", &[], Type::STRING, |_, _, _| Answer::Now),
    declare(
        "json_dumps",
        "Gives an object as JSON. Raises TypeError for what JSON has no words for.",
        const { &[param("obj", Type::ANY)] },
        Type::STRING,
        |_, mut args, _| json::dumps(&args.take(0)).map(Value::Str).into(),
    ),
    declare(
        "json_loads",
        "Gives the object that JSON describes. Raises ValueError where it is none, and says where.",
        const { &[param("s", STR_OR_BYTES).hint(Hint::Json)] },
        Type::ANY,
        Host::json_loads,
    ),
    declare("log", "Prints a message as a line.", const { &[MESSAGE] }, Type::NONE, Host::log),
    declare(
        "alert",
        "Shows the person a message and waits until it is closed.",
        const { &[MESSAGE] },
        Type::NONE,
        |host, mut args, cx| host.dialog(Asked::Alert, as_text(args.take(0)), None, cx),
    ),
    declare("confirm", "Asks the person yes or no.", const { &[MESSAGE] }, Type::BOOLEAN, |host, mut args, cx| {
        host.dialog(Asked::Confirm, as_text(args.take(0)), None, cx)
    }),
    declare(
        "prompt",
        "Asks the person for a line of text; None where the dialog was cancelled.",
        const { &[MESSAGE, optional("default", Type::STRING, Default::String(""))] },
        STR_OR_NONE,
        |host, mut args, cx| {
            let default = args.string(1);
            host.dialog(Asked::Prompt, as_text(args.take(0)), Some(default), cx)
        },
    ),
    declare(
        "interpreter_snapshot",
        "Keeps the interpreter as it is in this call and gives a token for interpreter_restore.",
        &[],
        Type::STRING,
        |_, _, _| Answer::Snapshot,
    ),
    declare(
        "interpreter_restore",
        "Goes on from the call of interpreter_snapshot that gave this token.",
        const { &[param("data", Type::STRING)] },
        Type::ANY,
        |_, mut args, _| Answer::Restore { token: args.string(0) },
    ),
    declare(
        "run_script",
        "Runs a file as a program of its own, with the same functions, and gives the value of its last expression. \
         Raises what the program raises.",
        const {
            &[
                param("path", Type::STRING),
                optional("inputs", Type::of(&[Kind::Map, Kind::None]), Default::None)
                    .about("Names that the program finds."),
            ]
        },
        Type::ANY,
        Host::run_script,
    ),
    declare(
        "help",
        "Gives the functions by extension as JSON, or the schema of one. Raises ValueError for an unknown name.",
        const { &[optional("name", STR_OR_NONE, Default::None)] },
        Type::STRING,
        Host::help,
    ),
];

/// Remembers what it has asked, until there is an answer.
#[derive(Debug, Default)]
pub struct Host {
    asked: HashMap<u32, Asked>,
}

impl Host {
    fn upload_file(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let binary = args.boolean(1).unwrap_or(false);
        let accept = match args.take(0) {
            Value::Str(accept) => Some(accept),
            _ => None,
        };
        let event = Event::UploadRequested { call_id: cx.call_id, accept, binary, max_bytes: MAX_FILE as u64 };
        self.ask(Asked::Upload { binary }, event, cx)
    }

    #[expect(clippy::unused_self, reason = "the table of functions gives every one its extension")]
    fn download_file(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let filename = args.string(0);
        if let Err(raised) = check_filename(&filename) {
            return raised.into();
        }
        let data = match args.take(1) {
            Value::Str(text) => text.into_bytes(),
            Value::Bytes(bytes) => bytes,
            _ => Vec::new(),
        };
        if data.len() > MAX_FILE {
            let text = format!("the content has {} bytes; a download has at most {MAX_FILE}", data.len());
            return Raised::value_error(text).into();
        }
        cx.event(Event::DownloadRequested { filename, data: Bytes(data) });
        Value::None.into()
    }

    #[expect(clippy::unused_self, reason = "the table of functions gives every one its extension")]
    fn json_loads(&mut self, mut args: Args, _cx: &mut Context<'_>) -> Answer {
        match args.take(0) {
            Value::Bytes(bytes) => json::loads(&bytes).into(),
            Value::Str(text) => json::loads(text.as_bytes()).into(),
            _ => Value::None.into(),
        }
    }

    /// In lines and pieces as the program's own prints are.
    #[expect(clippy::unused_self, reason = "the table of functions gives every one its extension")]
    fn log(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let text = as_text(args.take(0)) + "\n";
        for line in text.split_inclusive('\n') {
            let mut rest = line;
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(rest.floor_char_boundary(MAX_PRINT));
                cx.event(Event::Print { stream: Stream::Stdout, text: piece.to_owned() });
                rest = after;
            }
        }
        Value::None.into()
    }

    #[expect(clippy::unused_self, reason = "the table of functions gives every one its extension")]
    fn run_script(&mut self, mut args: Args, _cx: &mut Context<'_>) -> Answer {
        let mut inputs = Vec::new();
        if let Value::Dict(pairs) = args.take(1) {
            for (name, value) in pairs {
                let Value::Str(name) = name else { continue };
                if !is_identifier(&name) || is_keyword(&name) {
                    return Raised::value_error(format!("{name:?} is no name that a program can find")).into();
                }
                inputs.push((name, value));
            }
        }
        Answer::ScriptFile { path: args.string(0), inputs: Inputs(inputs) }
    }

    #[expect(clippy::unused_self, reason = "the table of functions gives every one its extension")]
    fn help(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let name = match args.take(0) {
            Value::Str(name) => Some(name),
            _ => None,
        };
        derive::help(&(cx.functions)(), name.as_deref()).map(Value::Str).into()
    }

    fn dialog(&mut self, asked: Asked, message: String, default: Option<String>, cx: &Context<'_>) -> Answer {
        let kind = match asked {
            Asked::Confirm => DialogKind::Confirm,
            Asked::Prompt => DialogKind::Prompt,
            Asked::Alert | Asked::Upload { .. } => DialogKind::Alert,
        };
        self.ask(asked, Event::DialogRequested { call_id: cx.call_id, kind, message, default }, cx)
    }

    fn ask(&mut self, asked: Asked, event: Event, cx: &Context<'_>) -> Answer {
        self.asked.insert(cx.call_id, asked);
        Answer::Wait(Wait { question: Some(Question::Person(event)), ..Wait::default() })
    }
}

/// As `str()` shows it.
fn as_text(value: Value) -> String {
    match value {
        Value::Str(text) => text,
        other => other.repr(MAX_PRINT),
    }
}

/// A name that cannot lead anywhere but into the folder that the person chose.
fn check_filename(name: &str) -> Result<(), Raised> {
    let is_drive = matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let wrong = if name.trim().is_empty() {
        "is empty"
    } else if name.contains(['/', '\\']) || is_drive || name == "." || name == ".." {
        "has a path; give a name only"
    } else if name.chars().any(char::is_control) {
        "has a control character"
    } else if name.len() > MAX_FILENAME {
        "is longer than 255 bytes"
    } else {
        return Ok(());
    };
    let shown: String = name.chars().take(80).collect();
    Err(Raised::value_error(format!("the file name {shown:?} {wrong}")))
}

impl Extension for Host {
    fn profile(&self) -> Profile {
        let about = "Files and questions for the person, the clock, JSON, and the interpreter itself.";
        Profile { child_policy: ChildPolicy::Clone, ..Profile::new("host", about) }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        (FUNCTIONS[function].answer)(self, args, cx)
    }

    fn answered(&mut self, call_id: u32, answer: Result<Value, Raised>) -> Result<Value, Raised> {
        match self.asked.remove(&call_id) {
            Some(asked) => asked.answered(answer?),
            None => answer,
        }
    }

    fn released(&mut self, call_id: u32, _cx: &mut Context<'_>) {
        self.asked.remove(&call_id);
    }

    fn begin(&mut self, _cx: &mut Context<'_>) {
        self.asked.clear();
    }

    fn load(&mut self, _saved: Option<&[u8]>, _cx: &mut Context<'_>) -> Result<(), String> {
        self.asked.clear();
        Ok(())
    }

    fn for_child(&self) -> Option<Box<dyn Extension>> {
        Some(Box::new(Self::default()))
    }
}

#[cfg(test)]
mod tests;
