//! How a domain's warm-up on an address went, by day.

use crate::{
    columns::FromColumns,
    id::{BillingAnalyticsId, DomainIpAssignmentId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `warmup_analytics`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "warmup_analytics")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The assignment that is warmed up.
    #[sea_orm(primary_key, auto_increment = false)]
    pub domain_ip_assignment_id: DomainIpAssignmentId,
    /// The day, in the tenant's time zone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The period that the day is paid with.
    pub billing_id: Option<BillingAnalyticsId>,
    /// How good its standing was, from 0 to 100.
    pub health_score: Option<i32>,
    /// How far it was, from 0 to 100.
    pub progress_percentage: Option<i32>,
    /// Messages that went out.
    pub sent: i64,
    /// Those that a server is known to have delivered.
    pub delivered: i64,
    /// Those that were opened, as far as it is known.
    pub opened_tracked: i64,
    /// Those whose links were followed.
    pub clicked_tracked: i64,
    /// Those that were answered by a person.
    pub replied: i64,
    /// Those that came back.
    pub bounced: i64,
    /// Those whose reader wants no more.
    pub unsubscribed: i64,
    /// Those that were called spam.
    pub spam_complaints: i64,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
