//! What a tenant used in a period.

use entity::{
    analytics::billing_analytics,
    id::{BillingAnalyticsId, SubscriptionId},
};

use super::{prelude::*, subscription::Subscription};

rows::object! {
    /// What a tenant used in a period of its subscription, as long as that is: a month, or a year. Without one there is no period.
    pub object BillingAnalytics(billing_analytics::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// When the period began.
        period_start: DateTime<Utc>,
        /// When it ends: the first moment that is not in it.
        period_end: DateTime<Utc>,
        /// Messages that went out.
        emails_sent: BigInt,
        /// Mailboxes that something went out from.
        mailboxes_used: BigInt,
        /// Their domains.
        domains_used: BigInt,
        /// Campaigns that something went out for.
        campaigns_used: BigInt,
        /// Leads who were written to.
        leads_used: BigInt,
        /// Warm-ups under way.
        warmups_active: BigInt,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The subscription that the period is of.
        subscription: Option<Subscription> = subscription_id -> by_id::<Subscription>(),
    }
}

table! {
    BillingAnalytics of billing_analytics by BillingAnalyticsId,
    filtered BillingAnalyticsFilter, ordered BillingAnalyticsOrder, in Analytics
}

filter! {
    /// Which periods to show. They are in a database of their own, so the subscription is given by its id.
    BillingAnalyticsFilter on billing_analytics {
        columns {
            /// The id.
            id: Ids<BillingAnalyticsId> => Id,
            /// The id of the subscription that the period is of.
            subscription_id: Ids<SubscriptionId> => SubscriptionId,
            /// When the period began.
            period_start: DateTimeFilter => PeriodStart,
            /// When it ends: the first moment that is not in it.
            period_end: DateTimeFilter => PeriodEnd,
            /// Messages that went out.
            emails_sent: BigIntFilter => EmailsSent,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
    }
}

order! {
    /// How periods are ordered.
    BillingAnalyticsOrder by BillingAnalyticsOrderField on billing_analytics {
        /// When the period began.
        PeriodStart,
    }
}

aggregates! {
    BillingAnalytics of billing_analytics {
        numbers {
            /// Messages that went out.
            emails_sent: BigInt => EmailsSent,
            /// Mailboxes that something went out from.
            mailboxes_used: BigInt => MailboxesUsed,
            /// Campaigns that something went out for.
            campaigns_used: BigInt => CampaignsUsed,
            /// Leads who were written to.
            leads_used: BigInt => LeadsUsed,
        }
        times {
            /// When the period began.
            period_start => PeriodStart,
            /// When it ends: the first moment that is not in it.
            period_end => PeriodEnd,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        related {
            /// The subscription that the period is of.
            subscription: Subscription => SubscriptionId,
        }
    }
}
