//! The viewer: who asks, and as what.

mod open_invitation;

use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::id::UserId;
use open_invitation::{OpenInvitation, OpenInvitations};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tenant::{Identity, Role, TenantContext};

use crate::{
    audience::{Answers, Audience, root},
    error,
    loader::by_id,
    object::{
        other_tenant::{OtherTenant, OtherTenantRow},
        tenant::Tenant,
        tenant_user::TenantRole,
        user::User,
    },
    session::Session,
};

root! {
    /// What can be asked.
    pub object ViewerQuery(()) {
        /// Who asks.
        viewer: Viewer = |_row| Some(()) -> Asking,
    }
}

rows::object! {
    /// Who asks, and as what.
    pub object Viewer(Identity) {
        /// The user; null for staff who may not read who is staff, and where the request names no tenant.
        user: Option<User> = |identity| visible(identity) -> by_id::<User>(),
        /// The tenant that the request is about; null where the request names none.
        tenant: Option<Tenant> = |identity| identity.tenant() -> by_id::<Tenant>(),
        /// What the user may do in the tenant, the most powerful first; none where there is no tenant.
        #[batched]
        roles: Vec<TenantRole> = |_identity| Some(()) -> Roles,
        /// What staff may do; none for a tenant's user.
        #[batched]
        permissions: Vec<String> = |identity| Some(identity.is_staff()) -> Permissions,
        /// The other tenants that the user is a member of, by name: all of them where the request names
        /// no tenant; none for staff and for a key.
        #[list_size = 10]
        other_tenants: Vec<OtherTenant> = |identity| Some(identity.clone()) -> OtherTenants,
        /// The invitations to the user's address that can be accepted, the first to expire first; none
        /// while the address is not verified, for staff, and for a key.
        #[list_size = 10]
        invitations: Vec<OpenInvitation> = |identity| Some(identity.clone()) -> OpenInvitations,
    }
}

/// People are seen in a tenant, or by staff; without either there is nobody to be seen.
fn visible(identity: &Identity) -> Option<UserId> {
    match identity {
        Identity::User { .. } => None,
        Identity::Member { .. }
        | Identity::Key(_)
        | Identity::Staff { .. }
        | Identity::Acting { .. } => Some(identity.user()),
        Identity::Job { .. } | Identity::Dispatcher => None,
    }
}

struct Asking;

struct Roles;
struct Permissions;
struct OtherTenants;

impl Answers for Asking {
    const AUDIENCE: Audience = Audience::Everyone;
}

impl rows::Load<()> for Asking {
    type Value = Option<Arc<Identity>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        let identity = Arc::new(Session::of(ctx).context().identity().clone());
        Ok(vec![Some(identity); keys.len()])
    }
}

impl rows::Load<()> for Roles {
    type Value = Vec<Role>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        let roles = Session::of(ctx).context().roles().await;
        let roles =
            roles.map_err(|cause| error::database(Session::of(ctx).context(), &Arc::new(cause)))?;
        Ok(vec![roles; keys.len()])
    }
}

impl rows::Load<bool> for Permissions {
    type Value = Vec<String>;

    async fn load(self, ctx: &Context<'_>, staff: Vec<bool>, (): ()) -> Result<Vec<Self::Value>> {
        let permissions = match staff.contains(&true) {
            true => permissions(Session::of(ctx).context()).await,
            false => Ok(Vec::new()),
        };
        let permissions = permissions
            .map_err(|cause| error::database(Session::of(ctx).context(), &Arc::new(cause)))?;
        Ok(vec![permissions; staff.len()])
    }
}

async fn permissions(context: &TenantContext) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT permission FROM staff_permissions() AS permission ORDER BY permission";
    let rows = context.rows_raw(&statement(context, sql)).await?;
    rows.iter().map(|row| row.named("permission")).collect()
}

impl rows::Load<Identity> for OtherTenants {
    type Value = Vec<Arc<OtherTenantRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        asking: Vec<Identity>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let mut others = Vec::with_capacity(asking.len());
        for identity in asking {
            let tenants = other_tenants(Session::of(ctx).context(), identity).await;
            others.push(
                tenants.map_err(|cause| {
                    error::database(Session::of(ctx).context(), &Arc::new(cause))
                })?,
            );
        }
        Ok(others)
    }
}

/// A function, because the policies show the request's tenant only; it answers for the user who
/// asks and for nobody else.
async fn other_tenants(
    context: &TenantContext,
    identity: Identity,
) -> Result<Vec<Arc<OtherTenantRow>>, DbErr> {
    let own = match identity {
        Identity::Member { tenant, .. } => Some(tenant),
        Identity::User { .. } => None,
        // Where else a person works is not for their tools.
        Identity::Key(_)
        | Identity::Staff { .. }
        | Identity::Acting { .. }
        | Identity::Job { .. }
        | Identity::Dispatcher => {
            return Ok(Vec::new());
        }
    };
    let sql = "SELECT id, name FROM viewer_tenants() ORDER BY name, id";
    let rows = context.rows_raw(&statement(context, sql)).await?;
    let tenants = rows.iter().map(|row| row.read::<OtherTenantRow>(0));
    tenants
        .filter(|tenant| !matches!(tenant, Ok(tenant) if Some(tenant.id) == own))
        .map(|tenant| tenant.map(Arc::new))
        .collect()
}

fn statement(context: &TenantContext, sql: &str) -> Statement {
    Statement::from_string(context.get_database_backend(), sql)
}
