//! The hosts that are granted, and whether one of them is meant.

use std::net::{IpAddr, Ipv6Addr};

use url::{Host, Url};

/// One granted host, as [`crate::FetchGrants::hosts`] spells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    host: Wanted,
    /// The usual ports if there is none.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    Exactly(Host<String>),
    /// Names that end so, with the dot.
    Below(String),
}

impl Rule {
    pub(crate) fn parse(spelled: &str) -> Result<Self, &'static str> {
        let (host, port) = split_port(spelled)?;
        let (below, host) = host.strip_prefix("*.").map_or((false, host), |host| (true, host));
        if host.is_empty() || host.contains(['*', '/', '?', '#', '@', '\\', '%']) || host.contains(char::is_whitespace)
        {
            return Err("not a host, a host and a port, or '*.' and a host");
        }
        let host = parse_host(host)?;
        let host = match host {
            Host::Domain(name) if below && name.contains('.') => Wanted::Below(format!(".{name}")),
            _ if below => return Err("'*.' stands before a name of two parts or more"),
            host => Wanted::Exactly(host),
        };
        Ok(Self { host, port })
    }

    pub(crate) fn allows(&self, url: &Url) -> bool {
        self.has_port_of(url)
            && match (&self.host, url.host()) {
                (Wanted::Exactly(wanted), Some(host)) => *wanted == host.to_owned(),
                (Wanted::Below(end), Some(Host::Domain(name))) => name.ends_with(end) && name.len() > end.len(),
                _ => false,
            }
    }

    /// Whether the address that a URL leads to is named itself. A name alone does not vouch for the
    /// address that it leads to: whoever has the name chooses that.
    pub(crate) fn names(&self, address: IpAddr, url: &Url) -> bool {
        let Wanted::Exactly(wanted) = &self.host else { return false };
        let named = match (wanted, address) {
            (Host::Ipv4(wanted), IpAddr::V4(address)) => *wanted == address,
            (Host::Ipv6(wanted), IpAddr::V6(address)) => *wanted == address,
            (Host::Domain(name), address) => {
                name == "localhost" && url.host() == Some(Host::Domain("localhost")) && is_loopback(address)
            }
            _ => false,
        };
        named && self.has_port_of(url)
    }

    fn has_port_of(&self, url: &Url) -> bool {
        match self.port {
            Some(port) => url.port_or_known_default() == Some(port),
            None => url.port().is_none(),
        }
    }
}

fn is_loopback(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_loopback(),
        IpAddr::V6(address) => address == Ipv6Addr::LOCALHOST,
    }
}

fn split_port(spelled: &str) -> Result<(&str, Option<u16>), &'static str> {
    match spelled.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => {
            let port = port.parse().ok().filter(|port| *port != 0);
            port.map(|port| (host, Some(port))).ok_or("a port is a number from 1 to 65535")
        }
        _ => Ok((spelled, None)),
    }
}

/// Reads a host as a URL has it: in small letters, `xn--` for letters that are not ASCII, the many
/// spellings of an address as one.
fn parse_host(host: &str) -> Result<Host<String>, &'static str> {
    let url = Url::parse(&format!("http://{host}/")).map_err(|_| "not a host")?;
    url.host().map(|host| host.to_owned()).ok_or("not a host")
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::Rule;

    #[test]
    fn a_rule_allows_what_it_says() {
        for (rule, url, allowed) in [
            ("example.org", "https://example.org/x", true),
            ("example.org", "http://EXAMPLE.org", true),
            ("Example.ORG", "http://example.org", true),
            ("example.org", "http://example.org:8080", false),
            ("example.org", "https://example.org:80", false),
            ("example.org", "https://example.org.evil.com", false),
            ("example.org", "https://evilexample.org", false),
            ("example.org", "https://www.example.org", false),
            ("example.org:8080", "http://example.org:8080", true),
            ("example.org:8080", "http://example.org", false),
            ("example.org:80", "http://example.org", true),
            ("*.example.org", "https://a.example.org", true),
            ("*.example.org", "https://a.b.example.org", true),
            ("*.example.org", "https://example.org", false),
            ("*.example.org", "https://evilexample.org", false),
            ("*.example.org:81", "http://a.example.org:81", true),
            ("127.0.0.1", "http://127.0.0.1", true),
            ("127.0.0.1", "http://0x7f.1", true),
            ("127.0.0.1", "http://2130706433", true),
            ("localhost", "http://127.0.0.1", false),
            ("[::1]:8000", "http://[0:0::1]:8000", true),
            ("bücher.example.org", "http://xn--bcher-kva.example.org", true),
        ] {
            let url = Url::parse(url).unwrap();
            assert_eq!(Rule::parse(rule).unwrap().allows(&url), allowed, "{rule} {url}");
        }
    }

    #[test]
    fn only_an_address_names_itself() {
        for (rule, url, address, named) in [
            ("127.0.0.1:80", "http://127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "http://rebound.example.org", "127.0.0.1", true),
            ("localhost", "http://localhost", "127.0.0.1", true),
            ("localhost", "http://localhost", "::1", true),
            ("localhost", "http://localhost", "10.0.0.1", false),
            ("localhost", "http://rebound.example.org", "127.0.0.1", false),
            ("rebound.example.org", "http://rebound.example.org", "127.0.0.1", false),
            ("*.example.org", "http://rebound.example.org", "127.0.0.1", false),
            ("127.0.0.1:81", "http://127.0.0.1", "127.0.0.1", false),
        ] {
            let (rule, url) = (Rule::parse(rule).unwrap(), Url::parse(url).unwrap());
            assert_eq!(rule.names(address.parse().unwrap(), &url), named, "{rule:?} {url} {address}");
        }
    }

    #[test]
    fn rules_that_mean_nothing_are_refused() {
        for rule in [
            "",
            "*",
            "*.",
            "*.org",
            "*.localhost",
            "*.127.0.0.1",
            "a.*.org",
            "http://example.org",
            "example.org/x",
            "user@example.org",
            "example.org:0",
            "example.org:99999",
            "example.org:",
            "exa mple.org",
            "::1",
            "a%2eorg",
        ] {
            assert!(Rule::parse(rule).is_err(), "{rule}");
        }
    }
}
