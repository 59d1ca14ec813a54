//! Email accounts: the mailboxes that campaigns send from.
//!
//! The table has one column more, `vault_key_path`, the place of the account's secret. No model
//! carries it, and the database does not let the gateway's roles read it.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{DomainId, EmailAccountId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `email_accounts`.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "email_accounts")]
pub struct Model {
    /// Primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EmailAccountId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The domain of the address.
    pub domain_id: DomainId,
    /// The address, lower case.
    #[sea_orm(column_type = "String(StringLen::N(255))")]
    pub email: String,
    /// The mail server software that hosts it.
    #[sea_orm(column_type = "String(StringLen::N(50))")]
    pub provider: String,
    /// How mail is fetched; may hold secrets.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub imap_settings: Option<Json>,
    /// How mail is sent; may hold secrets.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub smtp_settings: Option<Json>,
    /// Whether it can send.
    pub status: EmailAccountStatus,
    /// When it was last warmed up.
    pub last_warmed: Option<DateTimeUtc>,
    /// Emails sent today.
    pub daily_count: i32,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
    /// Most emails it may send in a day.
    pub daily_limit: i32,
    /// The day, in UTC, that `daily_count` is of.
    pub daily_count_day: Option<Date>,
    /// Why its mail was not sent the last time.
    pub sending_problem: Option<SendingProblem>,
    /// Since when it is not.
    pub sending_failing_since: Option<DateTimeUtc>,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Whether an account can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum EmailAccountStatus {
    /// Can send.
    Active,
    /// Stopped by its owner.
    Paused,
    /// Stopped by the platform.
    Disabled,
    /// Its server refuses it.
    Error,
}

stored_as_text!(EmailAccountStatus);

/// Why an account's mail can not be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum SendingProblem {
    /// The account's settings name no server, or one that would get the password in clear.
    Settings,
    /// The server is at an address that is not connected to.
    Address,
    /// The account's password is not where it should be.
    Password,
    /// The server does not let the account in.
    SignIn,
    /// The server takes no mail from this account, or no more for now.
    Refused,
    /// The server does not answer, not in time, or not by TLS.
    NotReached,
}

stored_as_text!(SendingProblem);
