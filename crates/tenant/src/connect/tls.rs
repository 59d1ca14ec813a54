//! TLS to PostgreSQL, by the `sslmode` of the URL (libpq, section 34.19.1 of PostgreSQL's manual).

use std::{fs, sync::Arc};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime, pem::PemObject},
};
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgSslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The connector that checks of the server's certificate what `sslmode` wants checked.
pub(super) fn connector(options: &PgConnectOptions) -> Result<MakeRustlsConnect, sqlx::Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let files = Files::of(options);
    let checks = match options.get_ssl_mode() {
        PgSslMode::VerifyCa => Checks::Authority(authority(&files, &provider)?),
        PgSslMode::VerifyFull => Checks::AuthorityAndName(authority(&files, &provider)?),
        PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer | PgSslMode::Require => {
            Checks::Nothing
        }
    };
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(configuration)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Verifier { checks, provider }));
    let config = match (&files.certificate, &files.key) {
        (Some(chain), Some(key)) => {
            let chain = certificates(chain)?;
            let key = PrivateKeyDer::from_pem_slice(&pem(key)?).map_err(configuration)?;
            config
                .with_client_auth_cert(chain, key)
                .map_err(configuration)?
        }
        _ => config.with_no_client_auth(),
    };
    Ok(MakeRustlsConnect::new(config))
}

fn configuration(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Configuration(error.into())
}

/// What the URL says of certificates: paths, or what is in the files.
struct Files {
    root: Option<String>,
    certificate: Option<String>,
    key: Option<String>,
}

impl Files {
    /// sqlx shows them in a URL only, and there it writes "file: " before a path.
    fn of(options: &PgConnectOptions) -> Self {
        let url = options.to_url_lossy();
        let find = |name| {
            let mut pairs = url.query_pairs();
            let (_, value) = pairs.find(|(key, _)| key == name)?;
            Some(value.strip_prefix("file: ").unwrap_or(&value).to_owned())
        };
        Self {
            root: find("sslrootcert"),
            certificate: find("sslcert"),
            key: find("sslkey"),
        }
    }
}

fn pem(file: &str) -> Result<Vec<u8>, sqlx::Error> {
    if file.contains("-----BEGIN") {
        return Ok(file.as_bytes().to_vec());
    }
    fs::read(file).map_err(|error| sqlx::Error::Configuration(format!("{file}: {error}").into()))
}

fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, sqlx::Error> {
    let read: Result<_, _> = CertificateDer::pem_slice_iter(&pem(file)?).collect();
    read.map_err(configuration)
}

/// The authorities of `sslrootcert`, or else those that browsers trust.
fn authority(
    files: &Files,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, sqlx::Error> {
    let mut roots = RootCertStore::empty();
    match &files.root {
        Some(file) => {
            for certificate in certificates(file)? {
                roots.add(certificate).map_err(configuration)?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map_err(configuration)
}

/// How much of a certificate is checked.
#[derive(Debug)]
enum Checks {
    /// `require` and weaker: the connection is encrypted, to whomever.
    Nothing,
    /// `verify-ca`: an authority has signed it, for whatever name.
    Authority(Arc<WebPkiServerVerifier>),
    /// `verify-full`.
    AuthorityAndName(Arc<WebPkiServerVerifier>),
}

#[derive(Debug)]
struct Verifier {
    checks: Checks,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        chain: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (verifier, any_name) = match &self.checks {
            Checks::Nothing => return Ok(ServerCertVerified::assertion()),
            Checks::Authority(verifier) => (verifier, true),
            Checks::AuthorityAndName(verifier) => (verifier, false),
        };
        // The name is what is looked at last, so all else holds where only it does not.
        match verifier.verify_server_cert(certificate, chain, name, ocsp, now) {
            Err(Error::InvalidCertificate(
                rustls::CertificateError::NotValidForName
                | rustls::CertificateError::NotValidForNameContext { .. },
            )) if any_name => Ok(ServerCertVerified::assertion()),
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
