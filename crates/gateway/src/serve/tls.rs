//! TLS to clients, with a certificate that may be renewed while they are served.
//!
//! HTTP/2 is offered before HTTP/1.1 (ALPN, RFC 7301). Versions and ciphers are rustls' own choice: TLS 1.2 and 1.3,
//! with forward secrecy.

use std::{
    convert::Infallible,
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::settings::Config;

/// How often it is looked whether the certificate was renewed.
const LOOK: Duration = Duration::from_secs(5);

/// What speaks TLS for all cores.
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    files: Files,
    current: Arc<Current>,
}

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// Half of it.
    #[error("GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY go together; {0} is missing")]
    Half(&'static str),
    /// A file that is not there, or may not be read.
    #[error("{} can not be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// A file with something else in it.
    #[error("{} has no {what} as PEM", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What it is to have.
        what: &'static str,
        /// What is wrong with it.
        #[source]
        cause: Option<pem::Error>,
    },
    /// The two do not fit, or the key is of a kind that nobody uses.
    #[error(
        "the key in GATEWAY_TLS_KEY is not that of the certificate, which has to be the first of its file"
    )]
    Key(#[source] rustls::Error),
    /// The library has no ciphers.
    #[error("TLS can not be spoken")]
    Library(#[source] rustls::Error),
}

impl Tls {
    /// That of the settings; none if they name no certificate.
    ///
    /// # Errors
    /// When the files can not be read, or do not belong together.
    pub(super) fn new(config: &Config) -> Result<Option<Self>, TlsError> {
        let (certificate, key) = match (&config.tls_certificate, &config.tls_key) {
            (Some(certificate), Some(key)) => (certificate.clone(), key.clone()),
            (None, None) => return Ok(None),
            (Some(_), None) => return Err(TlsError::Half("GATEWAY_TLS_KEY")),
            (None, Some(_)) => return Err(TlsError::Half("GATEWAY_TLS_CERTIFICATE")),
        };
        let provider = Arc::new(aws_lc_rs::default_provider());
        let files = Files { certificate, key };
        let pair = files.read()?;
        let current = Arc::new(Current {
            certified: RwLock::new(pair.certified(&provider)?),
            provider: Arc::clone(&provider),
        });
        let mut speaking = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Library)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::<Current>::clone(&current));
        speaking.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Who comes again, to whichever core, goes on where it was.
        speaking.ticketer = aws_lc_rs::Ticketer::new().map_err(TlsError::Library)?;
        Ok(Some(Self {
            acceptor: TlsAcceptor::from(Arc::new(speaking)),
            files,
            current,
        }))
    }

    /// What a client's first bytes are given to.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }

    /// Takes a renewed certificate, for as long as it is polled. The files may be written one after the other: until they
    /// belong together the one before is shown.
    pub(super) async fn renew(&self) -> Infallible {
        let mut known = self.files.read().ok();
        loop {
            sleep(LOOK).await;
            let files = self.files.clone();
            // Files may lie on a network.
            let Ok(read) = tokio::task::spawn_blocking(move || files.read()).await else {
                continue;
            };
            let taken = match read {
                Ok(pair) if known.as_ref() == Some(&pair) => continue,
                Ok(pair) => {
                    let taken = self.current.take(&pair);
                    known = Some(pair);
                    taken
                }
                Err(error) => Err(error),
            };
            match taken {
                Ok(()) => tracing::info!("the renewed certificate is shown from now on"),
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the certificate is still the one before"
                ),
            }
        }
    }
}

/// Where the certificate and its key are.
#[derive(Clone, Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What was in them.
#[derive(PartialEq, Eq)]
struct Pair {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

impl Files {
    fn read(&self) -> Result<Pair, TlsError> {
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(&bytes(&self.certificate)?).collect();
        let none = |path: &Path, what, cause| TlsError::Pem {
            path: path.to_owned(),
            what,
            cause,
        };
        let certificate = "certificate";
        let chain = chain.map_err(|error| none(&self.certificate, certificate, Some(error)))?;
        if chain.is_empty() {
            return Err(none(&self.certificate, certificate, None));
        }
        let key = PrivateKeyDer::from_pem_slice(&bytes(&self.key)?);
        let key = key.map_err(|error| none(&self.key, "private key", Some(error)))?;
        Ok(Pair { chain, key })
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| TlsError::Unreadable(path.to_owned(), error))
}

impl Pair {
    fn certified(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, TlsError> {
        CertifiedKey::from_der(self.chain.clone(), self.key.clone_key(), provider)
            .map(Arc::new)
            .map_err(TlsError::Key)
    }
}

/// The certificate that is shown.
#[derive(Debug)]
struct Current {
    certified: RwLock<Arc<CertifiedKey>>,
    provider: Arc<CryptoProvider>,
}

impl Current {
    fn take(&self, pair: &Pair) -> Result<(), TlsError> {
        let certified = pair.certified(&self.provider)?;
        *self
            .certified
            .write()
            .unwrap_or_else(PoisonError::into_inner) = certified;
        Ok(())
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // An Arc is whole at any moment.
        let certified = self
            .certified
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&certified))
    }
}
