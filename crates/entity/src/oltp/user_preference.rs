//! What a user prefers, across tenants.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{UserId, UserPreferenceId},
};
use sea_orm::entity::prelude::*;

/// One row of `user_preferences`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "user_preferences")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserPreferenceId,
    /// The user; one row each.
    pub user_id: UserId,
    /// Colours of the interface.
    pub theme: Theme,
    /// Language tag (BCP 47).
    #[sea_orm(column_type = "String(StringLen::N(10))")]
    pub language: String,
    /// Name of a time zone (IANA).
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub timezone: String,
    /// Whether to write about what happens.
    pub email_notifications: bool,
    /// Whether to notify on the device.
    pub push_notifications: bool,
    /// Whether to send a report a week.
    pub weekly_reports: bool,
    /// Whether to send news of the platform.
    pub marketing_emails: bool,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The colours of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    System,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

stored_as_text!(Theme);
