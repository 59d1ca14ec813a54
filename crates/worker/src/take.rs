//! Where a worker's jobs come from: the lists of Redis, and PostgreSQL where there are none, or they do not answer.

use sea_orm::DbErr;
use tenant::Database;
use tokio_util::sync::CancellationToken;

use crate::{
    Job, Options, Wake, claim,
    due::Turn,
    lists::{Heard, Lists},
};

/// Takes jobs for one worker.
pub(crate) struct Taker<'w> {
    pub(crate) database: &'w Database,
    pub(crate) wake: &'w Wake,
    pub(crate) options: &'w Options,
    /// Ends the waiting, never a claim that is under way.
    pub(crate) stop: &'w CancellationToken,
    pub(crate) turn: Turn,
}

impl Taker<'_> {
    /// Up to `free` jobs to be done, or none after a wait.
    pub(crate) async fn take(&mut self, free: usize) -> Result<Vec<Job>, DbErr> {
        if let Some(lists) = self.wake.lists()
            && let Some(taken) = self.listen(lists, free).await?
        {
            return Ok(taken);
        }
        let found = self.look(free).await?;
        if found.is_empty() {
            let heard = self.wake.jobs(self.options.poll);
            self.stop.run_until_cancelled(heard).await;
        }
        Ok(found)
    }

    /// Takes jobs out of the lists, fills those that are empty, and waits at them; `None` while Redis is away.
    async fn listen(&mut self, lists: &Lists, free: usize) -> Result<Option<Vec<Job>>, DbErr> {
        let queues = &self.options.queues;
        let Some(ids) = lists.take(queues, free).await else {
            return Ok(None);
        };
        if !ids.is_empty() {
            return claim::named(self.database, &ids).await.map(Some);
        }
        let mut is_any_due = false;
        for queue in queues {
            // A few more than there is room for, so that the next look finds some.
            let due = claim::mark(self.database, queue, 2 * free + 2, &mut self.turn).await?;
            is_any_due |= !due.is_empty();
            if !due.is_empty() && !lists.put(queue, &due).await {
                return Ok(None);
            }
        }
        if is_any_due {
            return Ok(Some(Vec::new()));
        }
        let waiting = lists.wait(queues, self.options.poll);
        Ok(match self.stop.run_until_cancelled(waiting).await {
            None => Some(Vec::new()),
            Some(None) => None,
            Some(Some(Heard::Job(id))) => Some(claim::named(self.database, &[id]).await?),
            Some(Some(Heard::Something)) => {
                self.wake.touch_outbox();
                Some(Vec::new())
            }
            // Redis may have lost what it was told.
            Some(Some(Heard::Nothing)) => Some(self.look(free).await?),
        })
    }

    /// The queues' most urgent jobs, straight from PostgreSQL.
    async fn look(&mut self, free: usize) -> Result<Vec<Job>, DbErr> {
        let mut found = Vec::new();
        for queue in &self.options.queues {
            let left = free - found.len();
            if left == 0 {
                break;
            }
            match claim::due(self.database, queue, left, &mut self.turn).await {
                Ok(jobs) => found.extend(jobs),
                // What is claimed is to be done.
                Err(error) if !found.is_empty() => {
                    tracing::warn!(error = %error, queue, "no jobs can be claimed");
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}
