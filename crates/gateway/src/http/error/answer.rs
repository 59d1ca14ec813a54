//! How errors are answered.

use async_graphql::ServerError;
use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::HttpError;
use crate::auth::TokenError;

/// Seconds after which a client may try again when the database was away.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// As one of an operation's errors.
impl From<HttpError> for ServerError {
    fn from(error: HttpError) -> Self {
        let mut told = Self::new(error.to_string(), None);
        let extensions = told.extensions.get_or_insert_default();
        extensions.set("code", error.code());
        told
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        self.answer(None)
    }
}

impl HttpError {
    /// The response; what is the gateway's own fault names the request, under whose id the log has the
    /// cause.
    pub(in crate::http) fn answer(self, request: Option<&str>) -> Response {
        let mut extensions = json!({ "code": self.code() });
        if let (Self::Internal | Self::CommitFailed | Self::Unrecorded, Some(id)) = (&self, request)
        {
            extensions["requestId"] = id.into();
        }
        let body = json!({ "errors": [{ "message": self.to_string(), "extensions": extensions }] });
        let mut response = (self.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Unavailable
            | Self::Busy
            | Self::Crowded
            | Self::Unauthenticated(TokenError::ProviderAway) => {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER);
            }
            Self::TooManyAttempts { seconds } | Self::TooManyLinks { seconds } => {
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            Self::RateLimited { allowed, seconds } => {
                let limits = [
                    ("retry-after", seconds.to_string()),
                    ("ratelimit-policy", format!("\"plan\";q={allowed};w=60")),
                    ("ratelimit", format!("\"plan\";r=0;t={seconds}")),
                ];
                for (name, text) in limits {
                    headers.insert(
                        name,
                        HeaderValue::try_from(text).expect("ASCII and numbers"),
                    );
                }
            }
            Self::Unauthenticated(_) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            // It may be there in a moment.
            Self::UnknownDocument | Self::NotPersisted | Self::NotSupported => {
                headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
            Self::Method => {
                headers.insert(header::ALLOW, HeaderValue::from_static("GET, POST"));
            }
            Self::MutationByGet | Self::MailByOther | Self::WebhookByOther => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            _ => {}
        }
        response
    }
}
