//! Getting a text from the web.
//!
//! Every step, redirects included, goes through the same gate: the host has to be granted, then each
//! address that its name leads to has to be public or granted itself, and only those addresses are
//! connected to. No cookies, no proxy, no password, nothing compressed, nothing kept between two
//! fetches; one deadline and one size for all of it.

use std::{
    io::Read as _,
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use ureq::{
    Agent, Body,
    http::{HeaderMap, Response, header},
    unversioned::transport::DefaultConnector,
};
use url::Url;

use crate::{
    address::is_public,
    grants::FetchGrants,
    resolve::{Checked, Unresolved, addresses},
    rules::Rule,
    text,
    words::{FetchError, Fetched, Problem},
};

const MAX_URL: usize = 8192;
/// What no grant goes beyond: a frame holds the largest text, and a clock does not overflow.
const MAX_BYTES: u64 = 64 * 1024 * 1024;
const MAX_TIMEOUT_MS: u64 = 3_600_000;
/// What is shown of a URL in an error.
const SHOWN: usize = 200;

/// Carries out fetches within one set of grants.
#[derive(Debug, Default)]
pub(crate) struct Fetcher {
    rules: Vec<Rule>,
    max_bytes: u64,
    timeout: Duration,
    max_redirects: u32,
}

/// Where one request led.
enum Step {
    Arrived(Fetched),
    Redirected(Url),
}

impl Fetcher {
    pub(crate) fn new(grants: &FetchGrants) -> (Self, Vec<Problem>) {
        let (mut rules, mut problems) = (Vec::new(), Vec::new());
        for host in &grants.hosts {
            match Rule::parse(host) {
                Ok(rule) => rules.push(rule),
                Err(message) => problems.push(Problem { of: host.clone(), message: message.to_owned() }),
            }
        }
        let timeout = Duration::from_millis(grants.timeout_ms.min(MAX_TIMEOUT_MS));
        let max_bytes = grants.max_bytes.min(MAX_BYTES);
        (Self { rules, max_bytes, timeout, max_redirects: grants.max_redirects }, problems)
    }

    pub(crate) fn fetch(&self, url: &str) -> Result<Fetched, FetchError> {
        let deadline = Instant::now() + self.timeout;
        let mut url = readable(url, Url::parse)?;
        if !self.allows(&url) {
            return Err(FetchError::NotGranted { host: host_of(&url) });
        }
        for _ in 0..=self.max_redirects {
            url = match self.step(&url, deadline)? {
                Step::Arrived(fetched) => return Ok(fetched),
                Step::Redirected(to) if self.allows(&to) => to,
                Step::Redirected(to) => return Err(FetchError::RedirectNotGranted { host: host_of(&to) }),
            };
        }
        Err(FetchError::TooManyRedirects { limit: self.max_redirects })
    }

    fn allows(&self, url: &Url) -> bool {
        self.rules.iter().any(|rule| rule.allows(url))
    }

    fn step(&self, url: &Url, deadline: Instant) -> Result<Step, FetchError> {
        let found = addresses(url, self.left(url, deadline)?).map_err(|unresolved| match unresolved {
            Unresolved::NoSuchHost => FetchError::NoSuchHost { host: host_of(url) },
            Unresolved::TimedOut => self.timed_out(url),
        })?;
        self.check(&found, url)?;
        let response = self.get(url, found, deadline)?;
        match redirect(&response, url) {
            Some(to) => Ok(Step::Redirected(to?)),
            None => self.arrived(response, url).map(Step::Arrived),
        }
    }

    /// Refuses addresses that are neither public nor granted. One of them refuses all: a name that
    /// leads to both is no honest one.
    fn check(&self, found: &[SocketAddr], url: &Url) -> Result<(), FetchError> {
        let may_connect = |address| is_public(address) || self.rules.iter().any(|rule| rule.names(address, url));
        match found.iter().map(SocketAddr::ip).find(|address| !may_connect(*address)) {
            Some(address) => {
                Err(FetchError::NotPublic { host: host_of(url), address, rule: address_rule(address, url) })
            }
            None => Ok(()),
        }
    }

    fn get(&self, url: &Url, addresses: Vec<SocketAddr>, deadline: Instant) -> Result<Response<Body>, FetchError> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .accept_encoding("identity")
            .user_agent("monty-playground")
            .max_idle_connections(0)
            .timeout_global(Some(self.left(url, deadline)?))
            .build();
        let agent = Agent::with_parts(config, DefaultConnector::default(), Checked(addresses));
        agent.get(url.as_str()).call().map_err(|error| self.failed(error, url))
    }

    fn arrived(&self, mut response: Response<Body>, url: &Url) -> Result<Fetched, FetchError> {
        let status = response.status();
        if status.as_u16() >= 400 {
            let reason = status.canonical_reason().unwrap_or("no reason given").to_owned();
            return Err(FetchError::Status { status: status.as_u16(), reason, url: shown(url.as_str()) });
        }
        let encoding = value(response.headers(), &header::CONTENT_ENCODING).unwrap_or_default();
        if !matches!(encoding.trim().to_ascii_lowercase().as_str(), "" | "identity") {
            return Err(FetchError::Compressed { encoding: shown(&encoding) });
        }
        let content_type = value(response.headers(), &header::CONTENT_TYPE);
        let bytes = self.body(response.body_mut(), url)?;
        let text = text::decode(bytes, content_type.as_deref())?;
        Ok(Fetched { status: status.as_u16(), url: url.to_string(), content_type, text })
    }

    fn body(&self, body: &mut Body, url: &Url) -> Result<Vec<u8>, FetchError> {
        let too_large = FetchError::TooLarge { limit: self.max_bytes };
        if body.content_length().is_some_and(|length| length > self.max_bytes) {
            return Err(too_large);
        }
        let mut bytes = Vec::new();
        let mut reader = body.as_reader().take(self.max_bytes.saturating_add(1));
        reader.read_to_end(&mut bytes).map_err(|error| self.failed(error.into(), url))?;
        if bytes.len() as u64 > self.max_bytes { Err(too_large) } else { Ok(bytes) }
    }

    fn left(&self, url: &Url, deadline: Instant) -> Result<Duration, FetchError> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(self.timed_out(url)) } else { Ok(left) }
    }

    fn timed_out(&self, url: &Url) -> FetchError {
        let limit_ms = u64::try_from(self.timeout.as_millis()).unwrap_or(u64::MAX);
        FetchError::TimedOut { url: shown(url.as_str()), limit_ms }
    }

    fn failed(&self, error: ureq::Error, url: &Url) -> FetchError {
        let why = match error {
            ureq::Error::Timeout(_) => return self.timed_out(url),
            ureq::Error::BadUri(why) => return FetchError::BadUrl { url: shown(url.as_str()), why },
            ureq::Error::Http(why) => {
                return FetchError::BadUrl { url: shown(url.as_str()), why: why.to_string() };
            }
            ureq::Error::Io(error) => error.to_string(),
            error => error.to_string(),
        };
        FetchError::Connection { host: host_of(url), why }
    }
}

