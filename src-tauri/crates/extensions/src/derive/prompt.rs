//! Functions as a language model is told of them.

use super::signature::signature;
use crate::declaration::Function;

/// The section of one extension: what it is for, then each function with what it does.
pub fn prompt(namespace: &str, about: &str, functions: &[Function]) -> String {
    let mut text = format!("## {namespace}\n\n{}\n", one_line(about));
    for function in functions {
        text.push_str(&format!("\n- `{}`: {}", signature(function), one_line(&function.about)));
    }
    text.push('\n');
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
