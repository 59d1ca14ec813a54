//! Answers that are no operation's: what becomes of them, and what is logged.

use std::panic::AssertUnwindSafe;

use axum::{http::HeaderValue, response::Response};
use futures::FutureExt;
use tracing::Instrument;

use super::{
    error::{HttpError, panicked},
    log::RequestLog,
};

/// What comes of answering, also when that panics, within the request's span.
pub(super) async fn run(
    span: tracing::Span,
    answering: impl Future<Output = Result<Response, HttpError>>,
) -> Result<Response, HttpError> {
    let answered = AssertUnwindSafe(answering)
        .catch_unwind()
        .instrument(span.clone())
        .await;
    answered.unwrap_or_else(|panic| Err(span.in_scope(|| panicked(&*panic))))
}

/// The response, which is logged.
pub(super) fn respond(mut log: RequestLog, answered: Result<Response, HttpError>) -> Response {
    let id = log.request_id();
    let (mut response, code) = match answered {
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
