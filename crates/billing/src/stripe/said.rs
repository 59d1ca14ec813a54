//! What Stripe says that somebody may have asked for here as well.
//!
//! An event tells a subscription whole, whatever it is about. What it repeats is no news, and takes nothing back that was
//! asked for here and that Stripe has not heard of yet: only what it says otherwise than before does.

use entity::oltp::subscription::SubscriptionStatus;

use super::StripeSubscription;

/// What Stripe said of a subscription; `None` is what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Whether it ends with its period.
    pub ends: Option<bool>,
    /// The product that is subscribed to.
    pub product: Option<String>,
}

/// Of which an event tells something else than was said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// Whether it ends.
    pub of_end: bool,
    /// What is subscribed to.
    pub of_product: bool,
}

impl StripeSubscription {
    /// What is news in it, to who has `heard` that before. Where nothing was heard, what the event says of the time before
    /// it counts. To who never heard of an end, that there is none is no news; but any product is.
    #[must_use]
    pub fn news(&self, heard: &Said) -> News {
        let ended = heard.ends.or(self.before.ends).unwrap_or(false);
        let had = heard.product.as_ref().or(self.before.product.as_ref());
        News {
            of_end: self.status == SubscriptionStatus::Canceled
                || self.cancel_at_period_end != ended,
            of_product: self.product.is_some() && self.product.as_ref() != had,
        }
    }
}
