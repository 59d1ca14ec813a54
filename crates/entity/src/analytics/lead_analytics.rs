//! What became of a lead's mail, by day.

use crate::{
    columns::FromColumns,
    id::{BillingAnalyticsId, LeadId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `lead_analytics`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "lead_analytics")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The lead.
    #[sea_orm(primary_key, auto_increment = false)]
    pub lead_id: LeadId,
    /// The day, in the tenant's time zone.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Date,
    /// The period that the day is paid with.
    pub billing_id: Option<BillingAnalyticsId>,
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
