//! Keys of internal tools that were found good a moment ago.
//!
//! A key says nothing that could be verified without the database. Each operation asks about it in its own transaction;
//! one that takes no connection, as introspection does, would be answered to anybody. So a key is asked about before its
//! first operation, and again after a minute, which is also when its last use is noted.

use std::{hash::RandomState, time::Duration};

use quick_cache::sync::Cache;
use tenant::{Access, ApiKey, Database, Identity, Refusal};
use tokio::time::Instant;

/// How long an operation that takes no connection is answered without asking about the key again.
const CONFIRMED: Duration = Duration::from_secs(60);
/// Most keys that are known to be good.
const KEYS: usize = 10_000;

/// Keys that the database has confirmed, by their digest.
pub(crate) struct ApiKeys(Cache<[u8; 32], Instant, quick_cache::UnitWeighter, RandomState>);

impl ApiKeys {
    pub(crate) fn new() -> Self {
        Self(Cache::with(
            KEYS,
            KEYS as u64,
            quick_cache::UnitWeighter,
            RandomState::new(),
            quick_cache::sync::DefaultLifecycle::default(),
        ))
    }

    /// Makes sure that the key is good, or was a moment ago.
    ///
    /// # Errors
    /// [`Refusal::NotAMember`] for one that is not, or if there is no connection.
    pub(crate) async fn confirm(&self, database: &Database, key: ApiKey) -> Result<(), Refusal> {
        let confirmed = self.0.get(&key.digest());
        if confirmed.is_some_and(|since| since.elapsed() < CONFIRMED) {
            return Ok(());
        }
        let context = database.context(Identity::Key(key), Access::Read);
        let asked = context.roles().await;
        if let Err(error) = asked {
            return Err(context.refusal().unwrap_or_else(|| {
                tracing::error!(%error, "an API key could not be asked about");
                Refusal::Unavailable
            }));
        }
        self.0.insert(key.digest(), Instant::now());
        note(database.clone(), key);
        Ok(())
    }

    /// The database has refused it.
    pub(crate) fn forget(&self, key: &ApiKey) {
        self.0.remove(&key.digest());
    }
}

/// Notes the key's use. Nobody waits for that, and a request is not refused for want of it.
fn note(database: Database, key: ApiKey) {
    tokio::spawn(async move {
        if let Err(error) = key.note_use(&database).await {
            tracing::warn!(%error, "the use of an API key could not be noted");
        }
    });
}
