//! The ways to a statement: SeaORM's, for its finders and inserts, and one that reads rows by the
//! place of their columns. Each statement runs on the one transaction.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, ProxyExecResult, QueryResult, Statement,
    StatementBuilder, Value,
};

use super::{
    TenantContext,
    sending::{Count, Each, Folding, Rows, Whole},
};
use crate::{row::Row, tier::Tier};

fn parts(statement: &Statement) -> (&str, &[Value]) {
    let values = statement.values.as_ref();
    (&statement.sql, values.map_or(&[], |values| &values.0))
}

/// The part of a context that asks one tier.
#[derive(Clone, Copy)]
pub struct InTier<'c> {
    context: &'c TenantContext,
    tier: Tier,
}

impl TenantContext {
    /// Statements to a tier. Those to the transactional one need not say so.
    #[must_use]
    pub fn on(&self, tier: Tier) -> InTier<'_> {
        InTier {
            context: self,
            tier,
        }
    }

    /// As [`InTier::rows`], of the transactional tier.
    ///
    /// # Errors
    /// As of [`InTier::rows`].
    pub fn rows(
        &self,
        statement: &impl StatementBuilder,
    ) -> impl Future<Output = Result<Vec<Row>, DbErr>> {
        self.on(Tier::Oltp).rows(statement)
    }

    /// As [`InTier::row`], of the transactional tier.
    ///
    /// # Errors
    /// As of [`InTier::rows`].
    pub fn row(
        &self,
        statement: &impl StatementBuilder,
    ) -> impl Future<Output = Result<Option<Row>, DbErr>> {
        self.on(Tier::Oltp).row(statement)
    }

    /// As [`InTier::row_raw`], of the transactional tier.
    ///
    /// # Errors
    /// As of [`InTier::rows`].
    pub fn row_raw(
        &self,
        statement: &Statement,
    ) -> impl Future<Output = Result<Option<Row>, DbErr>> {
        self.on(Tier::Oltp).row_raw(statement)
    }

    /// As [`InTier::rows_raw`], of the transactional tier.
    ///
    /// # Errors
    /// As of [`InTier::rows`].
    pub fn rows_raw(&self, statement: &Statement) -> impl Future<Output = Result<Vec<Row>, DbErr>> {
        self.on(Tier::Oltp).rows_raw(statement)
    }
}

impl InTier<'_> {
    /// The rows of a statement that SeaORM's builders made, to be read by place.
    ///
    /// # Errors
    /// As for any statement: when the transaction can not be opened, or PostgreSQL refuses.
    pub async fn rows(self, statement: &impl StatementBuilder) -> Result<Vec<Row>, DbErr> {
        self.rows_raw(&DbBackend::Postgres.build(statement)).await
    }

    /// The first row of such a statement, if there is one.
    ///
    /// # Errors
    /// As of [`Self::rows`].
    pub async fn row(self, statement: &impl StatementBuilder) -> Result<Option<Row>, DbErr> {
        Ok(self.rows(statement).await?.into_iter().next())
    }

    /// The first row of a statement, if there is one.
    ///
    /// # Errors
    /// As of [`Self::rows`].
    pub async fn row_raw(self, statement: &Statement) -> Result<Option<Row>, DbErr> {
        Ok(self.rows_raw(statement).await?.into_iter().next())
    }

    /// The rows of a statement, to be read by place.
    ///
    /// # Errors
    /// As of [`Self::rows`].
    pub async fn rows_raw(self, statement: &Statement) -> Result<Vec<Row>, DbErr> {
        let (sql, values) = parts(statement);
        let answer = self
            .context
            .send(self.tier, &Rows, sql, values, DbErr::Query);
        let rows = answer.await?;
        Ok(rows.into_iter().map(Row::from).collect())
    }

    /// What `take` makes of the rows of a statement, each read by place as it comes, from nothing on.
    ///
    /// # Errors
    /// As of [`Self::rows`], and the first one of `take`.
    pub async fn fold<S: Default + Send>(
        self,
        statement: &Statement,
        take: impl FnMut(&mut S, &Row) -> Result<(), DbErr> + Send,
    ) -> Result<S, DbErr> {
        let mut folding = Folding::new(take);
        let (sql, values) = parts(statement);
        let each = Each::new(&mut folding);
        let answer = self
            .context
            .send(self.tier, &each, sql, values, DbErr::Query);
        answer.await?;
        folding.answer()
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for InTier<'_> {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let (sql, values) = parts(&statement);
        let answer = self
            .context
            .send(self.tier, &Count, sql, values, DbErr::Exec);
        let rows_affected = answer.await?;
        Ok(executed(rows_affected))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let answer = self.context.send(self.tier, &Whole, sql, &[], DbErr::Exec);
        answer.await?;
        Ok(executed(0))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let rows = self.rows_raw(&statement).await?;
        rows.into_iter()
            .next()
            .map(QueryResult::try_from)
            .transpose()
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.rows_raw(&statement).await?;
        rows.into_iter().map(QueryResult::try_from).collect()
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for TenantContext {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.on(Tier::Oltp).execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.on(Tier::Oltp).execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.on(Tier::Oltp).query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.on(Tier::Oltp).query_all_raw(statement).await
    }
}

fn executed(rows_affected: u64) -> ExecResult {
    ProxyExecResult {
        last_insert_id: 0,
        rows_affected,
    }
    .into()
}
