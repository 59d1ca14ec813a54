//! Whom campaigns write to, and how far they have come with each.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{CampaignId, CampaignLeadId, CampaignSequenceStepId, LeadId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `campaign_leads`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "campaign_leads")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignLeadId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The lead.
    pub lead_id: LeadId,
    /// Whether there is more to come.
    pub status: CampaignLeadStatus,
    /// Why there is not, where it was stopped.
    #[sea_orm(column_type = "Text")]
    pub stop_reason: Option<String>,
    /// Place in the sequence of the step that comes next, from 1, as it was when the lead came there.
    pub next_step_order: i32,
    /// When that is due; null while a message is on its way.
    pub due: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// The step that was done last, or whose message is on its way; it may be gone. Null before the first.
    pub at_step_id: Option<CampaignSequenceStepId>,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a campaign has more to send to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum CampaignLeadStatus {
    /// It has.
    Active,
    /// The sequence is done.
    Completed,
    /// The lead is left out from now on.
    Stopped,
}

stored_as_text!(CampaignLeadStatus);
