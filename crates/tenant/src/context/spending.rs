//! What a context costs the databases.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// What a context has cost so far. Round trips are of the transactions that have ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Statements sent, opening messages and COMMIT not counted.
    pub statements: u32,
    /// Rows that were answered, or written.
    pub rows: u64,
    /// Times that it waited for an answer: to the opening message and what went out with it, to statements, one or
    /// several that went out together, to what prepares one, to COMMIT.
    pub round_trips: u32,
    /// How long it waited for connections to come back to the pools.
    pub waited: Duration,
}

impl std::ops::AddAssign for Spent {
    fn add_assign(&mut self, other: Self) {
        self.statements += other.statements;
        self.rows += other.rows;
        self.round_trips += other.round_trips;
        self.waited += other.waited;
    }
}

/// The same while it is counted.
#[derive(Debug, Default)]
pub(super) struct Spending {
    pub(super) statements: AtomicU32,
    pub(super) rows: AtomicU64,
    pub(super) round_trips: AtomicU32,
    waited_micros: AtomicU64,
}

impl Spending {
    pub(super) fn waited(&self, time: Duration) {
        if !time.is_zero() {
            let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
            self.waited_micros.fetch_add(micros, Relaxed);
        }
    }

    pub(super) fn so_far(&self) -> Spent {
        Spent {
            statements: self.statements.load(Relaxed),
            rows: self.rows.load(Relaxed),
            round_trips: self.round_trips.load(Relaxed),
            waited: Duration::from_micros(self.waited_micros.load(Relaxed)),
        }
    }
}

/// What a statement answers, for those who count rows.
pub(super) trait Answered {
    /// Rows that came, or were written.
    fn rows(&self) -> u64;
}

impl Answered for Vec<tokio_postgres::Row> {
    fn rows(&self) -> u64 {
        self.len() as u64
    }
}

impl Answered for u64 {
    fn rows(&self) -> u64 {
        *self
    }
}

impl Answered for () {
    fn rows(&self) -> u64 {
        0
    }
}
