//! Events that the platform's staff should know of.
//!
//! Staff see all of them; a tenant's owners and admins see their tenant's.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{AdminSystemEventId, TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `admin_system_events`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "admin_system_events")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key)]
    pub id: AdminSystemEventId,
    /// What happened, as a key.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub event_type: String,
    /// How bad it is.
    pub severity: Severity,
    /// What happened, in words.
    #[sea_orm(column_type = "Text")]
    pub description: String,
    /// What happened, in data.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub details: Option<Json>,
    /// The tenant it is about.
    pub tenant_id: Option<TenantId>,
    /// The user it is about.
    pub user_id: Option<UserId>,
    /// Whether it is dealt with.
    pub is_resolved: bool,
    /// When it was dealt with.
    pub resolved_at: Option<DateTimeUtc>,
    /// Who dealt with it.
    pub resolved_by: Option<UserId>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// What of the tenant, or of the platform, it is about; a type, a tenant and a subject have one open row.
    #[sea_orm(column_type = "String(StringLen::N(200))", nullable)]
    pub subject: Option<String>,
    /// How often it was seen.
    pub occurrences: i64,
    /// When it was last seen, if the platform looks for it by itself.
    pub last_seen: Option<DateTimeUtc>,
    /// When it is resolved by itself, if it is not seen again.
    pub quiet_until: Option<DateTimeUtc>,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// How bad an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Low,
    /// Worth a look.
    Medium,
    /// Needs someone soon.
    High,
    /// Needs someone now.
    Critical,
}

stored_as_text!(Severity);
