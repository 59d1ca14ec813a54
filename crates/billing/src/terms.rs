//! Whether one plan is more than another.

use entity::oltp::plan;

/// What a plan limits, by the names of the API, in the order of [`Terms::limits`].
pub const LIMITS: [&str; 9] = [
    "maxUsers",
    "maxDomains",
    "maxCampaignsPerMonth",
    "apiRateLimit",
    "maxEmailAccounts",
    "maxEmailsPerMonth",
    "maxWarmups",
    "maxContacts",
    "maxStorageGb",
];

/// What a plan costs and allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Of a period, in minor units.
    pub price: i64,
    /// ISO 4217 code of the price.
    pub currency: String,
    /// How many of each of [`LIMITS`]; `None` is as many as one likes.
    pub limits: [Option<i32>; 9],
    /// API, priority support, all analytics, no name of the platform's.
    pub features: [bool; 4],
}

impl Terms {
    /// Those of a plan, for periods of so many months.
    #[must_use]
    pub fn of(plan: &plan::Model, months: i32) -> Self {
        Self {
            price: if months == 12 {
                plan.price_yearly
            } else {
                plan.price_monthly
            },
            currency: plan.currency.clone(),
            limits: [
                plan.max_users,
                plan.max_domains,
                plan.max_campaigns_per_month,
                plan.api_rate_limit,
                plan.max_email_accounts,
                plan.max_emails_per_month,
                plan.max_warmups,
                plan.max_contacts,
                plan.max_storage_gb,
            ],
            features: [
                plan.api_access,
                plan.priority_support,
                plan.advanced_analytics,
                plan.white_label,
            ],
        }
    }

    /// Whether these are nowhere less than others, and cost no less: then nothing is lost by a change at once. Prices of
    /// two currencies are not compared, so such a change has to wait.
    #[must_use]
    pub fn is_upgrade_of(&self, other: &Self) -> bool {
        let no_less = |(own, other): (&Option<i32>, &Option<i32>)| match (own, other) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(other)) => own >= other,
        };
        let mut features = self.features.iter().zip(&other.features);
        self.currency == other.currency
            && self.price >= other.price
            && self.limits.iter().zip(&other.limits).all(no_less)
            && features.all(|(own, other)| own >= other)
    }
}
