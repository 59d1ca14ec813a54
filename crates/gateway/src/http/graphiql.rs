//! GraphiQL, served whole by the gateway: no byte comes from another host.

use axum::{
    extract::Path,
    http::{HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::error::HttpError;

/// No inline script, nothing from elsewhere. Styles are set at run time by the editor.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; \
    img-src 'self' data:; font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page names its files with a version, so they can be kept for ever.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

macro_rules! file {
    ($name:literal) => {
        include_bytes!(concat!("../../assets/graphiql/", $name)).as_slice()
    };
}

/// `GET /graphiql`.
pub(super) async fn page() -> Response {
    answer("text/html; charset=utf-8", "no-cache", file!("index.html"))
}

/// `GET /graphiql/{file}`.
pub(super) async fn asset(Path(name): Path<String>) -> Response {
    match name.as_str() {
        "graphiql.js" => answer(
            "text/javascript; charset=utf-8",
            FOR_EVER,
            file!("graphiql.js"),
        ),
        "graphiql.css" => answer("text/css; charset=utf-8", FOR_EVER, file!("graphiql.css")),
        "favicon.svg" => answer("image/svg+xml", FOR_EVER, file!("favicon.svg")),
        "LICENSES.txt" => answer(
            "text/plain; charset=utf-8",
            "no-cache",
            file!("LICENSES.txt"),
        ),
        _ => HttpError::NotFound.into_response(),
    }
}

fn answer(content_type: &'static str, caching: &'static str, body: &'static [u8]) -> Response {
    let headers: [(HeaderName, HeaderValue); 5] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (header::CACHE_CONTROL, HeaderValue::from_static(caching)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, body).into_response()
}
