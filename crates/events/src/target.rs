//! Where events go, and in which form.

mod file;
mod posthog;
mod segment;

use std::time::{Duration, SystemTime};

use reqwest::{
    Client, RequestBuilder, Response, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use tracing::{Instrument, Span, field::Empty};
use url::Url;
use uuid::Uuid;

use crate::{
    Options,
    batch::{Batch, gzip},
    queue::Envelope,
};

/// Where events go, as `GATEWAY_EVENTS_URL` says it.
#[derive(Clone, Debug)]
pub struct Target(Form);

#[derive(Clone, Debug)]
enum Form {
    PostHog { url: Url, key: SecretString },
    Segment { url: Url, key: SecretString },
    File(file::Place),
}

/// The setting names no target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "GATEWAY_EVENTS_URL names no place for events: give posthog+https://KEY@host, segment+https://KEY@host (the write key), \
     or file:///folder/events.jsonl, with ?bytes=…&kept=… for how long a file gets and how many full ones are kept"
)]
pub struct TargetError;

/// A batch did not arrive.
#[derive(Debug)]
pub(crate) enum Undelivered {
    /// It may later.
    Later {
        why: String,
        /// When, if the target says so.
        after: Option<Duration>,
    },
    /// It will not.
    Refused(String),
}

impl Target {
    /// The target of a URL.
    ///
    /// # Errors
    /// [`TargetError`] for another scheme, and where the key or the host is missing.
    pub fn parse(given: &SecretString) -> Result<Self, TargetError> {
        let given = given.expose_secret();
        let (form, rest) = given.split_once(['+', ':']).ok_or(TargetError)?;
        match form {
            "posthog" => web(rest).map(|(url, key)| Self(Form::PostHog { url, key })),
            "segment" => web(rest).map(|(url, key)| Self(Form::Segment { url, key })),
            "file" => {
                let place = file::Place::parse(given);
                place
                    .map(|place| Self(Form::File(place)))
                    .ok_or(TargetError)
            }
            _ => Err(TargetError),
        }
    }
}

/// A web address with a key where a user's name is, and the key apart from it.
fn web(text: &str) -> Result<(Url, SecretString), TargetError> {
    let mut url = Url::parse(text).map_err(|_| TargetError)?;
    let key: SecretString = url.username().into();
    if !matches!(url.scheme(), "http" | "https") || key.expose_secret().is_empty() {
        return Err(TargetError);
    }
    // Neither is refused of such an address.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok((url, key))
}

/// What brings batches there.
pub(crate) struct Courier {
    form: Form,
    client: Client,
    /// Who events without a tenant are of: this process, for as long as it runs.
    process: Uuid,
    trace_parent: fn(&Span) -> Option<String>,
}

impl Courier {
    pub(crate) fn new(target: Target, options: &Options) -> Self {
        let client = Client::builder()
            .timeout(options.answer)
            .redirect(redirect::Policy::none())
            .build();
        Self {
            form: target.0,
            // Only a certificate or a proxy of ours could be wrong, and there is none.
            client: client.unwrap_or_default(),
            process: Uuid::new_v4(),
            trace_parent: options.trace_parent,
        }
    }

    /// The event in the target's form.
    pub(crate) fn write(&self, envelope: &Envelope) -> Vec<u8> {
        let written = match &self.form {
            Form::PostHog { .. } => posthog::write(envelope, self.process),
            Form::Segment { .. } => segment::write(envelope, self.process),
            Form::File(_) => file::write(envelope, self.process),
        };
        written.to_string().into_bytes()
    }

    /// Brings a batch there, once.
    pub(crate) async fn deliver(&self, batch: &Batch) -> Result<(), Undelivered> {
        match &self.form {
            Form::PostHog { url, key } => {
                let request = self.client.post(posthog::address(url));
                self.send(request, posthog::body(batch, key)).await
            }
            Form::Segment { url, key } => {
                let request = self.client.post(segment::address(url));
                let request = request.basic_auth(key.expose_secret(), Some(""));
                self.send(request, segment::body(batch)).await
            }
            Form::File(place) => place.append(batch).await,
        }
    }

