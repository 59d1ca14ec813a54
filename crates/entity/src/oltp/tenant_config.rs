//! Configuration of a tenant.

use super::user_preference::Theme;
use crate::{columns::FromColumns, id::TenantId};
use sea_orm::entity::prelude::*;

/// One row of `tenant_config`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "tenant_config")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The customer at Stripe.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub stripe_customer_id: Option<String>,
    /// Where bills are sent.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub billing_email: Option<String>,
    /// Address on bills.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub billing_address: Option<Json>,
    /// Whether to write about bills.
    pub billing_notifications: bool,
    /// Whether to write when a limit comes near.
    pub usage_alerts: bool,
    /// Whether to write about sign-ins and changed rights.
    pub security_alerts: bool,
    /// Colours that new members start with.
    pub theme: Theme,
    /// Other settings of the interface.
    #[sea_orm(column_type = "JsonBinary")]
    pub ui_settings: Json,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
