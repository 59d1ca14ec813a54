//! The schema as a file.

use axum::{http::header, response::IntoResponse};

/// `GET /schema.graphql`: the SDL, the same for everybody.
pub(super) async fn sdl() -> impl IntoResponse {
    (
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        resolver::sdl(),
    )
}
