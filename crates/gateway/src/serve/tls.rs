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
use tokio::{io::AsyncWriteExt, time::sleep};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use super::accept::Connection;
use crate::settings::Config;

/// How often it is looked whether the certificate was renewed.
const LOOK: Duration = Duration::from_secs(5);

/// What whoever speaks HTTP without TLS is told, as by other servers.
const PLAIN: &str = "HTTPS is spoken here: ask for https://, with TLS";

/// What speaks TLS for all cores.
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    files: Files,
    /// What was in them at the start.
    first: Pair,
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
        "GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY can not be used together; is it the key of the certificate that is the first of its file?"
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
            first: pair,
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
        let (mut known, mut told) = (self.first.clone(), String::new());
        loop {
            sleep(LOOK).await;
            let files = self.files.clone();
            // Files may lie on a network.
            let Ok(read) = tokio::task::spawn_blocking(move || files.read()).await else {
                continue;
            };
            let taken = match read {
                Ok(pair) if pair == known => {
                    told.clear();
                    continue;
                }
                Ok(pair) => self.current.take(&pair).map(|()| pair),
                Err(error) => Err(error),
            };
            match taken {
                Ok(pair) => {
                    tracing::info!("the renewed certificate is shown from now on");
                    (known, told) = (pair, String::new());
                }
                // The same trouble is told once.
                Err(error) if error.to_string() == told => {}
                Err(error) => {
                    told = error.to_string();
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the certificate is still the one before"
                    );
                }
            }
        }
    }
}

/// The stream inside a client's TLS. Who speaks HTTP is told that TLS is spoken.
///
/// # Errors
/// When the client speaks something else, or hangs up.
pub(super) async fn accept(
    acceptor: &TlsAcceptor,
    mut connection: Connection,
) -> io::Result<TlsStream<Connection>> {
    let first = connection.first_byte().await?;
    // A method's name. The first byte of TLS is 22, a record of the handshake (RFC 8446, section 5.1).
    if first.is_some_and(|first| first.is_ascii_uppercase()) {
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n{PLAIN}",
            PLAIN.len()
        );
        connection.write_all(answer.as_bytes()).await?;
        connection.shutdown().await?;
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "it speaks HTTP without TLS",
        ));
    }
    acceptor.accept(connection).await
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
        let key =
            key.map_err(|error| none(&self.key, "private key without a password", Some(error)))?;
        Ok(Pair { chain, key })
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, TlsError> {
    fs::read(path).map_err(|error| TlsError::Unreadable(path.to_owned(), error))
}

impl Clone for Pair {
    fn clone(&self) -> Self {
        Self {
            chain: self.chain.clone(),
            key: self.key.clone_key(),
        }
    }
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
