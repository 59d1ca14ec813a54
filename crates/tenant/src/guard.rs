//! A borrowed connection that may be inside a transaction.
//!
//! sqlx 0.9.0's own `begin()` is not cancel-safe (launchbadge/sqlx #4385, #4393): a future dropped
//! while BEGIN is in flight leaves the transaction, and with it the tenant's settings, open on a
//! pooled connection for the next borrower. So this guard is armed before the first byte goes out
//! and disarmed only when COMMIT was confirmed; what is dropped in between is rolled back, or its
//! connection closed, before anybody else can have it.

use std::{future::Future, time::Duration};

use futures::FutureExt;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};

use crate::borrowed::Borrowed;

/// How long a background ROLLBACK may take (it first waits for the statement that was cancelled)
/// before the connection is closed instead.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection on which the opening message was, or is being, sent.
pub(crate) struct Guard {
    connection: Option<Borrowed>,
    /// A transaction may be open on the server.
    armed: bool,
    /// No reply is outstanding. False while a statement runs, and after one failed.
    idle: bool,
    /// A statement failed. PostgreSQL answers the COMMIT of a failed transaction with the
    /// *successful* command tag ROLLBACK, which sqlx does not show, so it must be remembered.
    failed: bool,
}

impl Guard {
    pub(crate) fn new(connection: Borrowed) -> Self {
        Self {
            connection: Some(connection),
            armed: true,
            idle: true,
            failed: false,
        }
    }

    /// Sends the opening message; answers the text of its only row, if there is one.
    ///
    /// A message without arguments is one simple Query; `fetch_all` reads up to ReadyForQuery, so
    /// an error of any of its statements comes back as an error.
    pub(crate) async fn open(&mut self, message: String) -> Result<Option<String>, sqlx::Error> {
        let rows = self
            .run(|c| sqlx::raw_sql(AssertSqlSafe(message)).fetch_all(c))
            .await?;
        rows.first()
            .map(|row| row.try_get_unchecked::<Option<String>, _>(0))
            .transpose()
            .map(Option::flatten)
    }

    /// Runs one exchange with the server.
    pub(crate) async fn run<'a, T, F>(
        &'a mut self,
        exchange: impl FnOnce(&'a mut PgConnection) -> F,
    ) -> Result<T, sqlx::Error>
    where
        F: Future<Output = Result<T, sqlx::Error>> + 'a,
    {
        let Self {
            connection,
            idle,
            failed,
            ..
        } = self;
        let connection: &'a mut PgConnection =
            connection.as_mut().expect("taken only by drop and close");
        *idle = false;
        let result = exchange(connection).await;
        match &result {
            Ok(_) => *idle = true,
            Err(_) => *failed = true,
        }
        result
    }

    /// True when COMMIT would commit: nothing failed and no cancelled statement is under way.
    pub(crate) fn can_commit(&self) -> bool {
        self.idle && !self.failed
    }

    /// Awaits COMMIT. Only after its confirmation is the connection free of the tenant.
    pub(crate) async fn commit(mut self) -> Result<(), sqlx::Error> {
        self.run(|c| c.execute("COMMIT")).await?;
        self.armed = false;
        Ok(())
    }

    /// Closes a connection that turned out to be dead, instead of handing it back.
    pub(crate) fn discard(mut self) {
        if let Some(mut connection) = self.connection.take() {
            connection.close_on_drop();
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        if !self.armed {
            return; // COMMIT was confirmed; dropping hands the connection back
        }
        // The ordinary end of a read. With no reply outstanding the first poll writes ROLLBACK to
        // the wire; whoever uses the connection next reads its answer first (sqlx counts
        // outstanding ReadyForQuery messages, and the pool pings at release). Nobody waits.
        if self.idle && !matches!(connection.execute("ROLLBACK").now_or_never(), Some(Err(_))) {
            return;
        }
        // Dropped in the middle of a statement, or after an error: sqlx has to read the
        // outstanding replies before it can send, so one poll would send nothing. Nobody can see
        // the connection until the ROLLBACK is confirmed.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            connection.close_on_drop();
            return;
        };
        runtime.spawn(async move {
            let rollback = tokio::time::timeout(ROLLBACK_TIMEOUT, connection.execute("ROLLBACK"));
            if !matches!(rollback.await, Ok(Ok(_))) {
                connection.close_on_drop();
            }
        });
    }
}
