//! Messages that were sent, are to be sent, or came.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{CampaignId, CampaignSequenceStepId, EmailAccountId, EmailMessageId, LeadId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `email_messages`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "email_messages")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailMessageId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What other messages and its attachments name it by; unique within the tenant.
    #[sea_orm(column_type = "String(StringLen::N(500))")]
    pub storage_key: String,
    /// The storage key of its body; null before there is one, and once that has expired.
    #[sea_orm(column_type = "String(StringLen::N(500))")]
    pub content_key: Option<String>,
    /// The account that sends it, or that it came to.
    pub email_account_id: Option<EmailAccountId>,
    /// The campaign that it is part of.
    pub campaign_id: Option<CampaignId>,
    /// The campaign's step that it is.
    pub step_id: Option<CampaignSequenceStepId>,
    /// The lead that it goes to or is from.
    pub lead_id: Option<LeadId>,
    /// The storage key of the message that it answers.
    #[sea_orm(column_type = "String(StringLen::N(500))")]
    pub parent_storage_key: Option<String>,
    /// The message that began its thread; its own id where it did.
    pub thread_id: EmailMessageId,
    /// Whether it goes or came.
    pub direction: MessageDirection,
    /// What kind it is.
    pub message_type: MessageType,
    /// The sender's address.
    #[sea_orm(column_type = "String(StringLen::N(320))")]
    pub from_email: String,
    /// The first receiver's address.
    #[sea_orm(column_type = "String(StringLen::N(320))")]
    pub to_email: String,
    /// The subject.
    #[sea_orm(column_type = "String(StringLen::N(998))")]
    pub subject: String,
    /// The Message-ID of its header, without the brackets.
    #[sea_orm(column_type = "String(StringLen::N(998))")]
    pub message_id: Option<String>,
    /// Its header fields, in their order: a list of `{ name, value }`.
    #[sea_orm(column_type = "JsonBinary")]
    pub headers: Json,
    /// What was wrong with it when it was read.
    #[sea_orm(column_type = "Array(RcOrArc::new(ColumnType::Text))")]
    pub problems: Vec<String>,
    /// Bytes of the whole message.
    pub size_bytes: i64,
    /// Where it stands.
    pub status: MessageStatus,
    /// Why it was not sent or did not arrive.
    #[sea_orm(column_type = "Text")]
    pub failure_reason: Option<String>,
    /// When it was last worked on.
    pub processed: Option<DateTimeUtc>,
    /// When it was made, to be sent.
    pub queued: Option<DateTimeUtc>,
    /// When the server of the receiver's side took it.
    pub sent: Option<DateTimeUtc>,
    /// When it was said to be delivered.
    pub delivered: Option<DateTimeUtc>,
    /// When it was first opened.
    pub opened: Option<DateTimeUtc>,
    /// When one of its links was first followed.
    pub clicked: Option<DateTimeUtc>,
    /// When it was first answered.
    pub replied: Option<DateTimeUtc>,
    /// When it came back.
    pub bounced: Option<DateTimeUtc>,
    /// When it was said to be unwanted.
    pub complained: Option<DateTimeUtc>,
    /// When its receiver asked for no more.
    pub unsubscribed: Option<DateTimeUtc>,
    /// When it came.
    pub received: Option<DateTimeUtc>,
    /// When it could not be sent.
    pub failed: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// Whether something was wrong with it when it was read.
    pub has_problems: bool,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a message goes or came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MessageDirection {
    /// It came.
    Inbound,
    /// It goes.
    Outbound,
}

stored_as_text!(MessageDirection);

/// What kind of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MessageType {
    /// Written by somebody, or by a campaign.
    Email,
    /// Another message could not be delivered.
    Bounce,
    /// Sent by a program in answer, such as an absence note.
    AutoReply,
}

stored_as_text!(MessageType);

/// Where a message stands: the furthest that happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MessageStatus {
    /// To be sent.
    Queued,
    /// Being handed to the mail server. One that stays so may have been sent, and is not sent again.
    Sending,
    /// The mail server took it.
    Sent,
    /// It was said to be delivered.
    Delivered,
    /// It was opened.
    Opened,
    /// One of its links was followed.
    Clicked,
    /// It was answered.
    Replied,
    /// It came back.
    Bounced,
    /// It was said to be unwanted.
    Complained,
    /// Its receiver asked for no more.
    Unsubscribed,
    /// It came.
    Received,
    /// It could not be sent.
    Failed,
}

stored_as_text!(MessageStatus);
