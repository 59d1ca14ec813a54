//! The schema as a file.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    authenticate::{self, Sender},
    error::HttpError,
    visibility,
};
use crate::{serve::Gateway, settings::Introspection};

/// `GET /schema.graphql`: the SDL, for whom it is shown to; where that is everybody, nobody has to sign in.
pub(super) async fn sdl(
    State(gateway): State<Arc<Gateway>>,
    request: Request,
) -> Result<Response, HttpError> {
    if gateway.introspection() != Introspection::Everyone {
        let (headers, id) = (request.headers(), Uuid::now_v7());
        let sender = Sender::of(&gateway, request.extensions(), headers, id);
        let caller = authenticate::caller(&gateway, headers, &sender).await?;
        visibility::check(&gateway, &caller.identity, &sender).await?;
    }
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    Ok((headers, resolver::sdl()).into_response())
}
