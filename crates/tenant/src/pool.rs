//! The connections of one database.
//!
//! A pool of our own and not one of the libraries': theirs run a task for each connection, or send
//! something before they lend one, and both are what a short query's time goes into. This one lends
//! the connection used last, with the ROLLBACK of the transaction before still unsent or unanswered.

mod counts;
mod out;

use std::{
    io,
    sync::{
        Arc, Mutex, Once, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout_at},
};

use counts::Counting;
pub use counts::{PoolCounts, PoolUse};
use out::Out;

use crate::{
    begin::Asking,
    connect::Target,
    wire::{Known, Wire},
};

/// A connection is replaced after this time, so that what a backend has gathered in memory goes, and
/// a server that was moved is found.
const LIFETIME: Duration = Duration::from_secs(30 * 60);
/// The first wait before a refused connection is tried again; each next one is twice as long.
const FIRST_RETRY: Duration = Duration::from_millis(10);

/// How long a ROLLBACK waits for a next message to go with.
const FLUSH_AFTER: Duration = Duration::from_millis(5);

/// The connections that are not in use, and how many there may be.
pub(crate) struct Pool {
    target: Target,
    permits: Arc<Semaphore>,
    lists: Mutex<Lists>,
    known: Known,
    counting: Counting,
    max_connections: u32,
    acquire_timeout: Duration,
    /// Told when the transaction of an idle connection is to be ended.
    unsent: Arc<Notify>,
    flusher: Once,
    /// A prepared statement was not there: a pooler stands between, that lends another session each time.
    is_pooled: AtomicBool,
}

/// Where the connections are.
#[derive(Default)]
struct Lists {
    idle: Vec<Wire>,
    /// Those that are lent; a handful, so it is looked through.
    lent: Vec<Out>,
}

