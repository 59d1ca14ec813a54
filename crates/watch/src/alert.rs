//! Alerts, sent to a web address that somebody watches.
//!
//! The body is JSON; `X-Gateway-Signature: t=<seconds>,v1=<hex>` has the HMAC-SHA256 of `<seconds>.<body>`, so that who
//! receives it knows whose it is, and that it is not an old one.

mod post;

use std::time::Duration;

use aws_lc_rs::hmac;
use backon::{BackoffBuilder, ExponentialBuilder};
use chrono::{SecondsFormat, Utc};
use entity::oltp::admin_system_event::Severity;
use events::IncidentState;
use reqwest::{Client, redirect};
use sea_orm::ActiveEnum;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::{
    sync::{Mutex, mpsc},
    time::{sleep, timeout},
};
use tracing::Span;
use url::Url;

use crate::ledger::Entry;
use post::Post;

/// Most alerts that wait to be sent.
const WAITING: usize = 1000;
/// How often one is tried: after 1, 2, 4 … seconds, and at most five minutes, so for about an hour.
const ATTEMPTS: usize = 20;
const LONGEST: Duration = Duration::from_secs(300);
/// How long the receiver may take to answer.
const ANSWER: Duration = Duration::from_secs(10);

/// Sends alerts.
pub struct Alerts {
    post: Post,
    floor: Severity,
    first_retry: Duration,
    waiting: mpsc::Sender<Alert>,
    sending: Mutex<Sending>,
}

/// What is sent next.
struct Sending {
    waiting: mpsc::Receiver<Alert>,
    /// Kept when sending is broken off: nobody knows whether it has arrived.
    in_hand: Option<Alert>,
}

/// One of them.
struct Alert {
    body: String,
    /// What wrote its row, as others are told of a trace.
    cause: Option<String>,
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
        let (waiting, receiving) = mpsc::channel(WAITING);
        let sending = Sending {
            waiting: receiving,
            in_hand: None,
        };
        Ok(Self {
            post: Post {
                url: url.ok_or(AlertsError::Address)?,
                key: hmac::Key::new(hmac::HMAC_SHA256, key?),
                client: client.unwrap_or_default(),
            },
            floor,
            first_retry: Duration::from_secs(1),
            waiting,
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
            body: body.to_string(),
            cause: tenant::trace_parent(&Span::current()),
        };
        if self.waiting.try_send(alert).is_err() {
            tracing::error!(alert = %body, "an alert is dropped: more wait than there is room for");
        }
    }

    /// Sends alerts, one after the other, for as long as it is polled. What it had in hand is kept.
    pub(crate) async fn run(&self) {
        let mut sending = self.sending.lock().await;
        loop {
            if sending.in_hand.is_none() {
                sending.in_hand = sending.waiting.recv().await;
            }
            self.send_in_hand(&mut sending).await;
        }
    }

    /// Sends what waits still, within that time. What does not leave then is in the log.
    pub(crate) async fn flush(&self, within: Duration) {
        let mut sending = self.sending.lock().await;
        let emptied = timeout(within, async {
            while sending.take_next() {
                self.send_in_hand(&mut sending).await;
            }
        });
        if emptied.await.is_ok() {
            return;
        }
        while sending.take_next() {
            let alert = sending.in_hand.take().map(|alert| alert.body);
            tracing::error!(alert, "an alert could not be sent before the end");
        }
    }

    async fn send_in_hand(&self, sending: &mut Sending) {
        if let Some(alert) = &sending.in_hand {
            self.send(alert).await;
        }
        sending.in_hand = None;
    }

    async fn send(&self, alert: &Alert) {
        let waits = ExponentialBuilder::new()
            .with_min_delay(self.first_retry)
            .with_max_delay(LONGEST)
            .with_max_times(ATTEMPTS)
            .with_jitter()
            .build();
        for wait in waits {
            match self.post.send(alert).await {
                Ok(()) => return,
                Err(why) => tracing::warn!(why, "an alert can not be sent; it is tried again"),
            }
            sleep(wait).await;
        }
        tracing::error!(alert = alert.body, "an alert was given up");
    }
}

impl Sending {
    /// Takes the next alert in hand, if there is one.
    fn take_next(&mut self) -> bool {
        if self.in_hand.is_none() {
            self.in_hand = self.waiting.try_recv().ok();
        }
        self.in_hand.is_some()
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
