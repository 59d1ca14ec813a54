//! Statements with their values, prepared once for each connection, or sent as a whole where nothing stays prepared.

use std::{
    pin::pin,
    sync::{Mutex, atomic::Ordering::Relaxed},
};

use futures::TryStreamExt;
use postgres_types::Type;
use sea_orm::Value;
use tokio_postgres::{Error, Row, RowStream, Statement};

use super::{
    Known, Wire, error, lock,
    statements::{self, Statements},
    value::{self, Bound},
};

impl Wire {
    /// Runs a statement; its rows. `known` remembers the text for connections to come.
    pub(crate) async fn query(
        &self,
        sql: &str,
        values: &[Value],
        known: &Known,
    ) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::new();
        self.each(sql, values, known, &mut |row| rows.push(row))
            .await?;
        Ok(rows)
    }

    /// Runs a statement and hands over its rows as they come.
    pub(crate) async fn each(
        &self,
        sql: &str,
        values: &[Value],
        known: &Known,
        take: &mut (dyn FnMut(Row) + Send),
    ) -> Result<(), Error> {
        let Some(statements) = &self.statements else {
            let rows = self.client.query_typed_raw(sql, typed(values)).await?;
            return taken(rows, take).await;
        };
        let statement = self.prepared(statements, sql, values, known).await?;
        let rows = self.client.query_raw(&statement, bound(values)).await;
        let read = match rows {
            Ok(rows) => taken(rows, take).await,
            Err(error) => Err(error),
        };
        keep_unless_stale(statements, sql, read)
    }

    /// Runs a statement; how many rows it was about.
    pub(crate) async fn execute(
        &self,
        sql: &str,
        values: &[Value],
        known: &Known,
    ) -> Result<u64, Error> {
        let Some(statements) = &self.statements else {
            let mut rows = pin!(self.client.query_typed_raw(sql, typed(values)).await?);
            while rows.try_next().await?.is_some() {}
            return Ok(rows.rows_affected().unwrap_or_default());
        };
        let statement = self.prepared(statements, sql, values, known).await?;
        let done = self.client.execute_raw(&statement, bound(values)).await;
        keep_unless_stale(statements, sql, done)
    }

    async fn prepared(
        &self,
        statements: &Mutex<Statements>,
        sql: &str,
        values: &[Value],
        known: &Known,
    ) -> Result<Statement, Error> {
        let types = value::types(values);
        if let Some(statement) = lock(statements).find(sql, &types) {
            known.hit();
            return Ok(statement);
        }
        self.preparations.fetch_add(1, Relaxed);
        let statement = self.client.prepare_typed(sql, &types).await?;
        lock(statements).keep(sql, &types, statement.clone());
        known.note(sql, &types);
        Ok(statement)
    }

    /// Prepares what other connections have prepared before, all in one exchange.
    pub(crate) async fn warm(&self, known: &Known) {
        let Some(statements) = &self.statements else {
            return;
        };
        let prepare = |(sql, types): statements::Text| async move {
            // One that fails (a table is gone) is prepared again by whoever needs it, and fails there.
            if let Ok(statement) = self.client.prepare_typed(&sql, &types).await {
                lock(statements).keep(&sql, &types, statement);
            }
        };
        self.drive(futures::future::join_all(
            known.texts().into_iter().map(prepare),
        ))
        .await;
    }
}

async fn taken(rows: RowStream, take: &mut (dyn FnMut(Row) + Send)) -> Result<(), Error> {
    let mut rows = pin!(rows);
    while let Some(row) = rows.try_next().await? {
        take(row);
    }
    Ok(())
}

/// A statement whose table was changed since it was prepared is prepared anew the next time.
fn keep_unless_stale<T>(
    statements: &Mutex<Statements>,
    sql: &str,
    result: Result<T, Error>,
) -> Result<T, Error> {
    if let Err(error) = &result
        && error::is_stale(error)
    {
        lock(statements).forget(sql);
    }
    result
}

/// Values with their types, for a statement that is sent as a whole: parsed, bound and run in one message.
fn typed(values: &[Value]) -> impl Iterator<Item = (Bound<'_>, Type)> {
    values.iter().map(Bound).zip(value::types(values))
}

fn bound(values: &[Value]) -> impl ExactSizeIterator<Item = Bound<'_>> {
    values.iter().map(Bound)
}
