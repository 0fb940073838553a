//! Fetches that are allowed.

use std::str::FromStr;

use monty_types::ExcType;
use outside::{FetchError, FetchGrants, Fetched, Grants, Outside};

use crate::server::{Handler, Server, page, redirect};

/// Fetches under grants, where they can be had.
pub(crate) fn fetch(grants: FetchGrants, url: &str) -> Result<Fetched, FetchError> {
    let mut outside = Outside::default();
    assert_eq!(outside.configure(Grants { fetch: grants, ..Grants::default() }), []);
    outside.fetch(url)
}

pub(crate) fn hosts(hosts: &[&str]) -> FetchGrants {
    FetchGrants { hosts: hosts.iter().map(ToString::to_string).collect(), ..FetchGrants::default() }
}

/// What comes of one page on a server that is granted.
pub(crate) fn fetched(handler: Handler) -> Result<Fetched, FetchError> {
    let server = Server::start([("/", handler)]);
    fetch(hosts(&[&server.host()]), &server.url("/"))
}

#[test]
fn a_text() {
    let server = Server::start([("/a?b=c", page("200 OK", "content-type: text/plain\r\n", "née"))]);
    let fetched = fetch(hosts(&[&server.host()]), &server.url("/a?b=c#fragment")).unwrap();
    let content_type = Some("text/plain".to_owned());
    assert_eq!(fetched, Fetched { status: 200, url: server.url("/a?b=c"), content_type, text: "née".to_owned() });
}

#[test]
fn json_with_a_byte_order_mark() {
    let answer = fetched(page("200 OK", "content-type: application/json\r\n", "\u{feff}{\"a\": 1}")).unwrap();
    assert_eq!(answer.text, "{\"a\": 1}");
}

#[test]
fn a_body_in_chunks() {
    let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n";
    let answer = fetched(Box::new(move |stream, _| std::io::Write::write_all(stream, chunks.as_bytes()))).unwrap();
    assert_eq!(answer.text, "onetwo");
}

#[test]
fn localhost_by_its_name() {
    let server = Server::start([("/", page("200 OK", "", "here"))]);
    let host = format!("localhost:{}", server.port());
    assert_eq!(fetch(hosts(&[&host]), &format!("http://{host}/")).unwrap().text, "here");
}

#[test]
fn a_redirect_to_a_host_that_is_granted() {
    let there = Server::start([("/there", page("200 OK", "", "there"))]);
    let here = Server::start([("/", redirect("next?x=1")), ("/next?x=1", redirect(&there.url("/there#part")))]);
    let fetched = fetch(hosts(&[&here.host(), &there.host()]), &here.url("/")).unwrap();
    assert_eq!((fetched.text, fetched.url), ("there".to_owned(), there.url("/there")));
}

#[test]
fn nothing_of_us_is_sent_along() {
    let echo: Handler = Box::new(|stream, request| page("200 OK", "", request)(stream, request));
    let sent = fetched(echo).unwrap().text.to_ascii_lowercase();
    for header in ["cookie", "authorization", "referer", "gzip", "proxy"] {
        assert!(!sent.contains(header), "{sent}");
    }
    assert!(sent.contains("accept-encoding: identity") && sent.contains("user-agent: monty-playground"), "{sent}");
}

#[test]
fn a_status_that_is_an_error() {
    for (status, message) in
        [("404 Gone Fishing", "HTTP Error 404: Not Found"), ("500 x", "HTTP Error 500: Internal Server Error")]
    {
        let error = fetched(page(status, "", "body")).unwrap_err();
        assert_eq!((error.exc_type(), error.to_string().as_str()), ("OSError", message));
    }
}

#[test]
fn nobody_is_there() {
    let error = fetch(hosts(&["127.0.0.1:1"]), "http://127.0.0.1:1/").unwrap_err();
    assert_eq!(error.exc_type(), "OSError");
    assert!(error.to_string().starts_with("the connection to '127.0.0.1:1' failed: Connection refused"), "{error}");
    let error = fetch(hosts(&["nobody.invalid"]), "http://nobody.invalid/").unwrap_err();
    assert_eq!(error, FetchError::NoSuchHost { host: "nobody.invalid".to_owned() });
}

#[test]
fn the_interpreter_has_every_exception() {
    for name in ["PermissionError", "TimeoutError", "ValueError", "OSError"] {
        assert!(ExcType::from_str(name).is_ok(), "{name}");
    }
    assert!(ExcType::from_str("ConnectionError").is_err(), "it could be used now");
}
