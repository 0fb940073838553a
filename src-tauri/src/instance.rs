//! One window for each data folder: a later launch hands its files to the first one, and ends.
//!
//! A lock says who is first; the system takes it back however a process ends. Where the first one listens, a port of
//! this machine, and the word that only this user can read stand in a file beside it. The same on every system, and
//! without a session bus, which not every Linux has.

use std::{
    fs::{self, File, TryLockError},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use protocol::Bytes;
use serde::{Deserialize, Serialize};

/// How long a launch waits for the first one, which may have begun just now.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long one of them waits for a word of the other.
const ANSWER: Duration = Duration::from_secs(2);
const LONGEST: u64 = 1024 * 1024;
const HEARD: &str = "heard\n";

pub(crate) enum Launch {
    First(First),
    /// Another one has heard of the files.
    Told,
    /// Here nobody can say who is first, so each launch has a window.
    Alone(io::Error),
}

/// The first process. The lock holds as long as it lives.
pub(crate) struct First {
    lock: File,
    listener: TcpListener,
    word: String,
}

/// Where the first one listens.
#[derive(Serialize, Deserialize)]
struct Address {
    port: u16,
    word: String,
}

/// What a later launch says.
#[derive(Serialize, Deserialize)]
struct Said {
    word: String,
    files: Vec<PathBuf>,
}

/// Becomes the first process of a data folder, or tells the first one of the files.
pub(crate) fn launch(folder: &Path, files: &[PathBuf]) -> io::Result<Launch> {
    let opened = fs::create_dir_all(folder)
        .and_then(|()| File::options().create(true).truncate(false).write(true).open(folder.join("instance.lock")));
    let lock = match opened {
        Ok(lock) => lock,
        Err(error) => return Ok(Launch::Alone(error)),
    };
    let address = folder.join("instance.json");
    let until = Instant::now() + PATIENCE;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(First::listen(lock, &address).map_or_else(Launch::Alone, Launch::First)),
            Err(TryLockError::Error(error)) => return Ok(Launch::Alone(error)),
            Err(TryLockError::WouldBlock) => match tell(&address, files) {
                Ok(()) => return Ok(Launch::Told),
                Err(error) if Instant::now() > until => return Err(error),
                Err(_) => thread::sleep(Duration::from_millis(20)),
            },
        }
    }
}

fn tell(address: &Path, files: &[PathBuf]) -> io::Result<()> {
    let Address { port, word } = serde_json::from_slice(&fs::read(address)?)?;
    let mut stream = TcpStream::connect_timeout(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)), ANSWER)?;
    stream.set_read_timeout(Some(ANSWER))?;
    let mut line = serde_json::to_vec(&Said { word, files: files.to_vec() })?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    stream.take(LONGEST).read_to_string(&mut answer)?;
    if answer == HEARD { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}

impl First {
    fn listen(lock: File, address: &Path) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
        let word = Bytes(bytes.to_vec()).to_base64();
        let said = serde_json::to_vec(&Address { port: listener.local_addr()?.port(), word: word.clone() })?;
        let beside = address.with_extension("new");
        let _ = fs::remove_file(&beside);
        isolate::create_private(&beside)?.write_all(&said)?;
        fs::rename(beside, address)?;
        Ok(Self { lock, listener, word })
    }

    /// Hears of later launches, on a thread of its own.
    pub(crate) fn hear(self, launched: impl Fn(Vec<PathBuf>) + Send + 'static) -> io::Result<()> {
        let Self { lock, listener, word } = self;
        let hears = move || {
            let _lock = lock;
            for stream in listener.incoming().flatten() {
                // Whoever does not know the word gets no answer.
                if let Ok(Some(files)) = heard(stream, &word) {
                    launched(files);
                }
            }
        };
        thread::Builder::new().name("instance".to_owned()).spawn(hears).map(drop)
    }
}

fn heard(mut stream: TcpStream, word: &str) -> io::Result<Option<Vec<PathBuf>>> {
    stream.set_read_timeout(Some(ANSWER))?;
    let mut line = String::new();
    BufReader::new((&stream).take(LONGEST)).read_line(&mut line)?;
    let said: Said = serde_json::from_str(&line)?;
    if said.word != word {
        return Ok(None);
    }
    stream.write_all(HEARD.as_bytes())?;
    Ok(Some(said.files))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_later_launch_hands_over_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let Launch::First(first) = launch(folder.path(), &[]).unwrap() else { panic!("nobody was there") };
        let (say, said) = mpsc::channel();
        first.hear(move |files| say.send(files).unwrap()).unwrap();
        let files = [PathBuf::from("/w/a b.py"), PathBuf::from("/w/ä.csv")];
        assert!(matches!(launch(folder.path(), &files).unwrap(), Launch::Told));
        assert_eq!(said.recv_timeout(ANSWER).unwrap(), files);
        assert!(
            matches!(launch(folder.path(), &[]).unwrap(), Launch::Told),
            "a launch without files comes to the front"
        );
        assert!(said.recv_timeout(ANSWER).unwrap().is_empty());
    }

    #[test]
    fn where_nobody_can_be_first_each_has_a_window() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("instance.json")).unwrap();
        assert!(matches!(launch(folder.path(), &[]).unwrap(), Launch::Alone(_)), "the address cannot be written");
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(launch(&file, &[]).unwrap(), Launch::Alone(_)), "there is no folder");
    }

    #[test]
    fn each_data_folder_has_its_own() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = launch(one.path(), &[]).unwrap();
        assert!(matches!(launch(other.path(), &[]).unwrap(), Launch::First(_)));
        // One that has ended, however it did, leaves the place to the next.
        drop(first);
        assert!(matches!(launch(one.path(), &[]).unwrap(), Launch::First(_)));
    }

    #[test]
    fn nobody_is_heard_without_the_word() {
        let folder = tempfile::tempdir().unwrap();
        let Launch::First(first) = launch(folder.path(), &[]).unwrap() else { panic!("nobody was there") };
        let port = first.listener.local_addr().unwrap().port();
        let (say, said) = mpsc::channel();
        first.hear(move |files| say.send(files).unwrap()).unwrap();
        for line in ["POST / HTTP/1.1\r\n\r\n", "{\"word\":\"\",\"files\":[\"/etc/passwd\"]}\n", "\n"] {
            let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap();
            stream.write_all(line.as_bytes()).unwrap();
            let mut answer = String::new();
            // Closed with something unread is an error on some systems.
            let _ = stream.read_to_string(&mut answer);
            assert_eq!(answer, "", "{line}");
        }
        assert!(matches!(launch(folder.path(), &[]).unwrap(), Launch::Told));
        assert_eq!(said.recv_timeout(ANSWER).unwrap(), Vec::<PathBuf>::new());
        assert!(said.try_recv().is_err(), "the others were not heard");
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_word() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let _first = launch(folder.path(), &[]).unwrap();
        let mode = fs::metadata(folder.path().join("instance.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
