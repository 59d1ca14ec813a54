//! What a request panics with ends that request and no other.

use std::{any::Any, panic::AssertUnwindSafe};

use axum::response::{IntoResponse, Response};
use futures::FutureExt;

use super::HttpError;

/// Logs what a request panicked with.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> HttpError {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(message, "a request panicked");
    HttpError::Internal
}

/// What a future answers, also when it panics.
pub(in crate::http) async fn uncaught<T>(
    answering: impl Future<Output = Result<T, HttpError>>,
) -> Result<T, HttpError> {
    let caught = AssertUnwindSafe(answering).catch_unwind().await;
    caught.unwrap_or_else(|panic| Err(panicked(&*panic)))
}

/// Answers what panicked outside of the API.
pub(in crate::http) fn caught(panic: Box<dyn Any + Send + 'static>) -> Response {
    panicked(&*panic).into_response()
}
