//! What a request holds: who asks, and the transaction it has not opened yet.

mod connection;
mod sending;
mod span;
mod spending;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use sea_orm::{DbErr, RuntimeErr, Value};
use tokio::sync::Mutex;
use tracing::Span;

use crate::{
    begin,
    cause::Cause,
    database::Database,
    error::{self, Refusal},
    identity::{Access, Identity, Role},
    origin::Origin,
    pool::Lent,
    tier::{Each, Tier},
    transaction::{Grants, OpenError, Transaction},
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

    /// The member's roles, the most powerful first; empty for who asks in no tenant. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn roles(&self) -> Result<Vec<Role>, DbErr> {
        match self.identity {
            Identity::Member { .. } | Identity::Key(_) => {}
            Identity::User { .. }
            | Identity::Staff { .. }
            | Identity::Acting { .. }
            | Identity::Job { .. }
            | Identity::Dispatcher => return Ok(Vec::new()),
        }
        let mut roles: Vec<Role> = self
            .grants()
            .await?
            .names
            .iter()
            .filter_map(|text| Role::parse(text))
            .collect();
        roles.sort_unstable();
        Ok(roles)
    }

    /// A member of staff's permissions, as the database spells them; empty for everybody else. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn permissions(&self) -> Result<Vec<String>, DbErr> {
        if !self.identity.is_staff() {
            return Ok(Vec::new());
        }
        Ok(self.grants().await?.names.to_vec())
    }

    /// Has it checked that who asks may, without a statement of its own. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn admit(&self) -> Result<(), DbErr> {
        self.grants().await.map(drop)
    }

    /// Whether who asks may write anything at all; not an analyst, nor a key that only reads. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn may_write(&self) -> Result<bool, DbErr> {
        Ok(!self.grants().await?.read_only)
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

    /// Ends the transaction: a write is committed when `commit` says so, and that is awaited, and so is whatever
    /// staff did in a tenant; all else is rolled back, which nobody waits for. Statements after it fail.
    ///
    /// # Errors
    /// When the writes could not be committed; nothing was changed then, unless the connection
    /// broke while the answer to COMMIT was awaited, in which case it is unknown.
    pub async fn finish(&self, commit: bool) -> Result<Outcome, DbErr> {
        let kept = if self.identity.is_recorded() {
            Some(Tier::Oltp)
        } else if self.access == Access::Write && commit {
            Some(self.writes_in.get().copied().unwrap_or(Tier::Oltp))
        } else {
            None
        };
        let mut outcome = Outcome::Unopened;
        let mut to_commit = None;
        for tier in Tier::ALL {
            let state = std::mem::replace(&mut *self.states[tier].lock().await, State::Finished);
            if matches!(state, State::New) {
                continue;
            }
            outcome = Outcome::RolledBack;
            // Without one it is rolled back by dropping it.
            let State::Open(transaction) = state else {
                continue;
            };
            if kept == Some(tier) && transaction.is_open() {
                to_commit = Some(transaction);
            } else {
                self.ended(&transaction, outcome);
            }
        }
        match to_commit {
            Some(transaction) => self.commit(&transaction).await,
            None => Ok(outcome),
        }
    }

    async fn commit(&self, transaction: &Transaction) -> Result<Outcome, DbErr> {
        if !transaction.can_commit() {
            self.ended(transaction, Outcome::RolledBack);
            return Err(DbErr::Custom(
                "a statement of the transaction failed, so it can not be committed".into(),
            ));
        }
        let span = span::statement(transaction.span(), transaction.lent().pool(), "COMMIT");
        let committed = transaction.commit().await;
        span::answered(&span, committed.as_ref().map(|()| 0));
        drop(span);
        match committed {
            Ok(()) => {
                self.ended(transaction, Outcome::Committed);
                Ok(Outcome::Committed)
            }
            Err(error) => {
                self.ended(transaction, Outcome::RolledBack);
                Err(self.report(error, DbErr::Exec))
            }
        }
    }

    fn ended(&self, transaction: &Transaction, outcome: Outcome) {
        let trips = transaction.round_trips();
        self.spending
            .round_trips
            .fetch_add(trips, Ordering::Relaxed);
        span::ended(transaction.span(), outcome);
    }

    async fn grants(&self) -> Result<Grants, DbErr> {
        let mut attempts = 0;
        loop {
            let transaction = self.transaction(Tier::Oltp).await?;
            match transaction.opened().await {
                Ok(grants) => return Ok(grants),
                Err(error) => {
                    let tier = Tier::Oltp;
                    self.try_again(&mut attempts, tier, &transaction, error)
                        .await?;
                }
            }
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

    /// The transaction in a tier, begun if this is its first use.
    async fn transaction(&self, tier: Tier) -> Result<Arc<Transaction>, DbErr> {
        // Before the lock: nobody who waits for it waits for the other tier as well.
        let grants = match tier {
            Tier::Oltp => None,
            // It is the same everywhere.
            _ if self.identity == Identity::Dispatcher => Some(Grants::none()),
            Tier::Content | Tier::Analytics | Tier::Queue => Some(Box::pin(self.grants()).await?),
        };
        let mut state = self.states[tier].lock().await;
        if matches!(*state, State::New) {
            let span = span::transaction(&self.cause, &self.identity, tier);
            *state = match self.database.acquire(tier).await {
                Ok(lent) => State::Open(Arc::new(self.begin(tier, lent, grants.as_ref(), span))),
                Err(error) => State::Failed(OpenError::of(error)),
            };
        }
        match &*state {
            State::Open(transaction) => Ok(Arc::clone(transaction)),
            State::Failed(error) => Err(self.unopened(error)),
            State::New | State::Finished => {
                Err(DbErr::Custom("the request's transaction has ended".into()))
            }
        }
    }

    fn begin(&self, tier: Tier, lent: Lent, grants: Option<&Grants>, span: Span) -> Transaction {
        let access = self.access_in(tier);
        let (identity, cause) = (&self.identity, &self.cause);
        let message = match grants {
            None => begin::opening(identity, access, lent.pool().asking(), cause),
            Some(grants) => begin::following(identity, access, grants, cause),
        };
        self.spending.waited(lent.waited());
        span::opened(&span, lent.pool());
        let message = lent.pool().target().completed(message);
        Transaction::begin(lent, &message, access, span)
    }

    /// Makes way for another connection if `error` is that of one that was dead, or for another question
    /// if the prepared one was gone.
    ///
    /// An idle connection may have died since its last use (a restarted server, a killed backend).
    /// What was sent on it was never begun, so it is sent again on another one, at most as often as
    /// the pool can hold dead ones.
    async fn try_again(
        &self,
        attempts: &mut u32,
        tier: Tier,
        dead: &Arc<Transaction>,
        error: OpenError,
    ) -> Result<(), DbErr> {
        let may_be_sent_again = match error {
            OpenError::Refused(refusal) => refusal == Refusal::Unavailable,
            OpenError::Unprepared => {
                dead.lent().pool().ask_in_full();
                true
            }
            OpenError::Failed(_) => false,
        };
        if !may_be_sent_again || *attempts > self.database.max_connections() {
            return Err(self.unopened(&error));
        }
        *attempts += 1;
        let mut state = self.states[tier].lock().await;
        // Of several statements that were sent on it, the first makes way.
        if matches!(&*state, State::Open(current) if Arc::ptr_eq(current, dead)) {
            *state = State::New;
        }
        Ok(())
    }

    fn unopened(&self, error: &OpenError) -> DbErr {
        match error {
            OpenError::Refused(refusal) => {
                let refusal = self.refusal.get_or_init(|| *refusal);
                DbErr::Conn(RuntimeErr::Internal(refusal.to_string()))
            }
            OpenError::Unprepared => {
                DbErr::Custom("the membership question is not prepared".into())
            }
            OpenError::Failed(error) => DbErr::Conn(RuntimeErr::SqlxError(Arc::clone(error))),
        }
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
