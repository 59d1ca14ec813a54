//! HTTP: the routes, and the way of a request from its bytes to its answer.

mod authenticate;
mod body;
mod error;
mod graphiql;
mod graphql;
mod health;
mod log;
mod media;
mod request;
mod schema;

use std::sync::Arc;

use axum::{
    Router,
    response::Redirect,
    routing::{any, get},
};
use tower_http::catch_panic::CatchPanicLayer;

use crate::serve::Gateway;

/// Every route. The router holds no connection and starts nothing.
pub fn router(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/", get(async || Redirect::temporary("/graphiql")))
        .route("/graphql", any(graphql::handle))
        .route("/graphiql", get(graphiql::page))
        .route("/graphiql/{file}", get(graphiql::asset))
        .route("/schema.graphql", get(schema::sdl))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .fallback(error::not_found)
        .layer(CatchPanicLayer::custom(error::caught))
        .with_state(gateway)
}
