//! The calls, one by one, as Linux and `CPython` carry them out.

use monty_types::{
    FileMode, MontyFileHandle, MontyObject, OsFunctionCall as Call, UnicodeErrorData, dir_stat, file_stat,
    normalize_virtual_path, unicode_decode_error_msg, utf8_error_reason,
};

use crate::{
    error::{Errno, FileError},
    path::{Place, below},
    scan,
    tree::{Found, Kind, Node, NodeId, ROOT, Slot, Tree},
};

/// The most that the names of one answer may take: a long path counts once for each entry below it.
pub(crate) const MAX_ANSWER: usize = 64_000_000;
/// What an entry of an answer takes beside its name.
pub(crate) const ENTRY: usize = 128;

type Answer = Result<MontyObject, FileError>;

/// Answers a call about files. Any other is answered as one that found nothing; see
/// [`crate::MemoryFiles::handle`], which lets none through.
pub(crate) fn answer(tree: &mut Tree, call: &Call, now: f64) -> Answer {
    if let Err(message) = call.check_path_null_bytes() {
        return if call.is_existence_check() { Ok(no()) } else { Err(FileError::NullByte(message)) };
    }
    match call {
        Call::Exists(path) => Ok(MontyObject::bool(existing(tree, path).is_ok())),
        Call::IsFile(path) => Ok(MontyObject::bool(existing(tree, path).is_ok_and(|(_, node)| !node.kind.is_folder()))),
        Call::IsDir(path) => Ok(MontyObject::bool(existing(tree, path).is_ok_and(|(_, node)| node.kind.is_folder()))),
        Call::ReadText(path) => text(&content(tree, path)?),
        Call::ReadBytes(path) => Ok(MontyObject::bytes(content(tree, path)?)),
        Call::Stat(path) => stat(tree, path),
        Call::Iterdir(path) => iterdir(tree, path),
        Call::Scan(args) => scan::answer(tree, args),
        Call::Resolve(path) => Ok(MontyObject::path(normalize_virtual_path(path).into_owned())),
        Call::Absolute(path) => Ok(MontyObject::path(without_dots(path))),
        Call::WriteText(args) => put(tree, &args.path, args.data.as_bytes(), now).map(|()| characters(&args.data)),
        Call::AppendText(args) => append(tree, &args.path, args.data.as_bytes(), now).map(|()| characters(&args.data)),
        Call::WriteBytes(args) => put(tree, &args.path, &args.data, now).map(|()| count(args.data.len())),
        Call::AppendBytes(args) => append(tree, &args.path, &args.data, now).map(|()| count(args.data.len())),
        Call::Open(args) => open(tree, &args.path, args.mode, now),
        Call::Mkdir(args) => none(mkdir(tree, &args.path, args.parents, args.exist_ok, now), &args.path),
        Call::Unlink(path) => none(unlink(tree, path, now), path),
        Call::Rmdir(path) => none(rmdir(tree, path, now), path),
        Call::Rename(args) => rename(tree, &args.src, &args.dst, now)
            .map(|()| MontyObject::none())
            .map_err(|errno| FileError::between(errno, &args.src, &args.dst)),
        // Nothing here is a symbolic link, and nothing else is about files.
        _ => Ok(no()),
    }
}

/// What is at a path.
pub(crate) fn existing<'t>(tree: &'t Tree, path: &str) -> Result<(NodeId, &'t Node), Errno> {
    let place = Place::of(path)?;
    let id = match tree.find(&place)? {
        Found::Root => ROOT,
        Found::Here(id, _) => id,
        Found::Free(_) => return Err(Errno::NotFound),
    };
    let node = tree.node(id);
    if place.as_folder && !node.kind.is_folder() { Err(Errno::NotADirectory) } else { Ok((id, node)) }
}

pub(crate) fn content(tree: &Tree, path: &str) -> Result<Vec<u8>, FileError> {
    match existing(tree, path) {
        Ok((_, Node { kind: Kind::File(content), .. })) => Ok(content.to_vec()),
        Ok(_) => Err(FileError::at(Errno::IsADirectory, path)),
        Err(errno) => Err(FileError::at(errno, path)),
    }
}

