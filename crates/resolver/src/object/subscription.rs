//! Subscriptions.

use entity::{
    id::{PlanId, SubscriptionId, UserId},
    oltp::{payment, plan, subscription, subscription_addon, user},
};

use super::{
    payment::{Payment, PaymentListFilter},
    plan::{Plan, PlanFilter},
    prelude::*,
    subscription_addon::{SubscriptionAddon, SubscriptionAddonListFilter},
    subscription_usage::{SubscriptionUsage, Usage},
    user::{User, UserFilter},
};
use crate::{price, session::Payers};

rows::object! {
    /// A tenant's subscription to a plan.
    pub object Subscription(subscription::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Whether it is paid.
        status: SubscriptionStatus,
        /// Start of the period paid for.
        current_period_start: DateTime<Utc>,
        /// End of the period paid for.
        current_period_end: DateTime<Utc>,
        /// Whether it ends with the period.
        cancel_at_period_end: bool,
        /// Why it was canceled.
        cancel_reason: Option<String>,
        /// When it was canceled.
        cancel_date: Option<DateTime<Utc>>,
        /// The subscription at Stripe, for owners and billing.
        #[guard(Payers)]
        stripe_subscription_id: Option<String>,
        /// Months of a period; 0 where it is weeks or days, and who bills says when the next begins.
        period_months: i32,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// What the tenant uses of what the plan and the add-ons allow.
        #[cost = price::NUMBERS]
        usage: SubscriptionUsage = id -> Usage,
        /// The plan.
        plan: Plan = plan_id -> by_id::<Plan>(),
        /// The plan that follows when the period ends.
        pending_plan: Option<Plan> = pending_plan_id -> by_id::<Plan>(),
        /// Who is written to about bills, while a member; need not be an owner.
        billing_contact: Option<User> = billing_contact_user_id -> by_id::<User>(),
        /// What is bought on top, for owners and billing.
        addons(ConnectionArguments<SubscriptionAddon>): Connection<SubscriptionAddon>
            = id -> children(subscription_addon::Column::SubscriptionId),
        /// The payments for it, for owners and billing.
        payments(ConnectionArguments<Payment>): Connection<Payment>
            = id -> children(payment::Column::SubscriptionId),
    }
}

table! { Subscription of subscription by SubscriptionId, filtered SubscriptionFilter, ordered SubscriptionOrder }

enumeration! {
    /// Whether a subscription is paid.
    SubscriptionStatus / SubscriptionStatusFilter of subscription::SubscriptionStatus {
        /// Paid.
        Active,
        /// A payment is late.
        PastDue,
        /// Ended.
        Canceled,
        /// Payments were given up on.
        Unpaid,
    }
}

filter! {
    /// Which subscriptions to show.
    SubscriptionFilter / SubscriptionListFilter on subscription {
        columns {
            /// The id.
            id: Ids<SubscriptionId> => Id,
            /// The id of the plan.
            plan_id: Ids<PlanId> => PlanId,
            /// The id of the plan that follows when the period ends.
            pending_plan_id: Ids<PlanId> => PendingPlanId,
            /// The id of the user who is written to about bills.
            billing_contact_id: Ids<UserId> => BillingContactUserId,
            /// Whether it is paid.
            status: SubscriptionStatusFilter => Status,
            /// Start of the period paid for.
            current_period_start: DateTimeFilter => CurrentPeriodStart,
            /// End of the period paid for.
            current_period_end: DateTimeFilter => CurrentPeriodEnd,
            /// Months of a period.
            period_months: IntFilter => PeriodMonths,
            /// Whether it ends with the period.
            cancel_at_period_end: BooleanFilter => CancelAtPeriodEnd,
            /// When it was canceled.
            cancel_date: DateTimeFilter => CancelDate,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The plan.
            plan: PlanFilter => PlanId, plan::Column::Id;
            /// The plan that follows when the period ends.
            pending_plan: PlanFilter => PendingPlanId, plan::Column::Id;
            /// Who is written to about bills.
            billing_contact: UserFilter => BillingContactUserId, user::Column::Id;
        }
        many {
            /// What is bought on top.
            addons: SubscriptionAddonListFilter => Id, subscription_addon::Column::SubscriptionId;
            /// The payments for it.
            payments: PaymentListFilter => Id, payment::Column::SubscriptionId;
        }
    }
}

order! {
    /// How subscriptions are ordered.
    SubscriptionOrder by SubscriptionOrderField on subscription {
        /// When it was made.
        Created,
    }
}

aggregates! {
    Subscription of subscription {
        times {
            /// Start of the period paid for.
            current_period_start => CurrentPeriodStart,
            /// End of the period paid for.
            current_period_end => CurrentPeriodEnd,
            /// When it was canceled.
            cancel_date => CancelDate,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Months of a period.
            period_months: i32 => PeriodMonths,
            /// Whether it is paid.
            status: SubscriptionStatus => Status,
            /// Whether it ends with the period.
            cancel_at_period_end: bool => CancelAtPeriodEnd,
        }
        related {
            /// The plan.
            plan: Plan => PlanId,
            /// The plan that follows when the period ends.
            pending_plan: Plan => PendingPlanId,
            /// Who is written to about bills, while a member; need not be an owner.
            billing_contact: User => BillingContactUserId,
        }
    }
}
