//! What a pool and its connections have done so far.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// What the pool of a tier is doing, and has done since it was made. Each number is right, but not all are of one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolCounts {
    /// Most connections at once.
    pub max: u64,
    /// Connections that somebody has.
    pub in_use: u64,
    /// Connections that nobody has.
    pub idle: u64,
    /// Requests that wait for one.
    pub waiting: u64,
    /// Times that somebody had to wait.
    pub waits: u64,
    /// How long, all together; of waits that have ended.
    pub waited: Duration,
    /// Times that somebody had waited for too long.
    pub timeouts: u64,
    /// Connections that were made.
    pub opened: u64,
    /// Connections that ended, or were closed.
    pub closed: u64,
    /// Times that one was lent.
    pub lent: u64,
    /// Statements, opening messages and COMMIT not counted.
    pub statements: u64,
    /// Rows that were answered, or written.
    pub rows: u64,
    /// Times that a transaction waited for an answer, to one statement or to several that went out together.
    pub round_trips: u64,
    /// Statements that were prepared on the connection already.
    pub prepared_hits: u64,
    /// Statements that had to be prepared.
    pub prepared_misses: u64,
}

/// How the connections of a tier's pool are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolUse {
    /// What it is doing, and has done.
    pub counts: PoolCounts,
    /// Most that were lent at once since this was last asked for.
    pub most_lent: u64,
    /// Those that are lent and of which nothing was asked for longer than anything may take.
    pub held: u64,
    /// For how long nothing was asked of the one of which nothing was for longest.
    pub longest: Duration,
}

impl std::ops::AddAssign for PoolUse {
    fn add_assign(&mut self, other: Self) {
        self.counts += other.counts;
        self.most_lent += other.most_lent;
        self.held += other.held;
        self.longest = self.longest.max(other.longest);
    }
}

impl std::ops::AddAssign for PoolCounts {
    fn add_assign(&mut self, other: Self) {
        self.max += other.max;
        self.in_use += other.in_use;
        self.idle += other.idle;
        self.waiting += other.waiting;
        self.waits += other.waits;
        self.waited += other.waited;
        self.timeouts += other.timeouts;
        self.opened += other.opened;
        self.closed += other.closed;
        self.lent += other.lent;
        self.statements += other.statements;
        self.rows += other.rows;
        self.round_trips += other.round_trips;
        self.prepared_hits += other.prepared_hits;
        self.prepared_misses += other.prepared_misses;
    }
}

/// The numbers as they are counted. A core has its own pool, so no two cores write the same.
#[derive(Debug, Default)]
pub(crate) struct Counting {
    waiting: AtomicU64,
    waits: AtomicU64,
    waited_micros: AtomicU64,
    timeouts: AtomicU64,
    opened: AtomicU64,
    closed: AtomicU64,
    lent: AtomicU64,
    most_lent: AtomicU64,
    statements: AtomicU64,
    rows: AtomicU64,
    round_trips: AtomicU64,
}

impl Counting {
    /// Somebody begins to wait, until what is answered is dropped.
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Relaxed);
        Waiting {
            counting: self,
            since: Instant::now(),
        }
    }

    pub(super) fn timed_out(&self) {
        self.timeouts.fetch_add(1, Relaxed);
    }

    pub(super) fn opened(&self) {
        self.opened.fetch_add(1, Relaxed);
    }

    pub(super) fn closed(&self) {
        self.closed.fetch_add(1, Relaxed);
    }

    /// Another one is lent; which one.
    pub(super) fn lent(&self) -> u64 {
        self.lent.fetch_add(1, Relaxed)
    }

    /// So many are lent.
    pub(super) fn are_lent(&self, now: u64) {
        self.most_lent.fetch_max(now, Relaxed);
    }

    /// Most that were lent at once since this was last asked; so many are now.
    pub(super) fn most_lent(&self, now: u64) -> u64 {
        self.most_lent.swap(now, Relaxed).max(now)
    }

    /// A statement goes out.
    pub(crate) fn statement(&self) {
        self.statements.fetch_add(1, Relaxed);
    }

    /// So many rows came, or were written.
    pub(crate) fn rows(&self, rows: u64) {
        self.rows.fetch_add(rows, Relaxed);
    }

    /// A transaction waited so many times.
    pub(crate) fn round_trips(&self, trips: u32) {
        self.round_trips.fetch_add(trips.into(), Relaxed);
    }

    /// What was counted; the rest is the pool's to say.
    pub(super) fn so_far(&self) -> PoolCounts {
        PoolCounts {
            waiting: self.waiting.load(Relaxed),
            waits: self.waits.load(Relaxed),
            waited: Duration::from_micros(self.waited_micros.load(Relaxed)),
            timeouts: self.timeouts.load(Relaxed),
            opened: self.opened.load(Relaxed),
            closed: self.closed.load(Relaxed),
            lent: self.lent.load(Relaxed),
            statements: self.statements.load(Relaxed),
            rows: self.rows.load(Relaxed),
            round_trips: self.round_trips.load(Relaxed),
            ..PoolCounts::default()
        }
    }
}

/// Somebody who waits for a connection; also one who gives up has waited.
pub(super) struct Waiting<'c> {
    counting: &'c Counting,
    since: Instant,
}

impl Waiting<'_> {
    /// How long so far.
    pub(super) fn so_far(&self) -> Duration {
        self.since.elapsed()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let micros = u64::try_from(self.since.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.counting.waiting.fetch_sub(1, Relaxed);
        self.counting.waits.fetch_add(1, Relaxed);
        self.counting.waited_micros.fetch_add(micros, Relaxed);
    }
}
