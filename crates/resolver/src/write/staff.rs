//! What staff of the platform change: nothing in a tenant, and of the platform's own what a permission is for.

use std::sync::Arc;

use async_graphql::Result;
use sea_orm::{ConnectionTrait, Statement, Value};
use tenant::{Identity, Row, TenantContext, Tier};

use crate::{
    error::{self, ClientError, Code},
    session::Session,
};

/// What a mutation of staff needs. The policies of the migrations say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaffRight {
    /// Pausing and resuming queues.
    ManageQueues,
    /// Resolving system events.
    ManageEvents,
}

impl StaffRight {
    /// The permission, as the table `permissions` names it.
    pub(crate) fn permission(self) -> &'static str {
        match self {
            Self::ManageQueues => "queues.manage",
            Self::ManageEvents => "events.manage",
        }
    }
}

/// Writes for one member of staff, who names no tenant, in one tier.
pub(crate) struct Administrator<'s> {
    session: &'s Session,
    tier: Tier,
}

impl<'s> Administrator<'s> {
    /// For a member of staff who has the right.
    ///
    /// # Errors
    /// `FORBIDDEN` for everybody else.
    pub(crate) async fn with(session: &'s Session, right: StaffRight, tier: Tier) -> Result<Self> {
        let context = session.context();
        let refused = match context.identity() {
            Identity::Staff { .. } => None,
            Identity::Acting { .. } => {
                Some("this is about all tenants; ask without the header X-Tenant-Id")
            }
            _ => Some("only platform staff may do this"),
        };
        if let Some(message) = refused {
            return Err(ClientError::new(Code::Forbidden, message).into());
        }
        let held = context.permissions().await;
        let held = held.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        let wanted = right.permission();
        if !held.iter().any(|permission| permission == wanted) {
            let message = format!("this takes the permission {wanted}");
            return Err(ClientError::new(Code::Forbidden, message).into());
        }
        Ok(Self { session, tier })
    }

    pub(crate) fn context(&self) -> &'s TenantContext {
        self.session.context()
    }

    /// The rows of a statement in the tier that is written in.
    pub(crate) async fn query<const N: usize>(
        &self,
        sql: &str,
        values: [Value; N],
    ) -> Result<Vec<Row>> {
        let context = self.context();
        let statement = Statement::from_sql_and_values(context.get_database_backend(), sql, values);
        let rows = context.on(self.tier).rows_raw(&statement).await;
        rows.map_err(|cause| error::database(context, &Arc::new(cause)))
    }
}
