//! Members of the platform's staff.

use crate::{
    columns::FromColumns,
    id::{StaffRoleId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `staff_members`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "staff_members")]
pub struct Model {
    /// The user.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: UserId,
    /// The role.
    pub role_id: StaffRoleId,
    /// Whether the role counts.
    pub is_active: bool,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
