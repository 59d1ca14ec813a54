//! A GraphQL server of a part of the schema, put together the way the examples of SeaORM and async-graphql do
//! it: models are objects, relations go through async-graphql's `DataLoader`, each request has a
//! transaction of `begin()` in which `set_config` says who asks.
//!
//! It is a peer of the benchmark, there to show what the gateway's own design brings. It reads the
//! environment: `DATABASE_URL` (the login role), `PORT`, `TOKEN_KEY` (HS256).

mod entity;
mod loader;
mod query;
mod request;

use std::{env, error::Error, net::Ipv4Addr};

use async_graphql::{EmptyMutation, EmptySubscription, Schema};
use axum::{Router, routing::post};
use sea_orm::{ConnectOptions, Database};
use tokio::net::TcpListener;

use request::{App, answer};

/// As many as the gateway has.
const CONNECTIONS: u32 = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut options = ConnectOptions::new(env::var("DATABASE_URL")?);
    options.max_connections(CONNECTIONS).sqlx_logging(false);
    let app = App::new(
        Schema::new(query::Query, EmptyMutation, EmptySubscription),
        Database::connect(options).await?,
        &env::var("TOKEN_KEY")?,
    );
    let port: u16 = env::var("PORT")?.parse()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let router = Router::new()
        .route("/graphql", post(answer))
        .with_state(app);
    Ok(axum::serve(listener, router).await?)
}
