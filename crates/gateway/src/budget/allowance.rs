//! What a plan allows, counted in this process.

use std::{num::NonZeroU32, time::Duration};

use axum::http::HeaderValue;
use governor::{
    DefaultDirectRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};

/// Requests a minute: as many at once, then one each time that a minute's part has passed (GCRA).
pub(super) enum Allowance {
    /// Any number.
    Unlimited,
    /// So many.
    Limited {
        allowed: NonZeroU32,
        policy: HeaderValue,
        spent: DefaultDirectRateLimiter,
    },
    /// None.
    Nothing,
}

/// With a plan that allows nothing there is no moment at which that changes; a minute is when it is read anew.
const NEVER: Duration = Duration::from_secs(60);

impl Allowance {
    /// `None` is any number.
    pub(super) fn new(allowed: Option<u32>) -> Self {
        match allowed.map(NonZeroU32::new) {
            None => Self::Unlimited,
            Some(None) => Self::Nothing,
            Some(Some(allowed)) => Self::Limited {
                allowed,
                policy: policy(allowed.get()),
                spent: DefaultDirectRateLimiter::direct(Quota::per_minute(allowed)),
            },
        }
    }

    /// How many; `None` is any number.
    pub(super) fn allowed(&self) -> Option<u32> {
        match self {
            Self::Unlimited => None,
            Self::Limited { allowed, .. } => Some(allowed.get()),
            Self::Nothing => Some(0),
        }
    }

    /// `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers-10, section 3.
    pub(super) fn policy(&self) -> HeaderValue {
        match self {
            Self::Limited { policy, .. } => policy.clone(),
            Self::Unlimited | Self::Nothing => policy(0),
        }
    }

    /// Takes one request off.
    ///
    /// # Errors
    /// When nothing is left; how long it takes until there is something again.
    pub(super) fn spend(&self) -> Result<(), Duration> {
        match self {
            Self::Unlimited => Ok(()),
            Self::Nothing => Err(NEVER),
            Self::Limited { spent, .. } => {
                let refused = |until: governor::NotUntil<_>| {
                    until.wait_time_from(DefaultClock::default().now())
                };
                spent.check().map_err(refused)
            }
        }
    }
}

fn policy(allowed: u32) -> HeaderValue {
    HeaderValue::try_from(format!("\"plan\";q={allowed};w=60")).expect("ASCII and a number")
}
