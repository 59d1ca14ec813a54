//! Invitations into the tenant.

use entity::{
    id::{InvitationId, UserId},
    oltp::{invitation, user},
};

use super::{
    prelude::*,
    tenant_user::{TenantRole, roles},
    user::{User, UserFilter},
};

rows::object! {
    /// An invitation into the request's tenant, by address. Whoever has the address accepts it.
    pub object Invitation(invitation::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The address invited.
        email: EmailAddress,
        /// What the invited will be.
        roles: Vec<TenantRole> = |row| roles(&row.roles),
        /// Until when it can be accepted.
        expires: DateTime<Utc>,
        /// When it was accepted.
        accepted: Option<DateTime<Utc>>,
        /// When an owner took it back.
        revoked: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The owner who invited; null once no member any more.
        invited_by: Option<User> = |row| Some(row.invited_by_user_id) -> by_id::<User>(),
        /// Who accepted it, while a member.
        accepted_by: Option<User> = |row| row.accepted_by_user_id -> by_id::<User>(),
    }
}

table! { Invitation of invitation by InvitationId, filtered InvitationFilter, ordered InvitationOrder }

filter! {
    /// Which invitations to show.
    InvitationFilter on invitation {
        columns {
            /// The id.
            id: Ids<InvitationId> => Id,
            /// The id of the owner who invited.
            invited_by_id: Ids<UserId> => InvitedByUserId,
            /// The id of the user who accepted it.
            accepted_by_id: Ids<UserId> => AcceptedByUserId,
            /// The address invited.
            email: TextFilter => Email,
            /// Until when it can be accepted.
            expires: DateTimeFilter => Expires,
            /// When it was accepted.
            accepted: DateTimeFilter => Accepted,
            /// When an owner took it back.
            revoked: DateTimeFilter => Revoked,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The owner who invited.
            invited_by: UserFilter => InvitedByUserId, user::Column::Id;
            /// Who accepted it.
            accepted_by: UserFilter => AcceptedByUserId, user::Column::Id;
        }
    }
}

order! {
    /// How invitations are ordered.
    InvitationOrder by InvitationOrderField on invitation {
        /// When it was made.
        Created,
    }
}

aggregates! {
    Invitation of invitation {
        times {
            /// Until when it can be accepted.
            expires => Expires,
            /// When it was accepted.
            accepted => Accepted,
            /// When an owner took it back.
            revoked => Revoked,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
    }
}
