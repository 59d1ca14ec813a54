//! Plans: what tenants can buy. A limit that is absent is none.

use crate::{columns::FromColumns, id::PlanId};
use sea_orm::entity::prelude::*;

/// One row of `plans`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "plans")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PlanId,
    /// Name as shown.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub name: String,
    /// Readable key.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub slug: String,
    /// What it is for.
    #[sea_orm(column_type = "Text", nullable)]
    pub description: Option<String>,
    /// Users.
    pub max_users: Option<i32>,
    /// Sending domains.
    pub max_domains: Option<i32>,
    /// Campaigns started a month.
    pub max_campaigns_per_month: Option<i32>,
    /// API requests a minute.
    pub api_rate_limit: Option<i32>,
    /// Email accounts.
    pub max_email_accounts: Option<i32>,
    /// Emails sent a month.
    pub max_emails_per_month: Option<i32>,
    /// Accounts warmed up at a time.
    pub max_warmups: Option<i32>,
    /// Leads.
    pub max_contacts: Option<i32>,
    /// Gigabytes of mail kept.
    pub max_storage_gb: Option<i32>,
    /// Whether the API may be used.
    pub api_access: bool,
    /// Whether support answers first.
    pub priority_support: bool,
    /// Whether all analytics are open.
    pub advanced_analytics: bool,
    /// Whether the platform's own name is hidden.
    pub white_label: bool,
    /// Price of a month, in minor units.
    pub price_monthly: i64,
    /// Price of a year, in minor units.
    pub price_yearly: i64,
    /// ISO 4217 code of the prices.
    #[sea_orm(column_type = "String(StringLen::N(3))")]
    pub currency: String,
    /// Remarks.
    #[sea_orm(column_type = "Text", nullable)]
    pub notes: Option<String>,
    /// Inactive: hidden from new buyers, renewable by its holders.
    pub is_active: bool,
    /// The product at Stripe.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub stripe_product_id: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
