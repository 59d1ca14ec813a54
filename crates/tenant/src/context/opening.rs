//! How a transaction is opened, when something is asked of a tier for the first time.

use std::sync::Arc;

use sea_orm::{DbErr, RuntimeErr};
use tracing::Span;

use super::{State, TenantContext, span};
use crate::{
    begin,
    error::Refusal,
    identity::Identity,
    pool::Lent,
    tier::Tier,
    transaction::{Grants, OpenError, Transaction},
};

impl TenantContext {
    /// The transaction in a tier, begun if this is its first use.
    pub(super) async fn transaction(&self, tier: Tier) -> Result<Arc<Transaction>, DbErr> {
        // Before the lock: nobody who waits for it waits for the other tier as well.
        let grants = match tier {
            Tier::Oltp => None,
            // It is the same everywhere.
            _ if self.identity == Identity::Dispatcher => Some(Grants::none()),
            Tier::Content | Tier::Analytics | Tier::Queue => Some(Box::pin(self.grants()).await?),
        };
        let mut state = self.states[tier].lock().await;
        if matches!(*state, State::New) {
            let span = span::transaction(&self.cause, &self.identity, tier);
            *state = match self.database.acquire(tier).await {
                Ok(lent) => State::Open(Arc::new(self.begin(tier, lent, grants.as_ref(), span))),
                Err(error) => State::Failed(OpenError::of(error)),
            };
        }
        match &*state {
            State::Open(transaction) => Ok(Arc::clone(transaction)),
            State::Failed(error) => Err(self.unopened(error)),
            State::New | State::Finished => {
                Err(DbErr::Custom("the request's transaction has ended".into()))
            }
        }
    }

    fn begin(&self, tier: Tier, lent: Lent, grants: Option<&Grants>, span: Span) -> Transaction {
        let access = self.access_in(tier);
        let (identity, cause) = (&self.identity, &self.cause);
        let message = match grants {
            None => begin::opening(identity, access, lent.pool().asking(), cause),
            Some(grants) => begin::following(identity, access, grants, cause),
        };
        self.spending.waited(lent.waited());
        span::opened(&span, lent.pool());
        let message = lent.pool().target().completed(message);
        Transaction::begin(lent, &message, access, span)
    }

    /// Makes way for another connection if `error` is that of one that was dead, or for another question
    /// if the prepared one was gone.
    ///
    /// An idle connection may have died since its last use (a restarted server, a killed backend).
    /// What was sent on it was never begun, so it is sent again on another one, at most as often as
    /// the pool can hold dead ones.
    pub(super) async fn try_again(
        &self,
        attempts: &mut u32,
        tier: Tier,
        dead: &Arc<Transaction>,
        error: OpenError,
    ) -> Result<(), DbErr> {
        let may_be_sent_again = match error {
            OpenError::Refused(refusal) => refusal == Refusal::Unavailable,
            OpenError::Unprepared => {
                dead.lent().pool().ask_in_full();
                true
            }
            OpenError::Failed(_) => false,
        };
        if !may_be_sent_again || *attempts > self.database.max_connections() {
            return Err(self.unopened(&error));
        }
        *attempts += 1;
        let mut state = self.states[tier].lock().await;
        // Of several statements that were sent on it, the first makes way.
        if matches!(&*state, State::Open(current) if Arc::ptr_eq(current, dead)) {
            *state = State::New;
        }
        Ok(())
    }

    fn unopened(&self, error: &OpenError) -> DbErr {
        match error {
            OpenError::Refused(refusal) => {
                let refusal = self.refusal.get_or_init(|| *refusal);
                DbErr::Conn(RuntimeErr::Internal(refusal.to_string()))
            }
            OpenError::Unprepared => {
                DbErr::Custom("the membership question is not prepared".into())
            }
            OpenError::Failed(error) => DbErr::Conn(RuntimeErr::SqlxError(Arc::clone(error))),
        }
    }
}
