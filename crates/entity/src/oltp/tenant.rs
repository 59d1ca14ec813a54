//! Tenants: the customers of the platform.

use crate::{columns::FromColumns, id::TenantId};
use sea_orm::entity::prelude::*;

/// One row of `tenants`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "tenants")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TenantId,
    /// Name as shown.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    /// The compute the tenant is placed on, where the provider places tenants.
    pub compute_id: Option<Uuid>,
    /// When the tenant was removed.
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
