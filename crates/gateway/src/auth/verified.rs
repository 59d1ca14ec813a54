//! Verifies tokens, and knows those that it has verified before: reading a token again and checking its signature
//! takes longer than much of what is asked with it.

use std::{hash::RandomState, sync::Arc};

use chrono::Utc;
use jsonwebtoken::{Algorithm, decode_header};
use quick_cache::{
    OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use tenant::Identity;

use super::{
    TokenError, Trust,
    provider::Provider,
    rules::{Rules, Said},
};

/// The room for tokens: some ten thousand of the usual length.
const ROOM: usize = 8 << 20;
/// A longer one is verified each time.
const LONGEST: usize = 4 << 10;
/// What a token usually takes: a guess for the map's beginning.
const USUAL: usize = 600;

/// Verifies tokens, and knows those that it has verified until they expire, or the keys change.
pub(crate) struct Tokens {
    trust: Trust,
    known: Cache<Box<str>, Known, ByBytes, RandomState>,
}

/// Whom a token is for, until when, and with which set of keys that was verified.
#[derive(Clone)]
struct Known {
    said: Said,
    generation: u64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Box<str>, Known> for ByBytes {
    fn weight(&self, token: &Box<str>, _: &Known) -> u64 {
        (size_of::<(Box<str>, Known)>() + token.len()) as u64
    }
}

impl Tokens {
    /// Tokens of those who are trusted.
    pub(crate) fn new(trust: Trust) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(ROOM / USUAL)
            .weight_capacity(ROOM as u64)
            .build()
            .expect("both sizes are given");
        let known = Cache::with_options(
            options,
            ByBytes,
            RandomState::new(),
            DefaultLifecycle::default(),
        );
        Self { trust, known }
    }

    /// Whom a token speaks for, and the second, of Unix time, from which on it is not valid.
    ///
    /// # Errors
    /// [`TokenError`]; it never says which part of a bad token was wrong.
    pub(crate) async fn verify(&self, token: &str) -> Result<(Identity, i64), TokenError> {
        let now = Utc::now().timestamp();
        let generation = self.generation(now);
        if let Some(known) = self.known.get(token)
            && now < known.said.expires
            && known.generation == generation
        {
            return Ok((known.said.identity, known.said.expires));
        }
        let (said, generation) = self.read(token).await?;
        let answer = (said.identity.clone(), said.expires);
        if token.len() <= LONGEST {
            self.known.insert(token.into(), Known { said, generation });
        }
        Ok(answer)
    }

    /// Whether a token was verified before, and still is.
    pub(crate) fn knows(&self, token: &str) -> bool {
        let now = Utc::now().timestamp();
        let known = self.known.get(token);
        known.is_some_and(|known| {
            now < known.said.expires && known.generation == self.generation(i64::MIN)
        })
    }

    /// Which set of the provider's keys is in use; has them asked for again if they are old.
    fn generation(&self, now: i64) -> u64 {
        let Some((provider, _)) = &self.trust.provider else {
            return 0;
        };
        provider.refresh_if_old(now);
        provider.generation()
    }

    /// Verifies a token, with the keys of a generation.
    async fn read(&self, token: &str) -> Result<(Said, u64), TokenError> {
        let header = decode_header(token).map_err(|_| TokenError::Invalid)?;
        let algorithm = header.alg;
        if !self.trust.algorithms.contains(&algorithm) {
            return Err(TokenError::Invalid);
        }
        if algorithm == Algorithm::HS256 {
            // The only kind of key for it: none of a provider's is ever taken for a secret.
            let key = self.trust.shared.as_ref().ok_or(TokenError::Invalid)?;
            let generation = self.generation(i64::MIN);
            let said = self.trust.own.read(token, &key.verifying, algorithm)?;
            return Ok((said, generation));
        }
        let (provider, rules) = self.trust.provider.as_ref().ok_or(TokenError::Invalid)?;
        let kid = header.kid.as_deref();
        let known = provider.generation();
        if let Some(said) = with_keys(provider, rules, token, kid, algorithm) {
            return said.map(|said| (said, known));
        }
        provider.refreshed(known).await;
        let generation = provider.generation();
        match with_keys(provider, rules, token, kid, algorithm) {
            Some(said) => said.map(|said| (said, generation)),
            None if provider.has_answered() => Err(TokenError::Invalid),
            None => Err(TokenError::ProviderAway),
        }
    }
}

/// What the token says, if its key is known.
fn with_keys(
    provider: &Arc<Provider>,
    rules: &Rules,
    token: &str,
    kid: Option<&str>,
    algorithm: Algorithm,
) -> Option<Result<Said, TokenError>> {
    let keys = provider.keys();
    let key = keys.find(kid, algorithm)?;
    Some(rules.read(token, &key.key, algorithm))
}

#[cfg(test)]
mod tests;
