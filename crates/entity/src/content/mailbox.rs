//! How far the mailboxes of accounts were read.

use crate::{
    columns::{FromColumns, stored_as_text},
    id::{EmailAccountId, TenantId},
};
use sea_orm::entity::prelude::*;

/// One row of `mailboxes`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, FromColumns)]
#[sea_orm(table_name = "mailboxes")]
pub struct Model {
    /// Primary key: the account.
    #[sea_orm(primary_key, auto_increment = false)]
    pub email_account_id: EmailAccountId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What the server called its numbering of the messages when it was last read (RFC 3501, UIDVALIDITY).
    pub uid_validity: Option<i64>,
    /// The number of the last message that was taken (UID).
    pub last_uid: Option<i64>,
    /// When it was last read without a problem.
    pub last_read: Option<DateTimeUtc>,
    /// Why it could not be read the last time.
    pub problem: Option<MailboxProblem>,
    /// How often in a row it could not.
    pub failures: i32,
    /// Since when.
    pub failing_since: Option<DateTimeUtc>,
    /// When the row was made.
    pub created: DateTimeUtc,
    /// When the row last changed; the database keeps it.
    pub updated: DateTimeUtc,
}

/// None: relations are loaded a level at a time, by key.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Why a mailbox can not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum MailboxProblem {
    /// The account's settings name no server, or one that would get the password in clear.
    Settings,
    /// The server has no address, or none that may be connected to.
    Address,
    /// The account's password is not where it should be.
    Password,
    /// The server does not let the account in.
    SignIn,
    /// The server has no such mailbox, or does not open it.
    Refused,
    /// The server does not answer, not in time, or not by TLS.
    NotReached,
    /// What the server says is not IMAP.
    Protocol,
}

stored_as_text!(MailboxProblem);
