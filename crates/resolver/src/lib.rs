//! The GraphQL schema: what can be asked, and how it is loaded.
//!
//! * [`object`]: one file an entity; `query`, `mutation`, [`live`]: the root fields of queries, mutations and
//!   subscriptions;
//! * [`audience`]: whom each root field answers;
//! * `connection`, `filter`, `order`: paging, conditions and orders, the same for every list;
//! * `input`, `write`: what inputs mean, and the statements of mutations;
//! * `aggregate`: numbers about a whole list and about its groups; `analytics`: what became of mail, by day;
//! * [`operation`]: what a document asks for, how large it is and what it may cost, before it is executed;
//!   `price`: what fields weigh beyond their rows;
//! * `loader`: what a level of rows asks of the database, asked once;
//! * [`download`]: the bytes of attachments, which are never part of an answer; [`export`]: numbers as text, which are
//!   taken away;
//! * [`error`]: the codes a client may read.
//!
//! What may not be in here: HTTP, authentication, a pool, a transaction's beginning or end. Every
//! statement runs on the [`TenantContext`] that came with the request ([`execute`]).

mod aggregate;
mod analytics;
mod argument;
pub mod audience;
mod connection;
pub mod download;
pub mod error;
pub mod export;
mod filter;
mod input;
mod kept;
pub mod live;
mod loader;
mod mutation;
pub mod object;
pub mod operation;
mod order;
mod price;
mod query;
mod scalar;
mod session;
mod table;
mod write;

use std::sync::Arc;

use async_graphql::{Request, Response, SDLExportOptions};
use futures::{FutureExt, future::BoxFuture};
use mail::link::Keys;
use rows::Root;
use tenant::TenantContext;

pub use aggregate::MAX_GROUPS;
pub use audience::permissions;
pub use connection::{DEFAULT_PAGE, MAX_PAGE};
pub use write::{MAX_ROWS, RequestRules};

/// The schema, and what runs it. Clones are the same.
#[derive(Clone)]
pub struct Schema {
    whole: Whole,
    environment: rows::Environment,
    links: Option<Arc<Keys>>,
}

impl Schema {
    /// The same, which answers with links that are signed with these keys.
    #[must_use]
    pub fn with_links(self, keys: Arc<Keys>) -> Self {
        Self {
            links: Some(keys),
            ..self
        }
    }
}

type Whole = async_graphql::Schema<query::Query, mutation::Mutation, Root<live::Live>>;

/// Builds the schema; needs no database.
#[must_use]
pub fn schema() -> Schema {
    let whole = whole();
    let inquiry = rows::Inquiry::default();
    let request = Request::new("{ viewer { __typename } }").data(inquiry.clone());
    // Nothing is waited for: the field is answered by the inquiry.
    drop(whole.execute(request).now_or_never());
    let environment = inquiry.found();
    Schema {
        whole,
        environment: environment.expect("`viewer` is a field of a root"),
        links: None,
    }
}

fn whole() -> Whole {
    Whole::build(
        query::Query::default(),
        mutation::Mutation::default(),
        Root::<live::Live>::new(),
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
    whole().sdl_with_options(options)
}

/// Runs a query or a mutation through the transaction of `context`, whose end is the caller's.
///
/// A query whose document was seen before is run by `rows`, unless it has directives, fragments of the root, or asks
/// for the schema; all else by async-graphql.
///
/// A boxed future and no `async fn`: the code of that would be generated once more in each crate that
/// awaits it, and below it hangs the whole schema.
pub fn execute(
    schema: &Schema,
    request: Request,
    context: Arc<TenantContext>,
) -> BoxFuture<'_, Response> {
    let bill = operation::bill(&request);
    let request = prepared(schema, request, context);
    let registry = schema.environment.registry();
    let settled = move |response| {
        let mut response = settled(response);
        if let Some(bill) = &bill {
            bill.close(registry, &mut response);
        }
        response
    };
    match operation::known(&request, registry) {
        Some(Ok(known)) => {
            let query = known.query(request);
            let execution = rows::execute(&schema.environment, &query::ROOTS, query);
            Box::pin(execution.map(settled))
        }
        Some(Err(error)) => {
            let response = Response::from_errors(vec![error]);
            Box::pin(std::future::ready(settled(response)))
        }
        None => Box::pin(schema.whole.execute(request).map(settled)),
    }
}

/// The request with what its resolvers share.
fn prepared(schema: &Schema, request: Request, context: Arc<TenantContext>) -> Request {
    let gathering = operation::gathering(&request);
    request
        .data(session::Session::new(
            context,
            gathering,
            schema.links.clone(),
        ))
        .data(rows::RootFields::default())
}

fn settled(mut response: Response) -> Response {
    response.errors = response.errors.into_iter().map(error::settle).collect();
    response
}
