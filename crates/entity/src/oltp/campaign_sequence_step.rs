//! The steps of a campaign's sequence, in order.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{CampaignId, CampaignSequenceStepId, EmailAccountId, TemplateId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `campaign_sequence_steps`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "campaign_sequence_steps")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CampaignSequenceStepId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// Place in the sequence, from 1.
    pub step_order: i32,
    /// What it does.
    pub step_type: StepType,
    /// The account an email step sends from.
    pub email_account_id: Option<EmailAccountId>,
    /// The template an email step sends.
    pub template_id: Option<TemplateId>,
    /// Subject in place of the template's.
    #[sea_orm(column_type = "String(StringLen::N(500))", nullable)]
    pub subject_override: Option<String>,
    /// Sender's name in place of the account's.
    #[sea_orm(column_type = "String(StringLen::N(100))", nullable)]
    pub from_name_override: Option<String>,
    /// Hours that a wait step waits.
    pub wait_duration_hours: Option<i32>,
    /// The time that a wait step waits for.
    pub wait_until_date: Option<DateTimeUtc>,
    /// What a condition step looks at: one of [`CONDITION_TYPES`].
    #[sea_orm(column_type = "String(StringLen::N(50))", nullable)]
    pub condition_type: Option<String>,
    /// Which messages it looks at: one of [`CONDITION_VALUES`]; null means the previous one.
    #[sea_orm(column_type = "String(StringLen::N(100))", nullable)]
    pub condition_value: Option<String>,
    /// When an email step is sent: an expression that has to hold; null means always.
    #[sea_orm(column_type = "Text", nullable)]
    pub send_condition: Option<String>,
    /// Whether the step is done or passed over.
    pub is_active: bool,
    /// How often it was done.
    pub executed_count: i32,
    /// When it was last done.
    pub last_executed: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum StepType {
    /// Sends an email.
    Email,
    /// Waits for a time.
    Wait,
    /// Goes on only if something holds.
    Condition,
}

stored_as_text!(StepType);

/// What a condition step may look at: what the lead did with a message, or did not do.
pub const CONDITION_TYPES: [&str; 6] = [
    "opened",
    "not_opened",
    "clicked",
    "not_clicked",
    "replied",
    "not_replied",
];

/// Which messages of the campaign to the lead a condition step may look at: the one that was sent last, or any.
pub const CONDITION_VALUES: [&str; 2] = ["previous_email", "any_email"];
