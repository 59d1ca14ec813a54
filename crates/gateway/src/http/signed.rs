//! Links that say themselves, signed, what they are about: whoever has one needs no other right. And webhooks, which are
//! signed, too.
//!
//! Links are followed by people and programs that are nobody here, so they are counted by address. A link that is as it was
//! signed is good however often others were not; each of those is a security event.

use chrono::Utc;
use mail::link::{Link, Refused};

use super::{authenticate::Sender, error::HttpError};
use crate::{
    auth::{SecurityEventKind, TurnedAway, Verdict},
    serve::Gateway,
};

/// What a token means; `otherwise` is said where it is none of this server's, or was changed.
pub(super) async fn read(
    gateway: &Gateway,
    token: &str,
    sender: &Sender,
    otherwise: HttpError,
) -> Result<Link, HttpError> {
    if let Err(wait) = gateway.follow(sender.address) {
        // Rounded up, so that who waits so long is answered.
        return Err(HttpError::TooManyLinks {
            seconds: wait.as_secs() + 1,
        });
    }
    match gateway.links().read(token, Utc::now()) {
        Ok(link) => Ok(link),
        Err(Refused::Expired) => Err(HttpError::LinkExpired),
        Err(_) => Err(forged(gateway, SecurityEventKind::ForgedLink, sender, otherwise).await),
    }
}

/// How something is answered that is not as it was signed: as `otherwise` says, later the more often it happened, and
/// after too often not at all for a while.
pub(super) async fn forged(
    gateway: &Gateway,
    kind: SecurityEventKind,
    sender: &Sender,
    otherwise: HttpError,
) -> HttpError {
    let request = TurnedAway {
        address: sender.address,
        identity: None,
        code: otherwise.code(),
        request: &sender.request.simple().to_string(),
    };
    match gateway.door().forged(kind, &request) {
        Verdict::Free => otherwise,
        Verdict::Slow(delay) => {
            tokio::time::sleep(delay).await;
            otherwise
        }
        Verdict::Refused(wait) => HttpError::TooManyAttempts {
            seconds: wait.as_secs().max(1),
        },
    }
}
