//! From a request's headers to an identity.

use std::{net::IpAddr, sync::Arc};

use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use entity::id::TenantId;
use tenant::{Act, ApiKey, Identity, Origin};
use uuid::Uuid;

use super::{client, error::HttpError};
use crate::{
    auth::{Door, MOST_OF_A_MEMBER, TokenError, TurnedAway, Verdict},
    serve::Gateway,
};

/// The tenant that a user of several, or a member of staff, asks in.
const TENANT: &str = "x-tenant-id";
/// Why a member of staff asks in it.
const REASON: &str = "x-staff-reason";
/// Most characters of a reason.
const LONGEST_REASON: usize = 500;

/// Who sends a request, as far as it is known before it is authenticated.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    /// From where; unknown without a connection of its own.
    pub(super) address: Option<IpAddr>,
    /// The request's id.
    pub(super) request: Uuid,
    /// The program that sends it, as that calls itself.
    pub(super) agent: Option<HeaderValue>,
}

impl Sender {
    /// Of the request with this id.
    pub(super) fn of(
        gateway: &Gateway,
        extensions: &Extensions,
        headers: &HeaderMap,
        request: Uuid,
    ) -> Self {
        Self {
            address: client::address(extensions, headers, gateway.trusted_proxies()),
            request,
            agent: headers.get(header::USER_AGENT).cloned(),
        }
    }

    /// The same as it is recorded.
    pub(super) fn origin(&self) -> Origin {
        let agent = self.agent.as_ref().map(HeaderValue::as_bytes);
        Origin::new(self.address, agent)
    }

    /// The same without the buffer that the request was read into, for who stays for long.
    pub(super) fn detached(self) -> Self {
        let agent = self
            .agent
            .map(|agent| HeaderValue::from_bytes(agent.as_bytes()));
        Self {
            agent: agent.and_then(Result::ok),
            ..self
        }
    }
}

/// Whom a request speaks for.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) identity: Identity,
    /// The second, of Unix time, from which on the credentials are not valid; `None` for a key, which is asked about
    /// each time.
    pub(super) expires: Option<i64>,
}

/// Whom the request speaks for, by its bearer token, and in which tenant. Whether they are a member of it is the
/// database's to say. Who is turned away is counted.
pub(super) async fn caller(
    gateway: &Gateway,
    headers: &HeaderMap,
    sender: &Sender,
) -> Result<Caller, HttpError> {
    let door = gateway.door();
    let token = bearer(headers)?;
    wait(door, token, sender).await?;
    let mut identity = None;
    let caller = identify(gateway, headers, token, sender, &mut identity).await;
    if let Err(error) = &caller {
        turned_away(gateway, error, identity.as_ref(), sender);
    }
    caller
}

async fn identify(
    gateway: &Gateway,
    headers: &HeaderMap,
    token: &str,
    sender: &Sender,
    found: &mut Option<Identity>,
) -> Result<Caller, HttpError> {
    let (identity, expires) = if ApiKey::is_meant(token) {
        let key = ApiKey::parse(token).ok_or(TokenError::Key)?;
        (Identity::Key(key), None)
    } else {
        let (identity, expires) = gateway.door().tokens.verify(token).await?;
        (identity, Some(expires))
    };
    let identity = within(identity, headers, sender)?;
    *found = Some(identity.clone());
    if let Verdict::Refused(wait) = gateway.door().of_identity(&identity) {
        return Err(HttpError::TooManyAttempts {
            seconds: wait.as_secs().max(1),
        });
    }
    if let Identity::Key(key) = identity {
        let confirmed = gateway.door().keys.confirm(gateway.database(), key).await;
        confirmed.map_err(|refusal| HttpError::refused(refusal, &identity))?;
    }
    Ok(Caller { identity, expires })
}

/// The operation was not run, because the database does not know who asks as a member.
pub(super) fn refused(gateway: &Gateway, error: &HttpError, identity: &Identity, sender: &Sender) {
    if let Identity::Key(key) = identity {
        gateway.door().keys.forget(key);
    }
    turned_away(gateway, error, Some(identity), sender);
}

fn turned_away(gateway: &Gateway, error: &HttpError, identity: Option<&Identity>, sender: &Sender) {
    if !error.is_an_attempt() {
        return;
    }
    let tenant = identity.and_then(Identity::tenant);
    let most = tenant.and_then(|tenant| gateway.budgets().refusals(tenant));
    let request = TurnedAway {
        address: sender.address,
        identity,
        code: error.code(),
        request: &sender.request.simple().to_string(),
    };
    let most = most.unwrap_or(MOST_OF_A_MEMBER).max(1);
    gateway.door().turned_away(&request, most);
}

/// The token of the `Authorization` header.
fn bearer(headers: &HeaderMap) -> Result<&str, TokenError> {
    let header = headers.get(header::AUTHORIZATION);
    let header = header.ok_or(TokenError::Missing)?;
    let (scheme, token) = header
        .to_str()
        .unwrap_or_default()
        .split_once(' ')
        .ok_or(TokenError::NotBearer)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(TokenError::NotBearer);
    }
    Ok(token.trim())
}

/// Slows down, or refuses unseen, who was turned away from this address too often. A token that was good before is no
/// attempt.
async fn wait(door: &Door, token: &str, sender: &Sender) -> Result<(), HttpError> {
    match door.of_address(sender.address) {
        Verdict::Free => Ok(()),
        _ if door.tokens.knows(token) => Ok(()),
        Verdict::Slow(delay) => {
            tokio::time::sleep(delay).await;
            Ok(())
        }
        Verdict::Refused(wait) => Err(HttpError::TooManyAttempts {
            seconds: wait.as_secs().max(1),
        }),
    }
}

/// The identity in the tenant that the request names.
fn within(identity: Identity, headers: &HeaderMap, sender: &Sender) -> Result<Identity, HttpError> {
    let Some(value) = headers.get(TENANT) else {
        return Ok(identity);
    };
    let tenant = value.to_str().unwrap_or_default();
    let tenant: TenantId = tenant.parse().map_err(|_| HttpError::TenantId)?;
    match identity {
        Identity::User { user } => Ok(Identity::Member { tenant, user }),
        Identity::Staff { user } => Ok(Identity::Acting {
            tenant,
            user,
            act: Arc::new(Act {
                reason: reason(headers.get(REASON)).ok_or(HttpError::StaffReason)?,
                request: sender.request,
                origin: sender.origin(),
            }),
        }),
        other if other.tenant() == Some(tenant) => Ok(other),
        _ => Err(HttpError::OtherTenant),
    }
}

/// Words that say something, as UTF-8 or, from a browser, which sends none in a header, as percent encoding.
fn reason(header: Option<&HeaderValue>) -> Option<String> {
    let text = percent_encoding::percent_decode(header?.as_bytes());
    let text = text.decode_utf8().ok()?;
    let text = text.trim();
    let is_short = text.chars().count() <= LONGEST_REASON;
    let is_plain = !text.chars().any(char::is_control);
    (is_short && is_plain && !text.is_empty()).then(|| text.to_owned())
}
