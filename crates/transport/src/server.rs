//! Where a server of mail is, and how it is spoken to.

use std::net::IpAddr;

use serde_json::Value;

use crate::Networks;

/// When TLS begins. Where it is asked for there is no way around it: a server without, or with a
/// certificate that nobody trusts, is not reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Security {
    /// Never. No password is sent so, but to this machine itself.
    None,
    /// After a word in clear, as on ports 587 and 143.
    StartTls,
    /// At once, as on ports 465 and 993 (RFC 8314).
    Tls,
}

/// A server of mail.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Server {
    /// A name of the DNS, or an address; what the certificate has to be for.
    pub host: String,
    /// The port.
    pub port: u16,
    /// When TLS begins.
    pub security: Security,
    /// Certificates, as PEM, of an authority that is trusted besides those that browsers trust.
    pub authority: Option<String>,
    /// The address of this machine that connections come from; the system's choice if `None`.
    pub local_address: Option<IpAddr>,
    /// Where it may be beside the internet; anywhere if `None`, as one that the platform's operator has named.
    pub networks: Option<Networks>,
}

impl Server {
    /// A server with a certificate that browsers trust, wherever it is: for one that a member of a tenant has named there is
    /// [`Self::of_settings`].
    pub fn new(host: impl Into<String>, port: u16, security: Security) -> Self {
        Self {
            host: host.into(),
            port,
            security,
            authority: None,
            local_address: None,
            networks: None,
        }
    }

    /// The server of an account's settings: `host`, `port` and, where it is not to be `unless_said`, `security`, which is
    /// `tls`, `starttls` or `none`. It is connected to in the internet and in these networks alone.
    ///
    /// # Errors
    /// When one of them is missing or not what it should be.
    pub fn of_settings(
        settings: &Value,
        unless_said: Security,
        networks: &Networks,
    ) -> Result<Self, Unusable> {
        let text = |key: &str| settings.get(key).and_then(Value::as_str);
        let host = text("host").ok_or(Unusable("host"))?;
        let port = settings.get("port").and_then(Value::as_u64);
        let port = port.and_then(|port| u16::try_from(port).ok());
        let security = match settings.get("security") {
            None | Some(Value::Null) => unless_said,
            Some(said) => match said.as_str() {
                Some("tls" | "ssl") => Security::Tls,
                Some("starttls") => Security::StartTls,
                Some("none" | "plain") => Security::None,
                _ => return Err(Unusable("security")),
            },
        };
        Ok(Self {
            networks: Some(networks.clone()),
            ..Self::new(host, port.ok_or(Unusable("port"))?, security)
        })
    }
}

/// A setting that names no server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the settings have no usable {0}")]
pub struct Unusable(pub &'static str);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Networks, Security, Server, Unusable};

    #[test]
    fn settings_name_a_server_and_never_leave_tls_out_by_themselves() {
        let of = |security| {
            let settings = json!({ "host": "x.test", "port": 993, "security": security });
            let server = Server::of_settings(&settings, Security::Tls, &Networks::default());
            server.map(|server| server.security)
        };
        assert_eq!(of(json!("starttls")), Ok(Security::StartTls));
        assert_eq!(of(json!("none")), Ok(Security::None));
        assert_eq!(of(json!(null)), Ok(Security::Tls));
        for wrong in [json!("NONE"), json!(""), json!(0), json!(["none"])] {
            assert_eq!(of(wrong.clone()), Err(Unusable("security")), "{wrong}");
        }
        for (settings, missing) in [
            (json!({ "port": 1 }), "host"),
            (json!({ "host": "x.test" }), "port"),
            (json!({ "host": "x.test", "port": 65_536 }), "port"),
            (json!("x.test:993"), "host"),
        ] {
            let server = Server::of_settings(&settings, Security::Tls, &Networks::default());
            assert_eq!(server, Err(Unusable(missing)), "{settings}");
        }
    }
}
