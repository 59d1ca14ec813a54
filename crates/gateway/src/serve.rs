//! A running gateway, the same for the binary and for the tests.

use std::{future::Future, io, sync::Arc, time::Duration};

use resolver::operation::Documents;
use tenant::{Database, DatabaseOptions};
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    auth::TokenKey,
    http::{self, Introspections},
    settings::Config,
};

/// What every request needs.
pub struct Gateway {
    database: Database,
    schema: resolver::Schema,
    documents: Documents,
    introspections: Introspections,
    key: TokenKey,
    max_body_bytes: usize,
}

impl Gateway {
    /// A gateway to the database at `url`, which it connects to when the first request needs it.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL.
    pub fn new(url: &str, key: TokenKey, config: &Config) -> Result<Self, InvalidUrl> {
        let options = DatabaseOptions {
            max_connections: config.max_connections,
            acquire_timeout: config.acquire_timeout,
        };
        let database = Database::new(url, &options).map_err(InvalidUrl)?;
        Ok(Self {
            database,
            schema: resolver::schema(),
            documents: Documents::new(config.document_cache_bytes),
            introspections: Introspections::new(config.document_cache_bytes),
            key,
            max_body_bytes: config.max_body_bytes,
        })
    }

    /// The database, reached through tenant contexts only.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn schema(&self) -> &resolver::Schema {
        &self.schema
    }

    /// The documents that were seen before.
    #[must_use]
    pub fn documents(&self) -> &Documents {
        &self.documents
    }

    pub(crate) fn introspections(&self) -> &Introspections {
        &self.introspections
    }

    pub(crate) fn key(&self) -> &TokenKey {
        &self.key
    }

    pub(crate) fn max_body_bytes(&self) -> usize {
        self.max_body_bytes
    }
}

/// How long the pool may take to close its connections.
const CLOSING: Duration = Duration::from_secs(5);

/// Serves until `shutdown` completes, then lets requests in flight end, for `drain` at most, and
/// closes the pool.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    gateway: Arc<Gateway>,
    listener: TcpListener,
    drain: Duration,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stop, stopped) = oneshot::channel();
    let server = axum::serve(listener, http::router(Arc::clone(&gateway))).with_graceful_shutdown(
        async move {
            shutdown.await;
            // The receiver lives as long as this server runs.
            let _ = stop.send(());
        },
    );
    let deadline = async {
        match stopped.await {
            Ok(()) => tokio::time::sleep(drain).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        result = server.into_future() => {
            result?;
            // All requests have ended, so this waits for the end of transactions at most.
            let _ = tokio::time::timeout(CLOSING, gateway.database.close()).await;
        }
        // Nobody waits for their connections: the guards close them when the tasks are dropped.
        () = deadline => tracing::warn!("requests still in flight were cut off"),
    }
    Ok(())
}

/// The database's URL is not one.
#[derive(Debug, thiserror::Error)]
#[error("DATABASE_URL is not a PostgreSQL URL (postgres://user@host/database): {0}")]
pub struct InvalidUrl(#[from] sqlx::Error);
