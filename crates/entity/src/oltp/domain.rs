//! Domains that mail is sent from.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{CompanyId, DomainId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `domains`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "domains")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DomainId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The company it is used for.
    pub company_id: Option<CompanyId>,
    /// The name, lower case.
    #[sea_orm(column_type = "String(StringLen::N(253))")]
    pub domain: String,
    /// Whether it is proven.
    pub verification_status: VerificationStatus,
    /// A list of records (SPF, DKIM, DMARC, MX, A, AAAA, CNAME), each with name, value, ttl,
    /// status, last check, attempts, error and source.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub dns_records: Option<Json>,
    /// Whether it is the tenant's main domain.
    pub is_primary: bool,
    /// When it was proven.
    pub verified: Option<DateTimeUtc>,
    /// Seconds that resolvers keep its records.
    pub dns_ttl_observed: Option<i32>,
    /// When its records were last looked at.
    pub dns_last_verified_at: Option<DateTimeUtc>,
    /// What was wrong the last time.
    #[sea_orm(column_type = "Text", nullable)]
    pub dns_verification_error: Option<String>,
    /// How often its records were looked at.
    pub dns_verification_attempts: i32,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a domain is proven to be the tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum VerificationStatus {
    /// Not looked at yet.
    Pending,
    /// Its records are right.
    Verified,
    /// Its records are wrong or missing.
    Failed,
    /// The check itself did not work.
    Error,
}

stored_as_text!(VerificationStatus);
