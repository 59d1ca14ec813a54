//! Acts of high risk. Rows are added, and nothing else.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{AuditLogId, TenantId, UserId},
};
use sea_orm::entity::prelude::*;

/// One row of `admin_audit_log`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "admin_audit_log")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditLogId,
    /// Who acted.
    pub admin_user_id: Option<UserId>,
    /// What was done, as a key.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub action: String,
    /// What it was done to: a kind of row.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub resource_type: String,
    /// Which one.
    #[sea_orm(column_type = "String(StringLen::N(200))", nullable)]
    pub resource_id: Option<String>,
    /// The tenant it was done in.
    pub tenant_id: Option<TenantId>,
    /// What was there before, as far as it changed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub old_values: Option<Json>,
    /// What is there now.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub new_values: Option<Json>,
    /// The address that the request came from.
    #[sea_orm(column_type = "String(StringLen::N(45))", nullable)]
    pub ip_address: Option<String>,
    /// The program that it came from, as that calls itself.
    #[sea_orm(column_type = "String(StringLen::N(500))", nullable)]
    pub user_agent: Option<String>,
    /// Why, in words.
    #[sea_orm(column_type = "Text", nullable)]
    pub notes: Option<String>,
    /// Who may read such a row.
    pub data_classification: DataClassification,
    /// For how long such a row is kept.
    pub retention_category: RetentionCategory,
    /// When it was done.
    pub happened: DateTimeUtc,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// The same: a row never changes.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Who may read a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum DataClassification {
    /// Anybody.
    Public,
    /// Whoever works for the platform.
    Internal,
    /// Whoever needs it for the work.
    Confidential,
    /// Whoever is named.
    Restricted,
}

stored_as_text!(DataClassification);

/// For how long a row is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum RetentionCategory {
    /// For as long as it helps to operate the platform.
    Operational,
    /// For as long as auditors want.
    Audit,
    /// For as long as the law wants.
    Legal,
}

stored_as_text!(RetentionCategory);
