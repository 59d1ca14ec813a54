//! Members and their roles.
//!
//! A tenant keeps an owner: the database refuses to take the last one away, also of two requests at
//! once, because each waits for the other and then counts.

use chrono::{DateTime, Utc};
use entity::{
    id::{TenantUserId, TypedId, UserId},
    oltp::tenant_user::{self, Column},
};
use sea_orm::{Value, sea_query::ArrayType};
use tenant::Role;

use super::prelude::*;
use crate::{
    error::{ClientError, Code},
    input::{Changes, Path},
    object::tenant_user::{TenantRole, TenantUser},
    write::not_found,
};

root! {
    /// What can be changed.
    pub object TenantUserMutations(()) {
        /// Gives a member these roles, and takes all others; the open invitations of one who is no owner any more are revoked. A tenant keeps an owner. For owners.
        update_tenant_user(Input<UpdateTenantUserInput>): UpdateTenantUserPayload = |_row| Some(()) -> Run,
        /// Removes a member, whose next request is refused, and whose keys and open invitations are revoked. A tenant keeps an owner. For owners.
        remove_tenant_user(Input<RemoveTenantUserInput>): RemoveTenantUserPayload = |_row| Some(()) -> Run,
    }
}

/// A member, and the roles to give.
#[derive(async_graphql::InputObject)]
pub struct UpdateTenantUserInput {
    /// The id of the membership.
    pub id: Reference<TenantUserId>,
    /// The `updated` that was read. If given, a membership that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<DateTime<Utc>>,
    /// All roles of the member; one at least.
    pub roles: Vec<TenantRole>,
}

rows::object! {
    /// The membership.
    pub object UpdateTenantUserPayload(Written<TenantUser>) {
        /// As it is now.
        tenant_user: TenantUser = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for UpdateTenantUserInput {
    type Payload = UpdateTenantUserPayload;
    const RIGHT: Right = Right::ManageMembers;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<TenantUser>> {
        let roles = roles(&self.roles, &INPUT.field("roles"))?;
        let member = live(Target::new(&self.id, self.expected_updated)?);
        let mut changes = Changes::new();
        changes.set(Column::Roles, roles);
        let written = change(writer, &member, changes).await?;
        if !self.roles.contains(&TenantRole::Owner) {
            revoke_invitations_of(writer, member.id).await?;
        }
        Ok(written)
    }
}

/// Which member to remove.
#[derive(async_graphql::InputObject)]
pub struct RemoveTenantUserInput {
    /// The id of the membership.
    pub id: Reference<TenantUserId>,
    /// The `updated` that was read. If given, a membership that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<DateTime<Utc>>,
}

rows::object! {
    /// The membership that has ended.
    pub object RemoveTenantUserPayload(Written<TenantUser>) {
        /// As it is now.
        tenant_user: TenantUser = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for RemoveTenantUserInput {
    type Payload = RemoveTenantUserPayload;
    const RIGHT: Right = Right::ManageMembers;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<TenantUser>> {
        let member = live(Target::new(&self.id, self.expected_updated)?);
        let mut changes = Changes::new();
        changes.set(Column::Deleted, Utc::now());
        let written = change(writer, &member, changes).await?;
        revoke_invitations_of(writer, member.id).await?;
        revoke_keys_of(writer, member.id).await?;
        Ok(written)
    }
}

impl Writable for TenantUser {
    const RECORDED: Option<&'static str> = Some("member.changed");
}

/// A member who was removed is none.
fn live(mut member: Target<TenantUser>) -> Target<TenantUser> {
    member.condition = member
        .condition
        .add(sea_orm::ColumnTrait::is_null(&Column::Deleted));
    member
}

async fn change(
    writer: &Writer<'_>,
    member: &Target<TenantUser>,
    changes: Changes<TenantUser>,
) -> Result<Written<TenantUser>> {
    if let Some(row) = writer.update_if(member, &INPUT, changes).await? {
        return Ok(Written(row));
    }
    let there: Arc<tenant_user::Model> =
        writer.locked(&Target::<TenantUser>::of(member.id)).await?;
    if there.deleted.is_some() {
        return Err(not_found(&INPUT.field("id")).into());
    }
    Err(writer.missed(member).await?.into())
}

/// Who may not invite any more has invited nobody: an owner could come back by an invitation that was
/// left behind.
async fn revoke_invitations_of(writer: &Writer<'_>, member: TenantUserId) -> Result<()> {
    let revoke = "UPDATE invitations SET revoked = now() \
        WHERE invited_by_user_id = $1 AND accepted IS NULL AND revoked IS NULL";
    writer.run(revoke, [member.into_value()]).await
}

/// The roles as they are stored, each once.
pub(super) fn roles(given: &[TenantRole], at: &Path<'_>) -> Result<Value, ClientError> {
    if given.is_empty() {
        let problem = "names no role; give one at least";
        return Err(ClientError::at(Code::BadUserInput, at, problem));
    }
    let mut roles: Vec<Role> = given.iter().map(|role| Role::from(*role)).collect();
    roles.sort_unstable();
    roles.dedup();
    let roles = roles.into_iter().map(|role| role.as_str().into()).collect();
    Ok(Value::Array(ArrayType::String, Some(Box::new(roles))))
}

/// The keys of who is removed are dead already; but not to come back to life if that user does.
async fn revoke_keys_of(writer: &Writer<'_>, member: TenantUserId) -> Result<()> {
    let revoke = "UPDATE api_keys SET revoked = now() WHERE user_id = $1 AND revoked IS NULL";
    writer.run(revoke, [member.into_value()]).await
}

/// Whether a user is a live member of the tenant.
pub(super) async fn is_member(writer: &Writer<'_>, user: UserId) -> Result<bool> {
    let sql = "SELECT user_id FROM tenant_users WHERE user_id = $1 AND deleted IS NULL";
    let rows = writer.query(sql, [user.into_value()]).await?;
    Ok(!rows.is_empty())
}
