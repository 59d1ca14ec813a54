//! Where a server of mail is, and how it is spoken to.

use std::net::IpAddr;

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
}

impl Server {
    /// A server with a certificate that browsers trust.
    pub fn new(host: impl Into<String>, port: u16, security: Security) -> Self {
        Self {
            host: host.into(),
            port,
            security,
            authority: None,
            local_address: None,
        }
    }
}
