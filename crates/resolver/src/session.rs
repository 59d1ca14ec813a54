//! What an operation's resolvers share: the tenant's context and the loaders that run on it.

use std::sync::Arc;

use async_graphql::Context;
use tenant::{Identity, TenantContext};

use crate::{
    error::{ClientError, Code},
    loader::{Gathering, Loaders},
    table::Scope,
};

/// Put into every request's data by [`crate::execute`]; lives as long as the operation.
pub struct Session {
    context: Arc<TenantContext>,
    loaders: Loaders,
}

impl Session {
    pub(crate) fn new(context: Arc<TenantContext>, gathering: Gathering) -> Self {
        Self {
            loaders: Loaders::new(Arc::clone(&context), gathering),
            context,
        }
    }

    /// The session of the operation being executed.
    pub(crate) fn of<'c>(ctx: &Context<'c>) -> &'c Self {
        ctx.data_unchecked()
    }

    pub(crate) fn context(&self) -> &TenantContext {
        &self.context
    }

    pub(crate) fn loaders(&self) -> &Loaders {
        &self.loaders
    }

    /// Refuses a table that this kind of identity has no business with, before the database would
    /// fail the statement for want of a setting or a grant.
    pub(crate) fn may_read(&self, scope: Scope) -> Result<(), ClientError> {
        let refused = match (self.context.identity(), scope) {
            (Identity::Member { .. }, Scope::Staff) => "only platform staff may read this",
            // What everyone reads as well: of the plans, the one that is held is a tenant's matter.
            (Identity::User { .. }, _) => {
                "the request names no tenant; sign in to one of `viewer { otherTenants }` first"
            }
            (Identity::Staff { .. }, Scope::Tenant) => {
                "a staff token names no tenant; ask with a tenant user's token"
            }
            (Identity::Member { .. } | Identity::Staff { .. }, _) => return Ok(()),
        };
        Err(ClientError::new(Code::Forbidden, refused))
    }
}
