//! Plans.

use entity::{
    id::PlanId,
    oltp::{plan, subscription},
};

use super::{prelude::*, subscription::Subscription};

rows::object! {
    /// A plan that tenants can buy. A limit that is null is none.
    pub object Plan(plan::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
        /// Readable key.
        slug: String,
        /// What it is for.
        description: Option<String>,
        /// Most users.
        max_users: Option<i32>,
        /// Most sending domains.
        max_domains: Option<i32>,
        /// Most campaigns started a month.
        max_campaigns_per_month: Option<i32>,
        /// Most API requests a minute.
        api_rate_limit: Option<i32>,
        /// Most email accounts.
        max_email_accounts: Option<i32>,
        /// Most emails sent a month.
        max_emails_per_month: Option<i32>,
        /// Most accounts warmed up at a time.
        max_warmups: Option<i32>,
        /// Most leads.
        max_contacts: Option<i32>,
        /// Most gigabytes of mail kept.
        max_storage_gb: Option<i32>,
        /// Whether the API may be used.
        api_access: bool,
        /// Whether support answers first.
        priority_support: bool,
        /// Whether all analytics are open.
        advanced_analytics: bool,
        /// Whether the platform's own name is hidden.
        white_label: bool,
        /// Price of a month, in minor units.
        price_monthly: BigInt,
        /// Price of a year, in minor units.
        price_yearly: BigInt,
        /// ISO 4217 code of the prices.
        currency: String,
        /// Remarks.
        notes: Option<String>,
        /// Whether it can be bought; one that can not is still renewed by its holders.
        is_active: bool,
        /// The product at Stripe.
        stripe_product_id: Option<String>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The tenant's subscriptions to it.
        subscriptions(ConnectionArguments<Subscription>): Connection<Subscription>
            = id -> children(subscription::Column::PlanId),
        /// The tenant's subscriptions that change to it when their period ends.
        pending_subscriptions(ConnectionArguments<Subscription>): Connection<Subscription>
            = id -> children(subscription::Column::PendingPlanId),
    }
}

table! { Plan of plan by PlanId, filtered PlanFilter, ordered PlanOrder, read by Shared }

// No filter by subscriptions: staff read plans, and may not read what is a tenant's.
filter! {
    /// Which plans to show.
    PlanFilter on plan {
        columns {
            /// The id.
            id: Ids<PlanId> => Id,
            /// Name as shown.
            name: TextFilter => Name,
            /// Readable key.
            slug: TextFilter => Slug,
            /// Most users.
            max_users: IntFilter => MaxUsers,
            /// Most sending domains.
            max_domains: IntFilter => MaxDomains,
            /// Most campaigns started a month.
            max_campaigns_per_month: IntFilter => MaxCampaignsPerMonth,
            /// Most API requests a minute.
            api_rate_limit: IntFilter => ApiRateLimit,
            /// Most email accounts.
            max_email_accounts: IntFilter => MaxEmailAccounts,
            /// Most emails sent a month.
            max_emails_per_month: IntFilter => MaxEmailsPerMonth,
            /// Most accounts warmed up at a time.
            max_warmups: IntFilter => MaxWarmups,
            /// Most leads.
            max_contacts: IntFilter => MaxContacts,
            /// Most gigabytes of mail kept.
            max_storage_gb: IntFilter => MaxStorageGb,
            /// Whether the API may be used.
            api_access: BooleanFilter => ApiAccess,
            /// Whether support answers first.
            priority_support: BooleanFilter => PrioritySupport,
            /// Whether all analytics are open.
            advanced_analytics: BooleanFilter => AdvancedAnalytics,
            /// Whether the platform's own name is hidden.
            white_label: BooleanFilter => WhiteLabel,
            /// Price of a month, in minor units.
            price_monthly: BigIntFilter => PriceMonthly,
            /// Price of a year, in minor units.
            price_yearly: BigIntFilter => PriceYearly,
            /// ISO 4217 code of the prices.
            currency: TextFilter => Currency,
            /// Whether it can be bought.
            is_active: BooleanFilter => IsActive,
            /// The product at Stripe.
            stripe_product_id: TextFilter => StripeProductId,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
    }
}

order! {
    /// How plans are ordered.
    PlanOrder by PlanOrderField on plan {
        /// When it was made.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    Plan of plan {
        numbers {
            /// Most users.
            max_users: i32 => MaxUsers,
            /// Most sending domains.
            max_domains: i32 => MaxDomains,
            /// Most email accounts.
            max_email_accounts: i32 => MaxEmailAccounts,
            /// Most emails sent a month.
            max_emails_per_month: i32 => MaxEmailsPerMonth,
            /// Most leads.
            max_contacts: i32 => MaxContacts,
            /// Price of a month, in minor units.
            price_monthly: BigInt => PriceMonthly,
            /// Price of a year, in minor units.
            price_yearly: BigInt => PriceYearly,
        }
        texts {
            /// Name as shown.
            name => Name,
        }
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// ISO 4217 code of the prices.
            currency: String => Currency,
            /// Whether it can be bought; one that can not is still renewed by its holders.
            is_active: bool => IsActive,
        }
    }
}
