//! What came of each attempt at a job.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{JobId, JobLogId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `job_logs`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "job_logs")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobLogId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The job.
    pub job_id: JobId,
    /// What came of it.
    pub status: JobLogStatus,
    /// Why, in words.
    #[sea_orm(column_type = "Text")]
    pub log_message: Option<String>,
    /// Which attempt, from 1.
    pub attempt_number: i32,
    /// When it began.
    pub started: DateTimeUtc,
    /// When it ended.
    pub finished: Option<DateTimeUtc>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i32>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum JobLogStatus {
    /// It is under way, or whoever did it is gone.
    Attempting,
    /// Done.
    Success,
    /// It failed and is tried again.
    Retry,
    /// It failed for good.
    Failed,
}

stored_as_text!(JobLogStatus);
