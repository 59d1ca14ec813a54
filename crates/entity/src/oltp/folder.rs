//! Folders that templates are kept in.

use crate::{
    columns::FromColumns,
    id::{FolderId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `folders`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "folders")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: FolderId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Name as shown.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub name: String,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
