//! Events as bytes (HTML, section 9.2), and streams of them.

use std::convert::Infallible;

use async_graphql::{Response as Answer, ServerError};
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, stream};
use tokio::sync::mpsc;

use crate::http::body::body;

/// Says nothing: it keeps the connection from being taken for a dead one, and shows a browser that it is there.
pub(super) const COMMENT: &str = ":\n\n";

/// Events that wait to be sent; what is behind them waits where it comes from.
pub(super) const EVENTS: usize = 4;

/// An answer of an operation, which has an id if it shares its stream.
pub(super) fn next(id: Option<&str>, answer: &str) -> String {
    match id {
        None => format!("event: next\ndata: {answer}\n\n"),
        Some(id) => {
            let id = serde_json::Value::from(id);
            format!("event: next\ndata: {{\"id\":{id},\"payload\":{answer}}}\n\n")
        }
    }
}

/// Errors in place of an answer.
pub(super) fn errors(id: Option<&str>, errors: Vec<ServerError>) -> String {
    next(id, &body(&Answer::from_errors(errors), false))
}

/// The end of an operation. The data is empty and there: a browser tells of no event without.
pub(super) fn complete(id: Option<&str>) -> String {
    match id {
        None => "event: complete\ndata:\n\n".to_owned(),
        Some(id) => {
            let id = serde_json::Value::from(id);
            format!("event: complete\ndata: {{\"id\":{id}}}\n\n")
        }
    }
}

/// The stream of what is sent, until nobody sends any more.
pub(super) fn stream(mut events: mpsc::Receiver<String>) -> Response {
    let sent = stream::poll_fn(move |ctx| events.poll_recv(ctx));
    respond(Body::from_stream(sent.map(Ok::<_, Infallible>)))
}

/// A stream that is over already.
pub(super) fn whole(events: String) -> Response {
    respond(Body::from(events))
}

fn respond(body: Body) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/event-stream; charset=utf-8"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // Proxies that gather what they pass on (nginx) are not to.
        (
            header::HeaderName::from_static("x-accel-buffering"),
            HeaderValue::from_static("no"),
        ),
    ];
    (headers, body).into_response()
}

#[cfg(test)]
mod tests {
    use super::{complete, next};

    #[test]
    fn events_are_two_lines_and_an_empty_one() {
        assert_eq!(next(None, r#"{"a":1}"#), "event: next\ndata: {\"a\":1}\n\n");
        assert_eq!(
            next(Some("x\""), "{}"),
            "event: next\ndata: {\"id\":\"x\\\"\",\"payload\":{}}\n\n"
        );
        assert_eq!(complete(None), "event: complete\ndata:\n\n");
        assert_eq!(
            complete(Some("1")),
            "event: complete\ndata: {\"id\":\"1\"}\n\n"
        );
    }
}
