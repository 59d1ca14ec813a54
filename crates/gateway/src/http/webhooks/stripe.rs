//! `/webhooks/stripe`: takes what Stripe tells of subscriptions and payments.
//!
//! Who asks is known by the signature of the body, byte for byte as it came. Stripe sends an event again until the answer is
//! 200; so that is said of what was done, of what was done before, and of what is nothing to us. Whoever signs wrongly again
//! and again is turned away for a while, as at the other doors; what is signed well is taken all the same.

use std::{error::Error, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, Method},
    response::{IntoResponse, Response},
};
use billing::stripe::{BadSignature, Event, Secrets};
use bookkeeping::{Bookkeeping, Taken, Trouble};
use chrono::Utc;
use serde_json::json;
use tenant::Identity;
use tokio::time::timeout;
use uuid::Uuid;
use watch::{Incident, Kind};

use crate::{
    auth::SecurityEventKind,
    http::{
        answered::{respond, run},
        authenticate::Sender,
        error::HttpError,
        log::RequestLog,
        request::within,
        signed,
    },
    serve::Gateway,
};

/// Takes one event.
pub(in crate::http) async fn handle(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
) -> Response {
    let log = RequestLog::start_at(&gateway, "/webhooks/stripe", request.method());
    let answered = run(log.span.clone(), take(&gateway, request, log.id)).await;
    respond(log, answered)
}

async fn take(gateway: &Gateway, request: Request, id: Uuid) -> Result<Response, HttpError> {
    let Some(secrets) = gateway.stripe_secrets() else {
        return Err(HttpError::NotFound);
    };
    if request.method() != Method::POST {
        return Err(HttpError::WebhookByOther);
    }
    let (parts, body) = request.into_parts();
    let sender = Sender::of(gateway, &parts.extensions, &parts.headers, id);
    let reading = within(body.into_data_stream(), gateway.max_body_bytes());
    let read = timeout(gateway.read_timeout(), reading).await;
    let body = Bytes::from(read.map_err(|_| HttpError::BodyTimeout)??);
    if let Err(bad) = check(secrets, &parts.headers, &body) {
        let kind = SecurityEventKind::AuthenticationFailure;
        return Err(signed::forged(gateway, kind, &sender, bad.into()).await);
    }
    let event = Event::parse(&body).map_err(|problem| HttpError::malformed(problem.to_string()))?;
    if !event.is_live && !gateway.takes_test_events() {
        return Err(HttpError::TestEvent);
    }
    let bookkeeping = Bookkeeping::new(gateway.database().clone());
    let taken = timeout(gateway.request_timeout(), bookkeeping.take(&event)).await;
    let taken = taken.map_err(|_| HttpError::TimedOut)?;
    let taken = taken.map_err(|trouble| failed(gateway, &trouble))?;
    match taken {
        Taken::Unknown => {
            tracing::warn!(
                event = event.id,
                kind = event.kind,
                "an event about nobody here"
            );
        }
        taken => tracing::info!(event = event.id, kind = event.kind, ?taken, "an event"),
    }
    Ok(Json(json!({ "received": true })).into_response())
}

fn check(secrets: &Secrets, headers: &HeaderMap, body: &[u8]) -> Result<(), BadSignature> {
    let header = headers.get("stripe-signature");
    let header = header.and_then(|value| value.to_str().ok());
    let header = header.ok_or(BadSignature::Malformed)?;
    secrets.check(header, body, Utc::now())
}

fn failed(gateway: &Gateway, trouble: &Trouble) -> HttpError {
    match trouble {
        Trouble::Refused(refusal) => HttpError::refused(*refusal, &Identity::Dispatcher),
        Trouble::Untold => HttpError::NotLinked,
        Trouble::Unlinked { tenant } => {
            gateway.report().watch.raise(Incident {
                kind: Kind::Unlinked,
                tenant: Some(*tenant),
                count: 1,
            });
            HttpError::NotLinked
        }
        Trouble::Database(_) => {
            tracing::error!(error = trouble as &dyn Error, "an event could not be taken");
            HttpError::Internal
        }
    }
}
