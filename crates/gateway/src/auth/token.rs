//! Tokens that the gateway signs itself, for development: JSON Web Tokens (RFC 7519) that name a user, and a tenant
//! unless the user is to choose one.

use std::time::Duration;

use chrono::Utc;
use jsonwebtoken::{Algorithm, Header, encode};
use serde::Serialize;
use tenant::Identity;
use uuid::Uuid;

use super::TokenKey;

/// The issuer, and the audience, of the gateway's own tokens.
pub(super) const OWN_NAME: &str = "tenant-gateway";

/// What a token says.
#[derive(Clone, Debug, Serialize)]
pub struct Claims {
    /// The user.
    sub: Uuid,
    /// The tenant asked in; none for staff, and for a user who has yet to choose one.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<Uuid>,
    /// Said by a staff token, which names no tenant. Staff is never concluded from a missing tenant.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    staff: bool,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

impl Claims {
    /// Claims for an identity, valid from now.
    #[must_use]
    pub fn new(identity: &Identity, valid_for: Duration) -> Self {
        let (now, staff) = (Utc::now().timestamp(), identity.is_staff());
        Self {
            sub: identity.user().into(),
            tenant: identity.tenant().filter(|_| !staff).map(Uuid::from),
            staff,
            iss: OWN_NAME.to_owned(),
            aud: OWN_NAME.to_owned(),
            iat: now,
            nbf: now,
            exp: now.saturating_add(i64::try_from(valid_for.as_secs()).unwrap_or(i64::MAX)),
        }
    }

    /// Signs the claims.
    #[must_use]
    pub fn sign(&self, key: &TokenKey) -> String {
        encode(&Header::new(Algorithm::HS256), self, &key.signing)
            .expect("claims of text and numbers are JSON, and an HMAC key of any length signs")
    }
}
