//! SeaORM's way to the context: each statement is a span, and runs on the one transaction.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Executor, Postgres};
use tracing::{Instrument, Span};

use super::TenantContext;

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
