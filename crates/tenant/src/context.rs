//! What a request holds: who asks, and the transaction it has not opened yet.

mod connection;
mod ending;
mod grants;
mod opening;
mod sending;
mod span;
mod spending;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{DbErr, RuntimeErr, Value};
use tokio::sync::Mutex;

use crate::{
    cause::Cause,
    database::Database,
    error::{self, Refusal},
    identity::{Access, Identity},
    origin::Origin,
    pool::Lent,
    tier::{Each, Tier},
    transaction::{OpenError, Transaction},
};

pub use connection::InTier;
use sending::Sending;
pub use spending::Spent;
use spending::{Answered, Spending};

/// One request's tenant, user and transaction: one in each tier that it asks something of.
///
/// Statements that are sent at the same moment go out together, without a wait between them, and run
/// one after another. The first ones of a read go out with the message that opens the transaction.
pub struct TenantContext {
    database: Database,
    identity: Identity,
    access: Access,
    states: Each<Mutex<State>>,
    /// The tier that is written in, if any is. No two: what is committed in one can not be undone when the other fails.
    writes_in: OnceLock<Tier>,
    cause: Cause,
    spending: Spending,
    refusal: OnceLock<Refusal>,
    /// A statement, or the COMMIT, lost against a transaction of others.
    conflict: AtomicBool,
}

#[derive(Default)]
enum State {
    #[default]
    New,
    Open(Arc<Transaction>),
    /// There was no connection.
    Failed(OpenError),
    Finished,
}

/// A context writes in another tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is written in the {} tier can not be part of the same transaction", .0.as_str())]
pub struct AlreadyWriting(pub Tier);

/// How a request's transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was asked of the database, so no transaction was opened.
    Unopened,
    /// The writes are durable.
    Committed,
    /// Nothing was changed.
    RolledBack,
}

impl TenantContext {
    pub(crate) fn new(
        database: Database,
        identity: Identity,
        access: Access,
        cause: Cause,
    ) -> Self {
        Self {
            database,
            identity,
            access,
            states: Each::default(),
            writes_in: OnceLock::new(),
            cause,
            spending: Spending::default(),
            refusal: OnceLock::new(),
            conflict: AtomicBool::new(false),
        }
    }

    /// Who asks.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// From where the request came, of one that writes.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.cause.origin()
    }

    /// What the transaction may do.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// Statements sent so far, the opening message not counted.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.spent().statements
    }

    /// What it has cost so far.
    #[must_use]
    pub fn spent(&self) -> Spent {
        self.spending.so_far()
    }

    /// Why the request's statements were not run, if that is what happened.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.refusal.get().copied()
    }

    /// True when a statement lost against a transaction of others (a deadlock, a serialization
    /// failure): the same operation may well succeed in a transaction of its own.
    #[must_use]
    pub fn met_conflict(&self) -> bool {
        self.conflict.load(Ordering::Relaxed)
    }

    /// Says in which tier this context is to write, before it does anything. Without that it is the transactional one.
    ///
    /// # Errors
    /// When it is another one already.
    pub fn claim(&self, tier: Tier) -> Result<(), AlreadyWriting> {
        match *self.writes_in.get_or_init(|| tier) {
            claimed if claimed == tier => Ok(()),
            other => Err(AlreadyWriting(other)),
        }
    }

    /// What the transaction in a tier may do.
    fn access_in(&self, tier: Tier) -> Access {
        let writes = || *self.writes_in.get_or_init(|| Tier::Oltp) == tier;
        if self.access == Access::Write && writes() {
            Access::Write
        } else {
            Access::Read
        }
    }

    /// Sends a statement; those of a read go out with the opening message.
    async fn send<S: Sending<Answer: Answered>>(
        &self,
        tier: Tier,
        sending: &S,
        sql: &str,
        values: &[Value],
        kind: fn(RuntimeErr) -> DbErr,
    ) -> Result<S::Answer, DbErr> {
        self.spending.statements.fetch_add(1, Ordering::Relaxed);
        let mut attempts = 0;
        loop {
            let transaction = self.transaction(tier).await?;
            let lent = transaction.lent();
            let span = span::statement(transaction.span(), lent.pool(), sql);
            let statement = sending.send(lent, sql, values);
            let answer = match self.access_in(tier) {
                Access::Read => transaction.with_opening(statement).await,
                // Nothing is written before it is known that who asks is a member.
                Access::Write => match transaction.opened().await {
                    Ok(_) => Ok(transaction.run(statement).await),
                    Err(error) => Err(error),
                },
            };
            match answer {
                Ok(answer) => {
                    let rows = answer.as_ref().map(Answered::rows);
                    self.count(lent, &rows);
                    span::answered(&span, rows);
                    return answer.map_err(|error| self.report(error, kind));
                }
                Err(error) => {
                    self.try_again(&mut attempts, tier, &transaction, error)
                        .await?;
                }
            }
        }
    }

    fn count(&self, lent: &Lent, rows: &Result<u64, &sqlx::Error>) {
        let rows = rows.as_ref().copied().unwrap_or_default();
        self.spending.rows.fetch_add(rows, Ordering::Relaxed);
        let counting = lent.pool().counting();
        counting.statement();
        counting.rows(rows);
    }

    /// Keeps what an error says of the connection, and gives it SeaORM's form.
    fn report(&self, error: sqlx::Error, kind: fn(RuntimeErr) -> DbErr) -> DbErr {
        if let Some(refusal) = Refusal::of(&error) {
            self.refusal.get_or_init(|| refusal);
        }
        if error::is_conflict_of(&error) {
            self.conflict.store(true, Ordering::Relaxed);
        }
        kind(RuntimeErr::SqlxError(Arc::new(error)))
    }
}

impl std::fmt::Debug for TenantContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantContext")
            .field("identity", &self.identity)
            .field("access", &self.access)
            .field("statements", &self.statements())
            .finish_non_exhaustive()
    }
}
