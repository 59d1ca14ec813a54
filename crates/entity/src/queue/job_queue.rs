//! The queues, which all tenants share.

use crate::{columns::FromColumns, id::UserId};
use sea_orm::entity::prelude::*;

/// One row of `job_queues`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "job_queues")]
pub struct Model {
    /// Primary key: its name.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(100))"
    )]
    pub name: String,
    /// The priority of a job that names none; lower is sooner.
    pub default_priority: i32,
    /// Whether jobs are taken from it.
    pub is_active: bool,
    /// How often a job is tried that does not say.
    pub max_attempts: i32,
    /// How long who does a job has before others may take it over.
    pub lease_seconds: i32,
    /// The member of staff who paused or resumed it last.
    pub changed_by: Option<UserId>,
    /// When that was; the database keeps both.
    pub changed_at: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
