//! From a request's headers to an identity.

use axum::http::{HeaderMap, header};
use tenant::Identity;

use super::error::HttpError;
use crate::auth::{Claims, TokenKey};

/// Whom the request speaks for, by its bearer token.
pub(super) fn identity(headers: &HeaderMap, key: &TokenKey) -> Result<Identity, HttpError> {
    let header = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default());
    Ok(Claims::verify(header, key)?.identity()?)
}
