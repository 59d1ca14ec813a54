//! What a request holds: who asks, and the transaction it has not opened yet.

mod connection;

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use sea_orm::{DbErr, RuntimeErr};
use tokio::sync::Mutex;

use crate::{
    database::Database,
    error::{self, Refusal},
    guard::Guard,
    identity::{Access, Identity, Role},
    transaction::{self, Open, OpenError},
};

/// One request's tenant, user and transaction. Statements of one context run one after another.
pub struct TenantContext {
    database: Database,
    identity: Identity,
    access: Access,
    state: Mutex<State>,
    /// Statements sent, the opening message not counted.
    statements: AtomicU32,
    refusal: OnceLock<Refusal>,
    /// A statement, or the COMMIT, lost against a transaction of others.
    conflict: AtomicBool,
}

enum State {
    New,
    Open(Open),
    Failed(OpenError),
    Finished,
}

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
    pub(crate) fn new(database: Database, identity: Identity, access: Access) -> Self {
        Self {
            database,
            identity,
            access,
            state: Mutex::new(State::New),
            statements: AtomicU32::new(0),
            refusal: OnceLock::new(),
            conflict: AtomicBool::new(false),
        }
    }

    /// Who asks.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// What the transaction may do.
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// Statements sent so far, the opening message not counted.
    #[must_use]
    pub fn statements(&self) -> u32 {
        self.statements.load(Ordering::Relaxed)
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
            Identity::Member { .. } => {}
            Identity::User { .. } | Identity::Staff { .. } => return Ok(Vec::new()),
        }
        let mut roles: Vec<Role> = self
            .grants()
            .await?
            .iter()
            .filter_map(|text| Role::parse(text))
            .collect();
        roles.sort_unstable();
        Ok(roles)
    }

    /// Ends the transaction: a write is committed when `commit` says so, and that is awaited; all
    /// else is rolled back, which nobody waits for. Statements after it fail.
    ///
    /// # Errors
    /// When the writes could not be committed; nothing was changed then, unless the connection
    /// broke while the answer to COMMIT was awaited, in which case it is unknown.
    pub async fn finish(&self, commit: bool) -> Result<Outcome, DbErr> {
        let state = std::mem::replace(&mut *self.state.lock().await, State::Finished);
        let open = match state {
            State::New => return Ok(Outcome::Unopened),
            State::Failed(_) | State::Finished => return Ok(Outcome::RolledBack),
            State::Open(open) => open,
        };
        if self.access == Access::Read || !commit {
            return Ok(Outcome::RolledBack); // by dropping the guard
        }
        if !open.guard.can_commit() {
            return Err(DbErr::Custom(
                "a statement of the transaction failed, so it can not be committed".into(),
            ));
        }
        open.guard
            .commit()
            .await
            .map_err(|error| self.report(error, DbErr::Exec))?;
        Ok(Outcome::Committed)
    }

    async fn grants(&self) -> Result<Arc<[String]>, DbErr> {
        let mut state = self.state.lock().await;
        Ok(Arc::clone(&self.opened(&mut state).await?.grants))
    }

    /// The transaction, opened if this is its first use.
    async fn opened<'s>(&self, state: &'s mut State) -> Result<&'s mut Open, DbErr> {
        if matches!(state, State::New) {
            // If this future is dropped at the await, the transaction stays unusable.
            *state = State::Failed(OpenError::Cancelled);
            *state = match transaction::open(&self.database, self.identity, self.access).await {
                Ok(open) => State::Open(open),
                Err(error) => State::Failed(error),
            };
        }
        match state {
            State::Open(open) => Ok(open),
            State::Failed(error) => Err(self.unopened(error)),
            State::New | State::Finished => {
                Err(DbErr::Custom("the request's transaction has ended".into()))
            }
        }
    }

    fn unopened(&self, error: &OpenError) -> DbErr {
        match error {
            OpenError::Refused(refusal) => {
                let refusal = self.refusal.get_or_init(|| *refusal);
                DbErr::Conn(RuntimeErr::Internal(refusal.to_string()))
            }
            OpenError::Failed(error) => DbErr::Conn(RuntimeErr::SqlxError(Arc::clone(error))),
            OpenError::Cancelled => DbErr::Custom("opening the transaction was cancelled".into()),
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

    /// The open transaction, about to run one more statement.
    async fn statement<'s>(&self, state: &'s mut State) -> Result<&'s mut Guard, DbErr> {
        let open = self.opened(state).await?;
        self.statements.fetch_add(1, Ordering::Relaxed);
        Ok(&mut open.guard)
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
