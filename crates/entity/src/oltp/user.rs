//! Users: people, each with one account across all tenants.

use crate::{columns::FromColumns, id::UserId};
use sea_orm::entity::prelude::*;

/// One row of `users`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// Lower case; unique among users that are not deleted.
    #[sea_orm(column_type = "Text")]
    pub email: String,
    /// Full name as shown.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    /// Given name.
    #[sea_orm(column_type = "Text", nullable)]
    pub given_name: Option<String>,
    /// Family name.
    #[sea_orm(column_type = "Text", nullable)]
    pub family_name: Option<String>,
    /// Address of a picture.
    #[sea_orm(column_type = "Text", nullable)]
    pub picture: Option<String>,
    /// When the address was proven to be the user's.
    pub email_verified: Option<DateTimeUtc>,
    /// When the user was removed.
    pub deleted: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
