//! What is bought on top of a subscription.

use crate::{
    columns::FromColumns,
    id::{SubscriptionAddonId, SubscriptionId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `subscription_addons`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "subscription_addons")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SubscriptionAddonId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The subscription.
    pub subscription_id: SubscriptionId,
    /// What it is.
    #[sea_orm(column_type = "String(StringLen::N(50))")]
    pub addon_type: String,
    /// How many.
    pub quantity: i32,
    /// Price of one a period, in minor units.
    pub price: i64,
    /// ISO 4217 code of the price.
    #[sea_orm(column_type = "String(StringLen::N(3))")]
    pub currency: String,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
