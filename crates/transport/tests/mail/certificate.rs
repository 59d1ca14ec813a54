//! A server's certificate of a test's own.

use std::sync::Arc;

use tokio_rustls::rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivatePkcs8KeyDer};

/// For `localhost`, signed by itself.
pub struct Certificate {
    /// What a client has to trust.
    pub pem: String,
    /// What a server is configured with.
    pub config: Arc<ServerConfig>,
}

impl Certificate {
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate");
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .expect("a certificate and its key");
        Self {
            pem: made.cert.pem(),
            config: Arc::new(config),
        }
    }
}