    /// Sends a request in a trace of its own, of which it tells.
    async fn send(&self, request: RequestBuilder, body: Vec<u8>) -> Result<(), Undelivered> {
        let span = tracing::info_span!(
            parent: None,
            "events",
            otel.kind = "client",
            otel.name = "POST events",
            http.request.method = "POST",
            http.response.status_code = Empty,
        );
        let request = match (self.trace_parent)(&span) {
            Some(trace) => request.header("traceparent", trace),
            None => request,
        };
        send(request, body).instrument(span).await
    }
}

/// Who an event is of, and its properties.
fn of(envelope: &Envelope) -> (Option<String>, serde_json::Map<String, serde_json::Value>) {
    let properties = envelope.event.properties();
    let tenant = properties.get("tenant_id").and_then(|id| id.as_str());
    (tenant.map(str::to_owned), properties)
}

async fn send(request: RequestBuilder, body: Vec<u8>) -> Result<(), Undelivered> {
    let packed = tokio::task::spawn_blocking(move || gzip(&body)).await;
    // Memory takes what is written, and packing does not panic; if it ever did, trying again is right.
    let packed = packed
        .map_err(std::io::Error::other)
        .flatten()
        .map_err(later)?;
    let request = request
        .header(CONTENT_TYPE, "application/json")
        .header(CONTENT_ENCODING, "gzip")
        .body(packed);
    // The address has no key, but nobody has to read it in the log, either.
    let answer = request
        .send()
        .await
        .map_err(|error| later(error.without_url()))?;
    answered(&answer)
}

fn later(cause: impl std::error::Error) -> Undelivered {
    // Why a connection could not be made is in the causes.
    let causes = std::iter::successors(cause.source(), |cause| cause.source());
    let why = causes.fold(cause.to_string(), |why, cause| format!("{why}: {cause}"));
    Undelivered::Later { why, after: None }
}

fn answered(answer: &Response) -> Result<(), Undelivered> {
    let status = answer.status();
    Span::current().record("http.response.status_code", i64::from(status.as_u16()));
    let is_passing = status.is_server_error()
        || matches!(
            status,
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT
        );
    if status.is_success() {
        Ok(())
    } else if is_passing {
        let why = format!("it answered {status}");
        let after = answer.headers().get(RETRY_AFTER);
        let after = after.and_then(|after| wait(after.to_str().ok()?, SystemTime::now()));
        Err(Undelivered::Later { why, after })
    } else {
        Err(Undelivered::Refused(format!("it answered {status}")))
    }
}

/// How long `Retry-After` says to wait: seconds, or a date (RFC 9110, section 10.2.3).
fn wait(text: &str, now: SystemTime) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_by_a_url_and_keeps_its_key_to_itself() {
        let parsed = |text: &str| Target::parse(&text.into());
        let target = parsed("posthog+https://phc_secret@eu.i.posthog.com").expect("a target");
        let shown = format!("{target:?}");
        assert!(
            shown.contains("eu.i.posthog.com") && !shown.contains("phc_secret"),
            "{shown}"
        );
        assert!(parsed("segment+http://key@127.0.0.1:9/x").is_ok());
        assert!(parsed("file:///var/log/events.jsonl").is_ok());
        for wrong in [
            "posthog+https://eu.i.posthog.com",
            "https://key@eu.i.posthog.com",
            "posthog+ftp://key@host",
            "file:events.jsonl ",
            "",
        ] {
            // A path that is not whole is taken from the root of the file system, which is whole.
            assert!(
                parsed(wrong).is_err() || wrong.starts_with("file:"),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_target_says_how_long_to_wait_in_seconds_or_with_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let wait = |text| wait(text, now).map(|wait| wait.as_secs());
        assert_eq!(wait("120"), Some(120));
        assert_eq!(wait("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(wait("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        assert_eq!(wait("soon"), None);
    }
}
