//! What a token must say, and whom it then speaks for.

use std::collections::HashSet;

use entity::id::{TenantId, UserId};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, errors::ErrorKind};
use serde_json::{Map, Value};
use tenant::Identity;

use super::TokenError;

/// Seconds that the clocks of issuer and gateway may differ by.
const LEEWAY: u64 = 5;

/// The claims by which a token names its people. A name that begins with `/` is a JSON pointer (RFC 6901) into a
/// claim: `/app_metadata/tenant`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimNames {
    /// The user, a UUID or `user_…`.
    pub user: String,
    /// The tenant asked in, a UUID or `tnt_…`. None in a token of staff, and in one of a user who has yet to choose.
    pub tenant: String,
    /// True in a token of staff, who is never concluded from a missing tenant.
    pub staff: String,
}

impl Default for ClaimNames {
    fn default() -> Self {
        Self {
            user: "sub".to_owned(),
            tenant: "tenant".to_owned(),
            staff: "staff".to_owned(),
        }
    }
}

/// What is checked of a token besides its signature.
pub(super) struct Rules {
    issuer: String,
    audience: String,
    names: ClaimNames,
}

/// Whom a token is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Said {
    pub(super) identity: Identity,
    /// The second, of Unix time, from which on it is not valid.
    pub(super) expires: i64,
}

impl Rules {
    pub(super) fn new(issuer: String, audience: String, names: ClaimNames) -> Self {
        Self {
            issuer,
            audience,
            names,
        }
    }

    /// Whom a token speaks for that `key` has signed with `algorithm`, and no other.
    ///
    /// # Errors
    /// [`TokenError::Expired`], [`TokenError::Invalid`].
    pub(super) fn read(
        &self,
        token: &str,
        key: &DecodingKey,
        algorithm: Algorithm,
    ) -> Result<Said, TokenError> {
        let decoded = decode::<Map<String, Value>>(token, key, &self.validation(algorithm));
        let claims = decoded.map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => TokenError::Expired,
            _ => TokenError::Invalid,
        })?;
        self.said(&Value::Object(claims.claims))
            .ok_or(TokenError::Invalid)
    }

    fn validation(&self, algorithm: Algorithm) -> Validation {
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.required_spec_claims = ["exp", "nbf", "iss", "aud"]
            .map(str::to_owned)
            .into_iter()
            .collect::<HashSet<_>>();
        validation.validate_nbf = true;
        validation.leeway = LEEWAY;
        validation
    }

    fn said(&self, claims: &Value) -> Option<Said> {
        let user = text(claims, &self.names.user)??.parse::<UserId>().ok()?;
        let tenant = match text(claims, &self.names.tenant)? {
            Some(tenant) => Some(tenant.parse::<TenantId>().ok()?),
            None => None,
        };
        let staff = match claim(claims, &self.names.staff) {
            None | Some(Value::Null) => false,
            Some(staff) => staff.as_bool()?,
        };
        let identity = match (tenant, staff) {
            (Some(tenant), false) => Identity::Member { tenant, user },
            (None, true) => Identity::Staff { user },
            (None, false) => Identity::User { user },
            // Nobody is both.
            (Some(_), true) => return None,
        };
        // RFC 7519, section 2: seconds, which may have a fraction.
        let expires = claims.get("exp")?.as_f64()?.floor();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a float becomes the nearest whole number that there is"
        )]
        let expires = expires as i64;
        Some(Said { identity, expires })
    }
}

fn claim<'c>(claims: &'c Value, name: &str) -> Option<&'c Value> {
    if name.starts_with('/') {
        claims.pointer(name)
    } else {
        claims.get(name)
    }
}

/// A claim's text, if it is there; none if it is something else than text.
fn text<'c>(claims: &'c Value, name: &str) -> Option<Option<&'c str>> {
    match claim(claims, name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => value.as_str().map(Some),
    }
}
