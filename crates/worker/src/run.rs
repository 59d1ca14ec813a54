//! The loops of a worker.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use chrono::Utc;
use futures::FutureExt;
use sea_orm::DbErr;
use tenant::Database;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::{interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{
    Done, Failure, Handlers, Job, Wake, claim,
    ending::{self, Ending},
    lists::Heard,
    relay, schedule, sweep,
};

/// How a worker works.
#[derive(Clone, Debug)]
pub struct Options {
    /// The queues that it takes jobs from, the first first.
    pub queues: Vec<String>,
    /// Jobs at once.
    pub concurrency: usize,
    /// How long it waits between two looks into PostgreSQL when it hears nothing.
    pub poll: Duration,
    /// How long jobs have to end when it stops; the others are handed back.
    pub drain: Duration,
}

impl Default for Options {
    fn default() -> Self {
        let queues = [
            "email-processing",
            "email-sending",
            "billing",
            "analytics",
            "maintenance",
        ];
        Self {
            queues: queues.map(str::to_owned).into(),
            concurrency: 8,
            poll: Duration::from_secs(1),
            drain: Duration::from_secs(20),
        }
    }
}

/// How long a loop rests after a database did not answer.
const AGAIN: Duration = Duration::from_secs(1);
/// How often jobs of workers that are gone are looked for, and what is due by the clock.
const TICK: Duration = Duration::from_secs(2);
/// How often what is old is removed.
const SWEEP: Duration = Duration::from_secs(60);

/// Takes jobs and has them done. Clones are the same.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    database: Database,
    handlers: Handlers,
    options: Options,
    wake: Wake,
    permits: Arc<Semaphore>,
}

impl Worker {
    /// A worker of these databases. Connects nothing yet.
    #[must_use]
    pub fn new(database: Database, handlers: Handlers, wake: Wake, options: Options) -> Self {
        Self(Arc::new(Inner {
            database,
            handlers,
            wake,
            permits: Arc::new(Semaphore::new(options.concurrency.max(1))),
            options,
        }))
    }

    /// Works until `stop` completes; then takes no more, gives the jobs that run [`Options::drain`] to end, and hands
    /// the others back.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let inner = &*self.0;
        let giving_up = CancellationToken::new();
        let mut jobs = JoinSet::new();
        {
            let work = futures::future::join4(
                inner.relay(),
                inner.tick(),
                inner.wake.publish(),
                self.hand_out(&mut jobs, &giving_up),
            );
            tokio::select! {
                _ = work => {}
                () = stop => {}
            }
        }
        let running = jobs.len();
        if running > 0 {
            tracing::info!(
                running,
                "the worker stops: jobs get {:?} to end",
                inner.options.drain
            );
        }
        let ended = async { while jobs.join_next().await.is_some() {} };
        if timeout(inner.options.drain, ended).await.is_err() {
            giving_up.cancel();
            while jobs.join_next().await.is_some() {}
        }
    }

    /// Claims jobs as fast as they can be done, for ever.
    async fn hand_out(&self, jobs: &mut JoinSet<()>, giving_up: &CancellationToken) {
        loop {
            // A place first, or a claimed job would wait while its lease runs.
            let Ok(permit) = Arc::clone(&self.0.permits).acquire_owned().await else {
                return;
            };
            while jobs.try_join_next().is_some() {}
            let free = 1 + self.0.permits.available_permits();
            match self.0.claim(free, giving_up).await {
                Ok(claimed) if claimed.is_empty() => drop(permit),
                Ok(claimed) => self.start(claimed, permit, jobs),
                Err(error) => {
                    tracing::warn!(error = %error, "no jobs can be claimed");
                    drop(permit);
                    sleep(AGAIN).await;
                }
            }
        }
    }

    fn start(&self, claimed: Vec<Job>, first: OwnedSemaphorePermit, jobs: &mut JoinSet<()>) {
        let mut permit = Some(first);
        for job in claimed {
            let permit = permit.take().or_else(|| {
                // As many as were free were claimed, and nobody else takes any.
                Arc::clone(&self.0.permits).try_acquire_owned().ok()
            });
            let inner = Arc::clone(&self.0);
            let span = tracing::info_span!("job", id = %job.id, job_type = %job.job_type, attempt = job.attempt);
            jobs.spawn(
                async move {
                    inner.work(job).await;
                    drop(permit);
                }
                .instrument(span),
            );
        }
    }
}

impl Inner {
    /// Jobs to be done, or none after a wait.
    async fn claim(&self, free: usize, giving_up: &CancellationToken) -> Result<Vec<Job>, DbErr> {
        if let Some(heard) = self.listen(free).await? {
            return match heard {
                Heard::Job(id) => claim::named(&self.database, &[id], giving_up).await,
                Heard::Something => {
                    self.wake.touch_outbox();
                    self.look(free, giving_up).await
                }
                Heard::Nothing => self.look(free, giving_up).await,
            };
        }
        let found = self.look(free, giving_up).await?;
        if found.is_empty() {
            self.wake.jobs(self.options.poll).await;
        }
        Ok(found)
    }

