//! Memberships: which users belong to which tenant, and as what.

use crate::{
    columns::FromColumns,
    id::{TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `tenant_users`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "tenant_users")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// The address the member uses in this tenant, if it is not the user's own.
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// Any of `owner`, `admin`, `member`, `analyst` (reads only), `billing`.
    #[sea_orm(column_type = "Array(RcOrArc::new(ColumnType::Text))")]
    pub roles: Vec<String>,
    /// When the member was removed; a removed member has no access.
    pub deleted: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
