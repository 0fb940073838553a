//! The outside process as its owner sees it: frames in, frames out.

use std::{
    io::{self, Read, Write, pipe},
    sync::{Arc, Barrier, mpsc},
    thread,
    time::Duration,
};

use outside::{Answer, FetchError, FetchGrants, FromOutside, Grants, MAX_FETCHES, Mode, ToOutside, serve};
use protocol::{WorkerError, frame};

use crate::{
    fetch::hosts,
    folders::{grant, read, sample},
    server::{Handler, Server, page},
    within,
};

/// An outside process in a thread.
struct Process {
    input: io::PipeWriter,
    output: io::PipeReader,
    ended: mpsc::Receiver<Result<(), WorkerError>>,
}

impl Process {
    fn start() -> Self {
        let ((theirs, input), (output, out)) = (pipe().unwrap(), pipe().unwrap());
        let (sender, ended) = mpsc::channel();
        thread::spawn(move || sender.send(serve(theirs, out)));
        Self { input, output, ended }
    }

    fn tell(&mut self, message: &ToOutside) {
        frame::write(&mut self.input, message).unwrap();
    }

    fn hear(&mut self) -> FromOutside {
        frame::read(&mut self.output).unwrap().unwrap()
    }

    fn grant(&mut self, grants: Grants) {
        self.tell(&ToOutside::Configure(grants));
        assert_eq!(self.hear(), FromOutside::Configured { problems: vec![] });
    }

    fn fetch(&mut self, id: u64, url: String) {
        self.tell(&ToOutside::Fetch { id, url });
    }
}

fn file(id: u64, at: &str) -> ToOutside {
    ToOutside::File { id, call: serde_json::to_string(&read(at)).unwrap() }
}

/// Answers when as many requests are there as the barrier waits for.
fn together(barrier: Arc<Barrier>) -> Handler {
    Box::new(move |stream, request| {
        barrier.wait();
        page("200 OK", "", "x")(stream, request)
    })
}

#[test]
fn slow_fetches_block_neither_files_nor_each_other() {
    within(30, || {
        let folder = sample();
        // The last of them is us.
        let barrier = Arc::new(Barrier::new(MAX_FETCHES + 1));
        let server = Server::start([("/", together(barrier.clone()))]);
        let mut process = Process::start();
        let mounts = vec![grant("/data", folder.path(), Mode::ReadOnly)];
        process.grant(Grants { mounts, fetch: hosts(&[&server.host()]) });
        let all = MAX_FETCHES as u64 + 3;
        for id in 0..all {
            process.fetch(id, server.url("/"));
        }
        process.tell(&file(100, "/data/a.txt"));
        let FromOutside::File { id: 100, answer: Answer::Value(_) } = process.hear() else {
            panic!("a fetch came first")
        };
        barrier.wait();
        let mut ids: Vec<u64> = (0..MAX_FETCHES).map(|_| fetched(&process.hear())).collect();
        // The three that waited need others to be served with them.
        for id in all..all + MAX_FETCHES as u64 - 3 {
            process.fetch(id, server.url("/"));
        }
        barrier.wait();
        ids.extend((0..MAX_FETCHES).map(|_| fetched(&process.hear())));
        ids.sort_unstable();
        assert_eq!(ids, (0..2 * MAX_FETCHES as u64).collect::<Vec<_>>());
    });
}

fn fetched(message: &FromOutside) -> u64 {
    match message {
        FromOutside::Fetched { id, result: Ok(fetched) } if fetched.text == "x" => *id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_end_of_the_input_is_the_end() {
    within(30, || {
        let silent: Handler = Box::new(|stream, _| stream.read(&mut [0]).map(drop));
        let server = Server::start([("/", silent)]);
        let mut process = Process::start();
        process.grant(Grants { fetch: hosts(&[&server.host()]), ..Grants::default() });
        process.fetch(1, server.url("/"));
        drop(process.input);
        process.ended.recv_timeout(Duration::from_secs(5)).unwrap().unwrap();
    });
}

#[test]
fn a_frame_that_is_none_ends_it() {
    within(30, || {
        let mut process = Process::start();
        process.input.write_all(b"\x05\0\0\0hello").unwrap();
        let error = process.ended.recv().unwrap().unwrap_err();
        assert!(matches!(error, WorkerError::Unreadable(_)), "{error}");
    });
}

#[test]
fn nothing_is_granted_to_begin_with() {
    within(30, || {
        let mut process = Process::start();
        process.tell(&file(1, "/etc/passwd"));
        assert_eq!(process.hear(), FromOutside::File { id: 1, answer: Answer::NotHandled });
        process.fetch(2, "http://example.org/".to_owned());
        let result = Err(FetchError::NotGranted { host: "example.org".to_owned() });
        assert_eq!(process.hear(), FromOutside::Fetched { id: 2, result });
    });
}

#[test]
fn the_words_stay_what_they_are() {
    let grants = r#"{"mounts":[{"at":"/data","folder":"/x","mode":"readOnly"}],"fetch":{"hosts":["a.org"]}}"#;
    let grants: Grants = serde_json::from_str(grants).unwrap();
    let fetch = FetchGrants { max_bytes: 8 * 1024 * 1024, timeout_ms: 15_000, max_redirects: 5, ..hosts(&["a.org"]) };
    assert_eq!(grants, Grants { mounts: vec![grant("/data", "/x".as_ref(), Mode::ReadOnly)], fetch });
    let message = ToOutside::File { id: 1, call: "{}".to_owned() };
    assert_eq!(serde_json::to_string(&message).unwrap(), r#"{"file":{"id":1,"call":"{}"}}"#);
    let result = Err(FetchError::TimedOut { url: "u".to_owned(), limit_ms: 1 });
    let message = serde_json::to_string(&FromOutside::Fetched { id: 1, result }).unwrap();
    assert_eq!(message, r#"{"fetched":{"id":1,"result":{"Err":{"timedOut":{"url":"u","limitMs":1}}}}}"#);
}