/// Writes a file anew; its folder has to be there.
pub(crate) fn put(tree: &mut Tree, path: &str, data: &[u8], now: f64) -> Result<(), FileError> {
    write(tree, path, data, now, Tree::fill).map_err(|errno| FileError::writing(errno, path))
}

pub(crate) fn mkdir(tree: &mut Tree, path: &str, parents: bool, exist_ok: bool, now: f64) -> Result<(), Errno> {
    let place = Place::of(path)?;
    let found = match tree.find(&place) {
        Err(Errno::NotFound) if parents => return make_all(tree, &place, now),
        found => found?,
    };
    match found {
        Found::Free(slot) => tree.add(slot, Kind::folder(), now).map(|_| ()),
        Found::Here(id, _) if !tree.node(id).kind.is_folder() => Err(Errno::Exists),
        Found::Root | Found::Here(..) if exist_ok => Ok(()),
        Found::Root | Found::Here(..) => Err(Errno::Exists),
    }
}

/// Makes a folder and those that are missing on the way to it, or none of them. No file is on the way.
fn make_all(tree: &mut Tree, place: &Place<'_>, now: f64) -> Result<(), Errno> {
    let mut folder = ROOT;
    let mut first = None;
    for name in &place.names {
        let slot = Slot { folder, name };
        folder = match tree.child(slot) {
            Some(id) => id,
            None => match tree.add(slot, Kind::folder(), now) {
                Ok(id) => {
                    first.get_or_insert(slot);
                    id
                }
                Err(errno) => {
                    if let Some(first) = first {
                        tree.remove(first, now);
                    }
                    return Err(errno);
                }
            },
        };
    }
    Ok(())
}

fn write(
    tree: &mut Tree,
    path: &str,
    data: &[u8],
    now: f64,
    over: impl FnOnce(&mut Tree, NodeId, &[u8], f64) -> Result<(), Errno>,
) -> Result<(), Errno> {
    let place = Place::of(path)?;
    match tree.find(&place)? {
        // Linux does not look what is there before it says so.
        _ if place.as_folder => Err(Errno::IsADirectory),
        Found::Root => Err(Errno::IsADirectory),
        Found::Here(id, _) if tree.node(id).kind.is_folder() => Err(Errno::IsADirectory),
        Found::Here(id, _) => over(tree, id, data, now),
        Found::Free(slot) => tree.add(slot, Kind::file(data), now).map(|_| ()),
    }
}

fn append(tree: &mut Tree, path: &str, data: &[u8], now: f64) -> Result<(), FileError> {
    write(tree, path, data, now, Tree::extend).map_err(|errno| FileError::writing(errno, path))
}

/// What `open` itself does. The interpreter keeps the position and asks for whole files later.
fn open(tree: &mut Tree, path: &str, mode: FileMode, now: f64) -> Answer {
    if mode.truncate() {
        write(tree, path, &[], now, Tree::fill)
    } else if mode.create() {
        write(tree, path, &[], now, |_, _, _, _| Ok(()))
    } else {
        existing(tree, path).and_then(|(_, node)| if node.kind.is_folder() { Err(Errno::IsADirectory) } else { Ok(()) })
    }
    .map_err(|errno| FileError::at(errno, path))?;
    Ok(MontyObject::file_handle(MontyFileHandle { path: normalize_virtual_path(path).into_owned(), mode, position: 0 }))
}

fn stat(tree: &Tree, path: &str) -> Answer {
    let (_, node) = existing(tree, path).map_err(|errno| FileError::at(errno, path))?;
    Ok(match &node.kind {
        Kind::File(content) => file_stat(0o644, i64::try_from(content.len()).unwrap_or(i64::MAX), node.modified),
        Kind::Folder(_) => dir_stat(0o755, node.modified),
    })
}

fn iterdir(tree: &Tree, path: &str) -> Answer {
    let (_, node) = existing(tree, path).map_err(|errno| FileError::at(errno, path))?;
    let Kind::Folder(names) = &node.kind else { return Err(FileError::at(Errno::NotADirectory, path)) };
    let size: usize = names.keys().map(|name| path.len() + name.len() + ENTRY).sum();
    if size > MAX_ANSWER {
        return Err(FileError::AnswerTooLarge(MAX_ANSWER));
    }
    Ok(MontyObject::list(names.keys().map(|name| MontyObject::path(below(path, name)))))
}

