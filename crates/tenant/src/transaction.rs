//! The transaction of one request: a lent connection that may be inside it.
//!
//! A future that is dropped while BEGIN, or anything after it, is under way must not leave the
//! transaction, and with it the tenant's settings, to the next borrower (sqlx's own `begin()` does:
//! launchbadge/sqlx #4385, #4393). So a transaction is taken to be open from before its first byte
//! goes out until COMMIT was confirmed; one that is dropped in between is rolled back, or its
//! connection closed, before anybody else can have it.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared, join},
};
use tokio_postgres::{Client, Error, SimpleQueryMessage};
use tracing::Span;

use crate::{
    error::{self, Refusal},
    identity::Access,
    pool::Lent,
    wire::{Wire, of_driver},
};

/// How long a background ROLLBACK may take (it first waits for the statement that was cancelled)
/// before the connection is closed instead.
const ROLLBACK_TIMEOUT: Duration = Duration::from_secs(5);

/// What the database says of who asks.
#[derive(Clone, Debug)]
pub(crate) struct Grants {
    /// A member's roles or a member of staff's permissions, as the database spells them.
    pub(crate) names: Arc<[String]>,
    /// Nothing may be written.
    pub(crate) read_only: bool,
}

impl Grants {
    /// Those of the platform's own work, which has a role of the database instead.
    pub(crate) fn none() -> Self {
        Self {
            names: Arc::default(),
            read_only: false,
        }
    }
}

/// A transaction, from the moment its opening message is queued.
pub(crate) struct Transaction {
    /// None once it is being ended.
    lent: Option<Lent>,
    access: Access,
    /// What came of the opening message, for every statement to wait for.
    opening: Shared<BoxFuture<'static, Result<Grants, OpenError>>>,
    /// Statements that were sent, or are to be, and not answered: under way, or given up.
    outstanding: AtomicUsize,
    /// Times that an answer was waited for, the preparing of statements not counted.
    exchanges: AtomicU32,
    /// Statements that had been prepared on the connection before.
    preparations: u32,
    span: Span,
    /// A statement failed. PostgreSQL answers the COMMIT of a failed transaction with the
    /// *successful* command tag ROLLBACK, so it must be remembered.
    failed: AtomicBool,
    /// COMMIT was confirmed: the connection is free of the tenant.
    committed: AtomicBool,
}

/// Why opening failed; kept, so that every later statement of the request fails alike.
#[derive(Clone)]
pub(crate) enum OpenError {
    Refused(Refusal),
    /// The session behind the connection is not the one that the membership question was prepared on.
    Unprepared,
    /// Not about the connection: a setting or a table that the opening message needs is missing.
    Failed(Arc<sqlx::Error>),
}

impl OpenError {
    pub(crate) fn of(error: sqlx::Error) -> Self {
        match Refusal::of(&error) {
            Some(refusal) => {
                tracing::warn!(%error, "no transaction could be opened");
                Self::Refused(refusal)
            }
            None if error::is_unprepared(&error) => Self::Unprepared,
            None => Self::Failed(Arc::new(error)),
        }
    }
}

impl Transaction {
    /// Queues the opening message on a lent connection. It goes out with the first statement.
    pub(crate) fn begin(lent: Lent, message: &str, access: Access, span: Span) -> Self {
        let preparations = lent.wire().preparations();
        let opening = open(lent.wire(), message).boxed().shared();
        // The first poll queues what has to go out before any statement.
        drop(opening.clone().now_or_never());
        Self {
            lent: Some(lent),
            access,
            opening,
            outstanding: AtomicUsize::new(0),
            exchanges: AtomicU32::new(1),
            preparations,
            span,
            failed: AtomicBool::new(false),
            committed: AtomicBool::new(false),
        }
    }

    /// Waits for the opening message's answer.
    pub(crate) async fn opened(&self) -> Result<Grants, OpenError> {
        self.wire().drive(self.opening.clone()).await
    }

    /// Runs a statement behind the opening message, without waiting for the latter's answer in between.
    /// What the statement answers counts only if the opening succeeded.
    pub(crate) async fn with_opening<T>(
        &self,
        statement: impl Future<Output = Result<T, Error>>,
    ) -> Result<Result<T, sqlx::Error>, OpenError> {
        if let Some(opened) = self.opening.peek() {
            return match opened {
                Ok(_) => Ok(self.run(statement).await),
                Err(error) => Err(error.clone()),
            };
        }
        // The statement is queued before anything is written, so that both go out in one write.
        let (answer, opened) = join(self.run(statement), self.opened()).await;
        opened.map(|_| answer)
    }

