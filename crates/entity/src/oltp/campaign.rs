//! Outreach campaigns.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{CampaignId, CompanyId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `campaigns`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "campaigns")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The company it is run for.
    pub company_id: Option<CompanyId>,
    /// Name as shown.
    #[sea_orm(column_type = "String(StringLen::N(200))")]
    pub name: String,
    /// What it is about.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// Where it stands.
    pub status: CampaignStatus,
    /// When it is to start.
    pub scheduled: Option<DateTimeUtc>,
    /// When it was done.
    pub completed: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum CampaignStatus {
    /// Being written.
    Draft,
    /// Starts at its time.
    Scheduled,
    /// Running.
    Sending,
    /// Done.
    Completed,
    /// Stopped for now.
    Paused,
}

stored_as_text!(CampaignStatus);
