//! Invitations into a tenant, by address.

use crate::{
    columns::FromColumns,
    id::{InvitationId, TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `invitations`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    /// The tenant invited into.
    pub tenant_id: TenantId,
    /// The address invited, lower case; one open invitation each in a tenant.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// What the invited will be: at least one of the roles of a membership.
    #[sea_orm(column_type = "Array(RcOrArc::new(ColumnType::Text))")]
    pub roles: Vec<String>,
    /// The owner who invited.
    pub invited_by_user_id: UserId,
    /// Until when it can be accepted.
    pub expires: DateTimeUtc,
    /// When it was accepted.
    pub accepted: Option<DateTimeUtc>,
    /// Who accepted it.
    pub accepted_by_user_id: Option<UserId>,
    /// When an owner took it back.
    pub revoked: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
