//! The queues, which all tenants share, and how many jobs a tenant has in each.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Result};
use entity::{columns::FromColumns, id::UserId, queue::job};
use sea_orm::{
    ActiveEnum, ConnectionTrait, DbErr, EntityTrait, ExprTrait, Iterable, QuerySelect, QueryTrait,
    Statement,
    sea_query::{Asterisk, Expr},
};
use tenant::{Row, TenantContext, Tier};

use super::{job::JobStatus, prelude::*};
use crate::{
    audience::{Answers, Audience},
    error, price,
    session::Session,
    table::Scope,
};

/// A queue, as much of it as who asks may see.
#[derive(Debug, FromColumns)]
pub struct JobQueueRow {
    name: String,
    is_active: bool,
    default_priority: i32,
    max_attempts: i32,
    created: DateTime<Utc>,
    updated: DateTime<Utc>,
    changed_by: Option<UserId>,
    changed_at: Option<DateTime<Utc>>,
}

rows::object! {
    /// A queue of jobs, which all tenants share.
    pub object JobQueue(JobQueueRow) {
        /// Its name, which no other has.
        name: String,
        /// Whether jobs are taken from it; if not, those in it wait.
        is_active: bool,
        /// The priority of a job that names none; lower is sooner.
        default_priority: i32,
        /// How often a job is tried that does not say.
        max_attempts: i32,
        /// The id of the member of staff who paused or resumed it last; for staff.
        changed_by_id: Option<GlobalId> = |row| row.changed_by,
        /// When it was paused or resumed last; for staff.
        changed_at: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// How many jobs of the tenant are in it, of each status, in the order of the statuses; refused to staff who name no
        /// tenant.
        #[cost = price::NUMBERS]
        #[list_size = 5]
        jobs_by_status: Vec<JobStatusCount> = name -> ByStatus,
    }
}

/// What a count of a status is made of.
#[derive(Debug)]
pub struct JobStatusCountRow {
    status: job::JobStatus,
    count: i64,
}

rows::object! {
    /// How many jobs have a status.
    pub object JobStatusCount(JobStatusCountRow) {
        /// The status.
        status: JobStatus,
        /// How many jobs.
        count: i64,
    }
}

/// Every queue, by name.
pub(crate) fn job_queues() -> Queues {
    Queues
}

/// See [`job_queues()`].
pub(crate) struct Queues;

impl Queues {
    const SCOPE: Scope = Scope::Shared;
}

impl Answers for Queues {
    const AUDIENCE: Audience = Audience::Readers(Self::SCOPE);
}

impl rows::Load<()> for Queues {
    type Value = Vec<Arc<JobQueueRow>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Self::SCOPE).await?;
        let context = session.context();
        let select = format!("SELECT {} FROM job_queues ORDER BY name", columns(context));
        let select = Statement::from_string(context.get_database_backend(), select);
        let rows = context.on(Tier::Queue).rows_raw(&select).await;
        let rows = rows.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        let queues: Result<Vec<_>> = rows.iter().map(queue).collect();
        Ok(vec![queues?; keys.len()])
    }
}

/// The columns of a [`JobQueueRow`]: who of the staff changed a queue is for staff, and the login role may not read it.
pub(crate) fn columns(context: &TenantContext) -> &'static str {
    if context.identity().is_staff() {
        "name, is_active, default_priority, max_attempts, created, updated, changed_by, changed_at"
    } else {
        "name, is_active, default_priority, max_attempts, created, updated, NULL::uuid, NULL::timestamptz"
    }
}

/// A row of [`columns`].
pub(crate) fn queue(row: &Row) -> Result<Arc<JobQueueRow>> {
    let row = row.read(0);
    row.map(Arc::new).map_err(|cause| error::internal(&cause))
}

/// How many of the tenant's jobs have each status: one statement, however many queues.
struct ByStatus;

impl rows::Load<String> for ByStatus {
    type Value = Vec<Arc<JobStatusCountRow>>;

    async fn load(self, ctx: &Context<'_>, names: Vec<String>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant).await?;
        let context = session.context();
        let counts = by_status(context).await;
        let counts = counts.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        let of_queue = |name: String| {
            let count = |status: job::JobStatus| JobStatusCountRow {
                count: counts
                    .get(&(name.clone(), status.to_value()))
                    .copied()
                    .unwrap_or_default(),
                status,
            };
            let statuses = job::JobStatus::iter();
            statuses.map(|status| Arc::new(count(status))).collect()
        };
        Ok(names.into_iter().map(of_queue).collect())
    }
}

/// By queue and status.
async fn by_status(context: &TenantContext) -> Result<HashMap<(String, String), i64>, DbErr> {
    use job::Column::{QueueName, Status};
    let select = job::Entity::find()
        .select_only()
        .columns([QueueName, Status])
        .column_as(Expr::col(Asterisk).count(), "row_count")
        .group_by(QueueName)
        .group_by(Status)
        .into_query();
    let rows = context.on(Tier::Queue).rows(&select).await?;
    rows.iter()
        .map(|row| Ok(((row.at(0)?, row.at(1)?), row.at(2)?)))
        .collect()
}
