//! Documents that are asked for by an id: those of the operator, and those that clients register.
//!
//! The operator's are read from a folder at the start ([`Manifest`]) and are *trusted*: they are run whatever they
//! cost, and where `GATEWAY_TRUSTED_ONLY` says so nothing else is run. A request names one by `documentId` (GraphQL
//! over HTTP, appendix A) or by Apollo's `extensions.persistedQuery`, or sends its text. A client's own are kept
//! where `GATEWAY_APQ` says so, by their hash, as Apollo's automatic persisted queries are; they are trusted no
//! more than others.

mod automatic;
mod hash;
mod manifest;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::parser::parse_query;
pub(crate) use automatic::PersistedQuery;
pub use manifest::ManifestError;
pub(crate) use manifest::{Entry, Manifest};

use crate::{http::HttpError, settings::Config};
use automatic::Registered;

/// The documents that are known by an id.
pub(crate) struct Documents {
    by_id: HashMap<String, Arc<str>>,
    texts: HashSet<Arc<str>>,
    only: bool,
    registered: Option<Registered>,
}

/// A request's document.
pub(crate) struct Found {
    pub(crate) text: String,
    /// It is one of the operator's.
    pub(crate) trusted: bool,
}

impl Documents {
    /// Those that the settings name.
    ///
    /// # Errors
    /// [`ManifestError`] when they can not be read, or are all that may be run and there are none.
    pub(crate) fn read(config: &Config) -> Result<Self, ManifestError> {
        let manifest = match &config.documents {
            Some(path) => Manifest::read(path)?,
            None if config.trusted_only => return Err(ManifestError::Missing),
            None => Manifest::default(),
        };
        let registers = config.apq && !config.trusted_only;
        Ok(Self {
            texts: manifest.texts().collect(),
            by_id: manifest.by_id()?,
            only: config.trusted_only,
            registered: registers.then(|| Registered::new(config.document_cache_bytes)),
        })
    }

    /// The names of the operations in the operator's documents.
    pub(crate) fn operations(&self) -> impl Iterator<Item = String> {
        let texts = self.texts.iter();
        // One that is no document was told of at the start.
        let documents = texts.filter_map(|text| parse_query(text).ok());
        documents.flat_map(|document| {
            let operations = document.operations.iter();
            let names = operations.filter_map(|(name, _)| name.map(ToString::to_string));
            names.collect::<Vec<_>>()
        })
    }

    /// The document of a request that has at least one of these.
    pub(crate) fn find(
        &self,
        text: Option<String>,
        id: Option<&str>,
        persisted: Option<&PersistedQuery>,
    ) -> Result<Found, HttpError> {
        let found = match (text, id, persisted) {
            (Some(text), _, persisted) => self.sent(text, persisted)?,
            (None, Some(id), _) => self.named(id).ok_or(HttpError::UnknownDocument)?,
            (None, None, Some(persisted)) => self.persisted(persisted)?,
            (None, None, None) => return Err(HttpError::no_document()),
        };
        if self.only && !found.trusted {
            return Err(HttpError::NotTrusted);
        }
        Ok(found)
    }

    /// Whether a document that was sent as text is one of the operator's; a client's own is registered.
    fn sent(&self, text: String, persisted: Option<&PersistedQuery>) -> Result<Found, HttpError> {
        if let Some(persisted) = persisted {
            persisted.check(&text)?;
            if let Some(registered) = &self.registered {
                registered.keep(persisted, &text);
            }
        }
        // Most gateways have no trusted documents, and hash no text for nothing.
        let trusted = !self.texts.is_empty() && self.texts.contains(text.as_str());
        Ok(Found { text, trusted })
    }

    fn named(&self, id: &str) -> Option<Found> {
        let text = self.by_id.get(hash::bare(id))?;
        Some(Found {
            text: text.as_ref().to_owned(),
            trusted: true,
        })
    }

    fn persisted(&self, persisted: &PersistedQuery) -> Result<Found, HttpError> {
        if let Some(found) = self.named(persisted.hash()) {
            return Ok(found);
        }
        match &self.registered {
            Some(registered) => registered.get(persisted).ok_or(HttpError::NotPersisted),
            // Where nothing can be registered, the client is to send the text from now on.
            None if self.by_id.is_empty() => Err(HttpError::NotSupported),
            None => Err(HttpError::NotPersisted),
        }
    }
}
