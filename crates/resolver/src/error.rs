//! Two families of errors.
//!
//! What a client may read carries a stable `extensions.code` ([`Code`]) and says what to do. All
//! else is [`internal`]: logged once with its whole chain, answered as "internal error".

use std::sync::Arc;

use async_graphql::{Error, ErrorExtensions, Pos, ServerError};
use rows::FieldError;
use sea_orm::DbErr;
use tenant::{
    Access, TenantContext, is_aborted_transaction, is_cancelled_statement, is_conflict,
    is_lock_timeout, is_missing_context, is_out_of_range, is_read_only_transaction,
};

mod client;
mod code;
mod write;

pub use client::ClientError;
pub use code::Code;
pub(crate) use write::write;

/// Gives each error its code, and masks those that a client may not read.
///
/// async-graphql turns any `Display` into its error and keeps the value as the error's source; that
/// source says here which family it is of. An error without a source was made by the executor
/// about the client's input: an argument or a variable that does not fit its type.
pub(crate) fn settle(error: ServerError) -> ServerError {
    let error = shortened(error);
    if error
        .extensions
        .as_ref()
        .is_some_and(|extensions| extensions.get("code").is_some())
    {
        return error;
    }
    if let Some(client) = error.source::<ClientError>().cloned() {
        return client.extend(error);
    }
    if error.source.is_none() {
        return with_code(error, Code::BadUserInput);
    }
    if error
        .source::<FieldError>()
        .is_some_and(FieldError::is_of_the_query)
    {
        return with_code(error, Code::ValidationFailed);
    }
    tracing::error!(error = %error.message, path = ?error.path, "internal error");
    with_code(
        ServerError {
            message: MASK.to_owned(),
            source: None,
            ..error
        },
        Code::Internal,
    )
}

/// Messages quote the client's input, which may be long.
pub(crate) fn shortened(mut error: ServerError) -> ServerError {
    const LONGEST: usize = 299;
    if let Some((end, _)) = error.message.char_indices().nth(LONGEST) {
        error.message.truncate(end);
        error.message.push('…');
    }
    error
}

/// The error with a code, unless it has one.
#[must_use]
pub fn with_code(mut error: ServerError, code: Code) -> ServerError {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", code.as_str());
    }
    error
}

/// The operation lost against a transaction of others, at the last when it was committed.
#[must_use]
pub fn conflict() -> ServerError {
    lost().into_server_error(Pos::default())
}

fn lost() -> Error {
    coded(
        Code::TransactionConflict,
        "the same rows were changed by others at the same moment; nothing was changed; send it again",
    )
}

const MASK: &str = "internal error";

/// A GraphQL error with a code.
pub(crate) fn coded(code: Code, message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}

/// What the client reads of a failed statement; what it may not read is logged here.
pub(crate) fn database(context: &TenantContext, error: &Arc<DbErr>) -> Error {
    if context.refusal().is_some() {
        // The whole request is answered with the refusal, which was logged where it arose.
        return coded(Code::Internal, MASK);
    }
    if is_aborted_transaction(error) {
        return coded(
            Code::TransactionAborted,
            "not run, because an earlier statement of this operation failed",
        );
    }
    if is_conflict(error) {
        return lost();
    }
    if is_lock_timeout(error) {
        return coded(
            Code::TransactionConflict,
            "others were changing the same rows for too long; nothing was changed; send it again",
        );
    }
    if is_out_of_range(error) {
        return coded(
            Code::BadUserInput,
            "a sum is larger than 64 bits; narrow the filter",
        );
    }
    if is_cancelled_statement(error) {
        return coded(
            Code::Timeout,
            "the database took too long; ask for fewer rows or a narrower filter",
        );
    }
    if context.identity().tenant().is_none() && is_missing_context(error) {
        return coded(
            Code::Forbidden,
            "the request names no tenant, and this is a tenant's; ask with the token of a tenant's member",
        );
    }
    if context.access() == Access::Write && is_read_only_transaction(error) {
        return coded(
            Code::Forbidden,
            "your role in this tenant only reads; ask an owner for one that writes",
        );
    }
    internal(error.as_ref())
}

/// Logs the whole chain of causes, and masks it.
pub(crate) fn internal(error: &(dyn std::error::Error + 'static)) -> Error {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    let chain: Vec<String> = causes.map(ToString::to_string).collect();
    tracing::error!(%error, ?chain, "internal error");
    coded(Code::Internal, MASK)
}
