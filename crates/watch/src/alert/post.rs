//! Where alerts go, and how one gets there.

use std::fmt::Write;

use aws_lc_rs::hmac;
use chrono::Utc;
use reqwest::{Client, header::CONTENT_TYPE};
use tenant::TRACE_PARENT;
use tracing::{Instrument, Span, field::Empty};
use url::Url;

use super::Alert;

/// The web address that somebody watches.
pub(super) struct Post {
    pub(super) url: Url,
    pub(super) key: hmac::Key,
    pub(super) client: Client,
}

impl Post {
    /// Sends an alert, once. What is refused may be a mistake that is being mended, so it is worth to be tried again, too.
    pub(super) async fn send(&self, alert: &Alert) -> Result<(), String> {
        let span = posting(alert);
        let posted = self.post(&alert.body, tenant::trace_parent(&span));
        posted.instrument(span).await
    }

    async fn post(&self, body: &str, trace: Option<String>) -> Result<(), String> {
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("X-Gateway-Signature", self.signature(body))
            .body(body.to_owned());
        let request = match trace {
            Some(trace) => request.header(TRACE_PARENT, trace),
            None => request,
        };
        // The address may have a secret in it.
        let answer = request
            .send()
            .await
            .map_err(|error| error.without_url().to_string())?;
        let status = answer.status();
        Span::current().record("http.response.status_code", i64::from(status.as_u16()));
        match status {
            status if status.is_success() => Ok(()),
            status => Err(format!("it answered {status}")),
        }
    }

    fn signature(&self, body: &str) -> String {
        let seconds = Utc::now().timestamp();
        let tag = hmac::sign(&self.key, format!("{seconds}.{body}").as_bytes());
        let mut text = format!("t={seconds},v1=");
        for byte in tag.as_ref() {
            write!(text, "{byte:02x}").expect("text takes text");
        }
        text
    }
}

/// An attempt to tell, in the names of OpenTelemetry's semantic conventions for HTTP clients; without the address, which
/// may have a secret in it.
fn posting(alert: &Alert) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "alert",
        otel.kind = "client",
        otel.name = "POST alert",
        http.request.method = "POST",
        http.response.status_code = Empty,
    );
    if let Some(cause) = &alert.cause {
        tenant::follow_trace(&span, cause);
    }
    span
}
