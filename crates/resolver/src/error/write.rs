//! What a client reads of a statement that the data itself refused.
//!
//! Unique and foreign keys are checked past the policies, so the answer must not tell a row of
//! another tenant from one of one's own, or from none: it depends on the constraint alone.

use std::sync::Arc;

use async_graphql::Error;
use sea_orm::DbErr;
use tenant::{Rule, TenantContext, Violation, violation};

use super::{ClientError, Code, database};
use crate::input::Written;

/// The error of a failed insert, update or delete. `written` knows the path of each column.
pub(crate) fn write(context: &TenantContext, error: DbErr, written: &Written<'_>) -> Error {
    if let Some(broken) = Rule::broken_by(&error).and_then(|rule| broken(rule, written)) {
        return broken.into();
    }
    match violation(&error).and_then(|violation| refused(&violation, written)) {
        Some(refused) => {
            tracing::info!(%error, "a write was refused by a constraint");
            refused.into()
        }
        None => database(context, &Arc::new(error)),
    }
}

fn broken(rule: Rule, written: &Written<'_>) -> Option<ClientError> {
    match rule {
        Rule::LastOwner => {
            let message = "this is the tenant's only owner; make another member an owner first";
            Some(ClientError::new(Code::LastOwner, message))
        }
        Rule::UnknownTimeZone => {
            let at = format!("{}.timeZone", written.path("ui_settings", None));
            let problem =
                "is no time zone that the database knows; give another name of the same one";
            Some(ClientError::at(Code::BadUserInput, at, problem))
        }
        // What only accepting an invitation may break.
        Rule::NoInvitation | Rule::InvitationExpired | Rule::AddressNotVerified => None,
    }
}

fn refused(violation: &Violation, written: &Written<'_>) -> Option<ClientError> {
    match violation {
        Violation::Unique { constraint, value } => Some(ClientError::at(
            Code::AlreadyExists,
            written.path(constraint, value.as_deref()),
            written.not_unique(),
        )),
        // Deleted from the end that is referred to, or written at the end that refers.
        Violation::ForeignKey { table, .. } if *table != written.table() => Some(ClientError::new(
            Code::InUse,
            format!(
                "this is used by {}; delete or change those first",
                referring(table)
            ),
        )),
        Violation::ForeignKey {
            constraint, value, ..
        } => Some(ClientError::at(
            Code::NotFound,
            written.path(constraint, value.as_deref()),
            "is the id of nothing in this tenant",
        )),
    }
}

/// What the rows of a referring table are called in the schema; no table's name leaves the process.
fn referring(table: &str) -> &'static str {
    match table {
        "email_accounts" => "email accounts",
        "campaign_sequence_steps" => "steps of campaigns",
        "domain_ip_assignments" => "assignments of addresses",
        _ => "something else",
    }
}
