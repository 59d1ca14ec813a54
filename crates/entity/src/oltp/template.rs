//! Email templates.

use crate::{
    columns::FromColumns,
    id::{TemplateId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `templates`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "templates")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Name as shown.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub name: String,
    /// Subject line, with placeholders.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub subject: Option<String>,
    /// Body, with placeholders.
    #[sea_orm(column_type = "Text", nullable)]
    pub content: Option<String>,
    /// Whether a campaign has begun to use it.
    pub is_started: bool,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
