//! Random calls, on few names so that they meet.

use monty_types::{
    FileMode, MkdirCallArgs, MontyPath, OpenCallArgs, OsFunctionCall as Call, PathBytesDataArgs, PathStringDataArgs,
    RenameCallArgs, ScanArgs,
};
use proptest::{collection::vec, prelude::*, sample::select};

/// Sequences of calls. `slashes` says whether paths may end in one.
pub(crate) fn sequences(slashes: bool) -> impl Strategy<Value = Vec<Call>> {
    vec(call(slashes), 1..60)
}

fn path(slashes: bool) -> impl Strategy<Value = MontyPath> {
    let names = vec(select(vec!["a", "b", "c", "naïve", "A"]), 1..4);
    (names, 0..8_u8).prop_map(move |(names, odd)| {
        let end = if slashes && odd == 0 { "/" } else { "" };
        MontyPath::new(format!("/{}{end}", names.join("/")))
    })
}

fn call(slashes: bool) -> impl Strategy<Value = Call> {
    let one = (path(slashes), 0..11_u8).prop_map(|(path, which)| match which {
        0 => Call::Exists(path),
        1 => Call::IsFile(path),
        2 => Call::IsDir(path),
        3 => Call::IsSymlink(path),
        4 => Call::ReadText(path),
        5 => Call::ReadBytes(path),
        6 => Call::Stat(path),
        7 => Call::Iterdir(path),
        8 => Call::Scan(ScanArgs::listing(path, None, false)),
        9 => Call::Unlink(path),
        _ => Call::Rmdir(path),
    });
    let text = (path(slashes), select(vec!["", "hello", "é\n"]), any::<bool>()).prop_map(|(path, data, append)| {
        let args = PathStringDataArgs { path, data: data.to_owned() };
        if append { Call::AppendText(args) } else { Call::WriteText(args) }
    });
    let bytes = (path(slashes), vec(any::<u8>(), 0..4), any::<bool>()).prop_map(|(path, data, append)| {
        let args = PathBytesDataArgs { path, data };
        if append { Call::AppendBytes(args) } else { Call::WriteBytes(args) }
    });
    let modes = vec![FileMode::Read(false), FileMode::Write(true), FileMode::Append(false)];
    let open = (path(slashes), select(modes)).prop_map(|(path, mode)| Call::Open(OpenCallArgs { path, mode }));
    let mkdir = (path(slashes), any::<bool>(), any::<bool>()).prop_map(|(path, parents, exist_ok)| {
        // `pathlib`, which alone makes parents, drops a slash at the end.
        let path = if parents || exist_ok { MontyPath::from(path.trim_end_matches('/')) } else { path };
        Call::Mkdir(MkdirCallArgs { path, parents, exist_ok })
    });
    let rename = (path(slashes), path(slashes)).prop_map(|(src, dst)| Call::Rename(RenameCallArgs { src, dst }));
    prop_oneof![4 => one, 2 => text, 1 => bytes, 2 => open, 3 => mkdir, 3 => rename]
}
