//! What the window's process links: never the interpreter, and below the window no Tauri either.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

use std::process::Command;

fn dependencies(package: &str) -> Vec<String> {
    let args = ["tree", "--locked", "--offline", "-e", "normal", "--prefix", "none", "--format", "{p}", "-p", package];
    let output = Command::new(env!("CARGO"))
        .args(args)
        .current_dir(std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn the_owner_of_a_child_links_no_interpreter() {
    for package in ["protocol", "record", "isolate"] {
        let found = dependencies(package);
        assert!(found.contains(&"serde".to_owned()), "{package} has dependencies");
        let forbidden: Vec<_> = found
            .iter()
            .filter(|name| ["monty", "tauri", "ruff", "engine"].iter().any(|prefix| name.starts_with(prefix)))
            .collect();
        assert!(forbidden.is_empty(), "{package} links {forbidden:?}");
    }
}

#[test]
fn the_window_links_no_interpreter() {
    let found = dependencies("monty-playground");
    assert!(found.contains(&"tauri".to_owned()), "the window is a Tauri app");
    let forbidden: Vec<_> = found
        .iter()
        .filter(|name| matches!(name.as_str(), "monty" | "monty-types" | "engine") || name.starts_with("ruff"))
        .collect();
    assert!(forbidden.is_empty(), "the window links {forbidden:?}");
}

#[test]
fn the_interpreter_is_linked_by_the_engine_alone() {
    let found = dependencies("cli");
    assert!(found.contains(&"monty".to_owned()), "the command line has an interpreter, through the engine");
    let engine = dependencies("engine");
    assert!(!engine.iter().any(|name| name.starts_with("tauri") || name == "tokio"), "the engine is sans-io");
}
