//! What a request holds: who asks, and the transaction it has not opened yet.

use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicU32, Ordering},
};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Values,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Executor, Postgres};
use tokio::sync::Mutex;
use tracing::{Instrument, Span};

use crate::{
    database::Database,
    error::Refusal,
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

    /// The member's roles, the most powerful first; empty for staff. Opens the transaction.
    ///
    /// # Errors
    /// As for any statement, when the transaction can not be opened.
    pub async fn roles(&self) -> Result<Vec<Role>, DbErr> {
        if self.identity.tenant().is_none() {
            return Ok(Vec::new());
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

type Query = sqlx::query::Query<'static, Postgres, SqlxValues>;

/// The text moves into sqlx; SeaORM's own executor copies it and clones the values. The span shows
/// the text, which holds placeholders only, never a value.
fn prepare(statement: Statement) -> (Query, Span) {
    let span = span(&statement.sql);
    let values = SqlxValues(statement.values.unwrap_or(Values(Vec::new())));
    (sqlx::query_with(AssertSqlSafe(statement.sql), values), span)
}

fn span(sql: &str) -> Span {
    tracing::debug_span!(
        "sql",
        otel.kind = "client",
        db.system.name = "postgresql",
        db.query.text = sql
    )
}

#[async_trait::async_trait]
impl ConnectionTrait for TenantContext {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (query, span) = prepare(statement);
        let mut state = self.state.lock().await;
        let guard = self.statement(&mut state).await?;
        let result = guard.run(|c| query.execute(c)).instrument(span).await;
        result
            .map(Into::into)
            .map_err(|error| self.report(error, DbErr::Exec))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let (span, query) = (span(sql), sqlx::raw_sql(AssertSqlSafe(sql.to_owned())));
        let mut state = self.state.lock().await;
        let guard = self.statement(&mut state).await?;
        let result = guard.run(|c| c.execute(query)).instrument(span).await;
        result
            .map(Into::into)
            .map_err(|error| self.report(error, DbErr::Exec))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let (query, span) = prepare(statement);
        let mut state = self.state.lock().await;
        let guard = self.statement(&mut state).await?;
        let result = guard
            .run(|c| query.fetch_optional(c))
            .instrument(span)
            .await;
        result
            .map(|row| row.map(Into::into))
            .map_err(|error| self.report(error, DbErr::Query))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let (query, span) = prepare(statement);
        let mut state = self.state.lock().await;
        let guard = self.statement(&mut state).await?;
        let rows = guard.run(|c| query.fetch_all(c)).instrument(span).await;
        let rows = rows.map_err(|error| self.report(error, DbErr::Query))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}
