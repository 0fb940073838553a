//! The examples in README are run as they stand.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the answer")]

mod support;

use support::{Session, Value};

fn blocks(language: &str) -> Vec<String> {
    let readme = include_str!("../../../../README.md");
    let opening = format!("```{language}\n");
    readme.split(&opening).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_conversations_happen_as_told() {
    let blocks = blocks("jsonl");
    assert_eq!(blocks.len(), 2, "README has two conversations");
    let mut lines = 0;
    for block in blocks {
        let mut session = Session::open();
        for line in block.lines() {
            lines += 1;
            if let Some(sent) = line.strip_prefix("→ ") {
                session.write(format!("{sent}\n").as_bytes());
            } else {
                let told: Value = serde_json::from_str(line.strip_prefix("← ").unwrap()).unwrap();
                let mut heard = session.line();
                heard.as_object_mut().unwrap().remove("usage");
                assert_eq!(heard, told);
            }
        }
    }
    assert_eq!(lines, 22);
}
