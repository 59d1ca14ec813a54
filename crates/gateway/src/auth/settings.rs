//! Whose tokens are good: the keys and the rules, from the settings.

use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

use clap::ValueEnum;
use jsonwebtoken::Algorithm;
use serde::Deserialize;

use super::{
    KeySetError, TokenKey,
    provider::Provider,
    rules::{ClaimNames, Rules},
    token::OWN_NAME,
};

/// What a token may be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
pub enum TokenAlgorithm {
    /// RSA with SHA-256: RFC 7518, section 3.3.
    #[value(name = "RS256")]
    RS256,
    /// ECDSA on P-256 with SHA-256: RFC 7518, section 3.4.
    #[value(name = "ES256")]
    ES256,
    /// Ed25519: RFC 8037.
    #[value(name = "EdDSA")]
    EdDSA,
    /// A secret that issuer and gateway share: RFC 7518, section 3.2. For development.
    #[value(name = "HS256")]
    HS256,
}

impl From<TokenAlgorithm> for Algorithm {
    fn from(algorithm: TokenAlgorithm) -> Self {
        match algorithm {
            TokenAlgorithm::RS256 => Self::RS256,
            TokenAlgorithm::ES256 => Self::ES256,
            TokenAlgorithm::EdDSA => Self::EdDSA,
            TokenAlgorithm::HS256 => Self::HS256,
        }
    }
}

/// Whose tokens are good, as the settings say it.
#[derive(Clone, Debug, Default)]
pub struct TokenSettings {
    /// Where the identity provider has its JSON Web Key Set.
    pub jwks_url: Option<String>,
    /// A file with such a set, or with a public key as PEM.
    pub keys_file: Option<PathBuf>,
    /// After how long the keys of the URL are asked for again.
    pub jwks_max_age: Duration,
    /// What tokens may be signed with; `None` is HS256 without an identity provider, and all but HS256 with one.
    pub algorithms: Option<Vec<TokenAlgorithm>>,
    /// What `iss` must be.
    pub issuer: Option<String>,
    /// What `aud` must have.
    pub audience: Option<String>,
    /// Where a token says whom it is for.
    pub claims: ClaimNames,
}

/// What is wrong with the settings about tokens.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// Two sources.
    #[error("GATEWAY_JWKS_URL and GATEWAY_TOKEN_KEYS_FILE are both set; leave one out")]
    TwoSources,
    /// Any token of the provider's would do.
    #[error(
        "an identity provider signs tokens for many; set GATEWAY_TOKEN_ISSUER to its `iss` and GATEWAY_TOKEN_AUDIENCE to \
         the `aud` it gives tokens for this gateway"
    )]
    Anyone,
    /// No URL, or one that anybody on the way could answer.
    #[error("GATEWAY_JWKS_URL is {0:?}; it must be an https URL, or an http one on this machine")]
    Url(String),
    /// No HTTP client.
    #[error("no HTTP client for GATEWAY_JWKS_URL")]
    Client(#[source] reqwest::Error),
    /// The file can not be read.
    #[error("the file of GATEWAY_TOKEN_KEYS_FILE, {path}, can not be read: {cause}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file has no keys.
    #[error("the file of GATEWAY_TOKEN_KEYS_FILE, {path}, can not be used: {cause}")]
    Keys {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: KeySetError,
    },
    /// Tokens of such an algorithm could not be verified.
    #[error(
        "GATEWAY_TOKEN_ALGORITHMS allows {} but there are no public keys; set GATEWAY_JWKS_URL or \
         GATEWAY_TOKEN_KEYS_FILE", .0.name()
    )]
    NoKeys(TokenAlgorithm),
    /// No token would be good.
    #[error("GATEWAY_TOKEN_ALGORITHMS is empty; leave it out for the usual ones")]
    NoAlgorithm,
}

impl TokenAlgorithm {
    fn name(self) -> String {
        format!("{self:?}")
    }
}

impl TokenSettings {
    /// What tokens may be signed with.
    #[must_use]
    pub fn algorithms(&self) -> Vec<TokenAlgorithm> {
        use TokenAlgorithm::{ES256, EdDSA, HS256, RS256};
        match &self.algorithms {
            Some(algorithms) => algorithms.clone(),
            None if self.has_provider() => vec![RS256, ES256, EdDSA],
            None => vec![HS256],
        }
    }

    /// Whether a token signed with the shared key is good.
    #[must_use]
    pub fn takes_shared_key(&self) -> bool {
        self.algorithms().contains(&TokenAlgorithm::HS256)
    }

    fn has_provider(&self) -> bool {
        self.jwks_url.is_some() || self.keys_file.is_some()
    }
}

/// Whose tokens are good.
pub struct Trust {
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) shared: Option<TokenKey>,
    pub(super) own: Rules,
    pub(super) provider: Option<(Arc<Provider>, Rules)>,
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trust")
            .field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}

impl Trust {
    /// Trusts the identity provider of the settings. Asks nobody yet.
    ///
    /// # Errors
    /// [`TrustError`], which says what to set.
    pub fn new(settings: &TokenSettings) -> Result<Self, TrustError> {
        let algorithms = settings.algorithms();
        let provider = provider(settings)?;
        let asymmetric = algorithms
            .iter()
            .find(|algorithm| **algorithm != TokenAlgorithm::HS256);
        match (asymmetric, &provider) {
            (Some(algorithm), None) => return Err(TrustError::NoKeys(*algorithm)),
            (None, _) if algorithms.is_empty() => return Err(TrustError::NoAlgorithm),
            _ => {}
        }
        let own = OWN_NAME.to_owned();
        Ok(Self {
            algorithms: algorithms.into_iter().map(Algorithm::from).collect(),
            shared: None,
            own: Rules::new(own.clone(), own, ClaimNames::default()),
            provider,
        })
    }

    /// Trusts the shared key, too, where the settings allow HS256.
    #[must_use]
    pub fn and_shared_key(self, key: TokenKey) -> Self {
        let is_allowed = self.algorithms.contains(&Algorithm::HS256);
        Self {
            shared: is_allowed.then_some(key),
            ..self
        }
    }
}

fn provider(settings: &TokenSettings) -> Result<Option<(Arc<Provider>, Rules)>, TrustError> {
    let provider = match (&settings.jwks_url, &settings.keys_file) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => return Err(TrustError::TwoSources),
        (Some(url), None) => Provider::of_url(url, settings.jwks_max_age)?,
        (None, Some(path)) => Provider::of_file(path.clone())?,
    };
    let (Some(issuer), Some(audience)) = (&settings.issuer, &settings.audience) else {
        return Err(TrustError::Anyone);
    };
    let rules = Rules::new(issuer.clone(), audience.clone(), settings.claims.clone());
    Ok(Some((Arc::new(provider), rules)))
}
