//! Several operations in one request: a JSON array of what would each be a request, answered by one of what would each be
//! an answer. The specification leaves it to servers; off unless `GATEWAY_MAX_BATCH` is set.
//!
//! Each operation is a request in all but the bytes: authenticated, counted, logged and run by itself, in a transaction of
//! its own, one after the other. So a batch is neither a way around a limit nor one transaction.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::time::timeout;

use super::{
    error::HttpError,
    graphql,
    media::is_json,
    request::{malformed, within},
    sse,
};
use crate::serve::Gateway;

/// Answers a request that may be a batch.
pub(super) async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    if request.method() != Method::POST || !is_json(request.headers()) {
        return graphql::handle(State(gateway), request).await;
    }
    let answer = split(&gateway, request).await;
    answer.unwrap_or_else(IntoResponse::into_response)
}

async fn split(gateway: &Arc<Gateway>, request: Request) -> Result<Response, HttpError> {
    let is_streamed = sse::is_wanted(&request) || sse::accepts_stream(request.headers());
    let (parts, body) = request.into_parts();
    let reading = within(body.into_data_stream(), gateway.max_body_bytes());
    let bytes = timeout(gateway.read_timeout(), reading)
        .await
        .map_err(|_| HttpError::BodyTimeout)??;
    let is_batch = bytes.trim_ascii_start().starts_with(b"[");
    if !is_batch {
        let request = Request::from_parts(parts, Body::from(bytes));
        return Ok(graphql::handle(State(Arc::clone(gateway)), request).await);
    }
    if is_streamed {
        // It would have to end before it is one of several answers.
        return Err(malformed(
            "a batch is answered as JSON; send what is to be streamed by itself",
        ));
    }
    let operations: Vec<Value> = serde_json::from_slice(&bytes)
        .map_err(|error| malformed(format!("the body is not JSON: {error}")))?;
    let most = gateway.max_batch();
    if operations.is_empty() || operations.len() > most {
        return Err(malformed(format!(
            "a batch has from 1 to {most} operations, this one has {}",
            operations.len()
        )));
    }
    let mut answers = Answers::default();
    for operation in operations {
        let request = Request::from_parts(parts.clone(), Body::from(operation.to_string()));
        let answer = graphql::handle(State(Arc::clone(gateway)), request).await;
        answers.add(answer).await?;
    }
    Ok(answers.together())
}

/// What is answered so far.
#[derive(Default)]
struct Answers {
    bodies: Vec<u8>,
    /// The first answer's, and whether all have it.
    status: Option<(StatusCode, bool)>,
    content_type: Option<HeaderValue>,
    retry_after: Option<HeaderValue>,
}

impl Answers {
    async fn add(&mut self, answer: Response) -> Result<(), HttpError> {
        let (parts, body) = answer.into_parts();
        // It is in memory already.
        let body = to_bytes(body, usize::MAX)
            .await
            .map_err(|_| HttpError::Internal)?;
        self.bodies
            .push(if self.bodies.is_empty() { b'[' } else { b',' });
        self.bodies.extend_from_slice(&body);
        let (first, same) = self.status.unwrap_or((parts.status, true));
        self.status = Some((first, same && first == parts.status));
        let mut headers = parts.headers;
        self.content_type = headers.remove(header::CONTENT_TYPE);
        self.retry_after = headers
            .remove(header::RETRY_AFTER)
            .or(self.retry_after.take());
        Ok(())
    }

    /// One answer of all. What all have in common is its status, as that nobody has signed in.
    fn together(mut self) -> Response {
        self.bodies.push(b']');
        let mut answer = Response::new(Body::from(self.bodies));
        *answer.status_mut() = match self.status {
            Some((status, true)) => status,
            _ => StatusCode::OK,
        };
        let named = [
            (header::CONTENT_TYPE, self.content_type),
            (header::RETRY_AFTER, self.retry_after),
        ];
        let headers = answer.headers_mut();
        headers.extend(
            named
                .into_iter()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        answer
    }
}
