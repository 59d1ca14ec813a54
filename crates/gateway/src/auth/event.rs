//! What happens at the door, for whoever watches it.

use std::{fmt, net::IpAddr};

use chrono::{DateTime, Utc};
use entity::id::{TenantId, UserId};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityEventKind {
    /// A request was refused for who sent it: by a token, a key, or the signature of a webhook.
    AuthenticationFailure,
    /// So many were that further ones are refused for a while.
    SuspiciousActivity,
    /// A link of mail, or to a file, was followed that is not as it was signed.
    ForgedLink,
}

/// Something that happened at the door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityEvent {
    /// What.
    pub kind: SecurityEventKind,
    /// When.
    pub at: DateTime<Utc>,
    /// From where.
    pub address: Option<IpAddr>,
    /// The tenant asked in, if a good signature or the form of a key says so.
    pub tenant: Option<TenantId>,
    /// The user, likewise.
    pub user: Option<UserId>,
    /// The `extensions.code` that was answered.
    pub code: &'static str,
    /// The request's id, by which the log has the rest.
    pub request: String,
}

/// Where events about security go.
pub trait SecurityEvents: Send + Sync {
    /// Takes an event; must not block, because a request waits.
    fn record(&self, event: SecurityEvent);
}

/// Writes events to the log, at the level of warnings, under the target `gateway::security`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoggedEvents;

impl SecurityEvents for LoggedEvents {
    fn record(&self, event: SecurityEvent) {
        let kind = match event.kind {
            SecurityEventKind::AuthenticationFailure => "authentication failure",
            SecurityEventKind::SuspiciousActivity => "suspicious activity",
            SecurityEventKind::ForgedLink => "forged link",
        };
        tracing::warn!(
            target: "gateway::security",
            address = event.address.map(tracing::field::display),
            tenant = event.tenant.map(tracing::field::display),
            user = event.user.map(tracing::field::display),
            code = event.code,
            id = event.request,
            "{kind}"
        );
    }
}

impl fmt::Debug for dyn SecurityEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecurityEvents")
    }
}
