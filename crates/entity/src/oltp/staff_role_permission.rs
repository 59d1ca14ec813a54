//! Which staff role has which permission.

use crate::{
    columns::FromColumns,
    id::{PermissionId, StaffRoleId, StaffRolePermissionId},
};
use sea_orm::entity::prelude::*;

/// One row of `staff_role_permissions`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "staff_role_permissions")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StaffRolePermissionId,
    /// The role.
    pub role_id: StaffRoleId,
    /// The permission.
    pub permission_id: PermissionId,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
