//! Why a transaction could not be had, and what a PostgreSQL error means to the request.

use sea_orm::{DbErr, RuntimeErr};

use crate::wire::ServerError;

/// Why no statement of the request was, or will be, run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The user is no live member of the tenant (or no active member of staff, or no user any more).
    #[error("the user is not an active member")]
    NotAMember,
    /// The database can not be reached, or went away while it was asked.
    #[error("the database can not be reached")]
    Unavailable,
    /// Every connection stayed in use for longer than the time-out.
    #[error("no database connection became free in time")]
    Busy,
}

impl Refusal {
    /// What an error of the driver says of the connection, if it is about the connection at all.
    pub(crate) fn of(error: &sqlx::Error) -> Option<Self> {
        use sqlx::Error as E;
        match error {
            E::PoolTimedOut => Some(Self::Busy),
            E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolClosed | E::WorkerCrashed => {
                Some(Self::Unavailable)
            }
            E::Database(db) => db
                .code()
                .is_some_and(|code| is_outage(&code))
                .then_some(Self::Unavailable),
            _ => None,
        }
    }
}

/// Class 08 (connection exception), operator intervention that ends the session, and a server
/// that takes no more connections: PostgreSQL 15, appendix A.
fn is_outage(code: &str) -> bool {
    code.starts_with("08") || matches!(code, "57P01" | "57P02" | "57P03" | "57P05" | "53300")
}

/// 40001 (serialization failure) and 40P01 (deadlock): two transactions were in each other's way, and
/// this one was the one to go.
pub(crate) fn is_conflict_of(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "40001" || code == "40P01")
}

/// 26000: there is no prepared statement of that name.
pub(crate) fn is_unprepared(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| code == "26000")
}

/// The SQLSTATE of an error that came from PostgreSQL.
pub(crate) fn sqlstate(error: &DbErr) -> Option<String> {
    Some(driver(error)?.as_database_error()?.code()?.into_owned())
}

/// The error of the driver inside SeaORM's.
fn driver(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

/// True for 40001 and 40P01: a serialization failure or a deadlock. Nothing is wrong with the
/// statement; the whole operation may be run once more.
#[must_use]
pub fn is_conflict(error: &DbErr) -> bool {
    driver(error).is_some_and(is_conflict_of)
}

/// True for 25P02: the statement was not run because an earlier one of the same transaction had
/// failed. It is a consequence, not a second cause.
#[must_use]
pub fn is_aborted_transaction(error: &DbErr) -> bool {
    sqlstate(error).is_some_and(|code| code == "25P02")
}

/// True for 57014: `statement_timeout` ended the statement.
#[must_use]
pub fn is_cancelled_statement(error: &DbErr) -> bool {
    sqlstate(error).is_some_and(|code| code == "57014")
}

/// True for 25006: a write in a READ ONLY transaction, that is, in a query, or of a member none of
/// whose roles writes.
#[must_use]
pub fn is_read_only_transaction(error: &DbErr) -> bool {
    sqlstate(error).is_some_and(|code| code == "25006")
}

/// True for 55P03: `lock_timeout` ended the wait for rows that another transaction holds.
#[must_use]
pub fn is_lock_timeout(error: &DbErr) -> bool {
    sqlstate(error).is_some_and(|code| code == "55P03")
}

/// True for 22003: a number that was computed does not fit its type.
#[must_use]
pub fn is_out_of_range(error: &DbErr) -> bool {
    sqlstate(error).is_some_and(|code| code == "22003")
}

/// True for 42704 and 22P02: a policy wanted a setting that the transaction does not carry, because
/// a request that names no tenant asked for a tenant's rows. (A setting that was never made is
/// unknown; one that ended with an earlier transaction reads `''`, which is no UUID. Our own
/// values are bound with their types, so nothing else of ours is cast.)
#[must_use]
pub fn is_missing_context(error: &DbErr) -> bool {
    sqlstate(error).is_some_and(|code| code == "42704" || code == "22P02")
}

/// Which constraint a written row broke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// 23505: the unique index or constraint has the value already.
    Unique {
        /// The constraint.
        constraint: String,
        /// The value, the last one of a key of several; `None` if PostgreSQL does not show it.
        value: Option<String>,
    },
    /// 23503: a row that is referred to is missing, or one is deleted that `table` refers to.
    ForeignKey {
        /// The constraint.
        constraint: String,
        /// The table that holds the constraint, the one that refers.
        table: String,
        /// The key that is missing or used, the last value of one of several.
        value: Option<String>,
    },
}

/// The constraint that made PostgreSQL refuse a row, for those that depend on other rows. (What a
/// CHECK refuses is checked before it is sent, so it is a fault of the gateway.)
#[must_use]
pub fn violation(error: &DbErr) -> Option<Violation> {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) =
        error
    else {
        return None;
    };
    let error = error.as_database_error()?;
    let code = error.code()?;
    let constraint = error.constraint()?.to_owned();
    let value = error
        .try_downcast_ref::<ServerError>()
        .and_then(|error| last_value(error.detail()?));
    match code.as_ref() {
        "23505" => Some(Violation::Unique { constraint, value }),
        "23503" => Some(Violation::ForeignKey {
            constraint,
            table: error.table()?.to_owned(),
            value,
        }),
        _ => None,
    }
}

/// The last value of `Key (tenant_id, email)=(…, ada@example.com) already exists.`
fn last_value(detail: &str) -> Option<String> {
    let (_, values) = detail.split_once(")=(")?;
    let (values, _) = values.rsplit_once(')')?;
    let value = values.rsplit_once(", ").map_or(values, |(_, last)| last);
    Some(value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::last_value;

    #[test]
    fn the_value_is_the_last_of_the_key() {
        let detail = "Key (tenant_id, email)=(0193, ada@example.com) already exists.";
        assert_eq!(last_value(detail).as_deref(), Some("ada@example.com"));
        let detail = "Key (workspace_name)=(acme) already exists.";
        assert_eq!(last_value(detail).as_deref(), Some("acme"));
        assert_eq!(last_value("Key is missing."), None);
    }
}
