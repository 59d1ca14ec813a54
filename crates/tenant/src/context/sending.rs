//! The ways to send a statement: for its rows, for one row after the other, for their number, for nothing.

use std::sync::{Mutex, PoisonError};

use futures::{FutureExt, future::BoxFuture};
use sea_orm::{DbErr, Value};
use tokio_postgres::Error;

use crate::{pool::Lent, row::Row};

/// A way to send a statement, and what is made of its answer.
pub(super) trait Sending: Sync {
    /// What is made of its answer.
    type Answer: Send;

    /// Sends a text with its values: once more, on another connection, if the one before turned out to be dead.
    fn send<'w>(
        &'w self,
        lent: &'w Lent,
        sql: &'w str,
        values: &'w [Value],
    ) -> Sent<'w, Self::Answer>;
}

type Sent<'w, A> = BoxFuture<'w, Result<A, Error>>;

/// For all rows.
pub(super) struct Rows;

/// For the number of rows.
pub(super) struct Count;

/// For the effect of one or more statements without values.
pub(super) struct Whole;

impl Sending for Rows {
    type Answer = Vec<tokio_postgres::Row>;

    fn send<'w>(
        &'w self,
        lent: &'w Lent,
        sql: &'w str,
        values: &'w [Value],
    ) -> Sent<'w, Self::Answer> {
        lent.wire().query(sql, values, lent.pool().known()).boxed()
    }
}

impl Sending for Count {
    type Answer = u64;

    fn send<'w>(&'w self, lent: &'w Lent, sql: &'w str, values: &'w [Value]) -> Sent<'w, u64> {
        lent.wire()
            .execute(sql, values, lent.pool().known())
            .boxed()
    }
}

impl Sending for Whole {
    type Answer = ();

    fn send<'w>(&'w self, lent: &'w Lent, sql: &'w str, _: &'w [Value]) -> Sent<'w, ()> {
        lent.wire().client().batch_execute(sql).boxed()
    }
}

/// What takes the rows of an answer one after the other.
pub(super) trait Fold: Send {
    /// Forgets what it took, before an answer.
    fn begin(&mut self);

    /// Takes a row.
    fn take(&mut self, row: Row);
}

/// A state that `take` puts each row into, until it fails.
pub(super) struct Folding<S, F> {
    answer: Result<S, DbErr>,
    take: F,
}

impl<S: Default, F> Folding<S, F> {
    pub(super) fn new(take: F) -> Self {
        Self {
            answer: Ok(S::default()),
            take,
        }
    }

    pub(super) fn answer(self) -> Result<S, DbErr> {
        self.answer
    }
}

impl<S, F> Fold for Folding<S, F>
where
    S: Default + Send,
    F: FnMut(&mut S, &Row) -> Result<(), DbErr> + Send,
{
    fn begin(&mut self) {
        self.answer = Ok(S::default());
    }

    fn take(&mut self, row: Row) {
        // The rows behind one that is not as expected are passed over, and not left unread: a connection is free when
        // its answers are read.
        if let Ok(state) = &mut self.answer
            && let Err(error) = (self.take)(state, &row)
        {
            self.answer = Err(error);
        }
    }
}

/// For each row as it comes; the answer is their number.
///
/// A row is let go before the next one is read, so that one after the other has the same place in memory.
pub(super) struct Each<'f>(Mutex<Option<&'f mut dyn Fold>>);

impl<'f> Each<'f> {
    pub(super) fn new(fold: &'f mut dyn Fold) -> Self {
        Self(Mutex::new(Some(fold)))
    }

    /// Whoever panics while he holds it leaves none or a whole one.
    fn fold(&self) -> std::sync::MutexGuard<'_, Option<&'f mut dyn Fold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sending for Each<'_> {
    type Answer = u64;

    fn send<'w>(&'w self, lent: &'w Lent, sql: &'w str, values: &'w [Value]) -> Sent<'w, u64> {
        async move {
            let fold = self.fold().take();
            let fold = fold.expect("a statement is sent again only when it was answered before");
            fold.begin();
            let mut rows = 0;
            let mut take = |row: tokio_postgres::Row| {
                rows += 1;
                fold.take(row.into());
            };
            let known = lent.pool().known();
            let read = lent.wire().each(sql, values, known, &mut take).await;
            *self.fold() = Some(fold);
            read.map(|()| rows)
        }
        .boxed()
    }
}
