//! A tenant's budget: so many requests a minute as its plan says (`plans.api_rate_limit`).
//!
//! Checked as soon as it is known who asks, before anything is read or executed. What a plan allows is read in a
//! tenant context of its own, after a member's request was answered and at most once a minute a tenant, so no
//! request waits for it: those before the first reading are not counted. A request counts only if a request of the same
//! user in this tenant was answered before, because the membership is the database's to say: nobody can use up
//! the budget of a tenant whose member they are not.
//!
//! Counted in this process, for all of its cores together, or in Redis for all processes ([`redis`]).
//!
//! Whoever follows a link of mail is nobody's member: [`followers`] counts them by their addresses.

mod allowance;
mod followers;
mod redis;

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use axum::http::HeaderValue;
use entity::id::{TenantId, UserId};
use quick_cache::sync::Cache;
use resolver::RequestRules;
use tenant::{Access, Identity, Outcome, Refusal};

use self::allowance::Allowance;
pub(crate) use self::followers::Followers;
pub(crate) use self::redis::Redis;
use crate::{operation::Executed, serve::Gateway};

/// How long what a plan allows is taken for true.
const FRESH: Duration = Duration::from_secs(60);
/// Members that are known at once, some 100 bytes each. One that is forgotten is met anew.
const MEMBERS: usize = 1 << 16;
/// Tenants that are known at once, some 200 bytes each. One that is forgotten begins with a whole budget.
const TENANTS: usize = 1 << 14;

/// A user in a tenant.
type Member = (TenantId, UserId);

/// The budgets of a process.
pub(crate) struct Budgets {
    tenants: Cache<TenantId, Arc<Budget>>,
    members: Cache<Member, Arc<Budget>>,
    /// The tenants whose plan is being read.
    reading: Mutex<HashSet<TenantId>>,
}

/// What one tenant may.
struct Budget {
    known: RwLock<Known>,
}

/// What its plan allows, how often a member may be refused, and when that was read.
#[derive(Clone)]
struct Known {
    allowance: Arc<Allowance>,
    refusals: Option<u32>,
    read: Instant,
}

/// A request that there is no budget for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Requests a minute that the plan allows.
    pub(crate) allowed: u32,
    /// When there will be budget for another one.
    pub(crate) wait: Duration,
}

impl Budgets {
    pub(crate) fn new() -> Self {
        Self {
            tenants: Cache::new(TENANTS),
            members: Cache::new(MEMBERS),
            reading: Mutex::default(),
        }
    }

    /// Takes one request off the budget of the identity's tenant. Answers with the header `RateLimit-Policy` where
    /// there is a limit.
    ///
    /// # Errors
    /// [`Spent`] when nothing is left.
    pub(crate) async fn spend(
        &self,
        identity: &Identity,
        redis: Option<&Redis>,
    ) -> Result<Option<HeaderValue>, Spent> {
        let Some(member) = counted(identity) else {
            return Ok(None);
        };
        let Some(budget) = self.members.get(&member) else {
            return Ok(None);
        };
        let allowance = budget.known().allowance;
        let Some(allowed) = allowance.allowed() else {
            return Ok(None);
        };
        if allowed == 0 && !budget.is_fresh() {
            // Where nothing is answered nothing would be learned.
            return Ok(None);
        }
        let counted = match redis {
            Some(redis) => redis.spend(member.0, allowed).await,
            None => None,
        };
        let wait = counted.unwrap_or_else(|| allowance.spend());
        match wait {
            Ok(()) => Ok(Some(allowance.policy())),
            Err(wait) => Err(Spent { allowed, wait }),
        }
    }

    /// Learns from an operation that was run who is a member, and reads what the plan allows if that is not known,
    /// or not any more. Nobody waits for it.
    pub(crate) fn learn(gateway: &Arc<Gateway>, identity: &Identity, executed: &Executed) {
        let was_opened = matches!(
            executed.outcome,
            Some(Outcome::Committed | Outcome::RolledBack)
        );
        let refusal = executed.context.refusal();
        Self::learn_of(gateway, identity, refusal, was_opened);
    }

