//! A web server for one test.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What is done with a request for a path; it writes the whole answer.
pub(crate) type Handler = Box<dyn Fn(&mut TcpStream, &str) -> std::io::Result<()> + Send + Sync>;

pub(crate) struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// The thread ends with the test's process.
    pub(crate) fn start(handlers: impl IntoIterator<Item = (&'static str, Handler)>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let handlers: Arc<HashMap<_, _>> = Arc::new(handlers.into_iter().collect());
        let count = requests.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let handlers = handlers.clone();
                // A client that goes away is no failure of the test.
                thread::spawn(move || answer(stream, &handlers));
            }
        });
        Self { address, requests }
    }

    /// `127.0.0.1` and the port, as a grant names it.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: TcpStream, handlers: &HashMap<&'static str, Handler>) -> std::io::Result<()> {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while reader.read_line(&mut request)? > 2 {}
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    match handlers.get(path.as_str()) {
        Some(handler) => handler(&mut stream, &request),
        None => write!(stream, "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"),
    }
}

/// An answer that is all there, with headers besides its length.
pub(crate) fn page(status: &'static str, headers: &str, body: impl AsRef<[u8]>) -> Handler {
    let body = body.as_ref();
    let mut all = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    all.extend_from_slice(body);
    Box::new(move |stream, _| stream.write_all(&all))
}

pub(crate) fn redirect(to: &str) -> Handler {
    page("302 Found", &format!("location: {to}\r\n"), "")
}
