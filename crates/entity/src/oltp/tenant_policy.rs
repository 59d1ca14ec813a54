//! What a tenant demands of its members' passwords and sessions.

use crate::{columns::FromColumns, id::TenantId};
use sea_orm::entity::prelude::*;

/// One row of `tenant_policies`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "tenant_policies")]
pub struct Model {
    /// The tenant.
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    /// Fewest characters of a password.
    pub password_min_length: i32,
    /// Whether one must be upper case.
    pub password_require_uppercase: bool,
    /// Whether one must be a digit.
    pub password_require_number: bool,
    /// Whether one must be neither letter nor digit.
    pub password_require_symbol: bool,
    /// Hours after which a session ends.
    pub session_timeout_hours: i32,
    /// Wrong passwords before an account is locked.
    pub max_login_attempts: i32,
    /// Whether a second factor is demanded.
    pub two_factor_required: bool,
    /// Industry that new companies start with.
    #[sea_orm(column_type = "String(StringLen::N(100))", nullable)]
    pub default_company_industry: Option<String>,
    /// Size that new companies start with.
    #[sea_orm(column_type = "String(StringLen::N(50))", nullable)]
    pub default_company_size: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// Days that mail is kept.
    pub mail_retention_days: i32,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
