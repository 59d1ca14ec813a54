//! Keys of internal tools.

use entity::{
    id::{ApiKeyId, UserId},
    oltp::{api_key, user},
};

use super::{
    prelude::*,
    tenant_user::{TenantRole, roles},
    user::{User, UserFilter},
};

rows::object! {
    /// A key by which an internal tool asks in the request's tenant, for the member who made it.
    pub object ApiKey(api_key::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// What it is for.
        name: String,
        /// What it may do, as far as the roles of the member who made it include that.
        roles: Vec<TenantRole> = |row| roles(&row.roles),
        /// Whether it only reads, whatever its roles.
        read_only: bool,
        /// Until when it is good; null for ever.
        expires: Option<DateTime<Utc>>,
        /// When it was revoked.
        revoked: Option<DateTime<Utc>>,
        /// When it was last used, to the minute.
        last_used: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The member who made it, and for whom it acts; null once no member any more.
        made_by: Option<User> = |row| Some(row.user_id) -> by_id::<User>(),
    }
}

table! { ApiKey of api_key by ApiKeyId, filtered ApiKeyFilter, ordered ApiKeyOrder }

filter! {
    /// Which keys to show.
    ApiKeyFilter on api_key {
        columns {
            /// The id.
            id: Ids<ApiKeyId> => Id,
            /// The id of the member who made it.
            made_by_id: Ids<UserId> => UserId,
            /// What it is for.
            name: TextFilter => Name,
            /// Whether it only reads.
            read_only: BooleanFilter => ReadOnly,
            /// Until when it is good.
            expires: DateTimeFilter => Expires,
            /// When it was revoked.
            revoked: DateTimeFilter => Revoked,
            /// When it was last used.
            last_used: DateTimeFilter => LastUsed,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The member who made it.
            made_by: UserFilter => UserId, user::Column::Id;
        }
    }
}

order! {
    /// How keys are ordered.
    ApiKeyOrder by ApiKeyOrderField on api_key {
        /// When it was made.
        Created,
    }
}

aggregates! {
    ApiKey of api_key {
        times {
            /// When it was last used.
            last_used => LastUsed,
            /// When it was made.
            created => Created,
        }
        values {
            /// Whether it only reads.
            read_only: bool => ReadOnly,
        }
    }
}
