//! Looks at everything every so often.

use std::{sync::Arc, time::Duration};

use events::ProcessKind;
use tenant::Database;
use tokio::time::{Instant, sleep_until};

use super::{
    Report,
    pools::Pools,
    process::Process,
    requests::{Requests, taken},
};

/// What is looked at.
pub(crate) struct Sampled {
    /// What it does.
    pub(crate) kind: ProcessKind,
    /// Its connections.
    pub(crate) databases: Vec<Database>,
    /// From when on one that is lent counts as lost.
    pub(crate) held: Duration,
    /// What its cores answered.
    pub(crate) requests: Vec<Arc<Requests>>,
    /// Whether the process is its own: a worker within a server is no other process.
    pub(crate) is_process: bool,
}

/// Looks at a process, and hands in what it sees.
pub(crate) struct Sampler {
    report: Arc<Report>,
    kind: ProcessKind,
    period: Duration,
    requests: Vec<Arc<Requests>>,
    pools: Pools,
    process: Option<Process>,
    before: Instant,
}

impl Sampler {
    pub(crate) fn new(report: Arc<Report>, period: Duration, sampled: Sampled) -> Self {
        Self {
            report,
            kind: sampled.kind,
            period,
            requests: sampled.requests,
            pools: Pools::new(sampled.databases, sampled.held),
            process: sampled.is_process.then(Process::new),
            before: Instant::now(),
        }
    }

    /// Looks again and again, for as long as it is polled.
    pub(crate) async fn run(&mut self) {
        loop {
            sleep_until(self.before + self.period).await;
            self.look();
        }
    }

    /// Looks once, at what happened since it last looked.
    pub(crate) fn look(&mut self) {
        let now = Instant::now();
        let interval = now - std::mem::replace(&mut self.before, now);
        if self.process.is_some() {
            self.look_at_attempts(interval);
        }
        let events = &self.report.events;
        if !events.are_on() {
            return;
        }
        let requests = taken(self.requests.iter().map(Arc::as_ref), interval);
        let pools = self.pools.look(self.kind, interval);
        let process = self.process.as_mut().map(|process| {
            let dropped = events.counts().dropped();
            process.look(self.kind, dropped, interval)
        });
        for event in requests.into_iter().chain(pools).chain(process) {
            events.emit(event);
        }
    }

    fn look_at_attempts(&self, interval: Duration) {
        let attempts = self.report.security.take(interval);
        for event in attempts.events {
            self.report.events.emit(event);
        }
        for incident in attempts.incidents {
            self.report.watch.raise(incident);
        }
    }
}
