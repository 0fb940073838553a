//! Files in a snapshot: whole again after loading, refused when altered.

use files::{Listed, MemoryFiles};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::random::sequences;

fn all(files: &MemoryFiles) -> Vec<(Listed, Option<Vec<u8>>)> {
    files.list().map(|line| (line.clone(), files.read(&line.path).ok())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn loading_gives_back_what_was_saved(calls in sequences(true)) {
        let mut files = MemoryFiles::default();
        for (index, call) in calls.iter().enumerate() {
            let now = f64::from(u32::try_from(index).unwrap()) + 0.1;
            let _ = files.handle(call, now);
        }
        let saved = serde_json::to_string(&files).unwrap();
        let loaded: MemoryFiles = serde_json::from_str(&saved).unwrap();
        prop_assert_eq!(all(&loaded), all(&files));
        prop_assert_eq!(loaded.usage(), files.usage());
        prop_assert_eq!(serde_json::to_string(&loaded).unwrap(), saved);
    }
}

fn refusal(change: impl FnOnce(&mut Value)) -> String {
    let mut files = MemoryFiles::default();
    files.write("/tmp/a", b"x", 1.0).unwrap();
    let mut saved = serde_json::to_value(&files).unwrap();
    change(&mut saved);
    serde_json::from_value::<MemoryFiles>(saved).unwrap_err().to_string()
}

#[test]
fn altered_files_are_refused() {
    let entry = |change: Value| {
        move |saved: &mut Value| {
            let fields = saved["entries"][2].as_object_mut().unwrap();
            fields.extend(change.as_object().unwrap().clone());
        }
    };
    let long = "n".repeat(256);
    for (change, message) in [
        (json!({ "folder": 3 }), "entry 3 is in no folder that comes before it"),
        (json!({ "folder": 99 }), "entry 3 is in no folder that comes before it"),
        (json!({ "folder": 0, "name": "tmp" }), "entry 3 has the name of another in its folder"),
        (json!({ "name": "../../etc" }), "entry 3 has a name that no file can have"),
        (json!({ "name": ".." }), "entry 3 has a name that no file can have"),
        (json!({ "name": "" }), "entry 3 has a name that no file can have"),
        (json!({ "name": "a\0" }), "entry 3 has a name that no file can have"),
        (json!({ "name": long }), "entry 3 has a name that no file can have"),
        (json!({ "content": "!" }), "not base64"),
    ] {
        assert_eq!(refusal(entry(change)), message);
    }
    assert_eq!(refusal(|saved| saved["budget"]["bytes"] = json!(3)), "entry 1 does not fit into the budget");
    assert_eq!(refusal(|saved| saved["budget"]["entries"] = json!(2)), "entry 3 does not fit into the budget");
}

#[test]
fn a_folder_in_a_file_is_refused() {
    let message = refusal(|saved| {
        let more = json!({ "folder": 3, "name": "b", "modified": 1.0, "content": null });
        saved["entries"].as_array_mut().unwrap().push(more);
    });
    assert_eq!(message, "entry 4 is in no folder that comes before it");
}
