//! Why nothing was seeded. Whatever fails, nothing is left behind: all is one transaction.

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The role is subject to row level security.
    #[error(
        "role {role} is subject to row level security and cannot load data: seed through the URL of a \
         superuser or of a role with BYPASSRLS"
    )]
    NotAdmin {
        /// The role of the URL.
        role: String,
    },

    /// The schema is not there.
    #[error("the database has no table `{table}`: migrate it first")]
    NoSchema {
        /// The first table that is missing.
        table: &'static str,
    },

    /// The same plan ran before.
    #[error(
        "the database holds {count} of the plan's tenants already, the first is {first}: use another \
         seed, or an empty database"
    )]
    TenantsExist {
        /// How many of them.
        count: usize,
        /// The name of the first.
        first: String,
    },

    /// A plan that cannot be carried out.
    #[error("{0}")]
    Plan(String),

    /// The database refused.
    #[error("the database refused the data")]
    Database(#[from] sqlx::Error),
}
