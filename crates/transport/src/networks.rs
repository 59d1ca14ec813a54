//! Where servers may be that members of tenants name. Whoever writes a host into an account's settings is not to have this
//! machine knock at doors that are open to its own network alone (server-side request forgery, CWE-918).

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// The ports of mail in the internet: SMTP between servers, submission (RFC 6409, RFC 8314, and what providers have beside
/// them) and IMAP.
const PORTS: [u16; 6] = [25, 143, 465, 587, 993, 2525];

/// What is no address of a machine in the internet, by IANA's special-purpose registry (RFC 6890), with multicast and what
/// is reserved behind it. The metadata services of clouds are among it: 169.254.169.254, 100.100.100.200, 192.0.0.192.
const SPECIAL_V4: [Ipv4Net; 14] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 3),
];

/// All that is given out to machines (RFC 4291, section 2.4), but for:
const UNICAST_V6: Ipv6Net = v6([0x2000, 0], 3);

/// protocols' own with Teredo, documentation, and 6to4, which leads to whatever IPv4 address is in it.
const SPECIAL_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0], 23),
    v6([0x2001, 0xdb8], 32),
    v6([0x2002, 0], 16),
    v6([0x3fff, 0], 20),
];

/// IPv4 from where there is IPv6 only (RFC 6052).
const NAT64: Ipv6Net = v6([0x64, 0xff9b], 96);

/// Networks that servers of mail may be in beside the internet, there at any port. By default there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Networks(Arc<[IpNet]>);

/// A server's name leads nowhere that may be connected to. The same whether the name is unknown or its addresses are not
/// permitted, so that nobody learns from it which names and machines there are inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the mail server has no address that may be connected to: it has to be in the internet, at port 25, 143, 465, 587, 993 \
     or 2525"
)]
pub struct NoAddress;

impl Networks {
    /// This machine, for development and tests.
    #[must_use]
    pub fn this_machine() -> Self {
        let networks = [
            IpNet::V4(v4([127, 0, 0, 0], 8)),
            IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)),
        ];
        networks.into_iter().collect()
    }

    /// Whether a server may be there.
    pub(crate) fn admit(&self, address: SocketAddr) -> bool {
        // One of IPv4 that is written as one of IPv6 is connected to by IPv4.
        let ip = address.ip().to_canonical();
        let is_mail = PORTS.contains(&address.port()) && is_public(ip);
        is_mail || self.0.iter().any(|network| network.contains(&ip))
    }
}

impl FromIterator<IpNet> for Networks {
    fn from_iter<I: IntoIterator<Item = IpNet>>(networks: I) -> Self {
        Self(networks.into_iter().collect())
    }
}

/// Not the standard library's `is_global`, which is not stable.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !SPECIAL_V4.iter().any(|special| special.contains(&ip)),
        IpAddr::V6(ip) if NAT64.contains(&ip) => {
            let [.., a, b, c, d] = ip.octets();
            is_public(Ipv4Addr::new(a, b, c, d).into())
        }
        IpAddr::V6(ip) => {
            let is_special = SPECIAL_V6.iter().any(|special| special.contains(&ip));
            UNICAST_V6.contains(&ip) && !is_special
        }
    }
}

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([a, b]: [u16; 2], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), length)
}

#[cfg(test)]
mod tests;
