//! `/ingest/email`: takes a message as it came (RFC 5322), keeps it, and answers with the id that it will have.
//!
//! It takes two contexts, one after the other: whoever asks is admitted as in any request, and the mail is then kept by
//! the platform itself, for no member writes messages.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use chrono::Utc;
use entity::{content::received_mail::MailSource, id::TenantId};
use inbox::{Inbox, Trouble};
use serde_json::json;
use tenant::{Access, Identity, Role};
use tokio::time::timeout;

use super::failed;
use crate::{
    budget::Budgets,
    http::{
        answered::{respond, run},
        authenticate::{self, Sender},
        error::HttpError,
        log::RequestLog,
        request::within,
    },
    serve::Gateway,
};

/// Takes one message.
pub(in crate::http) async fn handle(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
) -> Response {
    let mut log = RequestLog::start_at(&gateway, "/ingest/email", request.method());
    log.follow(&gateway, &request);
    let (span, cause) = (log.span.clone(), log.cause_of("mail.ingest"));
    let answered = run(span, cause.of(take(&gateway, request, &mut log))).await;
    respond(log, answered)
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
    let caller = authenticate::caller(gateway, request.headers(), &sender).await?;
    log.identity = Some(caller.identity.clone());
    log.policy = gateway.spend(&caller.identity).await?;
    if !is_mail(request.headers()) {
        return Err(HttpError::MailType);
    }
    let tenant = admit(gateway, &caller.identity, &sender).await?;
    let raw = read(gateway, request).await?;
    let inbox = Inbox::new(gateway.database().clone());
    let keeping = inbox.accept(tenant, raw, MailSource::Ingest, None, Utc::now());
    let kept = timeout(gateway.request_timeout(), keeping).await;
    let accepted = kept.map_err(|_| HttpError::TimedOut)?;
    let accepted = accepted.map_err(|trouble| failed(&trouble, &caller.identity))?;
    gateway.wake().touch();
    let body = Json(json!({ "id": accepted.id.to_string() }));
    Ok((StatusCode::ACCEPTED, body).into_response())
}

/// The tenant, if who asks works with its data and does not only read.
async fn admit(
    gateway: &Arc<Gateway>,
    identity: &Identity,
    sender: &Sender,
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
            let error = failed(&trouble, identity);
            authenticate::refused(gateway, &error, identity, sender);
            return Err(error);
        }
        (Ok(_), Err(error)) => return Err(failed(&error.into(), identity)),
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
