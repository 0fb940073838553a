//! Files that a person has given or wants: read and written through what a grant names.

use std::{
    io::{Read, Write},
    path::Path,
};

use protocol::{Bytes, Resolution, Value};
use tauri::AppHandle;
use tauri_plugin_fs::{FsExt, OpenOptions};

use crate::paths;

/// The largest file that is read for a program. The extension states its own, smaller limit.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A file as a program gets it: its name and what is in it.
pub(crate) fn read(app: &AppHandle, path: &Path) -> Resolution {
    match read_bytes(app, path) {
        Ok(data) => Resolution::Value(Value::Dict(vec![
            (Value::Str("name".to_owned()), Value::Str(paths::name(path))),
            (Value::Str("data".to_owned()), Value::Bytes(data.0)),
        ])),
        Err(message) => Resolution::Error { exc_type: "OSError".to_owned(), message },
    }
}

/// What is in a file.
pub(crate) fn read_bytes(app: &AppHandle, path: &Path) -> Result<Bytes, String> {
    let mut options = OpenOptions::new();
    options.read(true);
    let file = app.fs().open(path.to_owned(), options).map_err(|error| error.to_string())?;
    if !file.metadata().map_err(|error| error.to_string())?.is_file() {
        return Err("this is no plain file".to_owned());
    }
    let mut data = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut data).map_err(|error| error.to_string())?;
    if data.len() as u64 > LARGEST {
        return Err(format!("the file is larger than {LARGEST} bytes"));
    }
    Ok(Bytes(data))
}

/// The text of a program. What is no UTF-8 is refused: saved again it would be another file.
pub(crate) fn read_text(app: &AppHandle, path: &Path) -> Result<String, String> {
    let Bytes(data) = read_bytes(app, path)?;
    String::from_utf8(data).map_err(|_| "the file is not UTF-8 text".to_owned())
}

pub(crate) fn write(app: &AppHandle, path: &Path, data: &[u8]) -> Result<(), String> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = app.fs().open(path.to_owned(), options).map_err(|error| error.to_string())?;
    file.write_all(data).map_err(|error| error.to_string())
}
