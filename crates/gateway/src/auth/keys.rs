//! An identity provider's public keys: a JSON Web Key Set (RFC 7517), or one key as PEM.

use std::collections::HashMap;

use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// Public keys, each for the one algorithm that its kind is used with. A token says which key it was signed with,
/// never what kind of key that is: so no public key can be taken for a shared secret.
#[derive(Default)]
pub(super) struct KeySet {
    /// By `kid`.
    named: HashMap<String, PublicKey>,
    /// Without a `kid`.
    unnamed: Vec<PublicKey>,
}

/// A key and what it verifies.
pub(super) struct PublicKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

/// Why a text holds no keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// Neither form.
    #[error("it is neither a JSON Web Key Set nor a public key in PEM")]
    Form,
    /// None of its keys can be used.
    #[error("it has no RSA, P-256 or Ed25519 key that verifies signatures")]
    Empty,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

impl KeySet {
    /// Reads a key set, or a key. Keys of other kinds, for other uses or for other algorithms are passed over, as
    /// RFC 7517, section 5, wants.
    pub(super) fn parse(text: &[u8]) -> Result<Self, KeySetError> {
        let keys = match serde_json::from_slice::<Document>(text) {
            Ok(document) => Self::of_jwks(document),
            Err(_) => Self {
                unnamed: vec![PublicKey::of_pem(text).ok_or(KeySetError::Form)?],
                named: HashMap::new(),
            },
        };
        if keys.named.is_empty() && keys.unnamed.is_empty() {
            return Err(KeySetError::Empty);
        }
        Ok(keys)
    }

    fn of_jwks(document: Document) -> Self {
        let mut set = Self::default();
        for value in document.keys {
            let Ok(jwk) = serde_json::from_value::<Jwk>(value) else {
                continue;
            };
            let Some(key) = PublicKey::of_jwk(&jwk) else {
                continue;
            };
            match jwk.common.key_id {
                Some(name) => drop(set.named.insert(name, key)),
                None => set.unnamed.push(key),
            }
        }
        set
    }

    /// The key that a token's header asks for. One without a `kid` has the only key of its algorithm.
    pub(super) fn find(&self, name: Option<&str>, algorithm: Algorithm) -> Option<&PublicKey> {
        let Some(name) = name else {
            let all = self.named.values().chain(&self.unnamed);
            let mut fitting = all.filter(|key| key.algorithm == algorithm);
            return fitting.next().filter(|_| fitting.next().is_none());
        };
        self.named
            .get(name)
            .filter(|key| key.algorithm == algorithm)
            // A key file has one key, whatever the issuer calls it.
            .or_else(|| self.only_unnamed(algorithm))
    }

    fn only_unnamed(&self, algorithm: Algorithm) -> Option<&PublicKey> {
        let [key] = self.unnamed.as_slice() else {
            return None;
        };
        (self.named.is_empty() && key.algorithm == algorithm).then_some(key)
    }
}

impl PublicKey {
    fn of_jwk(jwk: &Jwk) -> Option<Self> {
        let signs = matches!(
            jwk.common.public_key_use,
            None | Some(PublicKeyUse::Signature)
        );
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
                Algorithm::EdDSA
            }
            _ => return None,
        };
        let said = jwk.common.key_algorithm;
        let fits = said.is_none_or(|said| said.to_string().parse() == Ok(algorithm));
        if !signs || !fits {
            return None;
        }
        let key = DecodingKey::from_jwk(jwk).ok()?;
        Some(Self { algorithm, key })
    }

    fn of_pem(text: &[u8]) -> Option<Self> {
        type Read = fn(&[u8]) -> jsonwebtoken::errors::Result<DecodingKey>;
        let kinds: [(Algorithm, Read); 3] = [
            (Algorithm::RS256, DecodingKey::from_rsa_pem),
            (Algorithm::ES256, DecodingKey::from_ec_pem),
            (Algorithm::EdDSA, DecodingKey::from_ed_pem),
        ];
        let mut found = kinds.into_iter().filter_map(|(algorithm, read)| {
            let key = read(text).ok()?;
            Some(Self { algorithm, key })
        });
        found.next()
    }
}
