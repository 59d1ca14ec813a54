//! From where a request comes, as it is recorded of acts of high risk.

use std::net::IpAddr;

/// Most characters that are kept of what a program calls itself.
const LONGEST_AGENT: usize = 500;

/// Where a request came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address, as far as it is known.
    pub address: Option<IpAddr>,
    /// The program, as it calls itself; 500 characters at most.
    pub agent: Option<String>,
}

impl Origin {
    /// An address, and the value of a `User-Agent` header (RFC 9110, section 10.1.5). What is no UTF-8 of it is kept as far
    /// as it is: nobody hides behind a byte.
    #[must_use]
    pub fn new(address: Option<IpAddr>, agent: Option<&[u8]>) -> Self {
        let agent = agent.map(|agent| String::from_utf8_lossy(agent));
        Self {
            address: address.map(|address| address.to_canonical()),
            agent: agent.map(|agent| agent.chars().take(LONGEST_AGENT).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_kept_as_far_as_there_is_room_whatever_its_bytes() {
        let agent = |bytes: &[u8]| Origin::new(None, Some(bytes)).agent.expect("an agent");
        assert_eq!(agent(b"curl/8.5.0"), "curl/8.5.0");
        assert_eq!(agent(b"a\xff\"'"), "a\u{fffd}\"'");
        let long = agent("ö".repeat(501).as_bytes());
        assert_eq!(long.chars().count(), LONGEST_AGENT);
    }

    #[test]
    fn an_address_of_the_fourth_version_is_told_as_such() {
        let mapped = "::ffff:192.0.2.7".parse().ok();
        let origin = Origin::new(mapped, None);
        assert_eq!(origin.address, "192.0.2.7".parse().ok());
    }
}