    /// Fills the lists of Redis and waits at them; `None` while it is away, or where there is none.
    async fn listen(&self, free: usize) -> Result<Option<Heard>, DbErr> {
        let Some(lists) = self.wake.lists() else {
            return Ok(None);
        };
        for queue in &self.options.queues {
            let Some(there) = lists.len(queue).await else {
                return Ok(None);
            };
            let room = (2 * free + 2).saturating_sub(there);
            let due = match room {
                0 => Vec::new(),
                room => claim::mark(&self.database, queue, room).await?,
            };
            if !due.is_empty() && !lists.put(queue, &due).await {
                return Ok(None);
            }
        }
        Ok(lists.wait(&self.options.queues, self.options.poll).await)
    }

    /// The queues' most urgent jobs, straight from PostgreSQL.
    async fn look(&self, free: usize, giving_up: &CancellationToken) -> Result<Vec<Job>, DbErr> {
        let mut found = Vec::new();
        for queue in &self.options.queues {
            let left = free - found.len();
            if left == 0 {
                break;
            }
            found.extend(claim::due(&self.database, queue, left, giving_up).await?);
        }
        Ok(found)
    }

    /// Passes on what the outbox holds, for ever.
    async fn relay(&self) {
        loop {
            match relay::pass(&self.database).await {
                Ok(0) => self.wake.outbox(self.options.poll).await,
                Ok(_) => self.wake.touch(),
                Err(error) => {
                    tracing::warn!(error = %error, "the outbox can not be passed on");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// What is done by the clock, for ever.
    async fn tick(&self) {
        let mut tick = interval(TICK);
        let mut swept = std::time::Instant::now();
        loop {
            tick.tick().await;
            let ticked = async {
                let gone = ending::take_back(&self.database).await?;
                if gone > 0 {
                    tracing::warn!(gone, "jobs were taken back from workers that are gone");
                    self.wake.touch();
                }
                if schedule::make_due(&self.database).await? + claim::unmark(&self.database).await?
                    > 0
                {
                    self.wake.touch();
                }
                if swept.elapsed() > SWEEP {
                    swept = std::time::Instant::now();
                    sweep::old(&self.database).await?;
                }
                Ok::<(), DbErr>(())
            };
            if let Err(error) = ticked.await {
                tracing::warn!(error = %error, "jobs that are late can not be looked for");
            }
        }
    }

    /// Has one job done, and writes down what became of it.
    async fn work(&self, mut job: Job) {
        let begun = std::time::Instant::now();
        let ending = match claim::open(&self.database, &job).await {
            Ok(Some(payload)) => {
                job.payload = payload;
                self.attempt(&job).await
            }
            Ok(None) => Ok(Ending::Lost),
            // The lease runs out, and somebody tries again.
            Err(error) => Err(error),
        };
        let (elapsed, tenant) = (begun.elapsed(), job.tenant);
        match ending {
            Ok(Ending::Dead) => {
                tracing::warn!(%tenant, ?elapsed, "the job failed for good");
            }
            Ok(ending) => tracing::info!(%tenant, ?elapsed, outcome = ending.as_str(), "job"),
            Err(error) => {
                tracing::error!(%tenant, error = %error, "what became of the job can not be written down")
            }
        }
    }

    async fn attempt(&self, job: &Job) -> Result<Ending, DbErr> {
        let Some(handler) = self.handlers.of(&job.job_type) else {
            let nobody = format!("nobody does jobs of the type {}", job.job_type);
            return ending::end(&self.database, job, &Err(Failure::ForGood(nobody))).await;
        };
        let work = AssertUnwindSafe(handler.run(job)).catch_unwind();
        let result = tokio::select! {
            result = work => result.unwrap_or_else(|_| Err(Failure::Later("the job panicked".to_owned()))),
            () = self.hold(job) => return Ok(Ending::Lost),
            () = job.stop.cancelled() => {
                ending::hand_back(&self.database, job).await?;
                return Ok(Ending::Again);
            }
        };
        let ending = ending::end(&self.database, job, &result).await?;
        if let Ok(Done::Again(at)) = result
            && at <= Utc::now()
        {
            self.wake.touch();
        }
        Ok(ending)
    }

    /// Renews the lease again and again; ends once it is lost.
    async fn hold(&self, job: &Job) {
        loop {
            sleep(job.lease / 3).await;
            match ending::renew(&self.database, job).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(error = %error, "a lease can not be renewed"),
            }
        }
    }
}
