//! The spans of a transaction and its statements, in the names of OpenTelemetry's semantic conventions for databases.
//!
//! Of the level debug, so that they cost a look at a flag where nobody exports them. None is entered: what runs inside a
//! statement is the driver and what takes its rows, which say nothing of their own.

use tracing::{Span, field::Empty};

use crate::{Cause, Identity, Outcome, Tier, pool::Pool};

/// One transaction in a tier, from the wait for its connection to its end; a child of what caused it.
pub(super) fn transaction(cause: &Cause, identity: &Identity, tier: Tier) -> Span {
    tracing::debug_span!(
        parent: cause.span().id().or_else(|| Span::current().id()),
        "transaction",
        otel.name = %format_args!("transaction {}", tier.as_str()),
        db.system.name = "postgresql",
        db.namespace = Empty,
        gateway.tier = tier.as_str(),
        tenant.id = identity.tenant().map(tracing::field::display),
        outcome = Empty,
    )
}

/// The transaction has a connection of this pool.
pub(super) fn opened(span: &Span, pool: &Pool) {
    if !span.is_disabled()
        && let Some(database) = pool.target().options().get_database()
    {
        span.record("db.namespace", database);
    }
}

/// How the transaction ended.
pub(super) fn ended(span: &Span, outcome: Outcome) {
    let outcome = match outcome {
        Outcome::Committed => "committed",
        Outcome::RolledBack | Outcome::Unopened => "rolled back",
    };
    span.record("outcome", outcome);
}

/// One statement. Its text holds placeholders only, never a value.
pub(super) fn statement(transaction: &Span, pool: &Pool, sql: &str) -> Span {
    let operation = sql.split_whitespace().next().unwrap_or_default();
    tracing::debug_span!(
        parent: transaction.id(),
        "sql",
        otel.kind = "client",
        otel.name = operation,
        otel.status_code = Empty,
        db.system.name = "postgresql",
        db.namespace = pool.target().options().get_database(),
        db.operation.name = operation,
        db.query.text = sql,
        db.response.returned_rows = Empty,
        db.response.status_code = Empty,
    )
}

/// What came of the statement.
pub(super) fn answered(span: &Span, rows: Result<u64, &sqlx::Error>) {
    if span.is_disabled() {
        return;
    }
    match rows {
        Ok(rows) => {
            // Of the numbers, only signed ones are exported as such.
            let rows = i64::try_from(rows).unwrap_or(i64::MAX);
            span.record("db.response.returned_rows", rows);
        }
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            if let Some(code) = error.as_database_error().and_then(|error| error.code()) {
                span.record("db.response.status_code", &*code);
            }
        }
    }
}
