//! Looks, writes, resolves, every so often.

use std::time::Duration;

use entity::oltp::admin_system_event::Severity;
use events::{Events, IncidentSeverity, IncidentState, SecurityIncidents};
use futures::future::join;
use sea_orm::DbErr;
use tenant::{Cause, Database};
use tokio::time::sleep;
use tracing::Instrument;

use crate::{
    Alerts, Kind, Probe, Watch,
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
}

impl Watcher {
    /// Of what is raised at `watch`, and of what it sees itself.
    #[must_use]
    pub fn new(watch: Watch, options: Options) -> Self {
        Self { watch, options }
    }

    /// Watches for as long as it is polled.
    pub async fn run(&self) {
        let looking = async {
            loop {
                sleep(self.options.period).await;
                // A trace of its own, in which alerts are sent.
                let span = tracing::info_span!(parent: None, "look", otel.name = "watch");
                let cause = Cause::named(Some("watch")).in_span(span.clone());
                if let Err(error) = cause.of(self.look()).instrument(span).await {
                    tracing::warn!(%error, "what needs somebody can not be written down; it is kept");
                }
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

    /// Looks once.
    async fn look(&self) -> Result<(), DbErr> {
        let Options {
            database,
            probes,
            period,
            ..
        } = &self.options;
        for incident in look(database, probes).await {
            self.watch.raise(incident);
        }
        let incidents = self.watch.take();
        let opened = ledger::write(database, &incidents, *period).await;
        let opened = opened.inspect_err(|_| {
            incidents
                .into_iter()
                .for_each(|incident| self.watch.raise(incident));
        })?;
        self.tell(&opened, IncidentState::Opened);
        // After it, so that what was seen just now is not resolved.
        let resolved = ledger::resolve(database).await?;
        self.tell(&resolved, IncidentState::Resolved);
        Ok(())
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

fn severity(of: Severity) -> IncidentSeverity {
    match of {
        Severity::Low => IncidentSeverity::Low,
        Severity::Medium => IncidentSeverity::Medium,
        Severity::High => IncidentSeverity::High,
        Severity::Critical => IncidentSeverity::Critical,
    }
}
