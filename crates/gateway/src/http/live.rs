//! What WebSockets and event streams have in common: who speaks, and a log's line.

mod caller;
mod log;
mod origin;

use std::sync::Arc;

use axum::http::{Method, StatusCode};
use resolver::operation::{Operation, Terms};
use tenant::Identity;
use tracing::Instrument;

pub(super) use caller::{expired, is_same};
pub(crate) use log::{EventLog, Transport};
pub(super) use origin::is_allowed;

use super::{
    authenticate::Sender,
    error::{HttpError, refused},
    graphql::{Asking, execute},
    log::RequestLog,
    visibility,
};
use crate::{
    live::{Asked, Refused},
    operation::Unanswered,
    serve::Gateway,
};

/// The operation that a request wants to run on a connection that stays open, if it may: what is asked of every
/// operation before it runs is asked here.
pub(super) async fn find(
    gateway: &Gateway,
    (identity, sender): (&Identity, &Sender),
    request: &mut async_graphql::Request,
    terms: Terms,
) -> Result<Operation, Refused> {
    let spent = gateway.spend(identity).await;
    spent.map_err(|spent| Refused::Failed(spent.into()))?;
    let found = gateway.documents().find(request, terms);
    let operation = found.map_err(|error| Refused::Errors(refused(error).errors))?;
    if operation.asks_for_schema {
        let shown = visibility::check(gateway, identity, sender).await;
        shown.map_err(Refused::Failed)?;
    }
    Ok(operation)
}

/// A query or a mutation: its answer, and whether any of it was executed.
pub(crate) async fn single(
    gateway: &Arc<Gateway>,
    asked: &Asked,
) -> Result<(async_graphql::Response, bool), HttpError> {
    let mut log = RequestLog::start(gateway, &Method::POST);
    log.identity = Some(asked.identity.clone());
    log.operation = Some(asked.operation.clone());
    let span = log.span.clone();
    let request = resolver::operation::again(&asked.request).data(rows::Output::Json);
    let kind = asked.operation.kind;
    let asking = Asking {
        gateway,
        identity: asked.identity.clone(),
        sender: Sender {
            request: log.id,
            ..asked.sender.clone()
        },
    };
    let result = async {
        let executing = execute(&asking, request, kind, &mut log);
        super::error::uncaught(executing).await
    };
    let result = result.instrument(span).await;
    match &result {
        Ok(_) => log.answered(StatusCode::OK, None),
        Err(error) => log.answered(error.status(), Some(error.code())),
    }
    result
}

/// What whoever asked is told whose subscription does not begin, or does not go on. Who is turned away is counted.
pub(crate) fn turned_away(gateway: &Arc<Gateway>, asked: &Asked, why: Unanswered) -> HttpError {
    let asking = Asking {
        gateway,
        identity: asked.identity.clone(),
        sender: asked.sender.clone(),
    };
    asking.refused(why)
}
