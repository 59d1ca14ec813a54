//! Imports of leads, each of many batches.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{LeadImportId, TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `lead_imports`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "lead_imports")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadImportId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The member who imports.
    pub started_by_user_id: UserId,
    /// Name as shown, such as the file's.
    #[sea_orm(column_type = "String(StringLen::N(200))")]
    pub name: String,
    /// Where it stands.
    pub state: LeadImportState,
    /// Leads that there are to be dealt with, if that is known.
    pub total_count: Option<i32>,
    /// Leads that were made.
    pub created_count: i32,
    /// Leads that were there and were changed.
    pub updated_count: i32,
    /// Leads that were there and were passed over.
    pub skipped_count: i32,
    /// Leads that were not taken over.
    pub rejected_count: i32,
    /// When it ended.
    pub finished: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where an import stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum LeadImportState {
    /// More batches are to come.
    Running,
    /// All batches have come.
    Completed,
    /// It ended before all batches had come.
    Stopped,
}

stored_as_text!(LeadImportState);
