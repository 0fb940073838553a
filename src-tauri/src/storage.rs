//! What programs keep between launches: one table for all sessions, in a file.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use protocol::{Event, Value};

#[derive(Clone)]
pub(crate) struct Storage(Arc<Mutex<Table>>);

struct Table {
    file: PathBuf,
    values: BTreeMap<String, Value>,
}

impl Storage {
    /// Reads the table. One that cannot be read is put aside and not overwritten.
    pub(crate) fn open(file: PathBuf) -> Self {
        let values = match fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_else(|_| {
                let _ = fs::rename(&file, file.with_extension("damaged.json"));
                BTreeMap::new()
            }),
            Err(_) => BTreeMap::new(),
        };
        Self(Arc::new(Mutex::new(Table { file, values })))
    }

    pub(crate) fn values(&self) -> BTreeMap<String, Value> {
        self.lock().values.clone()
    }

    /// Keeps what programs have stored.
    pub(crate) fn keep(&self, events: &[Event]) {
        let stored = events.iter().filter_map(|event| match event {
            Event::Stored { key, value } => Some((key, value)),
            _ => None,
        });
        let mut table = self.lock();
        let mut changed = false;
        for (key, value) in stored {
            changed = true;
            match value {
                Some(value) => drop(table.values.insert(key.clone(), value.clone())),
                None => drop(table.values.remove(key)),
            }
        }
        let bytes = serde_json::to_vec(&table.values).map_err(io::Error::from);
        if changed && let Err(error) = bytes.and_then(|bytes| replace(&table.file, &bytes)) {
            eprintln!("monty-playground: what programs store cannot be kept: {error}");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes beside the file and puts it in its place, so that a crash leaves one of the two.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = file.with_extension("new");
    fs::write(&beside, bytes)?;
    fs::rename(beside, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(key: &str, value: Option<i64>) -> Event {
        Event::Stored { key: key.to_owned(), value: value.map(Value::Int) }
    }

    #[test]
    fn what_is_stored_is_there_at_the_next_launch() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("below").join("storage.json");
        Storage::open(file.clone()).keep(&[stored("a", Some(1)), stored("b", Some(2)), stored("a", None)]);
        assert_eq!(Storage::open(file).values(), BTreeMap::from([("b".to_owned(), Value::Int(2))]));
    }

    #[test]
    fn a_damaged_table_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("storage.json");
        fs::write(&file, "{").unwrap();
        assert!(Storage::open(file).values().is_empty());
        assert_eq!(fs::read(folder.path().join("storage.damaged.json")).unwrap(), b"{");
    }
}
