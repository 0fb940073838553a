//! The command line.

use std::{ffi::OsString, path::PathBuf};

use lexopt::{Arg, Parser, ValueExt};
use protocol::{
    Inputs, Limits, Message, Value,
    outside::{Mode, Mount},
};

pub(crate) enum Options {
    Run(RunOptions),
    Stdio(Vec<Mount>),
    Worker,
    Outside,
    Print(String),
}

pub(crate) struct RunOptions {
    pub(crate) file: PathBuf,
    pub(crate) limits: Limits,
    pub(crate) inputs: Inputs,
    pub(crate) extensions: Vec<String>,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) json: bool,
}

const HELP: &str = "\
Monty Playground's engine: Python in a sandbox, from a terminal or over a pipe.

Usage:
  monty-engine run FILE [options]   Run a program; - reads it from standard input
  monty-engine stdio [options]      Serve one session, one JSON message a line

Options of run:
  --timeout-ms N      Time limit of execution in ms (default 10000, 0 for none)
  --memory-bytes N    Memory limit in bytes (default 536870912, 0 for none)
  --input NAME=JSON   A value under a name; may be repeated
  --extensions NAMES  Extensions whose functions it can call: dom,el,msg,…
  --json              Write events and the result as JSON lines

Options of run and stdio:
  --mount PLACE=FOLDER[:MODE]
                      Let programs see a folder at a place; may be repeated.
                      MODE is ro (default), overlay (writes stay in memory) or rw

  -h, --help          Show this
  -V, --version       Show the versions of the engine and the interpreter

Status of run: 0 the program ended well, 1 it ended in an error, a limit or a crash, 2 wrong use.
";

pub(crate) fn parse(args: impl Iterator<Item = OsString>) -> Result<Options, lexopt::Error> {
    let mut parser = Parser::from_args(args);
    let Some(first) = parser.next()? else {
        return Err("say what to do: run or stdio".into());
    };
    match first {
        Arg::Value(word) if word == "run" => parse_run(parser),
        Arg::Value(word) if word == "stdio" => parse_stdio(parser),
        Arg::Value(word) if word == "worker" => alone(parser, Options::Worker),
        Arg::Value(word) if word == "outside" => alone(parser, Options::Outside),
        Arg::Short('h') | Arg::Long("help") => Ok(Options::Print(HELP.to_owned())),
        Arg::Short('V') | Arg::Long("version") => {
            Ok(Options::Print(format!("monty-engine {} (monty 1.4.0)\n", env!("CARGO_PKG_VERSION"))))
        }
        Arg::Value(word) => Err(format!("{} is no command; there are run and stdio", word.display()).into()),
        other => Err(other.unexpected()),
    }
}

fn parse_stdio(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut mounts = Vec::new();
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("mount") => mounts.push(mount(&parser.value()?.string()?)?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Options::Stdio(mounts))
}

/// One `PLACE=FOLDER[:MODE]`.
fn mount(text: &str) -> Result<Mount, lexopt::Error> {
    let wants = || format!("--mount wants PLACE=FOLDER or PLACE=FOLDER:MODE (ro, overlay, rw), not {text:?}");
    let (at, rest) = text.split_once('=').filter(|(at, _)| at.starts_with('/')).ok_or_else(wants)?;
    let (folder, mode) = match rest.rsplit_once(':') {
        Some((folder, "ro")) => (folder, Mode::ReadOnly),
        Some((folder, "overlay")) => (folder, Mode::Overlay),
        Some((folder, "rw")) => (folder, Mode::ReadWrite),
        _ => (rest, Mode::ReadOnly),
    };
    if folder.is_empty() {
        return Err(wants().into());
    }
    let folder = std::fs::canonicalize(folder).map_err(|error| format!("--mount: {folder}: {error}"))?;
    Ok(Mount { at: at.trim_end_matches('/').to_owned(), folder, mode, write_limit_bytes: None })
}

fn alone(mut parser: Parser, options: Options) -> Result<Options, lexopt::Error> {
    parser.next()?.map_or(Ok(options), |arg| Err(arg.unexpected()))
}

fn parse_run(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut file = None;
    let mut limits = Limits::default();
    let mut inputs = Inputs::default();
    let mut extensions = Vec::new();
    let mut mounts = Vec::new();
    let mut json = false;
    while let Some(arg) = parser.next()? {
        match arg {
            Arg::Long("timeout-ms") => limits.timeout_ms = Some(number("--timeout-ms", &mut parser)?),
            Arg::Long("memory-bytes") => limits.memory_bytes = Some(number("--memory-bytes", &mut parser)?),
            Arg::Long("input") => {
                let (name, value) = input(&parser.value()?.string()?)?;
                if inputs.0.iter().any(|(other, _)| *other == name) {
                    return Err(format!("--input {name} is given twice").into());
                }
                inputs.0.push((name, value));
            }
            Arg::Long("extensions") => {
                let names = parser.value()?.string()?;
                extensions.extend(names.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
            }
            Arg::Long("mount") => mounts.push(mount(&parser.value()?.string()?)?),
            Arg::Long("json") => json = true,
            Arg::Short('h') | Arg::Long("help") => return Ok(Options::Print(HELP.to_owned())),
            Arg::Value(path) if file.is_none() => file = Some(PathBuf::from(path)),
            other => return Err(other.unexpected()),
        }
    }
    let file = file.ok_or("run wants a FILE; - is standard input")?;
    Ok(Options::Run(RunOptions { file, limits, inputs, extensions, mounts, json }))
}

fn number(option: &str, parser: &mut Parser) -> Result<u64, lexopt::Error> {
    let text = parser.value()?.string()?;
    text.parse().map_err(|_| format!("{option} wants a whole number that is not negative, not {text:?}").into())
}

/// One `NAME=JSON`, by the rules that a message's inputs obey.
fn input(text: &str) -> Result<(String, Value), lexopt::Error> {
    let (name, json) = text.split_once('=').ok_or_else(|| format!("--input wants NAME=JSON, not {text:?}"))?;
    Message::input(name, json).map_err(|misuse| format!("--input {name}: {misuse}").into())
}
