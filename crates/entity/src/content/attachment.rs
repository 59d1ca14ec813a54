//! What is attached to messages.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{AttachmentId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `attachments`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "attachments")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AttachmentId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The storage key of the message that it is attached to.
    #[sea_orm(column_type = "String(StringLen::N(500))")]
    pub parent_storage_key: String,
    /// Its name.
    #[sea_orm(column_type = "String(StringLen::N(255))")]
    pub filename: String,
    /// Its media type.
    #[sea_orm(column_type = "String(StringLen::N(255))")]
    pub mime_type: String,
    /// What the HTML of the message names it by, without the brackets.
    #[sea_orm(column_type = "String(StringLen::N(998))")]
    pub content_id: Option<String>,
    /// Bytes of it.
    pub size_bytes: i64,
    /// The bytes.
    pub content: Vec<u8>,
    /// Whether it is part of the text or beside it.
    pub storage_disposition: AttachmentDisposition,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether an attachment is part of the text or beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum AttachmentDisposition {
    /// Shown within the text.
    Inline,
    /// Beside it.
    Attachment,
}

stored_as_text!(AttachmentDisposition);
