//! Invitations: owners make and revoke them, whoever has the address accepts.

use chrono::{Duration, Utc};
use entity::{
    id::InvitationId,
    oltp::invitation::{self, Column},
};
use sea_orm::ColumnTrait;
use serde_json::json;

use super::{prelude::*, tenant_user::roles};
use crate::{
    error::{ClientError, Code},
    input::{Changes, EmailAddress},
    object::{invitation::Invitation, tenant_user::TenantRole},
};

root! {
    /// What can be changed.
    pub object InvitationMutations(()) {
        /// Invites whoever has an address to become a member. It counts as a user of the plan until it ends. For owners.
        create_invitation(Input<CreateInvitationInput>): CreateInvitationPayload = |_row| Some(()) -> Run,
        /// Takes an open invitation back. For owners.
        revoke_invitation(Input<RevokeInvitationInput>): RevokeInvitationPayload = |_row| Some(()) -> Run,
    }
}

/// Whom to invite, and as what.
#[derive(async_graphql::InputObject)]
pub struct CreateInvitationInput {
    /// The address; whoever has it, and has proven that, can accept.
    pub email: EmailAddress,
    /// What the invited will be; one role at least.
    pub roles: Vec<TenantRole>,
    /// Days until it expires, from 1 to 90.
    #[graphql(default_with = "Between(14)")]
    pub expires_in_days: Between<1, 90>,
}

rows::object! {
    /// The new invitation.
    pub object CreateInvitationPayload(Written<Invitation>) {
        /// As it is now.
        invitation: Invitation = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateInvitationInput {
    type Payload = CreateInvitationPayload;
    const RIGHT: Right = Right::ManageMembers;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Invitation>> {
        let days = self
            .expires_in_days
            .checked(&INPUT.field("expires_in_days"))?;
        let email = self.email.checked(INPUT.field("email"))?;
        let mut changes = Changes::<Invitation>::new();
        changes.set(Column::Roles, roles(&self.roles, &INPUT.field("roles"))?);
        changes.set(Column::Expires, Utc::now() + Duration::days(days.into()));
        changes.give(&INPUT, "email", Column::Email, Some(self.email))?;
        refuse_members(writer, &email).await?;
        writer.claim(Limit::Users, 1).await?;
        writer.run(REVOKE_EXPIRED, [email.into()]).await?;
        let invitation = writer.insert(&INPUT, changes).await?;
        if self.roles.iter().any(|role| is_high(*role)) {
            let (email, roles) = (&invitation.email, &invitation.roles);
            let now = json!({ "email": email, "roles": roles });
            let act = writer.act::<Invitation>("invitation.created", invitation.id, now);
            writer.record(act).await?;
        }
        Ok(Written(invitation))
    }
}

/// Whether a role is over others, or over what is paid.
fn is_high(role: TenantRole) -> bool {
    match role {
        TenantRole::Owner | TenantRole::Admin | TenantRole::Billing => true,
        TenantRole::Member | TenantRole::Analyst => false,
    }
}

/// An index keeps an address from being invited twice, but can not know the time.
const REVOKE_EXPIRED: &str = "UPDATE invitations SET revoked = now() \
    WHERE email = $1 AND accepted IS NULL AND revoked IS NULL AND expires <= now()";

async fn refuse_members(writer: &Writer<'_>, email: &str) -> Result<()> {
    let member = "SELECT m.user_id FROM tenant_users m JOIN users u ON u.id = m.user_id \
        WHERE m.deleted IS NULL AND u.email = $1";
    if writer.query(member, [email.into()]).await?.is_empty() {
        return Ok(());
    }
    let at = INPUT.field("email");
    Err(ClientError::at(Code::AlreadyExists, at, "is the address of a member").into())
}

/// Which invitation to take back.
#[derive(async_graphql::InputObject)]
pub struct RevokeInvitationInput {
    /// The id.
    pub id: Reference<InvitationId>,
}

rows::object! {
    /// The invitation that was taken back.
    pub object RevokeInvitationPayload(Written<Invitation>) {
        /// As it is now.
        invitation: Invitation = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for RevokeInvitationInput {
    type Payload = RevokeInvitationPayload;
    const RIGHT: Right = Right::ManageMembers;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Invitation>> {
        let mut open = Target::<Invitation>::new(&self.id, None)?;
        open.condition = open
            .condition
            .add(Column::Accepted.is_null())
            .add(Column::Revoked.is_null());
        let mut changes = Changes::<Invitation>::new();
        changes.set(Column::Revoked, Utc::now());
        if let Some(row) = writer.update_if(&open, &INPUT, changes).await? {
            return Ok(Written(row));
        }
        let there = writer.locked(&Target::<Invitation>::of(open.id)).await?;
        Err(ended(&there).into())
    }
}

fn ended(invitation: &invitation::Model) -> ClientError {
    let problem = match invitation.accepted {
        Some(_) => "is an invitation that was accepted; remove the member instead",
        None => "is an invitation that was taken back already",
    };
    ClientError::at(Code::IllegalTransition, INPUT.field("id"), problem)
}

impl Writable for Invitation {
    const RECORDED: Option<&'static str> = Some("invitation.changed");
}
