//! Jobs, each of one tenant.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{JobId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `jobs`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The queue that it is in.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub queue_name: String,
    /// What is to be done, as a key.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub job_type: String,
    /// Where it stands.
    pub status: JobStatus,
    /// Lower is sooner: up to 50 is high, above 150 low.
    pub priority: i32,
    /// Ids and small settings.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// How often it was tried.
    pub attempt_count: i32,
    /// How often it is tried at most.
    pub max_attempts: i32,
    /// How often it was claimed: who claimed it last may write to it.
    pub fence: i32,
    /// When it is due.
    pub run_at: DateTimeUtc,
    /// Until when it belongs to who claimed it; only while it runs.
    pub leased_until: Option<DateTimeUtc>,
    /// When it was last begun.
    pub started: Option<DateTimeUtc>,
    /// When it was done.
    pub completed: Option<DateTimeUtc>,
    /// When it failed for good.
    pub failed: Option<DateTimeUtc>,
    /// Why its last attempt failed.
    #[sea_orm(column_type = "Text")]
    pub last_error_message: Option<String>,
    /// There is one job of a key in a tenant's queue.
    #[sea_orm(column_type = "String(StringLen::N(200))")]
    pub dedupe_key: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum JobStatus {
    /// Waits until it is due and somebody takes it.
    Queued,
    /// The same, and Redis has been told.
    MigratedToRedis,
    /// Somebody does it.
    Running,
    /// Done.
    Completed,
    /// It failed too often: a dead letter.
    Failed,
}

stored_as_text!(JobStatus);
