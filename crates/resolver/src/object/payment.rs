//! Payments.

use entity::{
    id::{PaymentId, SubscriptionId, UserId},
    oltp::{payment, subscription, user},
};

use super::{
    prelude::*,
    subscription::{Subscription, SubscriptionFilter},
    user::{User, UserFilter},
};

rows::object! {
    /// A payment of a tenant, for owners and billing.
    pub object Payment(payment::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// How much, in minor units.
        amount: BigInt,
        /// ISO 4217 code of the amount.
        currency: String,
        /// What became of it.
        status: PaymentStatus,
        /// When it was settled either way.
        processed: Option<DateTime<Utc>>,
        /// Start of the period paid for.
        period_start: Option<DateTime<Utc>>,
        /// End of the period paid for.
        period_end: Option<DateTime<Utc>>,
        /// The payment at Stripe.
        stripe_payment_intent_id: Option<String>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// What was paid for.
        subscription: Option<Subscription> = subscription_id -> by_id::<Subscription>(),
        /// Who started it, while a member; null for a renewal.
        initiated_by: Option<User> = initiated_by_user_id -> by_id::<User>(),
    }
}

table! { Payment of payment by PaymentId, filtered PaymentFilter, ordered PaymentOrder, read by Payers }

enumeration! {
    /// What became of a payment.
    PaymentStatus / PaymentStatusFilter of payment::PaymentStatus {
        /// Under way.
        Pending,
        /// Paid.
        Succeeded,
        /// Refused.
        Failed,
        /// Paid back.
        Refunded,
    }
}

filter! {
    /// Which payments to show.
    PaymentFilter / PaymentListFilter on payment {
        columns {
            /// The id.
            id: Ids<PaymentId> => Id,
            /// The id of the subscription that was paid for.
            subscription_id: Ids<SubscriptionId> => SubscriptionId,
            /// The id of the user who started it.
            initiated_by_id: Ids<UserId> => InitiatedByUserId,
            /// How much, in minor units.
            amount: BigIntFilter => Amount,
            /// ISO 4217 code of the amount.
            currency: TextFilter => Currency,
            /// What became of it.
            status: PaymentStatusFilter => Status,
            /// When it was settled either way.
            processed: DateTimeFilter => Processed,
            /// Start of the period paid for.
            period_start: DateTimeFilter => PeriodStart,
            /// End of the period paid for.
            period_end: DateTimeFilter => PeriodEnd,
            /// The payment at Stripe.
            stripe_payment_intent_id: TextFilter => StripePaymentIntentId,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// What was paid for.
            subscription: SubscriptionFilter => SubscriptionId, subscription::Column::Id;
            /// Who started it.
            initiated_by: UserFilter => InitiatedByUserId, user::Column::Id;
        }
    }
}

order! {
    /// How payments are ordered.
    PaymentOrder by PaymentOrderField on payment {
        /// When it was made.
        Created,
    }
}

aggregates! {
    Payment of payment {
        numbers {
            /// How much, in minor units of a currency: of several currencies only what is grouped by
            /// the currency makes sense.
            amount: BigInt => Amount,
        }
        times {
            /// When it was settled either way.
            processed => Processed,
            /// Start of the period paid for.
            period_start => PeriodStart,
            /// End of the period paid for.
            period_end => PeriodEnd,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// ISO 4217 code of the amount.
            currency: String => Currency,
            /// What became of it.
            status: PaymentStatus => Status,
        }
        related {
            /// What was paid for.
            subscription: Subscription => SubscriptionId,
            /// Who started it, while a member; null for a renewal.
            initiated_by: User => InitiatedByUserId,
        }
    }
}
