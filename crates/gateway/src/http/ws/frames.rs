//! Frames of a socket, and what becomes of it.

use std::{ops::ControlFlow, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use futures::{
    SinkExt,
    stream::{SplitSink, SplitStream},
};
use tokio::time::timeout;

use super::close::Close;

/// The end of a socket that is written to.
pub(super) type Sending = SplitSink<WebSocket, Message>;

/// The end that is read from.
pub(super) type Receiving = SplitStream<WebSocket>;

/// How long a client may take to take in what it is sent.
const STALLED: Duration = Duration::from_secs(30);

/// The socket goes on, or how it is closed: with a frame, or none for a client that is gone.
pub(super) type Step = ControlFlow<Option<Close>>;

pub(super) const GONE: Step = ControlFlow::Break(None);

pub(super) fn close<T>(close: Close) -> ControlFlow<Option<Close>, T> {
    ControlFlow::Break(Some(close))
}

/// Sends a frame, if the client takes it in.
pub(super) async fn send(sender: &mut Sending, message: Message) -> Step {
    match timeout(STALLED, sender.send(message)).await {
        Ok(Ok(())) => ControlFlow::Continue(()),
        _ => GONE,
    }
}

/// The text that was heard, if it was a text.
pub(super) fn heard(
    message: Option<Result<Message, axum::Error>>,
    limit: usize,
) -> ControlFlow<Option<Close>, Option<String>> {
    match message {
        Some(Ok(Message::Text(text))) => ControlFlow::Continue(Some(text.as_str().to_owned())),
        Some(Ok(Message::Binary(_))) => close(Close::bad_message("Invalid message: not a text")),
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => ControlFlow::Continue(None),
        Some(Err(error)) if is_too_big(&error) => close(Close::too_big(limit)),
        Some(Ok(Message::Close(_)) | Err(_)) | None => ControlFlow::Break(None),
    }
}

/// The library has no other way to tell.
fn is_too_big(error: &axum::Error) -> bool {
    error.to_string().contains("too long")
}
