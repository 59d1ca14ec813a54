//! What is done at certain times, in every tenant or for every mailbox.

use crate::columns::{FromColumns, stored_as_text};
use sea_orm::entity::prelude::*;

/// One row of `job_schedules`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "job_schedules")]
pub struct Model {
    /// Primary key: its name.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(100))"
    )]
    pub name: String,
    /// The queue that its jobs go into.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub queue_name: String,
    /// What is to be done, as a key.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub job_type: String,
    /// When, as cron has it, in UTC.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub cron: String,
    /// Whether it is done.
    pub is_active: bool,
    /// When it was last done.
    pub last_run: Option<DateTimeUtc>,
    /// When it is done next.
    pub next_run: DateTimeUtc,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// What it makes a job for.
    pub scope: ScheduleScope,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What there is a job for, each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ScheduleScope {
    /// Each tenant.
    Tenant,
    /// Each account whose mail is to be read.
    Mailbox,
}

stored_as_text!(ScheduleScope);
