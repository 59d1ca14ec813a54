//! How far a tenant's numbers go.

use crate::{columns::FromColumns, id::TenantId};
use sea_orm::entity::prelude::*;

/// One row of `rollups`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "rollups")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// The content tier's server and database that was counted from.
    #[sea_orm(column_type = "Text")]
    pub source: String,
    /// The first transaction there that is not counted.
    pub next_transaction: i64,
    /// The first event of it that is not counted.
    pub next_event: i64,
    /// The time zone whose days are counted, by its IANA name.
    #[sea_orm(column_type = "String(StringLen::N(64))")]
    pub time_zone: String,
    /// All that had happened by then is counted.
    pub counted_until: Option<DateTimeUtc>,
    /// Whether nothing was left to count.
    pub is_complete: bool,
    /// The first day from which on what follows from the counts is still to be made.
    pub stale_from: Option<Date>,
    /// A hash of what of the transactional tier went into the numbers.
    #[sea_orm(column_type = "String(StringLen::N(32))", nullable)]
    pub facts: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// When the day ends up to which all was counted, in the tenant's time zone.
    pub day_ends: Option<DateTimeUtc>,
    /// When all was last counted anew for another time zone.
    pub zone_changed: Option<DateTimeUtc>,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
