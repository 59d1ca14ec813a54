//! What can go wrong, and what to do about it.

use sea_orm_migration::sea_orm::DbErr;

/// A migration, or the preparation of the roles, that did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database was not reached, or did not let us in.
    #[error(
        "cannot connect to migrate: check the URL, that the roles are made, and that its user may become gateway_owner"
    )]
    Connect(#[source] DbErr),
    /// A statement failed; nothing of the run was kept.
    #[error("the schema was left as it was, a statement failed")]
    Statement(#[from] DbErr),
}
