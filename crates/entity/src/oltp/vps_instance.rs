//! Virtual servers that the platform rents.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::VpsInstanceId,
};
use sea_orm::entity::prelude::*;

/// One row of `vps_instances`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "vps_instances")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: VpsInstanceId,
    /// The server at its host.
    #[sea_orm(column_type = "String(StringLen::N(100))", nullable)]
    pub hostwinds_instance_id: Option<String>,
    /// Main address.
    #[sea_orm(column_type = "String(StringLen::N(45))")]
    pub ip_address: String,
    /// Where it stands.
    #[sea_orm(column_type = "String(StringLen::N(50))")]
    pub region: String,
    /// Where it stands in its life.
    pub status: VpsStatus,
    /// Cost of a month, in minor units.
    pub monthly_cost: i64,
    /// Estimated cost of a month with everything on it, in minor units.
    pub approximate_cost: Option<i64>,
    /// ISO 4217 code of the costs.
    #[sea_orm(column_type = "String(StringLen::N(3))")]
    pub currency: String,
    /// Day of the month it is paid, 1 to 31.
    pub billing_day: Option<i16>,
    /// How often it is paid.
    pub billing_period: BillingPeriod,
    /// When it is to be given up.
    pub decommission_scheduled_for: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Where a server stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum VpsStatus {
    /// In use.
    Active,
    /// Being set up.
    Provisioning,
    /// Will be given up at a known time.
    ScheduledDecommission,
    /// Given up.
    Decommissioned,
}

/// How often a server is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum BillingPeriod {
    /// Each month.
    Monthly,
    /// Each quarter.
    Quarterly,
    /// Each year.
    Yearly,
}

stored_as_text!(VpsStatus);

stored_as_text!(BillingPeriod);
