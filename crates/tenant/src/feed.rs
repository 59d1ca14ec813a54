//! What changed in the database, told to those who listen: one connection for all of a process.
//!
//! Triggers write each change into the table `changes`, in the transaction that makes it. [`Feed::run`] looks at it ten
//! times a second while somebody listens, and once a minute removes what is old. A look asks for the
//! rows that its snapshot sees and the last look's did not, so each is seen once, whenever its
//! transaction commits, and what happened while the database could not be reached is told afterwards.
//!
//! The connection becomes `gateway_feed` for each look (`SET LOCAL ROLE`, so it may lead through a pooler). A
//! [`TenantContext`](crate::TenantContext) never does, and that role sees nothing while a tenant is set.
//!
//! An [`Event`] says that something happened to a row, and not what the row is: a listener reads that in a context
//! of its own. So a listener who is slow may be told once of what happened twice.

mod listeners;
mod look;
mod mailbox;
mod topic;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{Notify, watch},
    time::{sleep, timeout},
};

use crate::{connect::Target, error::Refusal};
use listeners::Listeners;
use look::{Eye, Noted, Snapshot};

pub use listeners::Listener;
pub use mailbox::Lost;
pub use topic::{Change, Event, Subject, Topic};

/// How often the feed looks.
const EVERY: Duration = Duration::from_millis(100);
/// How long it goes on looking when nobody listens any more: another listener may come.
const LINGER: Duration = Duration::from_secs(5);
/// How long it waits before it tries again to reach the database.
const AGAIN: Duration = Duration::from_millis(500);
/// How long who begins to listen waits for the first look.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often old changes are removed.
const SWEEP: Duration = Duration::from_secs(60);
/// How long changes are there to be told. A feed that could not look for longer has missed some.
const KEPT: Duration = Duration::from_secs(3600);

/// The changes of a database. Clones are the same.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    target: Target,
    listeners: Mutex<Listeners>,
    /// Somebody listens.
    wanted: Notify,
    /// What is committed from now on will be told.
    live: watch::Sender<bool>,
}

impl Feed {
    /// The feed of the database at `url`, which is connected to while [`Self::run`] needs it.
    ///
    /// # Errors
    /// When `url` is no PostgreSQL URL, or names a certificate file that can not be read.
    pub fn new(url: &str) -> Result<Self, sqlx::Error> {
        Ok(Self(Arc::new(Inner {
            target: Target::named(url, "tenant-gateway-feed", None)?,
            listeners: Mutex::default(),
            wanted: Notify::new(),
            live: watch::Sender::new(false),
        })))
    }

    /// Listens to a topic. What is committed after this has answered will be told.
    ///
    /// # Errors
    /// [`Refusal::Unavailable`] when the database could not be looked at in time.
    pub async fn listen(&self, topic: Topic) -> Result<Listener, Refusal> {
        let listener = Listener::new(self.clone(), topic);
        self.0.wanted.notify_one();
        let mut live = self.0.live.subscribe();
        match timeout(PATIENCE, live.wait_for(|live| *live)).await {
            Ok(Ok(_)) => Ok(listener),
            _ => Err(Refusal::Unavailable),
        }
    }

    /// How many listen.
    #[must_use]
    pub fn listening(&self) -> usize {
        self.listeners().count()
    }

    /// Looks at the database while somebody listens, for as long as it is polled.
    pub async fn run(&self) {
        let mut swept = Instant::now();
        loop {
            tokio::select! {
                () = self.wanted() => self.follow(&mut swept).await,
                () = sleep(SWEEP.saturating_sub(swept.elapsed())) => {
                    self.sweep(&mut swept).await;
                }
            }
        }
    }

    async fn wanted(&self) {
        while self.listening() == 0 {
            self.0.wanted.notified().await;
        }
    }

    /// Looks again and again, on one connection after another, until nobody listens.
    async fn follow(&self, swept: &mut Instant) {
        let mut seen = Seen::default();
        let mut is_away = false;
        loop {
            let session = self.session(&mut seen, &mut is_away, swept).await;
            let Err(error) = session else {
                return;
            };
            if !is_away {
                tracing::warn!(%error, "the feed of changes can not be read; it goes on where it stopped once it can");
            }
            is_away = true;
            sleep(AGAIN).await;
            if self.stop_if_idle(Duration::ZERO, &mut None) {
                return;
            }
        }
    }

    /// Looks again and again on one connection; ends well when nobody listens.
    async fn session(
        &self,
        seen: &mut Seen,
        is_away: &mut bool,
        swept: &mut Instant,
    ) -> Result<(), sqlx::Error> {
        let eye = Eye::open(&self.0.target).await?;
        let mut idle = None;
        loop {
            let (snapshot, noted) = eye.look(seen.snapshot.as_ref()).await?;
            if std::mem::take(is_away) {
                tracing::info!("the feed of changes is read again");
            }
            self.tell(seen.renew(snapshot), noted);
            self.0.live.send_replace(true);
            if swept.elapsed() >= SWEEP {
                *swept = Instant::now();
                eye.forget(KEPT).await?;
            }
            sleep(EVERY).await;
            if self.stop_if_idle(LINGER, &mut idle) {
                return Ok(());
            }
        }
    }

    /// Hands changes to their listeners, or tells all of them that some are not known.
    fn tell(&self, is_gapless: bool, noted: Vec<Noted>) {
        let listeners = self.listeners();
        if is_gapless {
            noted.into_iter().for_each(|noted| listeners.tell(noted));
        } else {
            listeners.lose();
        }
    }

    /// Whether nobody has listened for so long; whoever comes after that waits for the first look.
    fn stop_if_idle(&self, linger: Duration, idle: &mut Option<Instant>) -> bool {
        let listeners = self.listeners();
        if listeners.count() > 0 {
            *idle = None;
            return false;
        }
        let is_over = idle.get_or_insert_with(Instant::now).elapsed() >= linger;
        if is_over {
            // While nobody can begin to listen.
            self.0.live.send_replace(false);
        }
        is_over
    }

    /// Removes what is old. Without a database it is left for the next time.
    async fn sweep(&self, swept: &mut Instant) {
        *swept = Instant::now();
        let swept = async { Eye::open(&self.0.target).await?.forget(KEPT).await };
        if let Err(error) = swept.await {
            tracing::warn!(%error, "old changes could not be removed");
        }
    }

    /// What is behind the lock is whole between any two statements of this file, so also after a panic.
    fn listeners(&self) -> MutexGuard<'_, Listeners> {
        let listeners = self.0.listeners.lock();
        listeners.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The last look.
#[derive(Default)]
struct Seen {
    snapshot: Option<Snapshot>,
    at: Option<Instant>,
}

impl Seen {
    /// Goes on from a new look; whether that can have missed nothing.
    fn renew(&mut self, snapshot: Snapshot) -> bool {
        let is_early = self.at.is_none_or(|at| at.elapsed() < KEPT);
        // A server that was restored from an older state begins its numbers again.
        let is_later = (self.snapshot.as_ref()).is_none_or(|before| before.precedes(&snapshot));
        self.snapshot = Some(snapshot);
        self.at = Some(Instant::now());
        is_early && is_later
    }
}
