//! What an operation's resolvers share: the tenant's context and the loaders that run on it.

use std::sync::Arc;

use async_graphql::{Context, Guard, Result};
use mail::link::Keys;
use tenant::{Identity, Role, TenantContext, Tier};

use crate::{
    error::{self, ClientError, Code},
    loader::{Gathering, Loaders},
    table::Scope,
    write::Right,
};

/// Jobs ask the database themselves.
const NO_REQUEST: &str = "the platform's own work asks no questions of the API";

/// Put into every request's data by [`crate::execute`]; lives as long as the operation.
pub struct Session {
    context: Arc<TenantContext>,
    loaders: Loaders,
    links: Option<Arc<Keys>>,
}

impl Session {
    pub(crate) fn new(
        context: Arc<TenantContext>,
        gathering: Gathering,
        links: Option<Arc<Keys>>,
    ) -> Self {
        Self {
            loaders: Loaders::new(Arc::clone(&context), gathering),
            context,
            links,
        }
    }

    /// The session of the operation being executed.
    pub(crate) fn of<'c>(ctx: &Context<'c>) -> &'c Self {
        ctx.data_unchecked()
    }

    pub(crate) fn context(&self) -> &TenantContext {
        &self.context
    }

    /// What links are signed with, where anybody serves what they lead to.
    pub(crate) fn links(&self) -> Option<&Keys> {
        self.links.as_deref()
    }

    pub(crate) fn loaders(&self) -> &Loaders {
        &self.loaders
    }

    /// Refuses a table that who asks has no business with, before the database would fail the statement for want of a
    /// setting or a grant, or show none of its rows.
    pub(crate) async fn may_read(&self, scope: Scope) -> Result<()> {
        self.is_for(scope)?;
        match (scope, self.context.identity()) {
            (Scope::Payers, Identity::Member { .. } | Identity::Key(_)) => {
                // Apart, so that what nobody else needs is not part of every load.
                Box::pin(self.pays()).await
            }
            _ => Ok(()),
        }
    }

    async fn pays(&self) -> Result<()> {
        Ok(Right::ManageBilling.check(&self.roles().await?)?)
    }

    /// The roles of who asks.
    pub(crate) async fn roles(&self) -> Result<Vec<Role>> {
        let roles = self.context.roles().await;
        roles.map_err(|cause| error::database(&self.context, &Arc::new(cause)))
    }

    fn is_for(&self, scope: Scope) -> std::result::Result<(), ClientError> {
        let refused = match (self.context.identity(), scope) {
            (Identity::Member { .. } | Identity::Key(_), Scope::Staff) => {
                "only platform staff may read this"
            }
            // What everyone reads as well: of the plans, the one that is held is a tenant's matter.
            (Identity::User { .. }, _) => {
                "the request names no tenant; sign in to one of `viewer { otherTenants }` first"
            }
            (Identity::Staff { .. }, Scope::Tenant | Scope::Payers) => {
                "the request names no tenant; name one in the header X-Tenant-Id, and your reason in X-Staff-Reason"
            }
            (Identity::Job { .. } | Identity::Dispatcher, _) => NO_REQUEST,
            (
                Identity::Member { .. }
                | Identity::Key(_)
                | Identity::Staff { .. }
                | Identity::Acting { .. },
                _,
            ) => return Ok(()),
        };
        Err(ClientError::new(Code::Forbidden, refused))
    }

    /// Says in which tier the operation writes; a mutation does so before anything else.
    ///
    /// # Errors
    /// `MIXED_TIERS` when an earlier root field writes in another one.
    pub(crate) fn claim(&self, tier: Tier) -> std::result::Result<(), ClientError> {
        self.context.claim(tier).map_err(|_| {
            let message = "this is kept in another database than what the operation changes before it, so they could not be \
                 saved as one; send them as two operations";
            ClientError::new(Code::MixedTiers, message)
        })
    }

    /// Refuses whom no role of a member lets write.
    pub(crate) fn may_write(&self, right: Right) -> std::result::Result<(), ClientError> {
        let refused = match self.context.identity() {
            Identity::Staff { .. } | Identity::Acting { .. } => {
                "staff of the platform change nothing in a tenant; ask one of its members"
            }
            Identity::Job { .. } | Identity::Dispatcher => NO_REQUEST,
            Identity::Key(_) if right == Right::MakeKeys => {
                "a key can not make keys; sign in to make one"
            }
            Identity::Key(_) if !right.is_for_keys() => {
                "this is a person's own; ask with a user's token"
            }
            Identity::Member { .. } | Identity::User { .. } | Identity::Key(_) => return Ok(()),
        };
        Err(ClientError::new(Code::Forbidden, refused))
    }
}

/// Of a row that others read, a field for those who pay.
pub(crate) struct Payers;

impl Guard for Payers {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        Session::of(ctx).may_read(Scope::Payers).await
    }
}
