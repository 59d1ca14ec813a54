//! Subscriptions of tenants to plans.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{PlanId, SubscriptionId, TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `subscriptions`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "subscriptions")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SubscriptionId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The plan.
    pub plan_id: PlanId,
    /// The plan that follows when the period ends.
    pub pending_plan_id: Option<PlanId>,
    /// Whether it is paid.
    pub status: SubscriptionStatus,
    /// Start of the period paid for.
    pub current_period_start: DateTimeUtc,
    /// End of the period paid for.
    pub current_period_end: DateTimeUtc,
    /// Whether it ends with the period.
    pub cancel_at_period_end: bool,
    /// Why it was canceled.
    #[sea_orm(column_type = "Text", nullable)]
    pub cancel_reason: Option<String>,
    /// When it was canceled.
    pub cancel_date: Option<DateTimeUtc>,
    /// Who is written to about bills; need not be an owner.
    pub billing_contact_user_id: Option<UserId>,
    /// The subscription at Stripe.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub stripe_subscription_id: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// What the ends of periods are counted from; absent before the first that ended.
    pub cycle_anchor: Option<DateTimeUtc>,
    /// Months of a period; 0 where it is weeks or days, and only the payment provider knows where the next ends.
    pub period_months: i32,
    /// The time of the last event of Stripe that changed it.
    pub stripe_updated: Option<DateTimeUtc>,
    /// Whether it ends with its period, as Stripe said last.
    pub stripe_cancel_at_period_end: Option<bool>,
    /// What is subscribed to, as Stripe said last.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub stripe_product_id: Option<String>,
    /// When Stripe last said how it stands, by its state or by an invoice.
    pub stripe_status_updated: Option<DateTimeUtc>,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a subscription is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum SubscriptionStatus {
    /// Paid.
    Active,
    /// A payment is late.
    PastDue,
    /// Ended.
    Canceled,
    /// Payments were given up on.
    Unpaid,
}

stored_as_text!(SubscriptionStatus);
