//! Dead letters: jobs that failed for good are done once more, or dropped. No other job is anybody's to change.

use chrono::{DateTime, Utc};
use entity::{
    id::JobId,
    queue::job::{self, Column, JobStatus as Status},
};
use sea_orm::{ActiveEnum, ColumnTrait};
use tenant::Tier;

use super::{
    prelude::*,
    standard::{Id, Ids},
};
use crate::{
    error::{ClientError, Code},
    input::Changes,
    object::job::{Job, JobFilter},
    scalar::GlobalId,
    write::{AtMost, Selected},
};

root! {
    /// What can be changed.
    pub object JobMutations(()) {
        /// Lets a dead letter be tried once more, now, and as often as a new job. For owners and admins.
        replay_job(Input<ReplayJobInput>): ReplayJobPayload = |_row| Some(()) -> Run,
        /// The same for the dead letters that a filter selects; other jobs are passed over. For owners and admins.
        replay_jobs(Input<ReplayJobsInput>): ReplayJobsPayload = |_row| Some(()) -> Run,
        /// Deletes a dead letter, and what is known of its attempts. For owners and admins.
        drop_job(Input<DropJobInput>): DropJobPayload = |_row| Some(()) -> Run,
        /// The same for the dead letters that a filter selects; other jobs are passed over. For owners and admins.
        drop_jobs(Input<DropJobsInput>): DropJobsPayload = |_row| Some(()) -> Run,
    }
}

/// Which dead letter to replay.
#[derive(async_graphql::InputObject)]
pub struct ReplayJobInput {
    /// The id.
    pub id: Reference<JobId>,
    /// The `updated` that was read. If given, a job that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<DateTime<Utc>>,
}

rows::object! {
    /// The job that is tried once more.
    pub object ReplayJobPayload(Written<Job>) {
        /// As it is now.
        job: Job = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for ReplayJobInput {
    type Payload = ReplayJobPayload;
    const RIGHT: Right = Right::Configure;
    const TIER: Tier = Tier::Queue;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Job>> {
        let target = dead(Target::new(&self.id, self.expected_updated)?);
        match writer.update_if(&target, &INPUT, as_new()).await? {
            Some(job) => Ok(Written(job)),
            None => Err(refused(writer, &target, "replay").await?.into()),
        }
    }
}

/// Which dead letters to replay.
#[derive(async_graphql::InputObject)]
pub struct ReplayJobsInput {
    /// Which of them; an empty filter selects all dead letters.
    pub filter: JobFilter,
    /// How many jobs may be replayed, from 1 to 10,000. If the filter selects more, nothing is changed and the answer is the error `TOO_MANY_ROWS`.
    pub at_most: AtMost,
}

rows::object! {
    /// Which jobs are tried once more.
    pub object ReplayJobsPayload(Ids<JobId>) {
        /// How many.
        count: i32 = |replayed| replayed.count(),
        /// Their ids, in no order.
        ids: Vec<GlobalId> = |replayed| replayed.0.clone(),
    }
}

impl Mutate for ReplayJobsInput {
    type Payload = ReplayJobsPayload;
    const RIGHT: Right = Right::Configure;
    const TIER: Tier = Tier::Queue;

    async fn run(self, writer: &Writer<'_>) -> Result<Ids<JobId>> {
        let selected = Selected::new(&self.filter, self.at_most)?.and(is_dead());
        let ids = writer.update_many::<Job>(&selected, &INPUT, as_new()).await;
        ids.map(Ids)
    }
}

/// Which dead letter to drop.
#[derive(async_graphql::InputObject)]
pub struct DropJobInput {
    /// The id.
    pub id: Reference<JobId>,
    /// The `updated` that was read. If given, a job that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<DateTime<Utc>>,
}

rows::object! {
    /// The dropped job.
    pub object DropJobPayload(Id<JobId>) {
        /// Its id, which leads nowhere from now on.
        id: GlobalId = |dropped| dropped.0,
    }
}

impl Mutate for DropJobInput {
    type Payload = DropJobPayload;
    const RIGHT: Right = Right::Configure;
    const TIER: Tier = Tier::Queue;

    async fn run(self, writer: &Writer<'_>) -> Result<Id<JobId>> {
        let target = dead(Target::new(&self.id, self.expected_updated)?);
        match writer.delete_if(&target).await? {
            Some(_) => Ok(Id(target.id)),
            None => Err(refused(writer, &target, "drop").await?.into()),
        }
    }
}

/// Which dead letters to drop.
#[derive(async_graphql::InputObject)]
pub struct DropJobsInput {
    /// Which of them; an empty filter selects all dead letters.
    pub filter: JobFilter,
    /// How many jobs may be dropped, from 1 to 10,000. If the filter selects more, nothing is dropped and the answer is the error `TOO_MANY_ROWS`.
    pub at_most: AtMost,
}

rows::object! {
    /// Which jobs were dropped.
    pub object DropJobsPayload(Ids<JobId>) {
        /// How many.
        count: i32 = |dropped| dropped.count(),
        /// Their ids, in no order.
        ids: Vec<GlobalId> = |dropped| dropped.0.clone(),
    }
}

impl Mutate for DropJobsInput {
    type Payload = DropJobsPayload;
    const RIGHT: Right = Right::Configure;
    const TIER: Tier = Tier::Queue;

    async fn run(self, writer: &Writer<'_>) -> Result<Ids<JobId>> {
        let selected = Selected::new(&self.filter, self.at_most)?.and(is_dead());
        writer.delete_many::<Job>(&selected).await.map(Ids)
    }
}

impl Writable for Job {}

fn is_dead() -> sea_orm::sea_query::Expr {
    Column::Status.eq(Status::Failed.to_value())
}

fn dead(mut target: Target<Job>) -> Target<Job> {
    target.condition = target.condition.add(is_dead());
    target
}

/// What makes a dead letter like a job that was never tried. Why it failed last is kept: nobody knows yet whether it is
/// over.
fn as_new() -> Changes<Job> {
    let mut changes = Changes::new();
    changes.set(Column::Status, Status::Queued.to_value());
    changes.set(Column::AttemptCount, 0);
    changes.set(Column::RunAt, Utc::now());
    changes.set(Column::Failed, None::<DateTime<Utc>>);
    changes
}

/// Why nothing was done to the job.
async fn refused(writer: &Writer<'_>, target: &Target<Job>, verb: &str) -> Result<ClientError> {
    let there: Arc<job::Model> = writer.found(&Target::<Job>::of(target.id)).await?;
    if there.status == Status::Failed {
        return writer.missed(target).await;
    }
    let stands = there.status.to_value();
    let message = format!("can not {verb} the job: it is {stands}, and must be failed");
    Ok(ClientError::new(Code::IllegalTransition, message)
        .with("transition", verb)
        .with("status", stands.to_uppercase()))
}