fn unlink(tree: &mut Tree, path: &str, now: f64) -> Result<(), Errno> {
    let place = Place::of(path)?;
    match tree.find(&place)? {
        Found::Root => Err(Errno::IsADirectory),
        Found::Free(_) => Err(Errno::NotFound),
        Found::Here(id, _) if tree.node(id).kind.is_folder() => Err(Errno::IsADirectory),
        Found::Here(..) if place.as_folder => Err(Errno::NotADirectory),
        Found::Here(_, slot) => {
            tree.remove(slot, now);
            Ok(())
        }
    }
}

fn rmdir(tree: &mut Tree, path: &str, now: f64) -> Result<(), Errno> {
    match tree.find(&Place::of(path)?)? {
        Found::Root => Err(Errno::Busy),
        Found::Free(_) => Err(Errno::NotFound),
        Found::Here(id, slot) => {
            empty_folder(tree, id)?;
            tree.remove(slot, now);
            Ok(())
        }
    }
}

fn rename(tree: &mut Tree, src: &str, dst: &str, now: f64) -> Result<(), Errno> {
    let (src, dst) = (Place::of(src)?, Place::of(dst)?);
    let (from, to) = (tree.find(&src)?, tree.find(&dst)?);
    if src.names.is_empty() || dst.names.is_empty() {
        return Err(Errno::Busy);
    }
    let Found::Here(id, from) = from else { return Err(Errno::NotFound) };
    let folder = tree.node(id).kind.is_folder();
    if !folder && (src.as_folder || dst.as_folder) {
        return Err(Errno::NotADirectory);
    }
    let to = match to {
        _ if src.names == dst.names => return Ok(()),
        _ if dst.names.starts_with(&src.names) => return Err(Errno::Invalid),
        _ if src.names.starts_with(&dst.names) => return Err(Errno::NotEmpty),
        Found::Root => return Err(Errno::Busy),
        Found::Here(there, slot) if folder => {
            empty_folder(tree, there)?;
            slot
        }
        Found::Here(there, _) if tree.node(there).kind.is_folder() => return Err(Errno::IsADirectory),
        Found::Free(slot) | Found::Here(_, slot) => slot,
    };
    if !tree.can_be_named(id, dst.length()) {
        return Err(Errno::NameTooLong);
    }
    tree.relocate(id, from, to, now)
}

fn empty_folder(tree: &Tree, id: NodeId) -> Result<(), Errno> {
    match &tree.node(id).kind {
        Kind::File(_) => Err(Errno::NotADirectory),
        Kind::Folder(names) if names.is_empty() => Ok(()),
        Kind::Folder(_) => Err(Errno::NotEmpty),
    }
}

/// `Path.absolute` leaves `..` where it is.
fn without_dots(path: &str) -> String {
    let names: Vec<&str> = path.split('/').filter(|name| !matches!(*name, "" | ".")).collect();
    format!("/{}", names.join("/"))
}

fn text(bytes: &[u8]) -> Answer {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) => return Ok(MontyObject::string(text)),
        Err(error) => error,
    };
    let start = error.valid_up_to();
    let end = error.error_len().map_or(bytes.len(), |length| start + length);
    let reason = utf8_error_reason(bytes[start], error.error_len());
    Err(FileError::NotText {
        message: unicode_decode_error_msg("utf-8", bytes[start], start, end, reason),
        data: UnicodeErrorData::decode("utf-8", bytes, start, end, reason),
    })
}

fn characters(text: &str) -> MontyObject {
    count(text.chars().count())
}

fn count(count: usize) -> MontyObject {
    MontyObject::int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn no() -> MontyObject {
    MontyObject::bool(false)
}

fn none(result: Result<(), Errno>, path: &str) -> Answer {
    result.map(|()| MontyObject::none()).map_err(|errno| FileError::at(errno, path))
}
