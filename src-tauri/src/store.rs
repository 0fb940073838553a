//! Records on disk, written as they grow: a folder for each session, in it lines of JSON, large
//! values by their hash and dumps by their entry. A crash of the app loses what is not a second old.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use crossbeam_channel::{Receiver, Sender, unbounded};
use record::{Log, Recorder};
use serde::Serialize;
use specta::Type;

/// What records may take on disk, and how many there are; the oldest go.
const BYTES: u64 = 512 * 1024 * 1024;
const RECORDS: usize = 20;
const LINES: &str = "record.jsonl";

#[derive(Debug, thiserror::Error)]
#[error("the record in {path} cannot be used: {source}")]
pub(crate) struct StoreError {
    path: PathBuf,
    source: io::Error,
}

/// A record of a session that is no longer open.
#[derive(Debug, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PastRecord {
    id: String,
    /// When its session was opened, in milliseconds since 1970.
    #[specta(type = u32)]
    opened_ms: f64,
    #[specta(type = u32)]
    bytes: f64,
}

/// The folder of all records.
#[derive(Clone)]
pub(crate) struct Store {
    folder: Arc<PathBuf>,
    /// Names of the records of this launch begin like this.
    launch: String,
}

impl Store {
    pub(crate) fn new(folder: PathBuf) -> Self {
        let millis = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
        Self { folder: Arc::new(folder), launch: format!("{millis:014}-{}", std::process::id()) }
    }

    /// Opens a record and a thread that writes down what is sent. A session of which nothing is sent
    /// leaves none; where the disk does not take it, the session goes on without.
    pub(crate) fn open(&self, session: u32) -> Option<Sender<Vec<Log>>> {
        let (sender, received): (_, Receiver<Vec<Log>>) = unbounded();
        let store = self.clone();
        let write = move || {
            let mut record = None;
            for log in received {
                if store.append(&mut record, session, log).is_err() {
                    return;
                }
            }
        };
        let writer = thread::Builder::new().name("record".to_owned()).spawn(write);
        writer.ok().map(|_| sender)
    }

    fn append(&self, record: &mut Option<Record>, session: u32, log: Vec<Log>) -> io::Result<()> {
        let record = if let Some(record) = record {
            record
        } else {
            self.make_room();
            record.insert(Record::create(self.folder.join(format!("{}-{session}", self.launch)))?)
        };
        log.into_iter().try_for_each(|item| record.write(item))?;
        record.lines.sync_data()
    }

    pub(crate) fn past(&self) -> Result<Vec<PastRecord>, StoreError> {
        let mut past: Vec<PastRecord> = self
            .folders()?
            .into_iter()
            .filter(|(id, _)| !id.starts_with(&self.launch))
            .map(|(id, path)| {
                #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
                let bytes = size(&path) as f64;
                let opened_ms = id.split('-').next().and_then(|millis| millis.parse().ok()).unwrap_or_default();
                PastRecord { id, opened_ms, bytes }
            })
            .collect();
        past.reverse();
        Ok(past)
    }

    pub(crate) fn read(&self, id: &str) -> Result<Recorder, StoreError> {
        let found = self.folders()?.into_iter().find(|(name, _)| name == id);
        let path = found.map_or_else(|| self.folder.join("no such record"), |(_, path)| path);
        read(&path).map_err(|source| StoreError { path, source })
    }

    pub(crate) fn delete_past(&self) -> Result<(), StoreError> {
        for (id, path) in self.folders()? {
            if !id.starts_with(&self.launch) {
                fs::remove_dir_all(&path).map_err(|source| StoreError { path, source })?;
            }
        }
        Ok(())
    }

    /// Records by name, the oldest first.
    fn folders(&self) -> Result<Vec<(String, PathBuf)>, StoreError> {
        let entries = match fs::read_dir(self.folder.as_path()) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(StoreError { path: self.folder.to_path_buf(), source }),
        };
        let mut folders: Vec<(String, PathBuf)> = entries
            .flatten()
            .filter(|entry| entry.path().join(LINES).is_file())
            .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
            .collect();
        folders.sort();
        Ok(folders)
    }

    /// Removes the oldest records until a new one fits.
    fn make_room(&self) {
        let Ok(folders) = self.folders() else { return };
        let mut sizes: Vec<(PathBuf, u64, bool)> = folders
            .into_iter()
            .map(|(id, path)| {
                let bytes = size(&path);
                (path, bytes, id.starts_with(&self.launch))
            })
            .collect();
        let mut bytes: u64 = sizes.iter().map(|(_, bytes, _)| bytes).sum();
        let mut count = sizes.len();
        sizes.retain(|(_, _, open)| !open);
        for (path, size, _) in sizes {
            if bytes <= BYTES && count < RECORDS {
                return;
            }
            if fs::remove_dir_all(path).is_ok() {
                bytes -= size;
                count -= 1;
            }
        }
    }
}

