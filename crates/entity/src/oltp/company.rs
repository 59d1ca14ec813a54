//! Companies: the workspaces of a tenant.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{CompanyId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `companies`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "companies")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CompanyId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Name as shown.
    #[sea_orm(column_type = "String(StringLen::N(100))")]
    pub name: String,
    /// Unique across the platform.
    #[sea_orm(column_type = "String(StringLen::N(255))", nullable)]
    pub workspace_name: Option<String>,
    /// Address of a logo.
    #[sea_orm(column_type = "Text", nullable)]
    pub logo_url: Option<String>,
    /// Whether it is in use.
    pub status: CompanyStatus,
    /// What it does.
    #[sea_orm(column_type = "String(StringLen::N(100))", nullable)]
    pub industry: Option<String>,
    /// How many people it has, as a range.
    #[sea_orm(column_type = "String(StringLen::N(50))", nullable)]
    pub company_size: Option<String>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a company is worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum CompanyStatus {
    /// In use.
    Active,
    /// Kept, not in use.
    Inactive,
    /// Put away.
    Archived,
}

stored_as_text!(CompanyStatus);
