//! The same calls on a real folder, as `monty-fs` carries them out.

use files::MemoryFiles;
use monty_fs::{MountCallOutcome, MountMode, MountTable};
use monty_types::{
    ExcType, MontyException, MontyObject, OsFunctionCall as Call,
    unstable::{self, MontyNode},
};
use proptest::prelude::*;

use crate::random::sequences;

/// Where `monty-fs` says something else than `CPython`, only the type is compared:
/// - a failed rename names both paths in `CPython`, one in `monty-fs`;
/// - codes that `monty-fs` has no words for (22, 16) come in those of Rust;
/// - a scan below a file fails as one of nothing, in `monty-fs`.
#[derive(Debug, PartialEq)]
enum Seen {
    Value(String),
    Failed(ExcType, Option<String>),
}

fn seen(call: &Call, result: Result<MontyObject, MontyException>) -> Seen {
    match result {
        Ok(value) => Seen::Value(plain(call, &value)),
        Err(error) => {
            let exc_type = match error.exc_type() {
                ExcType::NotADirectoryError if matches!(call, Call::Scan(_)) => ExcType::FileNotFoundError,
                other => other,
            };
            let message = error.message().map(str::to_owned);
            Seen::Failed(exc_type, message.filter(|_| !matches!(call, Call::Rename(_) | Call::Scan(_))))
        }
    }
}

/// A value without what two folders cannot have in common: order and times.
fn plain(call: &Call, value: &MontyObject) -> String {
    let (graph, _) = unstable::graph_parts(value);
    match unstable::root_node(value) {
        MontyNode::List(items) if matches!(call, Call::Iterdir(_)) => {
            let mut items: Vec<_> = items.iter().map(|id| format!("{:?}", graph.node(*id))).collect();
            items.sort();
            items.join(" ")
        }
        MontyNode::NamedTuple { values, .. } => {
            let values = values.iter().take(7).map(|id| format!("{:?}", graph.node(*id)));
            values.collect::<Vec<_>>().join(" ")
        }
        _ => value.py_repr(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_real_folder_answers_the_same(calls in sequences(false)) {
        let folder = tempfile::tempdir().unwrap();
        let mut table = MountTable::new();
        table.mount("/", folder.path(), MountMode::ReadWrite, None).unwrap();
        std::fs::create_dir(folder.path().join("tmp")).unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        let mut files = MemoryFiles::default();
        for call in calls {
            let ours = seen(&call, files.handle(&call, 1.0).unwrap());
            let MountCallOutcome::Handled(theirs) = table.handle_os_call(call.clone()) else { panic!("{call:?}") };
            let theirs = seen(&call, theirs.map_err(monty_fs::MountError::into_exception));
            prop_assert_eq!(ours, theirs, "{:?}", call);
        }
    }
}
