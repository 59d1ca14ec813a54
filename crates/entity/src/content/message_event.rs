//! What happened to a message that went out.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{CampaignId, CampaignSequenceStepId, EmailAccountId, LeadId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `message_events`. Rows are added, and removed long after they were counted.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "message_events")]
pub struct Model {
    /// Primary key: later rows of a transaction have higher ones.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The number of the transaction that wrote it, PostgreSQL's `xid8`.
    pub transaction: i64,
    /// What happened.
    pub kind: MessageEventKind,
    /// 1, or -1 for what takes an earlier row back.
    pub amount: i16,
    /// When it happened, as the message says.
    pub happened: DateTimeUtc,
    /// The message's campaign.
    pub campaign_id: Option<CampaignId>,
    /// The message's step.
    pub step_id: Option<CampaignSequenceStepId>,
    /// Whom it was sent to.
    pub lead_id: Option<LeadId>,
    /// The account that sent it.
    pub email_account_id: Option<EmailAccountId>,
    /// When the row was made.
    pub created: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What can happen to a message: the column of the same name says when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MessageEventKind {
    /// It went out.
    Sent,
    /// A server is known to have delivered it.
    Delivered,
    /// It was opened.
    Opened,
    /// A link of it was followed.
    Clicked,
    /// It was answered by a person.
    Replied,
    /// It came back.
    Bounced,
    /// Its reader wants no more.
    Unsubscribed,
    /// It was called spam.
    Complained,
}

stored_as_text!(MessageEventKind);
