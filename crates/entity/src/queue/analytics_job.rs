//! Work for the analytics of all tenants together.

use crate::columns::{FromColumns, stored_as_text};
use sea_orm::entity::prelude::*;

/// One row of `analytics_jobs`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "analytics_jobs")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What is to be done, as a key.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub job_type: String,
    /// Where it stands.
    pub status: AnalyticsJobStatus,
    /// Ids and small settings.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// Lower is sooner.
    pub priority: i32,
    /// When it was put there.
    pub queued: DateTimeUtc,
    /// When it ended.
    pub processed: Option<DateTimeUtc>,
    /// Why it failed.
    #[sea_orm(column_type = "Text")]
    pub error_message: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where such a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum AnalyticsJobStatus {
    /// To be done.
    Queued,
    /// Being done.
    Running,
    /// Done.
    Completed,
    /// It failed.
    Failed,
}

stored_as_text!(AnalyticsJobStatus);
