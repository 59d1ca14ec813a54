//! Alerts, sent to a web address that somebody watches.
//!
//! The body is JSON; `X-Gateway-Signature: t=<seconds>,v1=<hex>` has the HMAC-SHA256 of `<seconds>.<body>`, so that who
//! receives it knows whose it is, and that it is not an old one.

mod post;
mod queue;

use std::{future::pending, time::Duration};

use aws_lc_rs::hmac;
use chrono::{SecondsFormat, Utc};
use entity::{id::TenantId, oltp::admin_system_event::Severity};
use events::IncidentState;
use reqwest::{Client, redirect};
use sea_orm::ActiveEnum;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::{
    sync::{Mutex, mpsc},
    time::{sleep_until, timeout},
};
use tracing::Span;
use url::Url;

use crate::ledger::Entry;
use post::Post;
use queue::Queue;

/// Most alerts that wait to be sent, and as many again that wait to be queued.
const WAITING: usize = 1000;
/// How long until one that is refused is tried again.
const FIRST_RETRY: Duration = Duration::from_secs(1);
/// How long the receiver may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Sends alerts.
pub struct Alerts {
    post: Post,
    floor: Severity,
    told: mpsc::Sender<Alert>,
    sending: Mutex<Sending>,
}

/// What waits. What is being sent stays in the queue until it is taken: when sending is broken off, nobody knows whether
/// it has arrived.
struct Sending {
    told: mpsc::Receiver<Alert>,
    queue: Queue,
}

/// One of them.
struct Alert {
    incident: Subject,
    body: String,
    /// What wrote its row, as others are told of a trace.
    cause: Option<String>,
}

/// What an alert is about.
#[derive(PartialEq, Eq)]
struct Subject {
    event_type: String,
    tenant: Option<TenantId>,
    subject: String,
}

/// Why there are no alerts.
#[derive(Debug, thiserror::Error)]
pub enum AlertsError {
    /// The address is none.
    #[error(
        "GATEWAY_ALERT_WEBHOOK_URL is no address of the web: give one like https://alerts.example.com/gateway"
    )]
    Address,
    /// Nobody could tell them from what others send.
    #[error(
        "GATEWAY_ALERT_WEBHOOK_URL wants GATEWAY_ALERT_WEBHOOK_KEY, 32 bytes or more, by which the receiver knows that alerts are ours"
    )]
    Key,
    /// TLS could not be set up.
    #[error("alerts can not be sent over TLS")]
    Client(#[source] reqwest::Error),
}

impl Alerts {
    /// Alerts of that severity and above.
    ///
    /// # Errors
    /// [`AlertsError`].
    pub fn new(
        url: &SecretString,
        key: Option<&SecretString>,
        floor: Severity,
    ) -> Result<Self, AlertsError> {
        let url = Url::parse(url.expose_secret()).ok();
        let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        let key = key.map(|key| key.expose_secret().as_bytes());
        let key = key.filter(|key| key.len() >= 32).ok_or(AlertsError::Key);
        let client = Client::builder()
            .timeout(ANSWER)
            .redirect(redirect::Policy::none())
            .build();
        let (told, receiving) = mpsc::channel(WAITING);
        let sending = Sending {
            told: receiving,
            queue: Queue::default(),
        };
        Ok(Self {
            post: Post {
                url: url.ok_or(AlertsError::Address)?,
                key: hmac::Key::new(hmac::HMAC_SHA256, key?),
                client: client.map_err(AlertsError::Client)?,
            },
            floor,
            told,
            sending: Mutex::new(sending),
        })
    }

    /// Hands an alert in, if it is bad enough.
    pub(crate) fn tell(&self, entry: &Entry, state: IncidentState) {
        if rank(entry.severity) < rank(self.floor) {
            return;
        }
        let body = json!({
            "id": entry.id.map(|id| id.to_string()),
            "state": state.as_str(),
            "eventType": entry.event_type,
            "severity": entry.severity.to_value(),
            "tenantId": entry.tenant.map(|tenant| tenant.to_string()),
            "subject": entry.subject,
            "occurrences": entry.occurrences,
            "at": Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        let alert = Alert {
            incident: Subject {
                event_type: entry.event_type.clone(),
                tenant: entry.tenant,
                subject: entry.subject.clone(),
            },
            body: body.to_string(),
            cause: tenant::trace_parent(&Span::current()),
        };
        if self.told.try_send(alert).is_err() {
            tracing::error!(alert = %body, "an alert is dropped: more wait than there is room for");
        }
    }

    /// Sends alerts, one at a time, for as long as it is polled.
    pub(crate) async fn run(&self) {
        let mut sending = self.sending.lock().await;
        loop {
            sending.turn(&self.post).await;
        }
    }

    /// Sends what waits still, within that time. What does not leave then is in the log.
    pub(crate) async fn flush(&self, within: Duration) {
        let mut sending = self.sending.lock().await;
        sending.queue.hurry();
        let emptied = timeout(within, async {
            while sending.has_some() {
                sending.turn(&self.post).await;
            }
        });
        if emptied.await.is_ok() {
            return;
        }
        while sending.has_some() {
            for alert in sending.queue.drain() {
                tracing::error!(
                    alert = alert.body,
                    "an alert could not be sent before the end"
                );
            }
        }
    }
}

impl Sending {
    /// Whether anything waits. All that was told is queued, as far as there is room.
    fn has_some(&mut self) -> bool {
        while self.queue.len() < WAITING {
            match self.told.try_recv() {
                Ok(alert) => self.queue.push(alert, FIRST_RETRY),
                Err(_) => break,
            }
        }
        self.queue.len() > 0
    }

    /// Queues one that is told, or sends one that is due, whichever comes first.
    async fn turn(&mut self, post: &Post) {
        let next = self.queue.next();
        let due = async {
            match next {
                Some((place, due)) => {
                    sleep_until(due).await;
                    place
                }
                None => pending().await,
            }
        };
        tokio::select! {
            Some(alert) = self.told.recv(), if self.queue.len() < WAITING => self.queue.push(alert, FIRST_RETRY),
            place = due => self.try_to_send(place, post).await,
        }
    }

    async fn try_to_send(&mut self, place: usize, post: &Post) {
        let Err(why) = post.send(self.queue.at(place)).await else {
            return self.queue.sent(place);
        };
        tracing::warn!(why, "an alert can not be sent; it is tried again");
        if let Some(alert) = self.queue.refused(place) {
            tracing::error!(alert = alert.body, "an alert was given up");
        }
    }
}

fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Low => 0,
        Severity::Medium => 1,
        Severity::High => 2,
        Severity::Critical => 3,
    }
}
