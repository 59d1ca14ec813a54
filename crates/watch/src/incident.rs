//! What needs somebody.

use std::time::Duration;

use entity::{
    id::{SubscriptionId, TenantId},
    oltp::admin_system_event::Severity,
};
use events::SuspiciousKind;
use serde_json::{Value, json};

/// What happened. One type, tenant and subject have one open row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Somebody tries something. Who, if a signature says so, is the subject.
    Suspicious(SuspiciousKind, Option<entity::id::UserId>),
    /// A tenant has used up what its plan allows of the subject.
    Quota(String),
    /// Jobs of a tenant failed for good, in the queue that is the subject.
    DeadLetters(String),
    /// A subscription is not paid.
    Overdue(SubscriptionId),
    /// Stripe tells of a subscription of a tenant's customer, and which of the tenant's it is, if any, is not known.
    Unlinked,
    /// A database, Redis, the mail server, or the place for events does not answer.
    Dependency(&'static str),
}

/// Something that needs somebody.
#[derive(Clone, Debug)]
pub struct Incident {
    /// What.
    pub kind: Kind,
    /// Whose.
    pub tenant: Option<TenantId>,
    /// How often it was seen.
    pub count: u64,
}

impl Kind {
    /// The column `event_type`.
    #[must_use]
    pub fn event_type(&self) -> &'static str {
        match self {
            Self::Suspicious(..) => "security_incident",
            Self::Quota(_) => "quota_reached",
            Self::DeadLetters(_) => "dead_letters",
            Self::Overdue(_) => "payment_overdue",
            Self::Unlinked => "subscription_unlinked",
            Self::Dependency(_) => "dependency_failing",
        }
    }

    /// The column `subject`.
    #[must_use]
    pub fn subject(&self) -> String {
        match self {
            Self::Suspicious(kind, None) => kind.as_str().to_owned(),
            Self::Suspicious(kind, Some(user)) => format!("{} {user}", kind.as_str()),
            Self::Quota(limit) => limit.clone(),
            Self::DeadLetters(queue) => queue.clone(),
            Self::Overdue(subscription) => subscription.to_string(),
            Self::Unlinked => "stripe".to_owned(),
            Self::Dependency(name) => (*name).to_owned(),
        }
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::Quota(_) => Severity::Low,
            Self::Suspicious(SuspiciousKind::LimitsHit, _) => Severity::Low,
            Self::Suspicious(..) | Self::Overdue(_) | Self::Dependency("events") => {
                Severity::Medium
            }
            Self::DeadLetters(_) | Self::Unlinked => Severity::High,
            Self::Dependency("oltp") => Severity::Critical,
            Self::Dependency(_) => Severity::High,
        }
    }

    /// The column `description`.
    pub(crate) fn description(&self) -> String {
        match self {
            Self::Suspicious(SuspiciousKind::RepeatedFailures, _) => {
                "Requests were turned away so often that further ones are, for a while.".to_owned()
            }
            Self::Suspicious(SuspiciousKind::ForgedToken, _) => {
                "Many tokens or keys came that are not what they say.".to_owned()
            }
            Self::Suspicious(SuspiciousKind::ForgedLink, _) => {
                "Many links came that are not as they were signed.".to_owned()
            }
            Self::Suspicious(SuspiciousKind::LimitsHit, _) => {
                "Requests exceed the limits again and again.".to_owned()
            }
            Self::Quota(limit) => format!("The plan allows no more ({limit})."),
            Self::DeadLetters(queue) => {
                format!("Jobs of the queue {queue} failed for good: replay or drop them.")
            }
            Self::Overdue(_) => {
                "A payment for the subscription failed or is late: see to the way it is paid."
                    .to_owned()
            }
            Self::Unlinked => "Stripe tells of a subscription, and which one it is here is not known: give one its `stripe_subscription_id`, \
                 or cancel it there. The event comes again."
                .to_owned(),
            Self::Dependency("events") => "Events can not be sent.".to_owned(),
            Self::Dependency("redis") => "Redis does not answer.".to_owned(),
            Self::Dependency("mail") => "The mail server does not answer.".to_owned(),
            Self::Dependency(tier) => format!("The {tier} database does not answer."),
        }
    }

    /// The column `details`.
    pub(crate) fn details(&self) -> Value {
        match self {
            Self::Suspicious(_, Some(user)) => json!({ "userId": user.to_string() }),
            Self::Suspicious(_, None) => Value::Null,
            Self::Quota(limit) => json!({ "limit": limit }),
            Self::DeadLetters(queue) => json!({ "queue": queue }),
            Self::Overdue(subscription) => json!({ "subscriptionId": subscription.to_string() }),
            Self::Unlinked => json!({ "provider": "stripe" }),
            Self::Dependency(name) => json!({ "dependency": name }),
        }
    }

    /// How long it must not be seen to be over. What is looked for every so often, with `period` between two looks, is over
    /// when three looks did not find it.
    pub(crate) fn quiet(&self, period: Duration) -> Duration {
        match self {
            Self::Suspicious(..) => Duration::from_secs(15 * 60).max(3 * period),
            Self::Quota(_) => Duration::from_secs(60 * 60).max(3 * period),
            Self::DeadLetters(_) | Self::Overdue(_) | Self::Dependency(_) => 3 * period,
            // Stripe waits the longer the more often it has tried, for half a day at most.
            Self::Unlinked => Duration::from_secs(12 * 60 * 60).max(3 * period),
        }
    }

    /// What leaves with an event, of those that are about security.
    pub(crate) fn suspicious(event_type: &str, subject: &str) -> Option<SuspiciousKind> {
        let kinds = [
            SuspiciousKind::RepeatedFailures,
            SuspiciousKind::ForgedToken,
            SuspiciousKind::ForgedLink,
            SuspiciousKind::LimitsHit,
        ];
        let word = subject.split(' ').next().unwrap_or_default();
        let mut found = kinds.into_iter().filter(|kind| kind.as_str() == word);
        found.next().filter(|_| event_type == "security_incident")
    }
}
