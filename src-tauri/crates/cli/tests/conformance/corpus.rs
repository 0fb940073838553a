//! The interpreter's own programs, where cargo has put them, and what each has to come to.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) code: String,
    pub(crate) expected: Expected,
    /// Whether there are functions, names, modules and files outside.
    pub(crate) calls_outside: bool,
    /// Whether it works in a folder of files.
    pub(crate) has_folder: bool,
    pub(crate) time_zone: Option<String>,
    /// The corpus itself says that the interpreter does not do what Python does.
    pub(crate) is_known_to_fail: bool,
}

/// How a program has to end.
pub(crate) enum Expected {
    /// Without an exception; it asserts what it has to.
    Well,
    /// With a value of this `repr`.
    Value(String),
    /// With a value of this `str`.
    Text(String),
    /// With a value of this type.
    Type(String),
    /// With an exception of this `repr`.
    Exception(String),
    /// With an exception of this traceback.
    Traceback(String),
}

pub(crate) fn programs() -> Vec<Program> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "py")).collect();
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

fn folder() -> PathBuf {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let platform = said_by(Command::new("rustc").args(["--print", "host-tuple"]));
    // What other platforms need has perhaps never been fetched.
    let options = ["metadata", "--format-version=1", "--offline", "--locked", "--filter-platform"];
    let metadata = said_by(Command::new(cargo).args(options).arg(platform.trim()));
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let mut packages = metadata["packages"].as_array().unwrap().iter();
    let package = packages.find(|package| package["name"] == "monty" && package["version"] == "1.4.0").unwrap();
    Path::new(package["manifest_path"].as_str().unwrap()).with_file_name("test_cases")
}

fn said_by(command: &mut Command) -> String {
    let output = command.current_dir(std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn read(path: &Path) -> Program {
    let text = fs::read_to_string(path).unwrap();
    let header = text.strip_prefix("# /// monty\n").and_then(|rest| rest.split_once("# ///\n"));
    let setting = |key: &str| {
        let mut lines = header?.0.lines();
        lines.find_map(|line| line.strip_prefix("# ")?.strip_prefix(key)?.trim_start().strip_prefix('='))
    };
    let (code, expected) = expectation(&text);
    Program {
        name: path.file_name().unwrap().to_str().unwrap().to_owned(),
        code: code.to_owned(),
        expected,
        calls_outside: setting("call-external").is_some(),
        has_folder: setting("mount-fs").is_some(),
        time_zone: setting("timezone").and_then(|zone| zone.split('\'').nth(1)).map(str::to_owned),
        is_known_to_fail: setting("xfail").is_some_and(|names| names.contains("'monty'")),
    }
}

/// What the end of a program says, and the program without it.
fn expectation(text: &str) -> (&str, Expected) {
    let text = text.trim_end();
    let docstring = text.strip_suffix("\n\"\"\"").and_then(|rest| rest.rsplit_once("\"\"\"\nTRACEBACK:\n"));
    if let Some((code, traceback)) = docstring {
        return (code.trim_end(), Expected::Traceback(traceback.to_owned()));
    }
    let last = text.rsplit('\n').next().unwrap_or_default();
    let says = |key| last.strip_prefix(key).map(str::to_owned);
    let expected = says("# Return=")
        .map(Expected::Value)
        .or_else(|| says("# Return.str=").map(Expected::Text))
        .or_else(|| says("# Return.type=").map(Expected::Type))
        .or_else(|| says("# Raise=").map(Expected::Exception));
    (text, expected.unwrap_or(Expected::Well))
}
