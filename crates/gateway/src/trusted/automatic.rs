//! Documents that clients register by their hashes, as Apollo's clients do.

use std::{hash::RandomState, sync::Arc};

use quick_cache::{Weighter, sync::Cache};
use serde_json::{Map, Value};

use super::{Found, hash};
use crate::{bounded::bounded, http::HttpError};

/// The version of the protocol, of which there is one.
const VERSION: u64 = 1;
/// A document that would take more than this part of the room is not kept.
const LARGEST: usize = 8;
/// What a document usually takes: a guess for the map's beginning.
const USUAL: usize = 1 << 10;

/// `extensions.persistedQuery`: the hash of the document that is meant.
pub(crate) struct PersistedQuery(String);

impl PersistedQuery {
    /// Reads it from a request's extensions, if it is there.
    pub(crate) fn of(extensions: &Map<String, Value>) -> Result<Option<Self>, HttpError> {
        let Some(given) = extensions.get("persistedQuery") else {
            return Ok(None);
        };
        let (version, hash) = (given.get("version"), given.get("sha256Hash"));
        match (version.and_then(Value::as_u64), hash) {
            (Some(VERSION), Some(Value::String(hash))) => Ok(Some(Self(hash.to_ascii_lowercase()))),
            _ => Err(HttpError::malformed(
                "`extensions.persistedQuery` must have `version` 1 and `sha256Hash`",
            )),
        }
    }

    pub(super) fn hash(&self) -> &str {
        &self.0
    }

    /// Refuses a hash that is not the text's: it would give other clients another document than they mean.
    pub(super) fn check(&self, text: &str) -> Result<(), HttpError> {
        if hash::of(text) == self.0 {
            return Ok(());
        }
        Err(HttpError::malformed("provided sha does not match query"))
    }
}

/// What clients have registered, bounded by the bytes it takes.
pub(super) struct Registered(Cache<String, Arc<str>, ByBytes, RandomState>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Arc<str>> for ByBytes {
    fn weight(&self, hash: &String, text: &Arc<str>) -> u64 {
        (size_of::<(String, Arc<str>)>() + hash.len() + text.len()) as u64
    }
}

impl Registered {
    /// Room for documents of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self(bounded(bytes, USUAL, ByBytes))
    }

    /// Keeps a document whose hash was [checked](PersistedQuery::check).
    pub(super) fn keep(&self, persisted: &PersistedQuery, text: &str) {
        let room = usize::try_from(self.0.capacity()).unwrap_or(usize::MAX);
        if text.len() <= room / LARGEST && self.0.get(persisted.hash()).is_none() {
            self.0.insert(persisted.0.clone(), Arc::from(text));
        }
    }

    pub(super) fn get(&self, persisted: &PersistedQuery) -> Option<Found> {
        let text = self.0.get(persisted.hash())?;
        Some(Found {
            text: text.as_ref().to_owned(),
            trusted: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{PersistedQuery, Registered, hash};

    #[test]
    fn what_is_registered_stays_within_the_bound() {
        let registered = Registered::new(16 << 10);
        let register = |text: &str| {
            let persisted = PersistedQuery(hash::of(text));
            assert!(persisted.check(text).is_ok());
            registered.keep(&persisted, text);
            registered.get(&persisted).is_some()
        };
        for number in 0..500 {
            register(&format!("{{ a{number} {} }}", "b ".repeat(100)));
        }
        assert!(
            (1..80).contains(&registered.0.len()),
            "{}",
            registered.0.len()
        );
        assert!(registered.0.weight() <= 16 << 10);
        assert!(
            !register(&"b ".repeat(4 << 10)),
            "it would push out all others"
        );
    }
}
