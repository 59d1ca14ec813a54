//! Payments of tenants.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{PaymentId, SubscriptionId, TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `payments`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "payments")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PaymentId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What was paid for.
    pub subscription_id: Option<SubscriptionId>,
    /// In minor units.
    pub amount: i64,
    /// ISO 4217 code of the amount.
    #[sea_orm(column_type = "String(StringLen::N(3))")]
    pub currency: String,
    /// What became of it.
    pub status: PaymentStatus,
    /// When it was settled either way.
    pub processed: Option<DateTimeUtc>,
    /// Start of the period paid for.
    pub period_start: Option<DateTimeUtc>,
    /// End of the period paid for.
    pub period_end: Option<DateTimeUtc>,
    /// Who started it; absent for a renewal.
    pub initiated_by_user_id: Option<UserId>,
    /// The payment at Stripe.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub stripe_payment_intent_id: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What became of a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Under way.
    Pending,
    /// Paid.
    Succeeded,
    /// Refused.
    Failed,
    /// Paid back.
    Refunded,
}

stored_as_text!(PaymentStatus);
