//! Configuration of the platform.

use crate::columns::FromColumns;
use sea_orm::entity::prelude::*;

/// One row of `system_config`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "system_config")]
pub struct Model {
    /// Name of the entry.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub key: String,
    /// What it is set to.
    #[sea_orm(column_type = "JsonBinary")]
    pub value: Json,
    /// Whether the value may not be shown.
    pub is_sensitive: bool,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
