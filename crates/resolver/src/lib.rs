//! The GraphQL schema: what can be asked, and how it is loaded.
//!
//! * [`object`]: one file an entity; `query`, `mutation`: the root fields;
//! * `connection`, `filter`, `order`: paging, conditions and orders, the same for every list;
//! * `input`, `write`: what inputs mean, and the statements of mutations;
//! * `aggregate`: numbers about a whole list and about its groups;
//! * `loader`: what a level of rows asks of the database, asked once;
//! * [`error`]: the codes a client may read.
//!
//! What may not be in here: HTTP, authentication, a pool, a transaction's beginning or end. Every
//! statement runs on the [`TenantContext`] that came with the request ([`execute`]).

mod aggregate;
mod argument;
mod connection;
pub mod error;
mod filter;
mod input;
mod loader;
mod mutation;
pub mod object;
pub mod operation;
mod order;
mod query;
mod scalar;
mod session;
mod table;
mod write;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Request, Response, SDLExportOptions};
use futures::future::BoxFuture;
use tenant::TenantContext;

pub use aggregate::MAX_GROUPS;
pub use connection::{DEFAULT_PAGE, MAX_PAGE};
pub use write::MAX_ROWS;

/// The schema's type.
pub type Schema = async_graphql::Schema<query::Query, mutation::Mutation, EmptySubscription>;

/// Builds the schema; needs no database.
#[must_use]
pub fn schema() -> Schema {
    Schema::build(
        query::Query::default(),
        mutation::Mutation::default(),
        EmptySubscription,
    )
    .extension(operation::Codes)
    .finish()
}

/// The schema as `schema.graphql` has it.
#[must_use]
pub fn sdl() -> String {
    let options = SDLExportOptions::new()
        .include_specified_by()
        .prefer_single_line_descriptions()
        .use_space_ident()
        .indent_width(2);
    schema().sdl_with_options(options)
}

/// Runs a request through the transaction of `context`, whose end is the caller's.
///
/// A boxed future and no `async fn`: the code of that would be generated once more in each crate that
/// awaits it, and below it hangs the whole schema.
pub fn execute(
    schema: &Schema,
    request: Request,
    context: Arc<TenantContext>,
) -> BoxFuture<'_, Response> {
    let request = request
        .data(session::Session::new(context))
        .data(rows::RootFields::default());
    Box::pin(async move {
        let mut response = schema.execute(request).await;
        response.errors = response.errors.into_iter().map(error::settle).collect();
        response
    })
}
