//! How a context's transactions end.

use std::sync::atomic::Ordering;

use sea_orm::DbErr;

use super::{Outcome, State, TenantContext, span};
use crate::{identity::Access, tier::Tier, transaction::Transaction};

impl TenantContext {
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
}
