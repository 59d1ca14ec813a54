//! One operation in one transaction: what is the same for HTTP and for commands.
//!
//! Two mutations at the same moment can be in each other's way (a deadlock, a serialization failure);
//! PostgreSQL ends one of them. That one is run once more, whole and in a transaction of its own:
//! nothing of it is left, and nobody has been sent anything yet.

use std::{sync::Arc, time::Duration};

use async_graphql::{Request, Response, Value};
use tenant::{
    Access, Cause, Database, Event, Identity, Outcome, Refusal, Spent, TenantContext, Topic,
};
use tokio::time::timeout;

/// An operation that was run, and whose transaction has ended.
pub(crate) struct Executed {
    /// Its context, which runs no more statements.
    pub(crate) context: Arc<TenantContext>,
    /// What is answered, if the transaction ended as it should; without data where nothing was changed.
    pub(crate) response: Response,
    /// How the transaction ended; `None` if it could not be committed.
    pub(crate) outcome: Option<Outcome>,
    /// What it cost, both runs if there were two.
    pub(crate) spent: Spent,
    /// Whether any of it was executed; a document that does not fit the schema is refused before.
    pub(crate) reached: bool,
    /// It lost against a transaction of others once, and this is the second run.
    pub(crate) retried: bool,
    /// It lost against a transaction of others.
    lost: bool,
    /// It took too long, and was given up.
    timed_out: bool,
}

/// Why there is no answer, whatever the operation was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// The transaction could not be opened, or its connection broke.
    Refused(Refusal),
    /// The writes could not be committed.
    CommitFailed,
    /// It took too long; nothing was changed.
    TimedOut,
}

/// Runs an operation inside one transaction, and ends the transaction: committed if it may write and
/// the answer has no error within `time`, rolled back otherwise.
pub(crate) async fn execute(
    database: &Database,
    schema: &resolver::Schema,
    identity: &Identity,
    access: Access,
    request: Request,
    time: Duration,
    cause: Cause,
) -> Executed {
    if access == Access::Read {
        return attempt(database, schema, identity, access, request, time, cause).await;
    }
    let again = resolver::operation::again(&request);
    let first = cause.clone();
    let mut executed = attempt(database, schema, identity, access, request, time, first).await;
    if executed.lost {
        let before = executed.spent;
        executed = attempt(database, schema, identity, access, again, time, cause).await;
        executed.spent += before;
        executed.retried = true;
    }
    executed.settle();
    executed
}

/// What one transaction makes of the operation.
async fn attempt(
    database: &Database,
    schema: &resolver::Schema,
    identity: &Identity,
    access: Access,
    request: Request,
    time: Duration,
    cause: Cause,
) -> Executed {
    let context = database.context_for(identity.clone(), access, cause);
    let run = resolver::execute(schema, request, Arc::clone(&context));
    let (mut response, timed_out) = match timeout(time, run).await {
        Ok(response) => (response, false),
        // What was under way is dropped. The time for COMMIT is not limited: what came of it would be unknown.
        Err(_) => (Response::default(), true),
    };
    let ended = context
        .finish(!timed_out && response.errors.is_empty())
        .await;
    let lost = context.met_conflict() && !matches!(ended, Ok(Outcome::Committed));
    let outcome = match ended {
        Ok(outcome) => Some(outcome),
        Err(_) if lost => {
            response = Response::from_errors(vec![resolver::error::conflict()]);
            Some(Outcome::RolledBack)
        }
        Err(error) => {
            tracing::error!(%error, "a transaction could not be committed");
            None
        }
    };
    let mut errors = response.errors.iter();
    Executed {
        reached: lost
            || !matches!(response.data, Value::Null)
            || errors.any(|error| !error.path.is_empty()),
        spent: context.spent(),
        context,
        response,
        outcome,
        retried: false,
        lost,
        timed_out,
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
        if self.timed_out {
            return Err(Unanswered::TimedOut);
        }
        match self.outcome {
            Some(_) => Ok(self.response),
            None => Err(Unanswered::CommitFailed),
        }
    }

    /// Says what became of a mutation. What was rolled back never happened, so it has no data; one that
    /// asked nothing of the database has nothing left to be saved.
    fn settle(&mut self) {
        let failed = !self.response.errors.is_empty();
        let transaction = match self.outcome {
            Some(Outcome::Committed) => "committed",
            Some(Outcome::Unopened) if !failed => "committed",
            Some(Outcome::Unopened | Outcome::RolledBack) => "rolled back",
            None => return,
        };
        if failed {
            self.response.data = Value::Null;
        }
        if self.reached {
            let extensions = &mut self.response.extensions;
            extensions.insert("transaction".to_owned(), Value::from(transaction));
        }
    }
}

/// What a subscription is about, or the response that says what is wrong with it.
///
/// # Errors
/// [`Unanswered`] if the transaction did not begin, or end, as it should, or took longer than `time`.
pub(crate) async fn open(
    database: &Database,
    schema: &resolver::Schema,
    identity: &Identity,
    request: Request,
    time: Duration,
    cause: Cause,
) -> Result<Result<Topic, Response>, Unanswered> {
    let context = database.context_for(identity.clone(), Access::Read, cause);
    let opening = resolver::live::open(schema, request, Arc::clone(&context));
    let opened = timeout(time, opening).await;
    ended(&context).await?;
    opened.map_err(|_| Unanswered::TimedOut)
}

/// What a subscription answers to an event, in a transaction of its own; `None` if the row can not be seen.
///
/// # Errors
/// As of [`open`].
pub(crate) async fn tell(
    database: &Database,
    schema: &resolver::Schema,
    identity: &Identity,
    request: Request,
    event: Event,
    time: Duration,
    cause: Cause,
) -> Result<Option<Response>, Unanswered> {
    let context = database.context_for(identity.clone(), Access::Read, cause);
    let telling = resolver::live::tell(schema, request, event, Arc::clone(&context));
    let told = timeout(time, telling).await;
    ended(&context).await?;
    told.map_err(|_| Unanswered::TimedOut)
}

/// Ends a transaction that read.
async fn ended(context: &TenantContext) -> Result<(), Unanswered> {
    let ended = context.finish(false).await;
    if let Some(refusal) = context.refusal() {
        return Err(Unanswered::Refused(refusal));
    }
    // Of staff, what they read has to be recorded.
    ended.map(drop).map_err(|error| {
        tracing::error!(%error, "a transaction could not be committed");
        Unanswered::CommitFailed
    })
}
