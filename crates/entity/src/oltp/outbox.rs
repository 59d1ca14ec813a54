//! Changes that others are to hear of, written in the transaction that makes them.
//!
//! The gateway may only add rows, not read them: insert with `exec_without_returning`.

use crate::{columns::FromColumns, id::TenantId};
use sea_orm::entity::prelude::*;

/// One row of `outbox`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What happened, as a key.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub topic: String,
    /// Ids and small values.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    /// When it was passed on.
    pub processed: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