impl Pool {
    pub(crate) fn new(target: Target, max_connections: u32, acquire_timeout: Duration) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(max_connections as usize)),
            lists: Mutex::default(),
            known: Known::default(),
            counting: Counting::default(),
            max_connections,
            acquire_timeout,
            unsent: Arc::default(),
            flusher: Once::new(),
            is_pooled: AtomicBool::new(target.is_pooled()),
            target,
        }
    }

    /// How a membership is to be asked for.
    pub(crate) fn asking(&self) -> Asking {
        if self.is_pooled.load(Ordering::Relaxed) {
            Asking::InFull
        } else {
            Asking::Prepared
        }
    }

    /// Asks for memberships in full from now on.
    pub(crate) fn ask_in_full(&self) {
        if !self.is_pooled.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "a prepared statement was gone, as behind a pooler of transactions; \
                 memberships are asked for without one from now on, which is slower"
            );
        }
    }

    /// Sends the ROLLBACKs of idle connections in a moment.
    pub(crate) fn flush_soon(&self) {
        self.unsent.notify_one();
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    /// What was prepared on any connection.
    pub(crate) fn known(&self) -> &Known {
        &self.known
    }

    /// Where what is done on its connections is counted.
    pub(crate) fn counting(&self) -> &Counting {
        &self.counting
    }

    /// What it is doing, and has done so far.
    pub(crate) fn counts(&self) -> PoolCounts {
        let (prepared_hits, prepared_misses) = self.known.counts();
        let max = u64::from(self.max_connections);
        PoolCounts {
            max,
            in_use: max.saturating_sub(self.permits.available_permits() as u64),
            idle: self.lists().idle.len() as u64,
            prepared_hits,
            prepared_misses,
            ..self.counting.so_far()
        }
    }

    /// The same, and for how long nothing was asked of connections that are out; those of which nothing was for longer than
    /// `held` are told apart.
    pub(crate) fn used(&self, held: Duration) -> PoolUse {
        let counts = self.counts();
        let mut lists = self.lists();
        let (now, lent) = (Instant::now(), lists.lent.iter_mut());
        let silences: Vec<Duration> = lent.map(|out| out.silence(now)).collect();
        PoolUse {
            counts,
            most_lent: self.counting.most_lent(silences.len() as u64),
            held: silences.iter().filter(|silence| **silence > held).count() as u64,
            longest: silences.into_iter().max().unwrap_or_default(),
        }
    }

    /// A connection, the one used last or a new one.
    ///
    /// # Errors
    /// `PoolTimedOut` when all stayed in use, `PoolClosed`, or why no connection could be made.
    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Lent, sqlx::Error> {
        self.flusher.call_once(|| {
            tokio::spawn(flush(Arc::downgrade(self), Arc::clone(&self.unsent)));
        });
        let deadline = Instant::now() + self.acquire_timeout;
        let (permit, waited) = match Arc::clone(&self.permits).try_acquire_owned() {
            Ok(permit) => (permit, Duration::ZERO),
            Err(_) => self.wait(deadline).await?,
        };
        let wire = match self.take() {
            Some(wire) => wire,
            None => self.connect(deadline).await?,
        };
        Ok(Lent {
            number: self.lend(&wire),
            wire: Some(wire),
            pool: Arc::clone(self),
            waited,
            _permit: permit,
        })
    }

    /// Notes that a connection is out; by which number.
    fn lend(&self, wire: &Wire) -> u64 {
        let number = self.counting.lent();
        let mut lists = self.lists();
        lists
            .lent
            .push(Out::new(number, wire.activity(), Instant::now()));
        self.counting.are_lent(lists.lent.len() as u64);
        number
    }

    /// Waits for a connection to come back; how long that was.
    async fn wait(
        &self,
        deadline: Instant,
    ) -> Result<(OwnedSemaphorePermit, Duration), sqlx::Error> {
        let waiting = self.counting.wait();
        let permit = timeout_at(deadline, Arc::clone(&self.permits).acquire_owned()).await;
        if permit.is_err() {
            self.counting.timed_out();
        }
        let permit = permit.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let permit = permit.map_err(|_| sqlx::Error::PoolClosed)?;
        Ok((permit, waiting.so_far()))
    }

    fn take(&self) -> Option<Wire> {
        loop {
            let wire = self.lists().idle.pop()?;
            if wire.age() < LIFETIME && !wire.has_ended() {
                return Some(wire);
            }
            self.counting.closed();
            drop(wire);
        }
    }

    /// A server that starts, or has no connection to give, is asked again until the deadline.
    async fn connect(&self, deadline: Instant) -> Result<Wire, sqlx::Error> {
        let mut wait = FIRST_RETRY;
        loop {
            let failed = match timeout_at(deadline, self.connect_once()).await {
                Ok(Ok(wire)) => return Ok(wire),
                Ok(Err(error)) if may_pass(&error) => error,
                Ok(Err(error)) => return Err(error),
                Err(_) => return Err(sqlx::Error::Io(io::ErrorKind::TimedOut.into())),
            };
            if Instant::now() + wait >= deadline {
                return Err(failed);
            }
            sleep(wait).await;
            wait *= 2;
        }
    }

    async fn connect_once(&self) -> Result<Wire, sqlx::Error> {
        let wire = self.target.connect().await?;
        self.counting.opened();
        wire.warm(&self.known).await;
        Ok(wire)
    }

    /// Waits for the connections in use to come back, and closes all.
    pub(crate) async fn close(&self) {
        // Nobody else is given one any more; the last permit comes back with the last connection.
        let all = self.permits.acquire_many(self.max_connections).await;
        self.permits.close();
        drop(all);
        let idle = std::mem::take(&mut self.lists().idle);
        futures::future::join_all(idle.into_iter().map(Wire::close)).await;
    }

    fn lists(&self) -> std::sync::MutexGuard<'_, Lists> {
        // A push or a pop leaves a list whole.
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the ROLLBACKs of idle connections, for as long as there is the pool.
async fn flush(pool: Weak<Pool>, unsent: Arc<Notify>) {
    loop {
        unsent.notified().await;
        sleep(FLUSH_AFTER).await;
        let Some(pool) = pool.upgrade() else { return };
        pool.lists().idle.iter().for_each(Wire::flush);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // The task that flushes finds nothing left, and ends.
        self.unsent.notify_one();
    }
}

/// Whether a connection that could not be made may well be made in a moment.
fn may_pass(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) => true,
        sqlx::Error::Database(error) => error.is_transient_in_connect_phase(),
        _ => false,
    }
}

/// A connection that is out; dropping it hands it back.
pub(crate) struct Lent {
    /// None once it is to be closed.
    wire: Option<Wire>,
    number: u64,
    pool: Arc<Pool>,
    waited: Duration,
    _permit: OwnedSemaphorePermit,
}

impl Lent {
    pub(crate) fn wire(&self) -> &Wire {
        self.wire
            .as_ref()
            .expect("taken by discard and drop only, which take the connection with them")
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// How long it was waited for, the time to make it not counted.
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }

    /// Closes the connection instead of handing it back.
    pub(crate) fn discard(mut self) {
        self.wire = None;
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        // Before the permit, so that whoever gets that finds this connection.
        let wire = self.wire.take().filter(|wire| !wire.has_ended());
        if wire.is_none() {
            self.pool.counting.closed();
        }
        let mut lists = self.pool.lists();
        let mut lent = lists.lent.iter();
        if let Some(place) = lent.position(|out| out.number == self.number) {
            lists.lent.swap_remove(place);
        }
        lists.idle.extend(wire);
    }
}
