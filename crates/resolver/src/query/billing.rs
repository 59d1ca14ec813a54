//! Plans, and what tenants owe and pay.

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::{
        payment::Payment, plan::Plan, subscription::Subscription,
        subscription_addon::SubscriptionAddon,
    },
};

root! {
    /// What can be asked.
    pub object Billing(()) {
        /// A plan by its id.
        plan(IdArgument<Plan>): Option<Plan> = |_row| Some(()) -> find::<Plan>(),
        /// The plans that can be bought, and those that the tenant holds.
        plans(ConnectionArguments<Plan>): Connection<Plan> = |_row| Some(()) -> all::<Plan>(),
        /// A subscription by its id.
        subscription(IdArgument<Subscription>): Option<Subscription> = |_row| Some(()) -> find::<Subscription>(),
        /// The tenant's subscriptions.
        subscriptions(ConnectionArguments<Subscription>): Connection<Subscription> = |_row| Some(()) -> all::<Subscription>(),
        /// An add-on of a subscription by its id, for owners and billing.
        subscription_addon(IdArgument<SubscriptionAddon>): Option<SubscriptionAddon> = |_row| Some(()) -> find::<SubscriptionAddon>(),
        /// The add-ons of all subscriptions of the tenant, for owners and billing.
        subscription_addons(ConnectionArguments<SubscriptionAddon>): Connection<SubscriptionAddon> = |_row| Some(()) -> all::<SubscriptionAddon>(),
        /// A payment by its id, for owners and billing.
        payment(IdArgument<Payment>): Option<Payment> = |_row| Some(()) -> find::<Payment>(),
        /// The tenant's payments, for owners and billing.
        payments(ConnectionArguments<Payment>): Connection<Payment> = |_row| Some(()) -> all::<Payment>(),
    }
}
