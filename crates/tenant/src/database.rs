//! The pool of one database, private to this crate.

use std::{sync::Arc, time::Duration};

use futures::future::join;
use sqlx::{ConnectOptions, PgConnection};

use crate::{
    connect::Target,
    context::TenantContext,
    error::Refusal,
    identity::{Access, Identity},
    pool::{Lent, Pool},
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

/// A database that is reached through [`TenantContext`]s only.
#[derive(Clone)]
pub struct Database {
    pool: Arc<Pool>,
}

impl Database {
    /// Makes the pool; connects nothing yet, so that a gateway can start before its database.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL, or names a certificate file that can not be read.
    pub fn new(url: &str, options: &DatabaseOptions) -> Result<Self, sqlx::Error> {
        let pool = Pool::new(
            Target::parse(url, options.statement_timeout)?,
            options.max_connections,
            options.acquire_timeout,
        );
        Ok(Self {
            pool: Arc::new(pool),
        })
    }

    /// A context in which `identity` may do what `access` says. Costs no connection until its
    /// first statement.
    #[must_use]
    pub fn context(&self, identity: Identity, access: Access) -> Arc<TenantContext> {
        Arc::new(TenantContext::new(self.clone(), identity, access))
    }

    /// Whether the database answers; for readiness probes.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] or [`Refusal::Busy`].
    pub async fn ping(&self) -> Result<(), Refusal> {
        let mut attempts = 0;
        loop {
            let refusal = match self.ping_once().await {
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

    async fn ping_once(&self) -> Result<(), sqlx::Error> {
        let lent = self.acquire().await?;
        let wire = lent.wire();
        let (unended, ended) = wire.ended();
        let question = unended + "SELECT 1";
        let asked = join(ended, wire.client().batch_execute(&question));
        let (ended, answered) = wire.drive(asked).await;
        ended.and(answered).map_err(of_driver)
    }

    /// Waits for the connections in use to come back and closes all.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// More than this many idle connections can not be dead at once.
    pub(crate) fn max_connections(&self) -> u32 {
        self.pool.max_connections()
    }

    pub(crate) async fn acquire(&self) -> Result<Lent, sqlx::Error> {
        self.pool.acquire().await
    }

    /// The login role's connection for what is not about a tenant.
    pub(crate) async fn connect_apart(&self) -> Result<PgConnection, sqlx::Error> {
        self.pool.target().options().connect().await
    }
}
