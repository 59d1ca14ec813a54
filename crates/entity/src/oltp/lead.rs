//! Leads: the people who are written to.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{LeadId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `leads`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "leads")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LeadId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The address, lower case; unique within the tenant.
    #[sea_orm(column_type = "String(StringLen::N(255))")]
    pub email: String,
    /// Full name.
    #[sea_orm(column_type = "String(StringLen::N(200))", nullable)]
    pub name: Option<String>,
    /// Where the person works.
    #[sea_orm(column_type = "String(StringLen::N(200))", nullable)]
    pub company: Option<String>,
    /// What is known of the lead.
    pub status: LeadStatus,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What is known of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum LeadStatus {
    /// Can be written to.
    Active,
    /// Asked not to be written to.
    Unsubscribed,
    /// The address does not take mail.
    Bounced,
    /// Has answered.
    Replied,
    /// Put away.
    Archived,
}

stored_as_text!(LeadStatus);
