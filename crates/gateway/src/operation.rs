//! One operation in one transaction: what is the same for HTTP and for commands.

use std::sync::Arc;

use async_graphql::{Request, Response, Value};
use tenant::{Access, Database, Identity, Outcome, Refusal, TenantContext};

/// An operation that was run, and whose transaction has ended.
pub(crate) struct Executed {
    /// Its context, which runs no more statements.
    pub(crate) context: Arc<TenantContext>,
    /// What is answered, if the transaction ended as it should; without data where nothing was changed.
    pub(crate) response: Response,
    /// How the transaction ended; `None` if it could not be committed.
    pub(crate) outcome: Option<Outcome>,
}

/// Why there is no answer, whatever the operation was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The transaction could not be opened, or its connection broke.
    Refused(Refusal),
    /// The writes could not be committed.
    CommitFailed,
}

/// Runs an operation inside one transaction, and ends the transaction: committed if it may write and
/// the answer has no error, rolled back otherwise.
pub(crate) async fn execute(
    database: &Database,
    schema: &resolver::Schema,
    identity: Identity,
    access: Access,
    request: Request,
) -> Executed {
    let context = database.context(identity, access);
    let mut response = resolver::execute(schema, request, Arc::clone(&context)).await;
    let finished = context.finish(response.errors.is_empty()).await;
    let outcome = finished
        .inspect_err(|error| tracing::error!(%error, "a transaction could not be committed"))
        .ok();
    if access == Access::Write
        && let Some(outcome) = outcome
    {
        settle(&mut response, outcome);
    }
    Executed {
        context,
        response,
        outcome,
    }
}

impl Executed {
    /// What is answered.
    ///
    /// # Errors
    /// [`Unanswered`] if the transaction did not end as it should.
    pub(crate) fn answer(self) -> Result<Response, Unanswered> {
        if let Some(refusal) = self.context.refusal() {
            return Err(Unanswered::Refused(refusal));
        }
        match self.outcome {
            Some(_) => Ok(self.response),
            None => Err(Unanswered::CommitFailed),
        }
    }
}

/// Says what became of a mutation. What was rolled back never happened, so it has no data.
fn settle(response: &mut Response, outcome: Outcome) {
    let transaction = match outcome {
        Outcome::Committed => "committed",
        Outcome::RolledBack | Outcome::Unopened => "rolled back",
    };
    if !response.errors.is_empty() {
        response.data = Value::Null;
    }
    if outcome != Outcome::Unopened {
        response
            .extensions
            .insert("transaction".to_owned(), Value::from(transaction));
    }
}
