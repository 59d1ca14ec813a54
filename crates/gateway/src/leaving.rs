//! Mail that leaves this machine. What is in it is read elsewhere, and its links have to lead here.

use std::net::IpAddr;

use transport::smtp::Relay;

use crate::settings::Config;

/// Says, once and loudly, what links in mail would not work for. A newcomer's mail stays here, and needs none of it.
pub(crate) fn warn(config: &Config, relay: Option<&Relay>, is_local: bool, public_url: &str) {
    if !leaves(relay, is_local) {
        return;
    }
    if config.public_url.is_none() {
        tracing::warn!(
            "mail leaves this machine, and its links begin with {public_url}, which its readers can not follow: set GATEWAY_PUBLIC_URL"
        );
    }
    if config.link_key.is_none() {
        tracing::warn!(
            "links in mail are signed with a key of the folder {}, which a gateway on another machine does not know: set \
             GATEWAY_LINK_KEY, the same for all",
            config.data_dir.display()
        );
    }
}

/// Without a relay mail goes to the servers of its accounts, but where it is `is_local`.
fn leaves(relay: Option<&Relay>, is_local: bool) -> bool {
    match relay {
        Some(relay) => !is_loopback(&relay.server.host),
        None => !is_local,
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use transport::{Security, Server};

    use super::*;

    #[test]
    fn mail_leaves_unless_its_server_is_here() {
        let relay = |host: &str| Relay {
            server: Server::new(host, 25, Security::None),
            credentials: None,
            name: None,
        };
        for (host, expected) in [
            ("127.0.0.1", false),
            ("[::1]", false),
            ("localhost", false),
            ("192.0.2.1", true),
            ("mail.test", true),
        ] {
            assert_eq!(leaves(Some(&relay(host)), false), expected, "{host}");
        }
        assert!(leaves(None, false) && !leaves(None, true));
    }
}
