//! Statements that are prepared once for each connection.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use hashlink::LruCache;
use postgres_types::Type;
use tokio_postgres::Statement;

/// Statements a connection keeps. Each costs the backend some ten kilobytes; a text does not differ with
/// the number of keys, so a gateway has some hundreds.
const KEPT: usize = 512;
/// Statements a new connection prepares at once.
const WARMED: usize = 32;

/// The text of a statement and the types of its parameters.
pub(super) type Text = (Arc<str>, Arc<[Type]>);

/// The statements of one connection, the least recently used first to go.
pub(super) struct Statements(LruCache<Arc<str>, (Arc<[Type]>, Statement)>);

impl Default for Statements {
    fn default() -> Self {
        Self(LruCache::new(KEPT))
    }
}

impl Statements {
    /// The statement of this text, if it was prepared for these types: the same text may be sent with a
    /// null of another type.
    pub(super) fn find(&mut self, sql: &str, types: &[Type]) -> Option<Statement> {
        let (prepared, statement) = self.0.get(sql)?;
        (**prepared == *types).then(|| statement.clone())
    }

    /// One that has to go for it is closed on the server when its last use ends.
    pub(super) fn keep(&mut self, sql: &str, types: &[Type], statement: Statement) {
        self.0.insert(sql.into(), (types.into(), statement));
    }

    pub(super) fn forget(&mut self, sql: &str) {
        self.0.remove(sql);
    }
}

/// The texts that were prepared last on any connection of a pool, and how often one was prepared already.
pub(crate) struct Known {
    texts: Mutex<LruCache<Arc<str>, Arc<[Type]>>>,
    hits: AtomicU64,
    misses: AtomicU64,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            texts: Mutex::new(LruCache::new(WARMED)),
            hits: AtomicU64::new(0),
            misses: AtomicU64::new(0),
        }
    }
}

impl Known {
    /// A statement was prepared already.
    pub(super) fn hit(&self) {
        self.hits.fetch_add(1, Relaxed);
    }

    /// Times that a statement was prepared already, and that it had to be.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.hits.load(Relaxed), self.misses.load(Relaxed))
    }

    /// A statement had to be prepared.
    pub(super) fn note(&self, sql: &str, types: &[Type]) {
        self.misses.fetch_add(1, Relaxed);
        let mut known = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(sql.into(), types.into());
    }

    pub(super) fn texts(&self) -> Vec<Text> {
        let known = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .map(|(sql, types)| (Arc::clone(sql), Arc::clone(types)))
            .collect()
    }
}
