//! Bodies of mail, compressed; messages of a tenant with the same text share one.

use crate::{
    columns::FromColumns,
    id::{EmailContentId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `email_content`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "email_content")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailContentId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What messages name it by.
    #[sea_orm(column_type = "String(StringLen::N(500))")]
    pub storage_key: String,
    /// The plain text, compressed.
    pub content_text: Option<Vec<u8>>,
    /// The HTML, compressed.
    pub content_html: Option<Vec<u8>>,
    /// Bytes of both before they were compressed.
    pub raw_size_bytes: i64,
    /// Bytes of both as they are kept.
    pub compressed_size_bytes: i64,
    /// How they were compressed; null where they were not.
    #[sea_orm(column_type = "String(StringLen::N(20))")]
    pub compression_algorithm: Option<String>,
    /// SHA-256 of both, in hexadecimal digits; unique within the tenant.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub content_hash: String,
    /// How long it is kept from its making.
    pub retention_days: i32,
    /// When it goes; null is never.
    pub expires: Option<DateTimeUtc>,
    /// When it was last read.
    pub last_accessed: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// The body without which this one can not be read, by its key.
    #[sea_orm(column_type = "String(StringLen::N(500))")]
    pub base_key: Option<String>,
}

/// From a row called `body` to those that it takes to read it: `base1`, which it refers to, and so on.
pub const BASES: &str = "\
    LEFT JOIN email_content base1 ON base1.tenant_id = body.tenant_id AND base1.storage_key = body.base_key \
    LEFT JOIN email_content base2 ON base2.tenant_id = base1.tenant_id AND base2.storage_key = base1.base_key \
    LEFT JOIN email_content base3 ON base3.tenant_id = base2.tenant_id AND base3.storage_key = base2.base_key";

/// Of these rows, in arrays, what it takes: their plain texts, their algorithms, their sizes.
pub const BASE_COLUMNS: [&str; 3] = [
    "ARRAY[base1.content_text, base2.content_text, base3.content_text]",
    "ARRAY[base1.compression_algorithm, base2.compression_algorithm, base3.compression_algorithm]",
    "ARRAY[base1.raw_size_bytes, base2.raw_size_bytes, base3.raw_size_bytes]",
];

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
