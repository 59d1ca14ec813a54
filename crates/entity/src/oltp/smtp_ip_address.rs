//! Addresses that mail is sent from.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{SmtpIpAddressId, VpsInstanceId},
};
use sea_orm::entity::prelude::*;

/// One row of `smtp_ip_addresses`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "smtp_ip_addresses")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SmtpIpAddressId,
    /// The server it belongs to.
    pub vps_instance_id: VpsInstanceId,
    /// The address.
    #[sea_orm(column_type = "String(StringLen::N(45))")]
    pub ip_address: String,
    /// What it is used for now.
    pub status: IpStatus,
    /// What receivers think of it.
    pub reputation_state: ReputationState,
    /// Estimated cost of a month, in minor units.
    pub approximate_cost: Option<i64>,
    /// ISO 4217 code of the cost.
    #[sea_orm(column_type = "String(StringLen::N(3))")]
    pub currency: String,
    /// When its reputation was last looked at.
    pub last_reputation_check: Option<DateTimeUtc>,
    /// How many domains use it.
    pub assigned_count: i32,
    /// What each blacklist says of it.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub provider_blacklist_status: Option<Json>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What an address is used for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum IpStatus {
    /// Free.
    Available,
    /// In use by domains.
    Assigned,
    /// Being warmed up.
    Warming,
    /// Warm and ready.
    Warmed,
    /// Delivers worse than it should.
    Degraded,
    /// No longer usable.
    Burned,
    /// Taken out for a look.
    Quarantined,
}

/// What receivers think of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ReputationState {
    /// Accepted.
    Good,
    /// Mostly accepted.
    Fair,
    /// Often refused.
    Poor,
    /// Refused or listed.
    Critical,
}

stored_as_text!(IpStatus);

stored_as_text!(ReputationState);
