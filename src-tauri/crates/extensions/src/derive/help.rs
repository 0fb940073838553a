//! What `help()` gives a program.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{schema::Schema, signature::signature};
use crate::{call::Raised, declaration::Function, suggest};

/// At most so many names stand in an error.
const MAX_GUESSES: usize = 3;

/// Without a name the functions by extension; with one, in full or without its namespace, the
/// schema of that function. JSON in any case.
pub fn help(functions: &[Function], name: Option<&str>) -> Result<String, Raised> {
    let Some(name) = name else { return Ok(tools(functions)) };
    if let Some(function) = functions.iter().find(|function| function.name == name) {
        return Ok(Schema(function).to_json());
    }
    let mut candidates: Vec<&Function> =
        functions.iter().filter(|function| bare_name(function) == Some(name)).collect();
    candidates.sort_by(|left, right| left.name.cmp(&right.name));
    match candidates.as_slice() {
        [] => Err(unknown(functions, name)),
        [function] => Ok(Schema(function).to_json()),
        several => Ok(ambiguous(several)),
    }
}

fn tools(functions: &[Function]) -> String {
    #[derive(Serialize)]
    struct Tool<'a> {
        name: &'a str,
        signature: String,
        description: &'a str,
    }
    #[derive(Serialize)]
    struct Tools<'a> {
        tools: BTreeMap<&'a str, Vec<Tool<'a>>>,
    }
    let mut tools: BTreeMap<&str, Vec<Tool>> = BTreeMap::new();
    for function in functions {
        let tool = Tool { name: &function.name, signature: signature(function), description: &function.about };
        tools.entry(&function.namespace).or_default().push(tool);
    }
    serde_json::to_string(&Tools { tools }).unwrap_or_default()
}

fn ambiguous(functions: &[&Function]) -> String {
    #[derive(Serialize)]
    struct Ambiguous<'a> {
        error: &'static str,
        candidates: Vec<&'a str>,
    }
    let candidates = functions.iter().map(|function| function.name.as_ref()).collect();
    serde_json::to_string(&Ambiguous { error: "ambiguous", candidates }).unwrap_or_default()
}

/// `recv` of `el_recv`; nothing for a function that has no prefix.
fn bare_name(function: &Function) -> Option<&str> {
    function.name.strip_prefix(function.namespace.as_ref())?.strip_prefix('_')
}

fn unknown(functions: &[Function], name: &str) -> Raised {
    let mut close: Vec<(usize, &str)> = functions
        .iter()
        .filter_map(|function| {
            let whole = suggest::near(name, &function.name);
            let bare = bare_name(function).and_then(|bare| suggest::near(name, bare));
            whole.into_iter().chain(bare).min().map(|distance| (distance, function.name.as_ref()))
        })
        .collect();
    close.sort_unstable();
    let names: Vec<&str> = close.into_iter().take(MAX_GUESSES).map(|(_, name)| name).collect();
    let mut text = format!("Unknown function: {name}");
    if !names.is_empty() {
        text.push_str(&format!(". Did you mean {}?", names.join(", ")));
    }
    Raised::value_error(text)
}
