//! `/ingest/email`: takes a message as it came (RFC 5322), keeps it, and answers with the id that it will have.
//!
//! It takes two contexts, one after the other: whoever asks is admitted as in any request, and the mail is then kept by
//! the platform itself, for no member writes messages.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::Utc;
use entity::{content::received_mail::MailSource, id::TenantId};
use futures::FutureExt;
use inbox::{Inbox, Trouble};
use serde_json::json;
use tenant::{Access, Identity, Role};
use tokio::time::timeout;
use tracing::Instrument;

use super::{
    authenticate::{self, Sender},
    error::{HttpError, panicked},
    log::RequestLog,
    request::within,
};
use crate::{budget::Budgets, serve::Gateway};

/// Takes one message.
pub(super) async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let mut log = RequestLog::start_at("/ingest/email", request.method());
    let (span, id) = (log.span.clone(), log.request_id());
    let taken = AssertUnwindSafe(take(&gateway, request, &mut log))
        .catch_unwind()
        .instrument(span.clone())
        .await;
    let taken = taken.unwrap_or_else(|panic| Err(span.in_scope(|| panicked(&*panic))));
    let (mut response, code) = match taken {
        Ok(response) => (response, None),
        Err(error) => {
            let code = error.code();
            (error.answer(Some(&id)), Some(code))
        }
    };
    let headers = response.headers_mut();
    let id = HeaderValue::try_from(id).expect("hexadecimal digits are visible ASCII");
    headers.insert("x-request-id", id);
    if let Some(policy) = log.policy.take() {
        headers.insert("ratelimit-policy", policy);
    }
    log.answered(response.status(), code);
    response
}

async fn take(
    gateway: &Arc<Gateway>,
    request: Request,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    if request.method() != Method::POST {
        return Err(HttpError::MailByOther);
    }
    let sender = Sender::of(gateway, request.extensions(), request.headers(), log.id);
    let caller = authenticate::caller(gateway, request.headers(), sender).await?;
    log.identity = Some(caller.identity.clone());
    log.policy = gateway.spend(&caller.identity).await?;
    if !is_mail(request.headers()) {
        return Err(HttpError::MailType);
    }
    let tenant = admit(gateway, &caller.identity, sender).await?;
    let raw = read(gateway, request).await?;
    let inbox = Inbox::new(gateway.database().clone());
    let keeping = inbox.accept(tenant, raw, MailSource::Ingest, None, Utc::now());
    let kept = timeout(gateway.request_timeout(), keeping).await;
    let accepted = kept.map_err(|_| HttpError::TimedOut)?;
    let accepted = accepted.map_err(|trouble| failed(trouble, &caller.identity))?;
    let body = Json(json!({ "id": accepted.id.to_string() }));
    Ok((StatusCode::ACCEPTED, body).into_response())
}

/// The tenant, if who asks works with its data and does not only read.
async fn admit(
    gateway: &Arc<Gateway>,
    identity: &Identity,
    sender: Sender,
) -> Result<TenantId, HttpError> {
    let (Identity::Key(_) | Identity::Member { .. }, Some(tenant)) = (identity, identity.tenant())
    else {
        return Err(HttpError::MayNotBringMail);
    };
    let context = gateway.database().context(identity.clone(), Access::Read);
    let asked = async { Ok((context.roles().await?, context.may_write().await?)) };
    let asked: Result<_, Trouble> = asked.await;
    let refusal = context.refusal();
    let ended = context.finish(false).await;
    Budgets::learn_of(gateway, identity, refusal, asked.is_ok());
    let (roles, may_write) = match (asked, ended) {
        (Ok(found), Ok(_)) => found,
        (Err(trouble), _) => {
            let trouble = refusal.map_or(trouble, Trouble::Refused);
            let error = failed(trouble, identity);
            authenticate::refused(gateway, &error, identity, sender);
            return Err(error);
        }
        (Ok(_), Err(error)) => return Err(failed(error.into(), identity)),
    };
    let works = |role: &Role| matches!(role, Role::Owner | Role::Admin | Role::Member);
    if may_write && roles.iter().any(works) {
        Ok(tenant)
    } else {
        Err(HttpError::MayNotBringMail)
    }
}

async fn read(gateway: &Gateway, request: Request) -> Result<Vec<u8>, HttpError> {
    let limit = gateway.max_mail_bytes();
    let reading = within(request.into_body().into_data_stream(), limit);
    let read = timeout(gateway.read_timeout(), reading).await;
    match read.map_err(|_| HttpError::BodyTimeout)? {
        Err(HttpError::TooLarge { limit }) => Err(HttpError::MailTooLarge { limit }),
        read => read,
    }
}

/// RFC 2046, section 5.2.1, and RFC 6532 for one whose headers are not ASCII.
fn is_mail(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE);
    let value = value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = value.split(';').next().unwrap_or_default().trim();
    ["message/rfc822", "message/global"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

fn failed(trouble: Trouble, identity: &Identity) -> HttpError {
    if let Trouble::Refused(refusal) = trouble {
        return HttpError::refused(refusal, identity);
    }
    tracing::error!(
        error = &trouble as &dyn std::error::Error,
        "mail was not taken"
    );
    HttpError::Internal
}
