//! Web pages of other origins: the CORS protocol of the Fetch standard.
//!
//! Closed unless origins are set. Nothing is ever allowed with credentials: who asks says so by a token in a
//! header, which no browser adds by itself, so a page that is not allowed can do nothing.

use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::settings::Origins;

/// What a request may carry: what is read of it.
const READ: [HeaderName; 5] = [
    header::AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static("x-tenant-id"),
    HeaderName::from_static("x-staff-reason"),
    HeaderName::from_static("x-graphql-event-stream-token"),
];

/// What a page may see of an answer, beside what it always may.
const SHOWN: [HeaderName; 5] = [
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("server-timing"),
    header::RETRY_AFTER,
    HeaderName::from_static("ratelimit"),
    HeaderName::from_static("ratelimit-policy"),
];

/// How long a browser need not ask again; none remembers it for longer.
const REMEMBERED: Duration = Duration::from_secs(2 * 60 * 60);

/// Answers preflights, before anybody has signed in, and says which pages may read answers.
pub(super) fn layer(origins: &Origins) -> CorsLayer {
    let allowed = match origins.clone() {
        Origins::Any => AllowOrigin::any(),
        listed => AllowOrigin::predicate(move |origin, _| listed.allow(origin)),
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers(READ)
        .expose_headers(SHOWN)
        .max_age(REMEMBERED)
}
