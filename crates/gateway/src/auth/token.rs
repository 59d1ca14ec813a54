//! Tokens: JSON Web Tokens (RFC 7519) that name a user, and a tenant unless the user is to choose one.

use std::{sync::LazyLock, time::Duration};

use chrono::Utc;
use entity::id::{TenantId, UserId};
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use tenant::Identity;
use uuid::Uuid;

use super::TokenKey;

const ISSUER: &str = "tenant-gateway";

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The user.
    sub: Uuid,
    /// The tenant asked in; none for staff, and for a user who has yet to choose one.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<Uuid>,
    /// Said by a staff token, which names no tenant. Staff is never concluded from a missing tenant.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    staff: bool,
    iss: String,
    aud: String,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Why a request has no identity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No `Authorization` header.
    #[error("no token; send `Authorization: Bearer …` with one made by `gateway token`")]
    Missing,
    /// Not a bearer token.
    #[error("the Authorization header has no bearer token; send `Authorization: Bearer …`")]
    NotBearer,
    /// Its time is over.
    #[error("the token has expired; sign in again")]
    Expired,
    /// Not signed by this gateway's key, or not a token at all.
    #[error("the token is not valid; sign in again")]
    Invalid,
}

impl Claims {
    /// Claims for an identity, valid from now.
    #[must_use]
    pub fn new(identity: Identity, valid_for: Duration) -> Self {
        let now = Utc::now().timestamp();
        Self {
            sub: identity.user().into(),
            tenant: identity.tenant().map(Uuid::from),
            staff: matches!(identity, Identity::Staff { .. }),
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
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

    /// The claims of an `Authorization` header, verified.
    ///
    /// # Errors
    /// [`TokenError`]; it never says which part of a bad token was wrong.
    pub fn verify(header: Option<&str>, key: &TokenKey) -> Result<Self, TokenError> {
        let (scheme, token) = header
            .ok_or(TokenError::Missing)?
            .split_once(' ')
            .ok_or(TokenError::NotBearer)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(TokenError::NotBearer);
        }
        match decode::<Self>(token.trim(), &key.verifying, &VALIDATION) {
            Ok(token) => Ok(token.claims),
            Err(error)
                if matches!(
                    error.kind(),
                    jsonwebtoken::errors::ErrorKind::ExpiredSignature
                ) =>
            {
                Err(TokenError::Expired)
            }
            Err(_) => Err(TokenError::Invalid),
        }
    }

    /// The second, of Unix time, from which on the token is not valid.
    pub(super) fn expires(&self) -> i64 {
        self.exp
    }

    /// Whom the token is for.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] for a token that names both a tenant and staff.
    pub fn identity(&self) -> Result<Identity, TokenError> {
        let user = UserId::from(self.sub);
        match (self.tenant, self.staff) {
            (Some(tenant), false) => Ok(Identity::Member {
                tenant: TenantId::from(tenant),
                user,
            }),
            (None, true) => Ok(Identity::Staff { user }),
            (None, false) => Ok(Identity::User { user }),
            (Some(_), true) => Err(TokenError::Invalid),
        }
    }
}

/// The same for every token.
static VALIDATION: LazyLock<Validation> = LazyLock::new(|| {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
    validation.validate_nbf = true;
    validation.leeway = 5;
    validation
});
