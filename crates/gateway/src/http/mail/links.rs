//! The links of mail that was sent: `/o/{token}` is the picture that tells that a message was shown, `/c/{token}` leads on
//! to where a link points, `/u/{token}` lets a lead ask for no more.
//!
//! Each says itself, signed, what it is about, so whoever has it needs no other right. Only `GET` and `POST` tell
//! anything: `HEAD` is what programs ask that look at links. A link is asked for in advance by programs, too; so to ask
//! for no more takes a `POST`, as mail readers send it for their reader (RFC 8058), or the button of the page.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{Html, IntoResponse, Response},
};
use chrono::Utc;
use entity::id::TenantId;
use inbox::{Inbox, Trouble};
use mail::link::Link;
use tenant::Identity;
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use super::failed;
use crate::{
    http::{
        answered::{respond, run},
        authenticate::Sender,
        error::HttpError,
        log::RequestLog,
        signed,
    },
    serve::Gateway,
};

/// One pixel that is transparent (GIF89a).
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xf9\x04\x01\x00\x00\x00\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b";

/// Nobody keeps an answer, so that each time is told; and no page learns the link.
const UNSEEN: [(HeaderName, HeaderValue); 2] = [
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
];

/// The pages hold nothing but text and a button.
const PLAIN: [(HeaderName, HeaderValue); 2] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; form-action 'self'; frame-ancestors 'none'"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
];

const ASK: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>Unsubscribe</title>\
    <h1>Unsubscribe</h1><p>No more mail will be sent to you.</p>\
    <form method=\"post\"><button>Unsubscribe</button></form></html>\n";
const DONE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width\"><title>Unsubscribed</title>\
    <h1>Unsubscribed</h1><p>No more mail will be sent to you.</p></html>\n";

/// A message was shown.
pub(in crate::http) async fn opened(
    State(gateway): State<Arc<Gateway>>,
    Path(token): Path<String>,
    request: Parts,
) -> Response {
    let mut log = RequestLog::start_at(&gateway, "/o", &request.method);
    let (span, cause) = (log.span.clone(), log.cause_of("mail.opened"));
    let answering = open(&gateway, &request, &token, &mut log);
    let answered = run(span, cause.of(answering)).await;
    respond(log, answered)
}

/// A link was followed.
pub(in crate::http) async fn clicked(
    State(gateway): State<Arc<Gateway>>,
    Path(token): Path<String>,
    request: Parts,
) -> Response {
    let mut log = RequestLog::start_at(&gateway, "/c", &request.method);
    let (span, cause) = (log.span.clone(), log.cause_of("mail.clicked"));
    let answering = click(&gateway, &request, &token, &mut log);
    let answered = run(span, cause.of(answering)).await;
    respond(log, answered)
}

/// A lead may want no more.
pub(in crate::http) async fn unsubscribed(
    State(gateway): State<Arc<Gateway>>,
    Path(token): Path<String>,
    request: Parts,
) -> Response {
    let mut log = RequestLog::start_at(&gateway, "/u", &request.method);
    let (span, cause) = (log.span.clone(), log.cause_of("mail.unsubscribed"));
    let answering = unsubscribe(&gateway, &request, &token, &mut log);
    let answered = run(span, cause.of(answering)).await;
    respond(log, answered)
}

async fn open(
    gateway: &Gateway,
    request: &Parts,
    token: &str,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let Link::Open { tenant, message } = link(gateway, request, token, log).await? else {
        return Err(HttpError::NotFound);
    };
    let identity = of(tenant, log);
    if request.method == Method::GET {
        let inbox = Inbox::new(gateway.database().clone());
        let telling = inbox.opened(tenant.into(), message.into(), Utc::now());
        // Whoever reads the message does not care whether we know.
        passed_over(told(gateway, &identity, telling).await);
    }
    let kind = [(header::CONTENT_TYPE, "image/gif")];
    Ok((UNSEEN, kind, PIXEL).into_response())
}

async fn click(
    gateway: &Gateway,
    request: &Parts,
    token: &str,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let Link::Click {
        tenant,
        message,
        url,
    } = link(gateway, request, token, log).await?
    else {
        return Err(HttpError::NotFound);
    };
    let location = location(&url).ok_or(HttpError::NotFound)?;
    let identity = of(tenant, log);
    if request.method == Method::GET {
        let inbox = Inbox::new(gateway.database().clone());
        let telling = inbox.clicked(tenant.into(), message.into(), Utc::now());
        passed_over(told(gateway, &identity, telling).await);
    }
    let location = [(header::LOCATION, location)];
    Ok((StatusCode::FOUND, UNSEEN, location).into_response())
}

async fn unsubscribe(
    gateway: &Gateway,
    request: &Parts,
    token: &str,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let Link::Unsubscribe {
        tenant,
        message,
        lead,
    } = link(gateway, request, token, log).await?
    else {
        return Err(HttpError::NotFound);
    };
    let identity = of(tenant, log);
    let page = if request.method == Method::POST {
        let inbox = Inbox::new(gateway.database().clone());
        let telling = inbox.unsubscribed(tenant.into(), message.into(), lead.into(), Utc::now());
        told(gateway, &identity, telling).await?;
        DONE
    } else {
        ASK
    };
    Ok((UNSEEN, PLAIN, Html(page)).into_response())
}

/// What a token means; one of another server's, or that was changed, is as good as none.
async fn link(
    gateway: &Gateway,
    request: &Parts,
    token: &str,
    log: &RequestLog,
) -> Result<Link, HttpError> {
    let sender = Sender::of(gateway, &request.extensions, &request.headers, log.id);
    signed::read(gateway, token, &sender, HttpError::NotFound).await
}

/// The platform's own work for the tenant, as which it is logged.
fn of(tenant: Uuid, log: &mut RequestLog) -> Identity {
    let tenant = TenantId::from(tenant);
    let identity = Identity::Job { tenant };
    log.identity = Some(identity.clone());
    identity
}

/// Where a link points, as a header holds it; on the web only.
fn location(url: &str) -> Option<HeaderValue> {
    let url = Url::parse(url).ok()?;
    let is_web = matches!(url.scheme(), "http" | "https");
    HeaderValue::try_from(url.as_str()).ok().filter(|_| is_web)
}

async fn told(
    gateway: &Gateway,
    identity: &Identity,
    telling: impl Future<Output = Result<(), Trouble>>,
) -> Result<(), HttpError> {
    let told = timeout(gateway.request_timeout(), telling).await;
    let told = told.map_err(|_| HttpError::TimedOut)?;
    told.map_err(|trouble| failed(&trouble, identity))
}

fn passed_over(told: Result<(), HttpError>) {
    if let Err(error) = told {
        tracing::warn!(%error, "what a reader did could not be written down");
    }
}
