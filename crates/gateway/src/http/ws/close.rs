//! Why a socket is closed, in the protocol's codes.

use axum::{
    extract::ws::{CloseFrame, Message},
    http::StatusCode,
};

use super::PROTOCOL;
use crate::http::HttpError;

/// A close code, and what it means to people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Close {
    code: u16,
    reason: String,
}

/// The most bytes that a reason may have (RFC 6455, section 5.5: 125, two of which are the code).
const LONGEST: usize = 123;

impl Close {
    fn new(code: u16, reason: impl Into<String>) -> Self {
        let mut reason = reason.into();
        let end = (0..=LONGEST.min(reason.len())).rev();
        let end = end.into_iter().find(|end| reason.is_char_boundary(*end));
        reason.truncate(end.unwrap_or(0));
        Self { code, reason }
    }

    /// A message that the protocol does not know.
    pub(super) fn bad_message(problem: impl Into<String>) -> Self {
        Self::new(4400, problem)
    }

    /// An operation before the connection was acknowledged.
    pub(super) fn unauthorized() -> Self {
        Self::new(4401, "Unauthorized")
    }

    /// Whoever asks may not, or not any more. A client may come again with another token.
    pub(super) fn forbidden(reason: impl Into<String>) -> Self {
        Self::new(4403, reason)
    }

    /// A sign-in that is not taken, or can not be looked at for now (IANA: try again later).
    pub(super) fn refused(error: &HttpError) -> Self {
        let status = error.status();
        let is_for_now = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
        Self::new(if is_for_now { 1013 } else { 4403 }, error.to_string())
    }

    pub(super) fn protocol() -> Self {
        Self::new(
            4406,
            format!("Subprotocol not acceptable; this is {PROTOCOL}"),
        )
    }

    pub(super) fn init_timeout() -> Self {
        Self::new(4408, "Connection initialisation timeout")
    }

    pub(super) fn already_exists(id: &str) -> Self {
        Self::new(4409, format!("Subscriber for {id} already exists"))
    }

    pub(super) fn second_init() -> Self {
        Self::new(4429, "Too many initialisation requests")
    }

    /// The gateway ends (RFC 6455: going away).
    pub(super) fn going_away() -> Self {
        Self::new(1001, "the gateway is stopping; connect again")
    }

    /// RFC 6455: message too big.
    pub(super) fn too_big(limit: usize) -> Self {
        Self::new(1009, format!("a message has {limit} bytes at most"))
    }

    /// The tenant has as many sockets as it may (IANA: try again later).
    pub(super) fn crowded() -> Self {
        Self::new(1013, "the tenant has as many connections open as it may")
    }
}

impl From<Close> for Message {
    fn from(close: Close) -> Self {
        Self::Close(Some(CloseFrame {
            code: close.code,
            reason: close.reason.into(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::Close;

    #[test]
    fn a_reason_fits_its_frame_and_is_text() {
        let close = Close::already_exists(&"ü".repeat(200));
        assert!(close.reason.len() <= 123 && close.reason.len() >= 122);
        assert!(close.reason.ends_with('ü'));
        assert_eq!(Close::unauthorized().reason, "Unauthorized");
    }
}
