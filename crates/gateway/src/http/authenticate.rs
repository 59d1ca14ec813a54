//! From a request's headers to an identity.

use axum::http::{HeaderMap, header};
use entity::id::TenantId;
use tenant::Identity;

use super::error::HttpError;
use crate::auth::Tokens;

/// The tenant that a user of several asks in, whose token names none.
const TENANT: &str = "x-tenant-id";

/// Whom the request speaks for, by its bearer token, and in which tenant. Whether they are a member of it is the
/// database's to say.
pub(super) fn identity(headers: &HeaderMap, tokens: &Tokens) -> Result<Identity, HttpError> {
    let header = headers
        .get(header::AUTHORIZATION)
        .map(|value| value.to_str().unwrap_or_default());
    let identity = tokens.identity(header)?;
    match headers.get(TENANT) {
        None => Ok(identity),
        Some(value) => within(identity, value.to_str().unwrap_or_default()),
    }
}

/// The identity in the tenant that the request names.
fn within(identity: Identity, text: &str) -> Result<Identity, HttpError> {
    let tenant: TenantId = text.parse().map_err(|_| HttpError::TenantId)?;
    match identity {
        Identity::User { user } => Ok(Identity::Member { tenant, user }),
        Identity::Member { tenant: own, .. } if own == tenant => Ok(identity),
        Identity::Member { .. } => Err(HttpError::OtherTenant),
        Identity::Staff { .. } => Err(HttpError::StaffTenant),
    }
}