/// Where a response sends us, if it does.
fn redirect(response: &Response<Body>, from: &Url) -> Option<Result<Url, FetchError>> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let to = value(response.headers(), &header::LOCATION)?;
    Some(readable(&to, |to| from.join(to)))
}

fn readable(spelled: &str, parse: impl FnOnce(&str) -> Result<Url, url::ParseError>) -> Result<Url, FetchError> {
    let bad = |why: &str| FetchError::BadUrl { url: shown(spelled), why: why.to_owned() };
    if spelled.len() > MAX_URL {
        return Err(bad("it is too long"));
    }
    let mut url = parse(spelled).map_err(|error| bad(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad("only http and https can be"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("a URL with a user or a password is not allowed"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// A host as a grant would name it.
fn host_of(url: &Url) -> String {
    with_port(url.host_str().unwrap_or_default(), url)
}

fn address_rule(address: IpAddr, url: &Url) -> String {
    match (url.host_str(), address) {
        (Some("localhost"), address) if address.is_loopback() => with_port("localhost", url),
        (_, IpAddr::V4(address)) => with_port(&address.to_string(), url),
        (_, IpAddr::V6(address)) => with_port(&format!("[{address}]"), url),
    }
}

fn with_port(host: &str, url: &Url) -> String {
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

fn value(headers: &HeaderMap, name: &header::HeaderName) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

fn shown(text: &str) -> String {
    let end = text.floor_char_boundary(SHOWN);
    let dots = if end < text.len() { "…" } else { "" };
    format!("{}{dots}", &text[..end])
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read as _, Write as _},
        net::TcpListener,
        thread,
        time::{Duration, Instant},
    };

    use url::Url;

    use super::Fetcher;
    use crate::{FetchError, FetchGrants};

    fn fetcher(hosts: &[&str]) -> Fetcher {
        let hosts = hosts.iter().map(ToString::to_string).collect();
        Fetcher::new(&FetchGrants { hosts, ..FetchGrants::default() }).0
    }

    #[test]
    fn a_granted_name_that_leads_to_the_network_around() {
        let url = Url::parse("http://rebound.example.org:8080").unwrap();
        for address in ["127.0.0.1:8080", "10.0.0.1:8080", "169.254.169.254:8080", "[::ffff:127.0.0.1]:8080"] {
            let found = ["93.184.215.14:8080", address].map(|address| address.parse().unwrap());
            let refused = fetcher(&["rebound.example.org:8080"]).check(&found, &url);
            let rule = address.to_owned();
            let expected = FetchError::NotPublic {
                host: "rebound.example.org:8080".to_owned(),
                address: found[1].ip(),
                rule: rule.clone(),
            };
            assert_eq!(refused, Err(expected));
            // Doing as the message says helps.
            assert_eq!(fetcher(&["rebound.example.org:8080", &rule]).check(&found, &url), Ok(()));
        }
    }

    /// A second look-up could find another address: none is made, or there would be no answer here.
    #[test]
    fn only_the_checked_address_is_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1000];
            let length = stream.read(&mut request).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").unwrap();
            String::from_utf8_lossy(&request[..length]).to_ascii_lowercase()
        });
        let url = Url::parse("http://no-such-host.invalid:1234/").unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut answer = fetcher(&[]).get(&url, vec![address], deadline).unwrap();
        assert_eq!(answer.body_mut().read_to_string().unwrap(), "ok");
        assert!(server.join().unwrap().contains("host: no-such-host.invalid:1234"));
    }
}
