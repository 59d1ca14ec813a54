//! Mail as it came, before it was read.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{EmailAccountId, EmailMessageId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `received_mail`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "received_mail")]
pub struct Model {
    /// Primary key: the id of the message that is made of it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailMessageId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The account whose mailbox it was in; null where it says so itself.
    pub email_account_id: Option<EmailAccountId>,
    /// How it came.
    pub source: MailSource,
    /// Its bytes, compressed with zstd; null once it was read without a problem.
    pub raw: Option<Vec<u8>>,
    /// How many bytes it has.
    pub raw_size_bytes: i64,
    /// SHA-256 of its bytes, in hexadecimal digits; unique within the account.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub content_hash: String,
    /// When it came.
    pub received: DateTimeUtc,
    /// When all was done about it.
    pub processed: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// How many bytes the server has of it, where it is larger than what is taken, and its header alone is here.
    pub full_size_bytes: Option<i64>,
    /// When it was found that nothing is made of it, because somebody dropped the job that failed to.
    pub dropped: Option<DateTimeUtc>,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How mail came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MailSource {
    /// Somebody posted it.
    Ingest,
    /// It was in a mailbox.
    Imap,
}

stored_as_text!(MailSource);
