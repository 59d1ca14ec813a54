//! Looks, writes, resolves, every so often.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use entity::oltp::admin_system_event::Severity;
use events::{Events, IncidentSeverity, IncidentState, SecurityIncidents};
use futures::future::join;
use sea_orm::DbErr;
use tenant::{Cause, Database};
use tokio::time::{Instant, sleep, timeout_at};
use tracing::Instrument;

use crate::{
    Alerts, Incident, Kind, Probe, Watch,
    ledger::{self, Entry},
    look::look,
};

/// What a watcher watches with.
pub struct Options {
    /// Connections of its own: a pool that is used up is not a database that is away.
    pub database: Database,
    /// What else the process depends on.
    pub probes: Vec<Box<dyn Probe>>,
    /// How long it waits between two looks.
    pub period: Duration,
    /// Where alerts go, if anywhere.
    pub alerts: Option<Alerts>,
    /// Where events go.
    pub events: Events,
}

/// Watches for a process.
pub struct Watcher {
    watch: Watch,
    options: Options,
    /// The subjects of what was told and is in no row yet.
    told: Mutex<HashSet<String>>,
}

impl Watcher {
    /// Of what is raised at `watch`, and of what it sees itself.
    #[must_use]
    pub fn new(watch: Watch, options: Options) -> Self {
        Self {
            watch,
            options,
            told: Mutex::default(),
        }
    }

    /// Watches for as long as it is polled.
    pub async fn run(&self) {
        let looking = async {
            loop {
                sleep(self.options.period).await;
                traced(self.look()).await;
            }
        };
        let alerting = async {
            match &self.options.alerts {
                Some(alerts) => alerts.run().await,
                None => std::future::pending().await,
            }
        };
        join(looking, alerting).await;
    }

    /// Writes what was raised since the last look, and sends the alerts that wait, within that time. Nothing is looked at:
    /// what a process that ends depended on is seen by others.
    pub async fn finish(&self, within: Duration) {
        let until = Instant::now() + within;
        if timeout_at(until, traced(self.write())).await.is_err() {
            tracing::warn!("what needs somebody could not be written down before the end");
        }
        if let Some(alerts) = &self.options.alerts {
            alerts
                .flush(until.saturating_duration_since(Instant::now()))
                .await;
        }
    }

    /// Looks once.
    async fn look(&self) -> Result<(), DbErr> {
        let Options {
            database, probes, ..
        } = &self.options;
        for incident in look(database, probes).await {
            self.watch.raise(incident);
        }
        self.write().await?;
        // After it, so that what was seen just now is not resolved.
        let resolved = ledger::resolve(database).await?;
        self.tell(&resolved, IncidentState::Resolved);
        Ok(())
    }

    /// Writes what was raised.
    async fn write(&self) -> Result<(), DbErr> {
        let Options {
            database, period, ..
        } = &self.options;
        let taken = self.watch.take();
        let opened = ledger::write(database, taken.incidents(), *period).await;
        let mut opened = opened.inspect_err(|_| self.tell_unwritten(taken.incidents()))?;
        taken.written();
        let told = std::mem::take(&mut *self.told());
        opened.retain(|entry| !told.contains(&entry.subject));
        self.tell(&opened, IncidentState::Opened);
        Ok(())
    }

    /// What can not wait is told at once where it can not be written: that the database with the rows is away is never
    /// to be read in a row of it. Each process tells it, because none knows of the others, and once.
    fn tell_unwritten(&self, incidents: &[Incident]) {
        let critical = incidents
            .iter()
            .filter(|incident| incident.kind.severity() == Severity::Critical);
        let news = critical.filter(|incident| self.told().insert(incident.kind.subject()));
        let news: Vec<Entry> = news.map(Entry::unwritten).collect();
        self.tell(&news, IncidentState::Opened);
    }

    /// A set of which nothing is half done when a thread panics.
    fn told(&self) -> MutexGuard<'_, HashSet<String>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, entries: &[Entry], state: IncidentState) {
        for entry in entries {
            let (kind, subject) = (&*entry.event_type, &*entry.subject);
            tracing::warn!(
                target: "gateway::incidents",
                kind,
                subject,
                tenant = entry.tenant.map(tracing::field::display),
                occurrences = entry.occurrences,
                "{}",
                match state {
                    IncidentState::Opened => "something needs somebody",
                    IncidentState::Resolved => "what needed somebody is over",
                }
            );
            if let Some(kind) = Kind::suspicious(kind, subject) {
                self.options.events.emit(SecurityIncidents {
                    kind,
                    severity: severity(entry.severity),
                    state,
                    tenant_id: entry.tenant,
                    occurrences: u64::try_from(entry.occurrences).unwrap_or_default(),
                });
            }
            if let Some(alerts) = &self.options.alerts {
                alerts.tell(entry, state);
            }
        }
    }
}

/// In a trace of its own, in which alerts are sent, too.
async fn traced(looking: impl Future<Output = Result<(), DbErr>>) {
    let span = tracing::info_span!(parent: None, "look", otel.name = "watch");
    let cause = Cause::named(Some("watch")).in_span(span.clone());
    if let Err(error) = cause.of(looking).instrument(span).await {
        tracing::warn!(%error, "what needs somebody can not be written down; it is kept");
    }
}

fn severity(of: Severity) -> IncidentSeverity {
    match of {
        Severity::Low => IncidentSeverity::Low,
        Severity::Medium => IncidentSeverity::Medium,
        Severity::High => IncidentSeverity::High,
        Severity::Critical => IncidentSeverity::Critical,
    }
}
