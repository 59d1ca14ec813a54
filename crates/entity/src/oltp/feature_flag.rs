//! Switches for features of the platform.

use crate::{columns::FromColumns, id::FeatureFlagId};
use sea_orm::entity::prelude::*;

/// One row of `feature_flags`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "feature_flags")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FeatureFlagId,
    /// Unique name.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub key: String,
    /// Whether it is on at all.
    pub is_enabled: bool,
    /// For how many of a hundred it is on.
    pub rollout_percentage: i16,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
