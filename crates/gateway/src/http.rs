//! HTTP: the routes, and the way of a request from its bytes to its answer.

mod analytics;
mod answered;
mod attachments;
mod authenticate;
mod batch;
mod body;
mod client;
mod cors;
mod error;
mod graphiql;
mod graphql;
mod health;
mod introspection;
mod live;
mod log;
mod mail;
mod media;
mod request;
mod schema;
mod signed;
mod sse;
mod visibility;
mod webhooks;
mod ws;

use std::sync::Arc;

use axum::{
    Router,
    response::Redirect,
    routing::{any, get},
};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer, Predicate,
        predicate::{And, NotForContentType, SizeAbove},
    },
};

pub(crate) use authenticate::Sender;
pub(crate) use client::Peer;
pub(crate) use error::{HttpError, name_request, panicked};
pub(crate) use introspection::Introspections;
pub(crate) use live::{EventLog, Transport, single, turned_away};
pub(crate) use sse::Reservations;
pub(crate) use visibility::Sent;

use crate::serve::Gateway;

/// Shorter answers fit a packet or two as they are.
const COMPRESSED_ABOVE: u16 = 1024;

/// Every route. The router holds no connection and starts nothing.
pub fn router(gateway: Arc<Gateway>) -> Router {
    let origins = gateway.origins();
    let cors = (!origins.are_none()).then(|| cors::layer(origins));
    let operations = match gateway.max_batch() {
        0 => any(graphql::handle),
        _ => any(batch::handle),
    };
    let router = Router::new()
        .route("/", get(async || Redirect::temporary("/graphiql")))
        .route("/graphql", operations)
        .route("/graphiql", get(graphiql::page))
        .route("/graphiql/{file}", get(graphiql::asset))
        .route("/schema.graphql", get(schema::sdl))
        .route("/attachments/{token}", get(attachments::download))
        .route("/analytics/{file}", get(analytics::download))
        .route("/analytics/link/{token}", get(analytics::follow))
        .route("/ingest/email", any(mail::ingest::handle))
        .route("/webhooks/stripe", any(webhooks::stripe::handle))
        .route("/o/{token}", get(mail::links::opened))
        .route("/c/{token}", get(mail::links::clicked))
        .route(
            "/u/{token}",
            get(mail::links::unsubscribed).post(mail::links::unsubscribed),
        )
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .fallback(error::not_found)
        .layer(CatchPanicLayer::custom(error::caught))
        .layer(compression())
        .with_state(gateway);
    match cors {
        Some(cors) => router.layer(cors),
        None => router,
    }
}

/// Compresses for clients that ask for it; not streams, whose events are to come out at once.
fn compression() -> CompressionLayer<And<SizeAbove, NotForContentType>> {
    CompressionLayer::new()
        .quality(CompressionLevel::Fastest)
        .compress_when(SizeAbove::new(COMPRESSED_ABOVE).and(NotForContentType::SSE))
}

/// An answer that was executed, as JSON.
pub(crate) fn json(response: &async_graphql::Response) -> String {
    body::body(response, true)
}
