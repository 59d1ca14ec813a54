//! The invitations that the user who asks can accept, into whatever tenant.

use std::sync::Arc;

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use entity::{columns::FromColumns, id::InvitationId};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tenant::{Identity, TenantContext};

use crate::{
    error,
    object::tenant_user::{TenantRole, roles},
    scalar::GlobalId,
    session::Session,
};

/// A row of `viewer_invitations()`.
#[derive(FromColumns)]
pub struct OpenInvitationRow {
    id: InvitationId,
    tenant_name: String,
    roles: Vec<String>,
    expires: DateTime<Utc>,
}

rows::object! {
    /// An invitation to the address of the user who asks, to be accepted with `acceptInvitation`.
    pub object OpenInvitation(OpenInvitationRow) {
        /// The id.
        id: GlobalId,
        /// The name of the tenant that invites.
        tenant_name: String,
        /// What the user will be.
        roles: Vec<TenantRole> = |row| roles(&row.roles),
        /// Until when it can be accepted.
        expires: DateTime<Utc>,
    }
}

/// Loads them; none for staff.
pub(super) struct OpenInvitations;

impl rows::Load<Identity> for OpenInvitations {
    type Value = Vec<Arc<OpenInvitationRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        asking: Vec<Identity>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let context = Session::of(ctx).context();
        let invitations = match asking.first() {
            Some(Identity::Member { .. } | Identity::User { .. }) => invitations(context).await,
            // What is addressed to a person is not for their tools.
            _ => Ok(Vec::new()),
        };
        let invitations =
            invitations.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        Ok(vec![invitations; asking.len()])
    }
}

/// A function, because the policies show the request's tenant only; it answers for the user who
/// asks, and only if the address is verified to be that user's.
async fn invitations(context: &TenantContext) -> Result<Vec<Arc<OpenInvitationRow>>, DbErr> {
    let sql =
        "SELECT id, tenant_name, roles, expires FROM viewer_invitations() ORDER BY expires, id";
    let statement = Statement::from_string(context.get_database_backend(), sql);
    let rows = context.rows_raw(&statement).await?;
    let rows = rows.iter().map(|row| row.read::<OpenInvitationRow>(0));
    rows.map(|row| row.map(Arc::new)).collect()
}
