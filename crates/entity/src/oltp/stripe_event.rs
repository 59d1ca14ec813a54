//! Events of Stripe that were taken.

use crate::{columns::FromColumns, id::TenantId};
use sea_orm::entity::prelude::*;

/// One row of `stripe_events`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "stripe_events")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Stripe's id.
    #[sea_orm(
        primary_key,
        auto_increment = false,
        column_type = "String(StringLen::N(255))"
    )]
    pub id: String,
    /// What it is called.
    #[sea_orm(column_type = "String(StringLen::N(255))")]
    pub event_type: String,
    /// When it happened.
    pub happened: DateTimeUtc,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
