//! Keys of internal tools. What is kept of the secret is not served, so it is no column here.

use crate::{
    columns::FromColumns,
    id::{ApiKeyId, TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `api_keys`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "api_keys")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    /// The tenant it acts in.
    pub tenant_id: TenantId,
    /// The member who made it, and for whom it acts.
    pub user_id: UserId,
    /// What it is for.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub name: String,
    /// What it may do: at least one of the roles of a membership, as far as its maker's include them.
    #[sea_orm(column_type = "Array(RcOrArc::new(ColumnType::Text))")]
    pub roles: Vec<String>,
    /// Whether it only reads, whatever its roles.
    pub read_only: bool,
    /// Until when it is good; for ever if there is no such time.
    pub expires: Option<DateTimeUtc>,
    /// When it was revoked.
    pub revoked: Option<DateTimeUtc>,
    /// When it was last used, to the minute.
    pub last_used: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
