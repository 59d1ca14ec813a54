//! From where a request comes.

use std::net::{IpAddr, SocketAddr};

use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// Where each proxy adds the address it got the request from: the de facto standard that RFC 7239 describes.
const FORWARDED: &str = "x-forwarded-for";

/// The other end of a connection; an extension of each request that came on it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// The address of the client: the other end of the connection, or, behind proxies that are trusted, the last address
/// that none of them has. What stands before that in the header, anybody could have written.
pub(super) fn address(
    extensions: &Extensions,
    headers: &HeaderMap,
    trusted: &[IpNet],
) -> Option<IpAddr> {
    let Peer(peer) = extensions.get::<Peer>()?;
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(&ip.to_canonical()));
    let mut address = peer.ip();
    if trusted.is_empty() || !is_trusted(&address) {
        return Some(address);
    }
    let values = headers.get_all(FORWARDED);
    let mut forwarded: Vec<&str> = values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    while let Some(text) = forwarded.pop() {
        let Some(ip) = ip(text.trim()) else { break };
        address = ip;
        if !is_trusted(&ip) {
            break;
        }
    }
    Some(address)
}

/// Whether the other end of the connection is a proxy that is trusted.
pub(super) fn is_trusted(extensions: &Extensions, trusted: &[IpNet]) -> bool {
    let peer = extensions.get::<Peer>();
    peer.is_some_and(|Peer(peer)| {
        let ip = peer.ip().to_canonical();
        trusted.iter().any(|net| net.contains(&ip))
    })
}

/// An address, to which some proxies add the port.
fn ip(text: &str) -> Option<IpAddr> {
    let bare = text.parse().ok();
    bare.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}
