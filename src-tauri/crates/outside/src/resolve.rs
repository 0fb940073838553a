//! From the host of a URL to the addresses that may be connected to.
//!
//! A name is resolved once, here, and `ureq` is given the addresses that were checked: if it
//! resolved again, the name could lead elsewhere the second time.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::Duration,
};

use ureq::{
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};
use url::{Host, Url};

/// How many addresses `ureq` takes.
const MAX_ADDRESSES: usize = 16;

/// Why there are no addresses.
#[derive(Debug)]
pub(crate) enum Unresolved {
    NoSuchHost,
    TimedOut,
}

/// All addresses of the host of a URL.
pub(crate) fn addresses(url: &Url, within: Duration) -> Result<Vec<SocketAddr>, Unresolved> {
    let port = url.port_or_known_default().ok_or(Unresolved::NoSuchHost)?;
    match url.host().ok_or(Unresolved::NoSuchHost)? {
        Host::Ipv4(address) => Ok(vec![(address, port).into()]),
        Host::Ipv6(address) => Ok(vec![(address, port).into()]),
        Host::Domain(name) => look_up(name.to_owned(), port, within),
    }
}

/// The system's resolver cannot be stopped: a thread waits for it when nobody else does any more.
fn look_up(name: String, port: u16, within: Duration) -> Result<Vec<SocketAddr>, Unresolved> {
    let (sender, receiver) = mpsc::sync_channel::<io::Result<Vec<SocketAddr>>>(1);
    thread::Builder::new()
        .name("resolve".to_owned())
        .spawn(move || {
            let found = (name.as_str(), port).to_socket_addrs().map(Iterator::collect);
            let _ = sender.send(found);
        })
        .map_err(|_| Unresolved::NoSuchHost)?;
    match receiver.recv_timeout(within) {
        Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(Unresolved::NoSuchHost),
        Err(_) => Err(Unresolved::TimedOut),
    }
}

/// Gives `ureq` the addresses that were checked, whatever it asks for.
#[derive(Debug)]
pub(crate) struct Checked(pub(crate) Vec<SocketAddr>);

impl Resolver for Checked {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut addresses = self.empty();
        for address in self.0.iter().take(MAX_ADDRESSES) {
            addresses.push(*address);
        }
        Ok(addresses)
    }
}
