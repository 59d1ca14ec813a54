//! The pools of the platform's databases, private to this crate.

use std::{sync::Arc, time::Duration};

use futures::future::{join, join_all};
use sqlx::{ConnectOptions, PgConnection};

use crate::{
    begin,
    cause::Cause,
    connect::Target,
    context::TenantContext,
    error::Refusal,
    identity::{Access, Identity},
    pool::{Lent, Pool, PoolCounts, PoolUse},
    tier::{Each, Tier},
    wire::of_driver,
};

/// How a [`Database`] connects.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// Most connections at once. On two cores 32 are slower than 8 (0.66 to 0.8 times): 4 to 8 a
    /// pair of cores.
    pub max_connections: u32,
    /// How long a request waits for a connection before it is answered with "busy".
    pub acquire_timeout: Duration,
    /// How long PostgreSQL lets a statement run; `None` is as long as the role's setting says.
    pub statement_timeout: Option<Duration>,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            max_connections: 8,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: None,
        }
    }
}

/// Databases that are reached through [`TenantContext`]s only.
#[derive(Clone)]
pub struct Database {
    pools: Each<Option<Arc<Pool>>>,
    options: DatabaseOptions,
}

impl Database {
    /// Makes the pool of the transactional tier; connects nothing yet, so that a gateway can start before
    /// its database.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL, or names a certificate file that can not be read.
    pub fn new(url: &str, options: &DatabaseOptions) -> Result<Self, sqlx::Error> {
        let none = Self {
            pools: Each::default(),
            options: options.clone(),
        };
        none.and(Tier::Oltp, url)
    }

    /// The same with another tier, of as many connections.
    ///
    /// # Errors
    /// As of [`Self::new`].
    pub fn and(mut self, tier: Tier, url: &str) -> Result<Self, sqlx::Error> {
        let options = &self.options;
        let mut target = Target::parse(url, options.statement_timeout)?;
        if tier == Tier::Oltp {
            target = target.prepared(begin::prepare());
        }
        let pool = Pool::new(target, options.max_connections, options.acquire_timeout);
        self.pools[tier] = Some(Arc::new(pool));
        Ok(self)
    }

    /// A context in which `identity` may do what `access` says. Costs no connection until its
    /// first statement.
    #[must_use]
    pub fn context(&self, identity: Identity, access: Access) -> Arc<TenantContext> {
        self.context_for(identity, access, Cause::current())
    }

    /// The same for a cause that is known; without it, it is the one that [runs](Cause::of).
    #[must_use]
    pub fn context_for(
        &self,
        identity: Identity,
        access: Access,
        cause: Cause,
    ) -> Arc<TenantContext> {
        Arc::new(TenantContext::new(self.clone(), identity, access, cause))
    }

    /// A context in which `identity` writes in one tier, and reads in the others.
    #[must_use]
    pub fn writing(&self, tier: Tier, identity: Identity) -> Arc<TenantContext> {
        let context = TenantContext::new(self.clone(), identity, Access::Write, Cause::current());
        let claimed = context.claim(tier);
        debug_assert!(claimed.is_ok(), "nothing has claimed a new context");
        Arc::new(context)
    }

    /// The tiers that there are.
    pub fn tiers(&self) -> impl Iterator<Item = Tier> {
        let pools = Tier::ALL.into_iter().zip(self.pools.iter());
        pools.filter_map(|(tier, pool)| pool.as_ref().map(|_| tier))
    }

    /// Whether a tier answers; for readiness probes.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] or [`Refusal::Busy`].
    pub async fn ping(&self, tier: Tier) -> Result<(), Refusal> {
        let mut attempts = 0;
        loop {
            let refusal = match self.ping_once(tier).await {
                Ok(()) => return Ok(()),
                Err(error) => Refusal::of(&error).unwrap_or(Refusal::Unavailable),
            };
            // As often as connections can have died since their last use.
            if refusal == Refusal::Busy || attempts > self.max_connections() {
                return Err(refusal);
            }
            attempts += 1;
        }
    }

    async fn ping_once(&self, tier: Tier) -> Result<(), sqlx::Error> {
        let lent = self.acquire(tier).await?;
        let wire = lent.wire();
        let (unended, ended) = wire.ended();
        let question = unended + "SELECT 1";
        let asked = join(ended, wire.client().batch_execute(&question));
        let (ended, answered) = wire.drive(asked).await;
        ended.and(answered).map_err(of_driver)
    }

    /// What the pool of each tier is doing, and has done so far.
    pub fn pool_counts(&self) -> impl Iterator<Item = (Tier, PoolCounts)> {
        let pools = Tier::ALL.into_iter().zip(self.pools.iter());
        pools.filter_map(|(tier, pool)| Some((tier, pool.as_ref()?.counts())))
    }

    /// The same, and for how long nothing was asked of connections that are out; those of which nothing was for longer than
    /// `held` are told apart.
    pub fn pool_use(&self, held: Duration) -> impl Iterator<Item = (Tier, PoolUse)> {
        let pools = Tier::ALL.into_iter().zip(self.pools.iter());
        pools.filter_map(move |(tier, pool)| Some((tier, pool.as_ref()?.used(held))))
    }

    /// Waits for the connections in use to come back and closes all.
    pub async fn close(&self) {
        join_all(self.pools.iter().flatten().map(|pool| pool.close())).await;
    }

    /// More than this many idle connections of a tier can not be dead at once.
    pub(crate) fn max_connections(&self) -> u32 {
        self.options.max_connections
    }

    pub(crate) async fn acquire(&self, tier: Tier) -> Result<Lent, sqlx::Error> {
        self.pool(tier)?.acquire().await
    }

    /// The login role's connection for what is not about a tenant.
    pub(crate) async fn connect_apart(&self) -> Result<PgConnection, sqlx::Error> {
        let pool = self.pool(Tier::Oltp)?;
        pool.target().options().connect().await
    }

    fn pool(&self, tier: Tier) -> Result<&Arc<Pool>, sqlx::Error> {
        let pool = self.pools[tier].as_ref();
        pool.ok_or_else(|| {
            let missing = format!("no database is given for the {} tier", tier.as_str());
            sqlx::Error::Configuration(missing.into())
        })
    }
}
