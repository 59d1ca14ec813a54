//! Users.

use entity::{
    id::UserId,
    oltp::{admin_system_event, payment, subscription, tenant_user, user, user_preference},
};

use super::{
    admin_system_event::AdminSystemEvent,
    payment::{Payment, PaymentListFilter},
    prelude::*,
    subscription::{Subscription, SubscriptionListFilter},
    tenant_user::{TenantUser, TenantUserListFilter},
    user_preferences::UserPreferences,
};
use crate::loader::by_unique;

rows::object! {
    /// A person with one account across all tenants; a request sees itself and the members of its tenant.
    pub object User(user::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The address, lower case.
        email: EmailAddress,
        /// Full name as shown.
        name: Option<String>,
        /// Given name.
        given_name: Option<String>,
        /// Family name.
        family_name: Option<String>,
        /// Where a picture is.
        picture: Option<String>,
        /// When the address was proven to be the user's.
        email_verified: Option<DateTime<Utc>>,
        /// When the user was removed.
        deleted: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The memberships that the request may see: that of its tenant.
        memberships(ConnectionArguments<TenantUser>): Connection<TenantUser>
            = id -> children(tenant_user::Column::UserId),
        /// What the user prefers; null unless the user is the one who asks.
        preferences: Option<UserPreferences> = id -> by_unique::<UserPreferences>(user_preference::Column::UserId),
        /// The subscriptions about whose bills the user is written to.
        billing_subscriptions(ConnectionArguments<Subscription>): Connection<Subscription>
            = id -> children(subscription::Column::BillingContactUserId),
        /// The payments that the user started.
        initiated_payments(ConnectionArguments<Payment>): Connection<Payment>
            = id -> children(payment::Column::InitiatedByUserId),
        /// The system events about the user; owners and admins see them.
        admin_system_events(ConnectionArguments<AdminSystemEvent>): Connection<AdminSystemEvent>
            = id -> children(admin_system_event::Column::UserId),
        /// The system events that the user dealt with; owners and admins see them.
        resolved_admin_system_events(ConnectionArguments<AdminSystemEvent>): Connection<AdminSystemEvent>
            = id -> children(admin_system_event::Column::ResolvedBy),
    }
}

table! { User of user by UserId, filtered UserFilter, ordered UserOrder, read by TenantAndStaff }

filter! {
    /// Which users to show.
    UserFilter / UserListFilter on user {
        columns {
            /// The id.
            id: Ids<UserId> => Id,
            /// The address, lower case.
            email: TextFilter => Email,
            /// Full name as shown.
            name: TextFilter => Name,
            /// Given name.
            given_name: TextFilter => GivenName,
            /// Family name.
            family_name: TextFilter => FamilyName,
            /// When the address was proven to be the user's.
            email_verified: DateTimeFilter => EmailVerified,
            /// When the user was removed.
            deleted: DateTimeFilter => Deleted,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// The memberships that the request may see.
            memberships: TenantUserListFilter => Id, tenant_user::Column::UserId;
            /// The subscriptions about whose bills the user is written to.
            billing_subscriptions: SubscriptionListFilter => Id, subscription::Column::BillingContactUserId;
            /// The payments that the user started.
            initiated_payments: PaymentListFilter => Id, payment::Column::InitiatedByUserId;
        }
    }
}

order! {
    /// How users are ordered.
    UserOrder by UserOrderField on user {
        /// When it was made.
        Created,
        /// The address.
        Email,
    }
}

aggregates! {
    User of user {
        texts {
            /// The address, lower case.
            email => Email,
        }
        times {
            /// When the address was proven to be the user's.
            email_verified => EmailVerified,
            /// When the user was removed.
            deleted => Deleted,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
    }
}
