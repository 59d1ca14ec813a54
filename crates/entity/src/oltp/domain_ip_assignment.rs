//! Which domain sends from which address.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{DomainId, DomainIpAssignmentId, SmtpIpAddressId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `domain_ip_assignments`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "domain_ip_assignments")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DomainIpAssignmentId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The domain.
    pub domain_id: DomainId,
    /// The address.
    pub smtp_ip_address_id: SmtpIpAddressId,
    /// Whether it is in force.
    pub status: AssignmentStatus,
    /// How warm the address is for the domain.
    pub warmup_state: WarmupState,
    /// From when it is in force.
    pub assigned: DateTimeUtc,
    /// Until when it is in force.
    pub expires: Option<DateTimeUtc>,
    /// When mail last went out this way.
    pub last_sent: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether an assignment is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum AssignmentStatus {
    /// In force.
    Active,
    /// In force, being warmed up.
    Warming,
    /// Not yet in force.
    Scheduled,
    /// No longer in force.
    Expired,
}

/// How warm an address is for a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum WarmupState {
    /// Not begun.
    Unwarmed,
    /// Under way.
    Warming,
    /// Done.
    Warmed,
}

stored_as_text!(AssignmentStatus);

stored_as_text!(WarmupState);
