//! What the gateway takes for an attempt, counted until somebody asks.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use entity::id::{TenantId, UserId};
use events::{AuthenticationFailures, Code, Event, SuspiciousActivity, SuspiciousKind};
use tenant::Identity;
use watch::{Incident, Kind};

use crate::auth::{SecurityEvent, SecurityEventKind, SecurityEvents};

/// Most tenants and users that are told apart in an interval: who makes names up is not to fill the memory. All others are
/// counted together.
const APART: usize = 1000;
/// Most addresses that are told apart for one of them.
const ADDRESSES: usize = 10_000;
/// So many requests of one member that are too large, in an interval, are no mistake any more.
const TOO_OFTEN: u64 = 10;

/// Counts attempts.
#[derive(Default)]
pub(crate) struct Security(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    failures: HashMap<(Option<TenantId>, Code), Failures>,
    suspicious: HashMap<Suspicious, u64>,
}

#[derive(Default)]
struct Failures {
    count: u64,
    addresses: HashSet<IpAddr>,
}

type Suspicious = (SuspiciousKind, Option<TenantId>, Option<UserId>);

impl Security {
    /// A request was turned away for who sent it.
    fn failed(&self, tenant: Option<TenantId>, code: &str, address: Option<IpAddr>) {
        let code = Code::of(code);
        let mut counts = self.counts();
        let is_full = counts.failures.len() >= APART;
        let tenant = tenant.filter(|_| !is_full || counts.failures.contains_key(&(tenant, code)));
        let failures = counts.failures.entry((tenant, code)).or_default();
        failures.count += 1;
        if failures.addresses.len() < ADDRESSES {
            failures.addresses.extend(address);
        }
    }

    /// Something is suspicious.
    pub(crate) fn suspect(
        &self,
        kind: SuspiciousKind,
        tenant: Option<TenantId>,
        user: Option<UserId>,
    ) {
        let mut counts = self.counts();
        let who = (kind, tenant, user);
        let is_full = counts.suspicious.len() >= APART && !counts.suspicious.contains_key(&who);
        let who = if is_full { (kind, None, None) } else { who };
        *counts.suspicious.entry(who).or_default() += 1;
    }

    /// A request of somebody was answered with that code.
    pub(crate) fn refused(&self, code: &str, identity: &Identity) {
        if matches!(
            code,
            "DOCUMENT_TOO_LARGE" | "COST_EXCEEDED" | "PAYLOAD_TOO_LARGE" | "RATE_LIMITED"
        ) {
            let (tenant, user) = (identity.tenant(), identity.user());
            self.suspect(SuspiciousKind::LimitsHit, tenant, Some(user));
        }
    }

    fn counts(&self) -> std::sync::MutexGuard<'_, Counts> {
        // A count is whole, whoever panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was counted in an interval; it begins anew.
    pub(super) fn take(&self, interval: Duration) -> Taken {
        let counts = std::mem::take(&mut *self.counts());
        let interval_seconds = interval.as_secs_f64();
        let failures = counts
            .failures
            .into_iter()
            .map(|((tenant_id, reason), of)| {
                Event::from(AuthenticationFailures {
                    tenant_id,
                    reason,
                    failures: of.count,
                    addresses: of.addresses.len() as u64,
                    interval_seconds,
                })
            });
        let is_told = |&((kind, ..), count): &(Suspicious, u64)| {
            kind != SuspiciousKind::LimitsHit || count >= TOO_OFTEN
        };
        let suspicious: Vec<_> = counts.suspicious.into_iter().filter(is_told).collect();
        let activity = suspicious.iter().map(|((kind, tenant, user), count)| {
            Event::from(SuspiciousActivity {
                kind: *kind,
                tenant_id: *tenant,
                user_id: *user,
                occurrences: *count,
                interval_seconds,
            })
        });
        Taken {
            events: failures.chain(activity).collect(),
            incidents: suspicious.iter().filter_map(incident).collect(),
        }
    }
}

/// What was counted in an interval.
pub(super) struct Taken {
    pub(super) events: Vec<Event>,
    pub(super) incidents: Vec<Incident>,
}

/// Who is shut out is one, and so is what happens too often to be a mistake.
fn incident(((kind, tenant, user), count): &(Suspicious, u64)) -> Option<Incident> {
    let is_one = *kind == SuspiciousKind::RepeatedFailures || *count >= TOO_OFTEN;
    is_one.then_some(Incident {
        kind: Kind::Suspicious(*kind, *user),
        tenant: *tenant,
        count: *count,
    })
}

/// Counts what happens at the door, and tells it on.
pub(crate) struct Watched {
    pub(crate) report: Arc<super::Report>,
    pub(crate) next: Arc<dyn SecurityEvents>,
}

impl SecurityEvents for Watched {
    fn record(&self, event: SecurityEvent) {
        let (security, tenant, user) = (&self.report.security, event.tenant, event.user);
        match event.kind {
            SecurityEventKind::AuthenticationFailure => {
                security.failed(tenant, event.code, event.address);
                if event.code == "UNAUTHENTICATED" {
                    security.suspect(SuspiciousKind::ForgedToken, tenant, user);
                }
            }
            SecurityEventKind::SuspiciousActivity => {
                security.suspect(SuspiciousKind::RepeatedFailures, tenant, user);
            }
            SecurityEventKind::ForgedLink => {
                security.suspect(SuspiciousKind::ForgedLink, tenant, user);
            }
        }
        self.next.record(event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_makes_names_up_fills_no_memory_and_is_counted() {
        let security = Security::default();
        for _ in 0..APART + 50 {
            let made_up = Some(uuid::Uuid::now_v7().into());
            security.failed(made_up, "FORBIDDEN", None);
            security.suspect(SuspiciousKind::ForgedToken, made_up, None);
        }
        let events = security.take(Duration::from_secs(1)).events;
        assert_eq!(events.len(), 2 * (APART + 1));
        let together = events.iter().filter_map(|event| match event {
            Event::AuthenticationFailures(of) if of.tenant_id.is_none() => Some(of.failures),
            Event::SuspiciousActivity(of) if of.tenant_id.is_none() => Some(of.occurrences),
            _ => None,
        });
        assert_eq!(together.collect::<Vec<_>>(), [50, 50]);
        assert!(security.take(Duration::from_secs(1)).events.is_empty());
    }

    #[test]
    fn a_limit_that_is_hit_now_and_then_is_nothing() {
        let security = Security::default();
        let identity = Identity::User {
            user: uuid::Uuid::now_v7().into(),
        };
        let hit = |times| {
            for _ in 0..times {
                security.refused("COST_EXCEEDED", &identity);
                security.refused("BAD_USER_INPUT", &identity);
            }
            let taken = security.take(Duration::from_secs(1));
            (taken.events.len(), taken.incidents.len())
        };
        assert_eq!((hit(TOO_OFTEN - 1), hit(TOO_OFTEN)), ((0, 0), (1, 1)));
    }
}
