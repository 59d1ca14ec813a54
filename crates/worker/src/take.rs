//! Where a worker's jobs come from: the lists of Redis, and PostgreSQL where there are none, or they do not answer.

use std::{pin::pin, time::Duration};

use futures::future::select;
use sea_orm::DbErr;
use tenant::Database;
use tokio_util::sync::CancellationToken;

use crate::{
    Job, Options, Wake, claim,
    due::Turn,
    lists::{Heard, Lists},
    room::{Places, Room},
};

/// How often the first queue is looked at while only it has room. What Redis tells is not waited for then, because a place
/// for the others may become free at any moment.
const SOON: Duration = Duration::from_millis(200);

/// Takes jobs for one worker.
pub(crate) struct Taker<'w> {
    pub(crate) database: &'w Database,
    pub(crate) wake: &'w Wake,
    pub(crate) options: &'w Options,
    pub(crate) places: &'w Places,
    /// Ends the waiting, never a claim that is under way.
    pub(crate) stop: &'w CancellationToken,
    pub(crate) turn: Turn,
}

impl Taker<'_> {
    /// As many jobs as there is room for, or none after a wait.
    pub(crate) async fn take(&mut self, room: Room) -> Result<Vec<Job>, DbErr> {
        if room.is_of_first() {
            return self.take_first(room).await;
        }
        if let Some(lists) = self.wake.lists()
            && let Some(taken) = self.listen(lists, room).await?
        {
            return Ok(taken);
        }
        let found = self.look(room).await?;
        if found.is_empty() {
            let heard = self.wake.jobs(self.options.poll);
            self.stop.run_until_cancelled(heard).await;
        }
        Ok(found)
    }

    /// The same while the jobs of the other queues have all places that they may.
    async fn take_first(&mut self, room: Room) -> Result<Vec<Job>, DbErr> {
        let found = self.look(room).await?;
        if found.is_empty() {
            let heard = pin!(self.wake.jobs(self.options.poll.min(SOON)));
            let freed = pin!(self.places.wait_for_others());
            self.stop.run_until_cancelled(select(heard, freed)).await;
        }
        Ok(found)
    }

    /// Takes jobs out of the lists, fills those that are empty, and waits at them; `None` while Redis is away.
    async fn listen(&mut self, lists: &Lists, room: Room) -> Result<Option<Vec<Job>>, DbErr> {
        let queues = &self.options.queues;
        let Some(ids) = lists.take(queues, room).await else {
            return Ok(None);
        };
        if !ids.is_empty() {
            return claim::named(self.database, &ids).await.map(Some);
        }
        let mut is_any_due = false;
        for (place, queue) in queues.iter().enumerate() {
            // A few more than there is room for, so that the next look finds some.
            let most = 2 * room.of(place) + 2;
            let due = claim::mark(self.database, queue, most, &mut self.turn).await?;
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
            Some(Some(Heard::Nothing)) => Some(self.look(room).await?),
        })
    }

    /// The queues' most urgent jobs, straight from PostgreSQL.
    async fn look(&mut self, mut room: Room) -> Result<Vec<Job>, DbErr> {
        let mut found = Vec::new();
        for (place, queue) in self.options.queues.iter().enumerate() {
            let left = room.of(place);
            if left == 0 {
                break;
            }
            match claim::due(self.database, queue, left, &mut self.turn).await {
                Ok(jobs) => {
                    room = room.without(place, jobs.len());
                    found.extend(jobs);
                }
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
