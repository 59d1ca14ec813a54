//! The pool of one database, private to this crate.

use std::{io, str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{
    borrowed::{Borrowed, InUse},
    context::TenantContext,
    error::Refusal,
    identity::{Access, Identity},
};

/// How a [`Database`] connects.
#[derive(Clone, Debug)]
pub struct DatabaseOptions {
    /// Most connections at once. On two cores 32 are slower than 8 (0.66 to 0.8 times): 4 to 8 a
    /// pair of cores.
    pub max_connections: u32,
    /// How long a request waits for a connection before it is answered with "busy".
    pub acquire_timeout: Duration,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        Self {
            max_connections: 8,
            acquire_timeout: Duration::from_secs(3),
        }
    }
}

/// A database that is reached through [`TenantContext`]s only.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
    in_use: InUse,
}

impl Database {
    /// Makes the pool; connects nothing yet, so that a gateway can start before its database.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL.
    pub fn new(url: &str, options: &DatabaseOptions) -> Result<Self, sqlx::Error> {
        let connect = PgConnectOptions::from_str(url)?
            .application_name("tenant-gateway")
            .statement_cache_capacity(512)
            .disable_statement_logging();
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections)
            .acquire_timeout(options.acquire_timeout)
            // A ping before each use is a round trip the client would wait for; a dead connection
            // is noticed by the opening message instead, and replaced.
            .test_before_acquire(false)
            .connect_lazy_with(connect);
        Ok(Self {
            pool,
            in_use: InUse::default(),
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
        let answer = sqlx::query_scalar::<_, i32>("SELECT 1")
            .fetch_one(&self.pool)
            .await;
        answer
            .map(drop)
            .map_err(|error| Refusal::of(&self.timed_out(error)).unwrap_or(Refusal::Unavailable))
    }

    /// Waits for the connections in use to come back and closes all.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// More than this many idle connections can not be dead at once.
    pub(crate) fn max_connections(&self) -> u32 {
        self.pool.options().get_max_connections()
    }

    pub(crate) async fn acquire(&self) -> Result<Borrowed, sqlx::Error> {
        match self.pool.acquire().await {
            Ok(connection) => Ok(self.in_use.lend(connection)),
            Err(error) => Err(self.timed_out(error)),
        }
    }

    /// sqlx tries a refused connection again until the time-out, and then says what it says of a
    /// pool whose connections are all in use. A time-out while none is in use is the server's.
    fn timed_out(&self, error: sqlx::Error) -> sqlx::Error {
        match error {
            sqlx::Error::PoolTimedOut if self.in_use.is_none() => {
                sqlx::Error::Io(io::ErrorKind::TimedOut.into())
            }
            error => error,
        }
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.pool
    }
}
