//! What a tenant used in a period of its subscription.

use crate::{
    columns::FromColumns,
    id::{BillingAnalyticsId, SubscriptionId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `billing_analytics`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "billing_analytics")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BillingAnalyticsId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The subscription whose period it is, when it was first counted. Nothing is counted of a period without one.
    pub subscription_id: Option<SubscriptionId>,
    /// When the period began.
    pub period_start: DateTimeUtc,
    /// When it ends: the first moment that is not in it.
    pub period_end: DateTimeUtc,
    /// Messages that went out.
    pub emails_sent: i64,
    /// Mailboxes that something went out from.
    pub mailboxes_used: i64,
    /// Their domains.
    pub domains_used: i64,
    /// Campaigns that something went out for.
    pub campaigns_used: i64,
    /// Leads who were written to.
    pub leads_used: i64,
    /// Warm-ups under way.
    pub warmups_active: i64,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
