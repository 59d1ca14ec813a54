//! From a request's headers to an identity.

use axum::http::{HeaderMap, header};
use tenant::Identity;

use super::error::HttpError;
use crate::auth::Tokens;

/// Whom the request speaks for, by its bearer token.
pub(super) fn identity(headers: &HeaderMap, tokens: &Tokens) -> Result<Identity, HttpError> {
    let header = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default());
    Ok(tokens.identity(header)?)
}
