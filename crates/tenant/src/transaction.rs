//! The lazy transaction of one request.

use std::sync::Arc;

use crate::{
    begin,
    database::Database,
    error::Refusal,
    guard::Guard,
    identity::{Access, Identity},
};

/// An open transaction, and what the opening message said of the identity.
pub(crate) struct Open {
    pub(crate) guard: Guard,
    /// A member's roles or a member of staff's permissions, as the database spells them.
    pub(crate) grants: Arc<[String]>,
}

/// Why opening failed; kept, so that every later statement of the request fails alike.
#[derive(Clone)]
pub(crate) enum OpenError {
    Refused(Refusal),
    /// Not about the connection: a setting or a table that the opening message needs is missing.
    Failed(Arc<sqlx::Error>),
    /// The future that opened it was dropped half way.
    Cancelled,
}

/// Opens the transaction on a connection of the pool.
///
/// An idle connection may have died since its last use (a restarted server, a killed backend).
/// Nothing was done on it for this request yet, so another one is taken, at most as often as the
/// pool can hold dead ones.
pub(crate) async fn open(
    database: &Database,
    identity: Identity,
    access: Access,
) -> Result<Open, OpenError> {
    let mut attempts = 0;
    loop {
        let connection = database.acquire().await.map_err(classify)?;
        let mut guard = Guard::new(connection);
        match guard.open(begin::message(identity, access)).await {
            Ok(Some(grants)) => {
                return Ok(Open {
                    guard,
                    grants: split(&grants),
                });
            }
            Ok(None) => return Err(OpenError::Refused(Refusal::NotAMember)),
            Err(error)
                if Refusal::of(&error).is_some() && attempts <= database.max_connections() =>
            {
                attempts += 1;
                guard.discard();
            }
            Err(error) => return Err(classify(error)),
        }
    }
}

fn split(grants: &str) -> Arc<[String]> {
    grants
        .split(',')
        .filter(|grant| !grant.is_empty())
        .map(str::to_owned)
        .collect()
}

fn classify(error: sqlx::Error) -> OpenError {
    match Refusal::of(&error) {
        Some(refusal) => {
            tracing::warn!(%error, "no transaction could be opened");
            OpenError::Refused(refusal)
        }
        None => OpenError::Failed(Arc::new(error)),
    }
}
