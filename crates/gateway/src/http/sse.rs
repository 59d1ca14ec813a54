//! GraphQL over Server-Sent Events: the protocol of the npm package graphql-sse, in both modes.
//!
//! *Distinct connections*: an operation's request accepts `text/event-stream`, and is answered with a stream of its
//! own. *Single connection*: `PUT` reserves a stream and answers its token, `GET` with the token opens it, `POST` with
//! the token sends an operation, whose answers come on the stream, and `DELETE` ends one.

mod distinct;
mod event;
mod reservations;
mod session;
mod single;

use std::sync::Arc;

use axum::{
    extract::Request,
    http::{HeaderMap, Method, header},
    response::Response,
};

pub(super) use distinct::answer;
pub(crate) use reservations::Reservations;

use super::{error::HttpError, log::RequestLog, media::Answer};
use crate::serve::Gateway;

const MEDIA_TYPE: &str = "text/event-stream";

/// Whether the request belongs to this protocol: it reserves or names a stream, or takes nothing else for an answer.
pub(super) fn is_wanted(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::PUT
        || single::token(request).is_some()
        || (accepts_stream(headers) && Answer::negotiate(headers).is_err())
}

/// Whether an event stream is one of the answers that the client takes.
pub(super) fn accepts_stream(headers: &HeaderMap) -> bool {
    let ranges = headers.get_all(header::ACCEPT).iter();
    let mut ranges = ranges
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    ranges.any(|range| {
        let range = range.split(';').next().unwrap_or_default();
        range.trim().eq_ignore_ascii_case(MEDIA_TYPE)
    })
}

/// Answers a request of this protocol.
pub(super) async fn handle(
    gateway: &Arc<Gateway>,
    request: Request,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    match single::token(&request) {
        Some(token) => single::handle(gateway, request, &token, log).await,
        None if request.method() == Method::PUT => single::reserve(gateway, request, log).await,
        None => distinct::handle(gateway, request, log).await,
    }
}
