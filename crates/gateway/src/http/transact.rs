//! An operation inside one transaction, which is ended here, in the function that began it.
//!
//! Two mutations at the same moment can be in each other's way (a deadlock, a serialization failure);
//! PostgreSQL ends one of them. That one is run once more, whole and in a transaction of its own:
//! nothing of it is left, and the client has been sent nothing yet.

use std::sync::Arc;

use async_graphql::{Request, Response, Value, parser::types::OperationType};
use tenant::{Access, Identity, Outcome};

use super::{error::HttpError, log::RequestLog};
use crate::serve::Gateway;

/// An operation's answer.
pub(super) struct Answered {
    pub(super) response: Response,
    /// Whether any of it was executed; a document that does not fit the schema is refused before.
    pub(super) executed: bool,
}

/// Runs the operation and ends its transaction.
pub(super) async fn run(
    gateway: &Gateway,
    identity: Identity,
    request: Request,
    kind: OperationType,
    log: &mut RequestLog,
) -> Result<Answered, HttpError> {
    if kind != OperationType::Mutation {
        let read = attempt(gateway, identity, request, Access::Read, log).await?;
        return Ok(read.answered());
    }
    let again = copy(&request);
    let mut write = attempt(gateway, identity, request, Access::Write, log).await?;
    if write.conflict {
        log.retried();
        write = attempt(gateway, identity, again, Access::Write, log).await?;
    }
    Ok(settle(write))
}

/// The same request once more; its document is parsed again, which most requests never need.
fn copy(request: &Request) -> Request {
    let mut copy = Request::new(request.query.clone());
    copy.operation_name.clone_from(&request.operation_name);
    copy.variables = request.variables.clone();
    copy
}

/// What one transaction made of the operation.
struct Attempt {
    response: Response,
    outcome: Outcome,
    /// It lost against a transaction of others.
    conflict: bool,
}

impl Attempt {
    fn answered(self) -> Answered {
        let reached = |error: &async_graphql::ServerError| !error.path.is_empty();
        Answered {
            executed: self.conflict
                || !matches!(self.response.data, Value::Null)
                || self.response.errors.iter().any(reached),
            response: self.response,
        }
    }
}

async fn attempt(
    gateway: &Gateway,
    identity: Identity,
    request: Request,
    access: Access,
    log: &mut RequestLog,
) -> Result<Attempt, HttpError> {
    let context = gateway.database().context(identity, access);
    let response = resolver::execute(gateway.schema(), request, Arc::clone(&context)).await;
    let ended = context.finish(response.errors.is_empty()).await;
    log.executed(&context, ended.as_ref().ok().copied(), &response.errors);
    if let Some(refusal) = context.refusal() {
        return Err(HttpError::refused(refusal, identity));
    }
    match ended {
        Ok(outcome) => Ok(Attempt {
            response,
            outcome,
            conflict: context.met_conflict() && outcome != Outcome::Committed,
        }),
        Err(_) if context.met_conflict() => Ok(Attempt {
            response: Response::from_errors(vec![resolver::error::conflict()]),
            outcome: Outcome::RolledBack,
            conflict: true,
        }),
        Err(error) => {
            tracing::error!(%error, "a transaction could not be committed");
            Err(HttpError::CommitFailed)
        }
    }
}

/// Says what became of a mutation. What was rolled back never happened, so it has no data; one that
/// asked nothing of the database has nothing left to be saved.
fn settle(write: Attempt) -> Answered {
    let failed = !write.response.errors.is_empty();
    let transaction = match write.outcome {
        Outcome::Committed => "committed",
        Outcome::Unopened if !failed => "committed",
        Outcome::Unopened | Outcome::RolledBack => "rolled back",
    };
    let mut answered = write.answered();
    if failed {
        answered.response.data = Value::Null;
    }
    if answered.executed {
        let extensions = &mut answered.response.extensions;
        extensions.insert("transaction".to_owned(), Value::from(transaction));
    }
    answered
}