    /// The same from a transaction of any request: why there was none, or that it was opened.
    pub(crate) fn learn_of(
        gateway: &Arc<Gateway>,
        identity: &Identity,
        refusal: Option<Refusal>,
        was_opened: bool,
    ) {
        let budgets = gateway.budgets();
        let Some(member) = counted(identity).filter(|_| gateway.has_rate_limits()) else {
            return;
        };
        match refusal {
            None => {}
            Some(refusal) => {
                if refusal == Refusal::NotAMember {
                    budgets.members.remove(&member);
                }
                return;
            }
        }
        if let Some(budget) = budgets.members.get(&member) {
            if budget.is_fresh() {
                return;
            }
        } else if was_opened && let Some(budget) = budgets.tenants.get(&member.0) {
            // The transaction was opened, so the database has said that this is a member.
            budgets.members.insert(member, budget);
            return;
        }
        if budgets.begin_reading(member.0) {
            let (gateway, identity) = (Arc::clone(gateway), identity.clone());
            tokio::spawn(async move { Reading { gateway, member }.run(identity).await });
        }
    }

    /// How often a member of the tenant may be refused, if one of its members has asked anything of late: who is
    /// refused has nobody's right to read the policy.
    pub(crate) fn refusals(&self, tenant: TenantId) -> Option<u32> {
        self.tenants.get(&tenant)?.known().refusals
    }

    /// True for the first.
    fn begin_reading(&self, tenant: TenantId) -> bool {
        // A set is whole whenever its lock is free.
        let mut reading = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        reading.insert(tenant)
    }

    /// The plan of a member's tenant allows so many requests a minute, or any number.
    fn know(&self, member: Member, rules: RequestRules) {
        let known = Known::new(rules);
        let budget = match self.tenants.get(&member.0) {
            Some(budget) => {
                budget.renew(known);
                budget
            }
            None => {
                let known = RwLock::new(known);
                let budget = Arc::new(Budget { known });
                self.tenants.insert(member.0, Arc::clone(&budget));
                budget
            }
        };
        self.members.insert(member, budget);
    }
}

/// Whose requests are counted: those of members, by themselves or by their keys, and of nobody else.
fn counted(identity: &Identity) -> Option<Member> {
    match identity {
        Identity::Member { tenant, user } => Some((*tenant, *user)),
        Identity::Key(key) => Some((key.tenant(), key.user())),
        Identity::User { .. }
        | Identity::Staff { .. }
        | Identity::Acting { .. }
        | Identity::Job { .. }
        | Identity::Dispatcher => None,
    }
}

impl Budget {
    fn known(&self) -> Known {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    fn is_fresh(&self) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.read.elapsed() < FRESH
    }

    /// What was spent stays spent, unless the plan allows another number now.
    fn renew(&self, new: Known) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        let allowance = Arc::clone(&known.allowance);
        let is_same = allowance.allowed() == new.allowance.allowed();
        *known = new;
        if is_same {
            known.allowance = allowance;
        }
    }
}

impl Known {
    fn new(rules: RequestRules) -> Self {
        Self {
            allowance: Arc::new(Allowance::new(rules.a_minute)),
            refusals: rules.refusals,
            read: Instant::now(),
        }
    }
}

/// The reading of a tenant's plan, which ends however its task does.
struct Reading {
    gateway: Arc<Gateway>,
    member: Member,
}

impl Reading {
    async fn run(self, identity: Identity) {
        let context = self.gateway.database().context(identity, Access::Read);
        let read = RequestRules::of(&context).await;
        match read {
            Ok(rules) => self.gateway.budgets().know(self.member, rules),
            // One who is no member has no plan; a database that is away is told of by the requests.
            Err(_) if context.refusal().is_some() => {}
            Err(error) => tracing::error!(%error, "what a plan allows could not be read"),
        }
        // A read changes nothing, so there is nothing to be told of its end.
        let _ = context.finish(false).await;
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let reading = self.gateway.budgets().reading.lock();
        let mut reading = reading.unwrap_or_else(PoisonError::into_inner);
        reading.remove(&self.member.0);
    }
}

#[cfg(test)]
mod tests;
