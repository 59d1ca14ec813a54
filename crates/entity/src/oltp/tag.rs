//! Tags that templates are marked with.

use crate::{
    columns::FromColumns,
    id::{TagId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `tags`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "tags")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: TagId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Name as shown.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub name: String,
    /// What the tag stands for in text.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub value: String,
    /// What it is for.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// Whether new templates get it.
    pub is_default: bool,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
