//! A connection out of the pool, counted for as long as it is out.

use std::{
    ops::{Deref, DerefMut},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use sqlx::{PgConnection, Postgres, pool::PoolConnection};

/// How many connections of a pool are out.
#[derive(Clone, Default)]
pub(crate) struct InUse(Arc<AtomicUsize>);

impl InUse {
    /// Counts a connection until it is dropped.
    pub(crate) fn lend(&self, connection: PoolConnection<Postgres>) -> Borrowed {
        self.0.fetch_add(1, Ordering::Relaxed);
        Borrowed {
            connection,
            in_use: self.clone(),
        }
    }

    /// True when none is out.
    pub(crate) fn is_none(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }
}

/// A connection that is out; dropping it hands it back.
pub(crate) struct Borrowed {
    connection: PoolConnection<Postgres>,
    in_use: InUse,
}

impl Borrowed {
    /// Closes the connection instead of handing it back.
    pub(crate) fn close_on_drop(&mut self) {
        self.connection.close_on_drop();
    }
}

impl Deref for Borrowed {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Borrowed {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        self.in_use.0.fetch_sub(1, Ordering::Relaxed);
    }
}
