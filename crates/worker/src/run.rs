//! A worker: it takes jobs for as long as it has room, until it is stopped.

use std::{sync::Arc, time::Duration};

use sea_orm::DbErr;
use tenant::{Cause, Database};
use tokio::{
    sync::OwnedSemaphorePermit,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{
    Handlers, Job, Wake, clock::tick, due::Turn, metrics, relay, room::Places, span, take::Taker,
    work::work,
};

/// How a worker works.
#[derive(Clone, Debug)]
pub struct Options {
    /// The queues that it takes jobs from, the first first.
    pub queues: Vec<String>,
    /// Jobs at once.
    pub concurrency: usize,
    /// How many of these places are for the first queue alone.
    pub kept: usize,
    /// How long it waits between two looks into PostgreSQL when it hears nothing.
    pub poll: Duration,
    /// How long jobs have to end when it stops; the others are handed back.
    pub drain: Duration,
    /// How often what waits in the queues is counted, if somebody wants to know.
    pub measure: Option<Duration>,
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
            kept: 0,
            poll: Duration::from_secs(1),
            drain: Duration::from_secs(20),
            measure: None,
        }
    }
}

/// How long a loop rests after a database did not answer.
const AGAIN: Duration = Duration::from_secs(1);
/// Takes jobs and has them done. Clones are the same.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    database: Database,
    handlers: Handlers,
    options: Options,
    wake: Wake,
    places: Places,
}

/// How a worker is stopped.
#[derive(Default)]
struct Stop {
    /// No more jobs are taken.
    taking: CancellationToken,
    /// Jobs that run are given up.
    working: CancellationToken,
}

impl Worker {
    /// A worker of these databases. Connects nothing yet.
    #[must_use]
    pub fn new(database: Database, handlers: Handlers, wake: Wake, options: Options) -> Self {
        Self(Arc::new(Inner {
            database,
            handlers,
            wake,
            places: Places::new(options.concurrency, options.kept),
            options,
        }))
    }

    /// Works until `stop` completes; then takes no more, gives the jobs that run [`Options::drain`] to end, and hands
    /// the others back.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let (inner, stopping) = (&*self.0, Stop::default());
        let mut jobs = JoinSet::new();
        let beside = futures::future::join4(
            inner.relay(),
            tick(&inner.database, &inner.handlers, &inner.wake),
            inner.wake.publish(),
            metrics::measure(&inner.database, inner.options.measure),
        );
        let stopped = async {
            stop.await;
            stopping.taking.cancel();
        };
        tokio::select! {
            _ = beside => {}
            // A claim that is under way is waited for: nobody would do its jobs until their leases run out.
            _ = futures::future::join(self.hand_out(&mut jobs, &stopping), stopped) => {}
        }
        inner.drain(jobs, &stopping.working).await;
    }

    /// Claims jobs as fast as they can be done, until no more are to be taken.
    async fn hand_out(&self, jobs: &mut JoinSet<()>, stop: &Stop) {
        let inner = &*self.0;
        let mut taker = Taker {
            database: &inner.database,
            wake: &inner.wake,
            options: &inner.options,
            places: &inner.places,
            stop: &stop.taking,
            turn: Turn::any(),
        };
        loop {
            // A place first, or a claimed job would wait while its lease runs.
            let place = inner.places.wait();
            let Some(Ok(permit)) = stop.taking.run_until_cancelled(place).await else {
                return;
            };
            while jobs.try_join_next().is_some() {}
            match taker.take(inner.places.room()).await {
                Ok(claimed) => self.start(claimed, permit, jobs, &stop.working),
                Err(error) => {
                    tracing::warn!(error = %error, "no jobs can be claimed");
                    drop(permit);
                    stop.taking.run_until_cancelled(sleep(AGAIN)).await;
                }
            }
        }
    }

    fn start(
        &self,
        claimed: Vec<Job>,
        first: OwnedSemaphorePermit,
        jobs: &mut JoinSet<()>,
        giving_up: &CancellationToken,
    ) {
        let mut permit = Some(first);
        for mut job in claimed {
            job.stop = giving_up.child_token();
            let is_first = self.0.options.queues.first() == Some(&job.queue);
            let place = self.0.places.give(permit.take(), is_first);
            let inner = Arc::clone(&self.0);
            let span = span::of(&job);
            let cause = Cause::named(Some(&job.job_type)).in_span(span.clone());
            jobs.spawn(
                async move {
                    let work = work(&inner.database, &inner.handlers, &inner.wake, job);
                    cause.of(work).await;
                    drop(place);
                }
                .instrument(span),
            );
        }
    }
}

impl Inner {
    /// Passes on what the outbox holds, for ever.
    async fn relay(&self) {
        loop {
            let passed: Result<usize, DbErr> = relay::pass(&self.database).await;
            match passed {
                Ok(0) => self.wake.outbox(self.options.poll).await,
                Ok(_) => self.wake.touch_jobs(),
                Err(error) => {
                    tracing::warn!(error = %error, "the outbox can not be passed on");
                    sleep(AGAIN).await;
                }
            }
        }
    }

    /// Waits until the jobs have ended, at first by themselves.
    async fn drain(&self, mut jobs: JoinSet<()>, giving_up: &CancellationToken) {
        while jobs.try_join_next().is_some() {}
        let (running, drain) = (jobs.len(), self.options.drain);
        if running > 0 {
            tracing::info!(running, "the worker stops: jobs get {drain:?} to end");
        }
        let ended = async { while jobs.join_next().await.is_some() {} };
        if timeout(drain, ended).await.is_err() {
            giving_up.cancel();
            while jobs.join_next().await.is_some() {}
        }
    }
}