    /// Runs a statement.
    pub(crate) async fn run<T>(
        &self,
        statement: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, sqlx::Error> {
        // Not taken back when this future is dropped: the answer is then still to come.
        let others = self.outstanding.fetch_add(1, Ordering::Relaxed);
        // What goes out behind others, or the opening message, is not waited for by itself.
        if others == 0 && self.opening.peek().is_some() {
            self.exchanges.fetch_add(1, Ordering::Relaxed);
        }
        let answer = self.wire().drive(statement).await;
        self.outstanding.fetch_sub(1, Ordering::Relaxed);
        answer.map_err(|error| {
            self.failed.store(true, Ordering::Relaxed);
            of_driver(error)
        })
    }

    /// Times that an answer was waited for.
    pub(crate) fn round_trips(&self) -> u32 {
        let prepared = self.wire().preparations() - self.preparations;
        self.exchanges.load(Ordering::Relaxed) + prepared
    }

    /// It, in a trace.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    /// The connection, to send a statement on.
    pub(crate) fn wire(&self) -> &Wire {
        self.lent().wire()
    }

    /// The connection, and the pool it came from.
    pub(crate) fn lent(&self) -> &Lent {
        self.lent.as_ref().expect("taken by drop only")
    }

    /// True when the opening message succeeded.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.opening.peek(), Some(Ok(_)))
    }

    /// True when COMMIT would commit: it was opened, nothing failed, and no statement is under way or was
    /// given up.
    pub(crate) fn can_commit(&self) -> bool {
        self.is_idle() && self.is_open() && !self.failed.load(Ordering::Relaxed)
    }

    /// No answer is outstanding.
    fn is_idle(&self) -> bool {
        self.opening.peek().is_some() && self.outstanding.load(Ordering::Relaxed) == 0
    }

    /// Awaits COMMIT. Only after its confirmation is the connection free of the tenant.
    pub(crate) async fn commit(&self) -> Result<(), sqlx::Error> {
        let client = self.wire().client();
        self.run(client.batch_execute("COMMIT")).await?;
        self.committed.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Sends the opening message, behind the end of the transaction before, and reads its answer.
fn open(
    wire: &Wire,
    opening: &str,
) -> impl Future<Output = Result<Grants, OpenError>> + Send + use<> {
    let client = Arc::clone(wire.client());
    let (unended, ended) = wire.ended();
    let message = unended + opening;
    async move {
        let (ended, grants) = join(ended, asked(&client, &message)).await;
        // The first error is the cause: what follows fails as well.
        let grants = ended.and(grants);
        match grants.map_err(of_driver).map_err(OpenError::of)? {
            Some(grants) => Ok(grants),
            None => Err(OpenError::Refused(Refusal::NotAMember)),
        }
    }
}

/// What a message's only row says, if there is one: its first text names, its second is `on` for who only reads.
async fn asked(client: &Client, message: &str) -> Result<Option<Grants>, Error> {
    let answers = client.simple_query(message).await?;
    Ok(answers.into_iter().find_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => Some(Grants {
            names: split(row.get(0)?),
            read_only: row.len() > 1 && row.get(1) == Some("on"),
        }),
        _ => None,
    }))
}

fn split(grants: &str) -> Arc<[String]> {
    grants
        .split(',')
        .filter(|grant| !grant.is_empty())
        .map(str::to_owned)
        .collect()
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let idle = self.is_idle();
        let trips = self.round_trips();
        let Some(lent) = self.lent.take() else {
            return;
        };
        lent.pool().counting().round_trips(trips);
        if *self.committed.get_mut() {
            return; // dropping hands the connection back
        }
        // Whoever uses the connection next reads the ROLLBACK's answer first; nobody waits.
        if idle {
            lent.wire().end();
            match self.access {
                // The ordinary end of a read holds nothing that others want: ROLLBACK goes out with the
                // next BEGIN, or by itself in a moment if none comes. That is one message less to write,
                // and one less for which the backend has to wake up.
                Access::Read => lent.pool().flush_soon(),
                Access::Write => lent.wire().flush(),
            }
            return;
        }
        // Given up in the middle of a statement, which goes on in the server. Nobody gets the
        // connection until the ROLLBACK behind it is confirmed.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            lent.discard();
            return;
        };
        runtime.spawn(async move {
            let wire = lent.wire();
            let rollback = wire.drive(wire.rollback());
            if !matches!(
                tokio::time::timeout(ROLLBACK_TIMEOUT, rollback).await,
                Ok(Ok(()))
            ) {
                lent.discard();
            }
        });
    }
}
