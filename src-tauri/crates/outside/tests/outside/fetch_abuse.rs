//! Fetches that a program or a server should not get away with.

use std::{
    io::{Read, Write},
    thread,
    time::{Duration, Instant},
};

use outside::{FetchError, FetchGrants, Grants, Outside};

use crate::{
    fetch::{fetch, fetched, hosts},
    server::{Handler, Server, page, redirect},
    within,
};

#[test]
fn host_not_granted() {
    let server = Server::start([("/", page("200 OK", "", "secret"))]);
    let (host, url) = (server.host(), server.url("/"));
    let name = format!("localhost:{}", server.port());
    for granted in [&[][..], &["127.0.0.1"], &["127.0.0.1:1"], &["example.org"], &["*.0.0.1.org"], &[&name]] {
        let error = fetch(hosts(granted), &url).unwrap_err();
        assert_eq!(error.exc_type(), "PermissionError");
        let message =
            format!("'{host}' is not allowed: to fetch from it, allow the host '{host}' in the grants of this session");
        assert_eq!(error.to_string(), message);
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn redirect_to_a_host_not_granted() {
    let secret = Server::start([("/", page("200 OK", "", "secret"))]);
    for to in [secret.url("/"), format!("//{}/", secret.host())] {
        let server = Server::start([("/", redirect(&to))]);
        let error = fetch(hosts(&[&server.host()]), &server.url("/")).unwrap_err();
        assert_eq!(error, FetchError::RedirectNotGranted { host: secret.host() });
    }
    assert_eq!(secret.requests(), 0);
}

#[test]
fn redirect_to_a_private_address() {
    // Granted by a name, which vouches for no address.
    let secret = Server::start([("/", page("200 OK", "", "secret"))]);
    let (port, name) = (secret.port(), format!("secret.localhost:{}", secret.port()));
    let server = Server::start([("/", redirect(&format!("http://{name}/")))]);
    let error = fetch(hosts(&[&server.host(), &name]), &server.url("/")).unwrap_err();
    match error {
        FetchError::NotPublic { host, rule, .. } => {
            assert_eq!(host, name);
            assert!([format!("127.0.0.1:{port}"), format!("[::1]:{port}")].contains(&rule), "{rule}");
        }
        // Not every resolver knows the names below localhost.
        error => assert_eq!(error, FetchError::NoSuchHost { host: name }),
    }
    assert_eq!(secret.requests(), 0);
}

#[test]
fn spellings_of_an_address() {
    let server = Server::start([("/", page("200 OK", "", "secret"))]);
    let port = server.port();
    for host in ["2130706433", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "[::ffff:127.0.0.1]", "0", "⑫7.0.0.1"] {
        let url = format!("http://{host}:{port}/");
        let error = fetch(hosts(&["example.org"]), &url).unwrap_err();
        assert_eq!(error.exc_type(), "PermissionError", "{url}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn odd_urls() {
    for url in [
        "file:///etc/passwd",
        "ftp://example.org/",
        "data:text/plain,x",
        "javascript:1",
        "gopher://example.org",
        "http://",
        "//example.org",
        "example.org",
        "",
        "http://user@example.org/",
        "http://u:p@example.org/",
        "http://exa mple.org/",
        &format!("http://example.org/{}", "x".repeat(9000)),
    ] {
        let error = fetch(hosts(&["example.org"]), url).unwrap_err();
        assert!(matches!(error, FetchError::BadUrl { .. }), "{url} {error:?}");
        assert!(error.to_string().len() < 400, "{error}");
    }
    let error = fetch(hosts(&["example.org"]), "http://evil.com\\@example.org/").unwrap_err();
    assert_eq!(error, FetchError::NotGranted { host: "evil.com".to_owned() });
}

#[test]
fn redirect_out_of_the_web() {
    for to in ["file:///etc/passwd", "http://user:word@127.0.0.1/", "data:,x"] {
        let error = fetched(redirect(to)).unwrap_err();
        assert!(matches!(error, FetchError::BadUrl { .. }), "{to} {error:?}");
    }
}

#[test]
fn redirect_loop() {
    let server = Server::start([("/", redirect("/"))]);
    let error = fetch(hosts(&[&server.host()]), &server.url("/")).unwrap_err();
    assert_eq!(error, FetchError::TooManyRedirects { limit: 5 });
    assert_eq!(server.requests(), 6);
}

fn timed_out(handler: Handler) {
    let server = Server::start([("/", handler)]);
    let grants = FetchGrants { timeout_ms: 300, ..hosts(&[&server.host()]) };
    let url = server.url("/");
    let started = Instant::now();
    let error = within(10, move || fetch(grants, &url).unwrap_err());
    assert_eq!(error, FetchError::TimedOut { url: server.url("/"), limit_ms: 300 });
    assert_eq!(error.exc_type(), "TimeoutError");
    assert!(started.elapsed() < Duration::from_secs(3));
}

#[test]
fn server_that_says_nothing() {
    timed_out(Box::new(|stream, _| stream.read(&mut [0]).map(drop)));
}

#[test]
fn body_that_trickles() {
    timed_out(Box::new(|stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")?;
        loop {
            stream.write_all(b"x")?;
            thread::sleep(Duration::from_millis(20));
        }
    }));
}

#[test]
fn headers_that_trickle() {
    timed_out(Box::new(|stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx: ")?;
        loop {
            stream.write_all(b"x")?;
            thread::sleep(Duration::from_millis(20));
        }
    }));
}

#[test]
fn redirects_that_take_their_time() {
    timed_out(Box::new(|stream, _| {
        thread::sleep(Duration::from_millis(120));
        stream.write_all(b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n")
    }));
}

#[test]
fn endless_body() {
    let endless: Handler = Box::new(|stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n")?;
        loop {
            stream.write_all(&[b'x'; 4096])?;
        }
    });
    let error = within(20, || fetched(endless).unwrap_err());
    assert_eq!(error, FetchError::TooLarge { limit: 8 * 1024 * 1024 });
    assert_eq!(error.to_string(), "the answer is larger than 8388608 bytes, the most that may be fetched");
    assert_eq!(error.exc_type(), "ValueError");
}

#[test]
fn body_that_says_it_is_too_large() {
    let large: Handler = Box::new(|stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n")?;
        stream.read(&mut [0]).map(drop)
    });
    let error = within(5, || fetched(large).unwrap_err());
    assert!(matches!(error, FetchError::TooLarge { .. }), "{error:?}");
}

#[test]
fn body_of_exactly_the_limit() {
    let server = Server::start([("/", page("200 OK", "", "12345678")), ("/more", page("200 OK", "", "123456789"))]);
    let grants = || FetchGrants { max_bytes: 8, ..hosts(&[&server.host()]) };
    assert_eq!(fetch(grants(), &server.url("/")).unwrap().text, "12345678");
    assert_eq!(fetch(grants(), &server.url("/more")).unwrap_err(), FetchError::TooLarge { limit: 8 });
}

#[test]
fn body_that_breaks_off() {
    let error = fetched(Box::new(|stream, _| stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf")))
        .unwrap_err();
    assert!(matches!(error, FetchError::Connection { .. }), "{error:?}");
}

#[test]
fn gzip_bomb() {
    // It need not be one: what is compressed is not looked at.
    let error = fetched(page("200 OK", "content-encoding: gzip\r\n", [0x1f, 0x8b])).unwrap_err();
    assert_eq!(error, FetchError::Compressed { encoding: "gzip".to_owned() });
    assert_eq!(error.exc_type(), "ValueError");
}

#[test]
fn wrong_charset() {
    let error = fetched(page("200 OK", "content-type: text/html; charset=utf-8\r\n", b"n\xe9e")).unwrap_err();
    assert_eq!(error, FetchError::NotText { charset: Some("utf-8".to_owned()) });
}

#[test]
fn header_flood() {
    let endless: Handler = Box::new(|stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
        loop {
            stream.write_all(b"x-flood: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n")?;
        }
    });
    let error = within(20, || fetched(endless).unwrap_err());
    assert!(matches!(error, FetchError::Connection { .. }), "{error:?}");
}

#[test]
fn no_http_at_all() {
    for answer in ["", "SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 999999 ?\r\n\r\n", "\0\0\0\0"] {
        let error = fetched(Box::new(move |stream, _| stream.write_all(answer.as_bytes()))).unwrap_err();
        assert!(matches!(error, FetchError::Connection { .. }), "{answer:?} {error:?}");
    }
}

#[test]
fn https_of_a_server_without() {
    let server = Server::start([]);
    let url = server.url("/").replace("http:", "https:");
    let error = fetch(FetchGrants { timeout_ms: 2000, ..hosts(&[&server.host()]) }, &url).unwrap_err();
    assert!(matches!(error, FetchError::Connection { .. } | FetchError::TimedOut { .. }), "{error:?}");
}

#[test]
fn grants_taken_back() {
    let server = Server::start([("/", page("200 OK", "", "x"))]);
    let mut outside = Outside::default();
    outside.configure(Grants { fetch: hosts(&[&server.host()]), ..Grants::default() });
    outside.fetch(&server.url("/")).unwrap();
    outside.configure(Grants::default());
    assert_eq!(outside.fetch(&server.url("/")).unwrap_err(), FetchError::NotGranted { host: server.host() });
}

#[test]
fn grants_that_mean_nothing() {
    let mut outside = Outside::default();
    let problems = outside.configure(Grants { fetch: hosts(&["*", "http://x", "ok.org"]), ..Grants::default() });
    let of: Vec<_> = problems.iter().map(|problem| problem.of.as_str()).collect();
    assert_eq!(of, ["*", "http://x"]);
}

#[test]
fn grants_beyond_measure() {
    let server = Server::start([("/", page("200 OK", "", "x"))]);
    let hosts = vec![server.host()];
    let grants = FetchGrants { hosts, max_bytes: u64::MAX, timeout_ms: u64::MAX, max_redirects: u32::MAX };
    assert_eq!(fetch(grants, &server.url("/")).unwrap().text, "x");
}
