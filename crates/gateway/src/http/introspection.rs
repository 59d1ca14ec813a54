//! Answers about the schema, kept as their bytes.
//!
//! The schema is the same for everybody who may see it, so an operation that asks for nothing else, and has no
//! variables, has one answer until the gateway ends. It is looked for only after who asks has signed in, and was
//! found to be somebody whom the schema is shown to (`visibility`).

use std::hash::RandomState;

use axum::{
    body::{Body, Bytes, to_bytes},
    response::Response,
};
use quick_cache::{Weighter, sync::Cache};
use resolver::operation::Operation;

use super::error::HttpError;
use crate::bounded::bounded;

/// An answer that would take more than this part of the room is not kept.
const LARGEST: usize = 2;
/// What an answer usually takes: a guess for the map's beginning.
const USUAL: usize = 64 << 10;

/// The answers of a gateway, bounded by the bytes they take.
pub(crate) struct Introspections(Cache<Key, Bytes, ByBytes, RandomState>);

/// The document, and which of its operations.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    document: String,
    operation: Option<String>,
}

impl Key {
    /// The key of a request's operation.
    pub(super) fn new(request: &async_graphql::Request, operation: &Operation) -> Self {
        Self {
            document: request.query.clone(),
            operation: operation.name.clone(),
        }
    }

    fn len(&self) -> usize {
        self.document.len() + self.operation.as_ref().map_or(0, String::len)
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Key, Bytes> for ByBytes {
    fn weight(&self, key: &Key, answer: &Bytes) -> u64 {
        (size_of::<(Key, Bytes)>() + key.len() + answer.len()) as u64
    }
}

impl Introspections {
    /// Room for answers of so many bytes; with 0 none is kept.
    pub(crate) fn new(bytes: usize) -> Self {
        Self(bounded(bytes, USUAL, ByBytes))
    }

    /// The answer, if it was given before.
    pub(super) fn get(&self, key: &Key) -> Option<Bytes> {
        self.0.get(key)
    }

    /// Keeps the body of an answer that has no errors, and gives the answer back.
    pub(super) async fn keep(&self, key: Key, answer: Response) -> Result<Response, HttpError> {
        let (parts, body) = answer.into_parts();
        // It is in memory already.
        let body = to_bytes(body, usize::MAX)
            .await
            .map_err(|_| HttpError::Internal)?;
        if key.len() + body.len() <= self.room() / LARGEST {
            self.0.insert(key, body.clone());
        }
        Ok(Response::from_parts(parts, Body::from(body)))
    }

    fn room(&self) -> usize {
        usize::try_from(self.0.capacity()).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::{Introspections, Key};

    fn key(number: usize) -> Key {
        Key {
            document: format!("{{ __schema {{ types {{ n{number}: name }} }} }}"),
            operation: None,
        }
    }

    #[tokio::test]
    async fn answers_are_kept_within_the_bound() {
        let kept = Introspections::new(64 << 10);
        for number in 0..200 {
            let answer = vec![b'x'; 1 << 10].into_response();
            assert!(kept.keep(key(number), answer).await.is_ok());
        }
        assert!((1..64).contains(&kept.0.len()), "{}", kept.0.len());
        assert!(kept.0.weight() <= 64 << 10);
    }

    #[tokio::test]
    async fn an_answer_that_would_push_out_all_others_is_not_kept() {
        let kept = Introspections::new(64 << 10);
        let small = vec![b'x'; 1 << 10].into_response();
        assert!(kept.keep(key(0), small).await.is_ok());
        let large = vec![b'x'; 60 << 10].into_response();
        assert!(kept.keep(key(1), large).await.is_ok());
        assert!(kept.get(&key(0)).is_some());
        assert!(kept.get(&key(1)).is_none());
    }
}
