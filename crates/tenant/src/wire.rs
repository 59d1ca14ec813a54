//! One connection to PostgreSQL, read and written by whoever waits for an answer.
//!
//! tokio-postgres splits a connection into a client, which queues messages, and a future that
//! does the reading and writing. Its documentation spawns that future; each exchange then wakes
//! another task, often on another core, and back. Here the task that waits for an answer polls it:
//! what has been queued goes out in one write, and the answer is read by the task that wants it.
//! Several exchanges may be under way at once. Their messages go out in the order in which they were
//! queued, without a wait between them, and PostgreSQL answers in that order.

mod activity;
mod driver;
mod error;
mod run;
mod statements;
mod value;

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering::Relaxed},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use futures::{
    FutureExt,
    future::{BoxFuture, Either, select},
    task::noop_waker,
};
use tokio_postgres::{Client, Error};

pub(crate) use activity::Activity;
use driver::{Driver, Turn};
pub(crate) use error::{ServerError, connecting, of_driver};
pub(crate) use statements::Known;
use statements::Statements;

/// The half of a connection that reads and writes, over whatever it goes.
pub(crate) type Connection = BoxFuture<'static, Result<(), Error>>;

/// How long the server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// How far the transaction before has ended.
#[derive(Default)]
enum Ending {
    /// It has, or there was none.
    #[default]
    Ended,
    /// ROLLBACK was not sent.
    Unsent,
    /// Nobody has read the ROLLBACK's answer yet.
    Unanswered(BoxFuture<'static, Result<(), Error>>),
}

/// A connection, with the statements that were prepared on it.
pub(crate) struct Wire {
    client: Arc<Client>,
    driver: Mutex<Driver>,
    /// None where a pooler lends each transaction another session: each statement is sent as a whole.
    statements: Option<Mutex<Statements>>,
    ending: Mutex<Ending>,
    /// Statements that were prepared because somebody needed them: each is an exchange.
    preparations: AtomicU32,
    activity: Arc<Activity>,
    born: Instant,
}

impl Wire {
    /// Makes a fresh connection ready: runs `preparing`, which prepares the question that opens a transaction.
    ///
    /// # Errors
    /// When the server ends the connection, or has no such tables.
    pub(crate) async fn new(
        client: Client,
        mut connection: Connection,
        preparing: Option<&str>,
    ) -> Result<Self, Error> {
        if let Some(preparing) = preparing {
            let prepare = pin!(client.batch_execute(preparing));
            match select(prepare, &mut connection).await {
                Either::Left((prepared, _)) => prepared?,
                // The answer, if there is one, tells more than the end does.
                Either::Right((ended, prepare)) => ended.and(prepare.await)?,
            }
        }
        Ok(Self {
            client: Arc::new(client),
            driver: Mutex::new(Driver::new(connection)),
            statements: Some(Mutex::default()),
            ending: Mutex::default(),
            preparations: AtomicU32::new(0),
            activity: Arc::default(),
            born: Instant::now(),
        })
    }

    /// The same, on which no statement stays prepared.
    pub(crate) fn forgetful(self) -> Self {
        Self {
            statements: None,
            ..self
        }
    }

    /// Where messages are queued; they go out when somebody [drives](Self::drive).
    pub(crate) fn client(&self) -> &Arc<Client> {
        &self.client
    }

    /// How long ago the connection was made.
    pub(crate) fn age(&self) -> Duration {
        self.born.elapsed()
    }

    /// How many statements were prepared on it so far because somebody needed them.
    pub(crate) fn preparations(&self) -> u32 {
        self.preparations.load(Relaxed)
    }

    /// What is done with it, for who looks from outside.
    pub(crate) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// True once the server or the network has ended the connection, as far as was read.
    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.driver).connection.is_none()
    }

    /// Waits for `exchange`, which sends by the client of this connection, and moves the connection on
    /// for as long as that takes.
    pub(crate) async fn drive<F: Future>(&self, exchange: F) -> F::Output {
        let _exchanging = self.activity.exchange();
        let mut exchange = pin!(exchange);
        let mut turn = Turn::new(&self.driver);
        poll_fn(|ctx| {
            if let Poll::Ready(done) = exchange.as_mut().poll(ctx) {
                return Poll::Ready(done);
            }
            turn.take(ctx);
            exchange.as_mut().poll(ctx)
        })
        .await
    }

    /// Ends the transaction: the ROLLBACK goes out with the next opening message, or when somebody
    /// [flushes](Self::flush).
    ///
    /// Only for a connection on which no answer is outstanding: after a statement that was given up the
    /// ROLLBACK would wait for that statement's end.
    pub(crate) fn end(&self) {
        *lock(&self.ending) = Ending::Unsent;
    }

    /// Sends the ROLLBACK that was not sent, as far as the socket takes it, and waits for nothing.
    pub(crate) fn flush(&self) {
        let mut ending = lock(&self.ending);
        if !matches!(*ending, Ending::Unsent) {
            return;
        }
        let mut rollback = self.rollback();
        // The first poll queues the message; it can answer only that the connection is gone.
        let is_gone = (&mut rollback).now_or_never().is_some();
        *ending = Ending::Unanswered(rollback);
        let mut driver = lock(&self.driver);
        if is_gone {
            driver.connection = None;
        }
        driver.poll(&mut Context::from_waker(&noop_waker()));
    }

    /// What ends the transaction before: SQL for the front of the next message, and what has to succeed
    /// before this connection is used.
    pub(crate) fn ended(&self) -> (String, BoxFuture<'static, Result<(), Error>>) {
        let nothing = || -> BoxFuture<'static, _> { Box::pin(std::future::ready(Ok(()))) };
        match std::mem::take(&mut *lock(&self.ending)) {
            Ending::Ended => (String::new(), nothing()),
            // The message stops at the first statement that fails, so what follows runs behind it only.
            Ending::Unsent => ("ROLLBACK; ".to_owned(), nothing()),
            Ending::Unanswered(rollback) => (String::new(), rollback),
        }
    }

    /// ROLLBACK, as a future of its own.
    pub(crate) fn rollback(&self) -> BoxFuture<'static, Result<(), Error>> {
        let client = Arc::clone(&self.client);
        Box::pin(async move { client.batch_execute("ROLLBACK").await })
    }

    /// Says goodbye, so that the server's log does not speak of a lost connection.
    pub(crate) async fn close(self) {
        drop(self.client);
        let driver = self.driver.into_inner();
        let driver = driver.unwrap_or_else(PoisonError::into_inner);
        // Each holds the client, too; the connection ends when nobody does.
        drop((self.ending, self.statements));
        if let Some(connection) = driver.connection {
            // Nobody is served by what the server answers, or by its not answering.
            drop(tokio::time::timeout(GOODBYE, connection).await);
        }
    }
}

/// What is behind these locks is whole between any two statements of this file, so also after a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
