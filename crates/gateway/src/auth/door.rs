//! The door: everything that decides whom a request speaks for, and remembers who was turned away.

use std::{net::IpAddr, sync::Arc};

use chrono::Utc;
use tenant::Identity;

use super::{
    ApiKeys, SecurityEvent, SecurityEventKind, SecurityEvents, Tokens, Trust,
    failures::{Failures, Verdict, Who},
};

/// Failures of a member of a tenant that says nothing else: the default of `tenant_policies.max_login_attempts`.
pub(crate) const MOST_OF_A_MEMBER: u32 = 5;

/// Whose requests are let in.
pub(crate) struct Door {
    pub(crate) tokens: Tokens,
    pub(crate) keys: ApiKeys,
    failures: Failures,
    events: Arc<dyn SecurityEvents>,
    /// Failures that an address may have.
    most_of_an_address: u32,
}

/// A request that was turned away.
pub(crate) struct TurnedAway<'r> {
    /// From where.
    pub(crate) address: Option<IpAddr>,
    /// Whom it was for, if that is known.
    pub(crate) identity: Option<&'r Identity>,
    /// How it was answered.
    pub(crate) code: &'static str,
    /// Its id.
    pub(crate) request: &'r str,
}

impl Door {
    pub(crate) fn new(
        trust: Trust,
        events: Arc<dyn SecurityEvents>,
        most_of_an_address: u32,
    ) -> Self {
        Self {
            tokens: Tokens::new(trust),
            keys: ApiKeys::new(),
            failures: Failures::new(),
            events,
            most_of_an_address,
        }
    }

    /// What becomes of a request from there.
    pub(crate) fn of_address(&self, address: Option<IpAddr>) -> Verdict {
        address.map_or(Verdict::Free, |address| {
            self.failures.verdict(Who::Address(address))
        })
    }

    /// What becomes of a request of theirs.
    pub(crate) fn of_identity(&self, identity: &Identity) -> Verdict {
        member(identity).map_or(Verdict::Free, |member| self.failures.verdict(member))
    }

    /// Counts a request that was turned away, of a member who may be so often as `most_of_a_member` says.
    pub(crate) fn turned_away(&self, request: &TurnedAway<'_>, most_of_a_member: u32) {
        let address = request.address.map(Who::Address);
        let address = address.map(|who| (who, self.most_of_an_address));
        let member = request.identity.and_then(member);
        let member = member.map(|who| (who, most_of_a_member));
        self.record(SecurityEventKind::AuthenticationFailure, request);
        for (who, most) in address.into_iter().chain(member) {
            if self.failures.failed(who, most) {
                self.record(SecurityEventKind::SuspiciousActivity, request);
            }
        }
    }

    /// Counts something of that `kind` that is not as it was signed; what becomes of whoever sent it.
    pub(crate) fn forged(&self, kind: SecurityEventKind, request: &TurnedAway<'_>) -> Verdict {
        self.record(kind, request);
        let Some(address) = request.address else {
            return Verdict::Free;
        };
        let who = Who::Follower(address);
        let verdict = self.failures.verdict(who);
        if self.failures.failed(who, self.most_of_an_address) {
            self.record(SecurityEventKind::SuspiciousActivity, request);
        }
        verdict
    }

    fn record(&self, kind: SecurityEventKind, request: &TurnedAway<'_>) {
        self.events.record(SecurityEvent {
            kind,
            at: Utc::now(),
            address: request.address,
            tenant: request.identity.and_then(Identity::tenant),
            user: request.identity.map(Identity::user),
            code: request.code,
            request: request.request.to_owned(),
        });
    }
}

/// The member to be counted. Not that of a key, in which anybody can write whom they like; nor can it be guessed.
fn member(identity: &Identity) -> Option<Who> {
    match identity {
        Identity::Key(_) => None,
        signed => Some(Who::Member(signed.tenant()?, signed.user())),
    }
}