/// The record that is being written.
struct Record {
    folder: PathBuf,
    lines: File,
}

impl Record {
    fn create(folder: PathBuf) -> io::Result<Self> {
        private_folder(&folder)?;
        let lines = OpenOptions::new().create(true).append(true).open(folder.join(LINES))?;
        Ok(Self { folder, lines })
    }

    fn write(&mut self, item: Log) -> io::Result<()> {
        match item {
            Log::Line(mut line) => {
                line.push(b'\n');
                self.lines.write_all(&line)
            }
            Log::Value { id, json } => fs::write(self.folder.join(format!("{id}.value")), json),
            Log::Dump { entry, bytes } => fs::write(self.folder.join(format!("{entry}.dump")), bytes),
            Log::Rest { entry, bytes } => {
                fs::write(self.folder.join(format!("{entry}.rest")), bytes.as_deref().unwrap_or_default())
            }
            Log::Gone { entry } => match fs::remove_file(self.folder.join(format!("{entry}.dump"))) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            },
        }
    }
}

/// Reads a record back, as far as it was written.
fn read(folder: &Path) -> io::Result<Recorder> {
    let mut log = Vec::new();
    for line in BufReader::new(File::open(folder.join(LINES))?).split(b'\n') {
        log.push(Log::Line(line?));
    }
    for file in fs::read_dir(folder)?.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if let Some(id) = name.strip_suffix(".value") {
            log.push(Log::Value { id: id.to_owned(), json: fs::read(file.path())? });
        } else if let Some(entry) = name.strip_suffix(".dump").and_then(|entry| entry.parse().ok()) {
            log.push(Log::Dump { entry, bytes: fs::read(file.path())?.into() });
        } else if let Some(entry) = name.strip_suffix(".rest").and_then(|entry| entry.parse().ok()) {
            let bytes = fs::read(file.path())?;
            log.push(Log::Rest { entry, bytes: (!bytes.is_empty()).then(|| bytes.into()) });
        }
    }
    Ok(Recorder::from_log(log))
}

fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn size(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files.filter_map(|file| file.metadata().ok()).map(|metadata| metadata.len()).sum()
}

#[cfg(test)]
mod tests {
    use protocol::{Command, Reply, Source, Value, record::By};

    use super::*;

    fn filled() -> Recorder {
        let mut recorder = Recorder::default().with_log();
        let source = Source { code: "f()".to_owned(), external_functions: vec!["f".to_owned()], ..Source::default() };
        recorder.run(1.0, "start", &source);
        let pending = Reply::Pending {
            function_name: "f".to_owned(),
            args: vec![Value::Str("x".repeat(10_000))],
            kwargs: protocol::Inputs::default(),
            call_id: 0,
            awaited: false,
            range: None,
        };
        recorder.paused(2.0, &pending);
        recorder.dump(vec![1, 2, 3]);
        recorder.answered(3.0, &Command::Resume { value: Value::Int(5) }, By::Driver);
        recorder
    }

    #[test]
    fn a_record_comes_back_as_far_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut recorder = filled();
        let one = Store::new(folder.path().join("records"));
        let sender = one.open(1).unwrap();
        sender.send(recorder.take_log()).unwrap();
        drop(sender);
        let other = Store { launch: "another launch".to_owned(), ..one.clone() };
        let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
        let past = loop {
            let past = other.past().unwrap();
            let written = past.first().is_some_and(|past| other.read(&past.id).unwrap().all() == recorder.all());
            if written {
                break past;
            }
            assert!(std::time::Instant::now() < until, "it was not written");
            thread::yield_now();
        };
        assert!(one.past().unwrap().is_empty(), "it is not past where it is written");
        // A line that was cut off by a crash.
        let lines = folder.path().join("records").join(&past[0].id).join(LINES);
        OpenOptions::new().append(true).open(lines).unwrap().write_all(b"{\"seq\":2,\"atMs").unwrap();
        let mut back = other.read(&past[0].id).unwrap();
        assert!(back.all() == recorder.all());
        assert_eq!(back.dumps().get(1).unwrap().as_ref(), [1, 2, 3]);
        assert!(other.read("../..").is_err());
        other.delete_past().unwrap();
        assert!(other.past().unwrap().is_empty());
    }

    #[test]
    fn the_oldest_records_go() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..30 {
            let mut store = Store::new(folder.path().to_owned());
            store.launch = format!("{number:014}");
            store.append(&mut None, 1, vec![Log::Line(b"{}".to_vec())]).unwrap();
        }
        let store = Store::new(folder.path().to_owned());
        store.append(&mut None, 1, Vec::new()).unwrap();
        let past = store.past().unwrap();
        assert_eq!(past.len(), RECORDS - 1);
        assert!(past[0].id.starts_with("00000000000029"), "{past:?}");
    }
}
