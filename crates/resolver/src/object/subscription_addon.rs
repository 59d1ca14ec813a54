//! Add-ons of subscriptions.

use entity::{
    id::{SubscriptionAddonId, SubscriptionId},
    oltp::{subscription, subscription_addon},
};

use super::{
    prelude::*,
    subscription::{Subscription, SubscriptionFilter},
};

rows::object! {
    /// Something bought on top of a subscription, for owners and billing. What it adds to the limits, all see in `usage`.
    pub object SubscriptionAddon(subscription_addon::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// What it is.
        addon_type: String,
        /// How many.
        quantity: i32,
        /// Price of one a period, in minor units.
        price: BigInt,
        /// ISO 4217 code of the price.
        currency: String,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The subscription it is bought on top of.
        subscription: Subscription = subscription_id -> by_id::<Subscription>(),
    }
}

table! {
    SubscriptionAddon of subscription_addon by SubscriptionAddonId,
    filtered SubscriptionAddonFilter, ordered SubscriptionAddonOrder, read by Payers
}

filter! {
    /// Which add-ons to show.
    SubscriptionAddonFilter / SubscriptionAddonListFilter on subscription_addon {
        columns {
            /// The id.
            id: Ids<SubscriptionAddonId> => Id,
            /// The id of the subscription it is bought on top of.
            subscription_id: Ids<SubscriptionId> => SubscriptionId,
            /// What it is.
            addon_type: TextFilter => AddonType,
            /// How many.
            quantity: IntFilter => Quantity,
            /// Price of one a period, in minor units.
            price: BigIntFilter => Price,
            /// ISO 4217 code of the price.
            currency: TextFilter => Currency,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The subscription it is bought on top of.
            subscription: SubscriptionFilter => SubscriptionId, subscription::Column::Id;
        }
    }
}

order! {
    /// How add-ons are ordered.
    SubscriptionAddonOrder by SubscriptionAddonOrderField on subscription_addon {
        /// When it was made.
        Created,
    }
}

aggregates! {
    SubscriptionAddon of subscription_addon {
        numbers {
            /// How many.
            quantity: i32 => Quantity,
            /// The price of one, in minor units of a currency: of several currencies only what is
            /// grouped by the currency makes sense.
            price: BigInt => Price,
        }
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// What it is.
            addon_type: String => AddonType,
            /// ISO 4217 code of the price.
            currency: String => Currency,
        }
        related {
            /// The subscription it is bought on top of.
            subscription: Subscription => SubscriptionId,
        }
    }
}
