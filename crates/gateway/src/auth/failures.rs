//! Requests that were refused for who sends them: counted by address and by member, slowed, then refused unseen.
//!
//! A member is counted only once a good signature has said who it is, and only for one tenant: nobody shuts out somebody
//! else by making up names. For the same reason a token that was verified before is good from an
//! address that others tried to guess from. An expired token is no attempt: it was good, and a page that was left open
//! sends it for hours.

use std::{
    hash::RandomState,
    net::IpAddr,
    sync::Mutex,
    time::{Duration, Instant},
};

use entity::id::{TenantId, UserId};
use quick_cache::sync::Cache;

/// For how long failures count, from the first.
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// The first delay; each further failure doubles it.
const DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// Most addresses and members that are counted. More push out those that were not seen for longest.
const COUNTED: usize = 50_000;

/// Who failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// Whoever asks from there.
    Address(IpAddr),
    /// Whoever follows links, or sends webhooks, from there that are not as they were signed. Not the same: many readers
    /// have one address, and programs that look at their mail change links.
    Follower(IpAddr),
    /// Somebody whose token names the tenant.
    Member(TenantId, UserId),
}

/// What becomes of the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Free,
    /// It waits for so long.
    Slow(Duration),
    /// It is refused, for so long.
    Refused(Duration),
}

#[derive(Clone, Copy)]
struct Count {
    since: Instant,
    failures: u32,
    /// How many there may be.
    most: u32,
}

/// Counts failures.
pub(crate) struct Failures {
    counts: Cache<Who, Count, quick_cache::UnitWeighter, RandomState>,
    /// A count is read and written in two steps; failures are few.
    counting: Mutex<()>,
}

impl Failures {
    pub(crate) fn new() -> Self {
        Self {
            counts: Cache::with(
                1024,
                COUNTED as u64,
                quick_cache::UnitWeighter,
                RandomState::new(),
                quick_cache::sync::DefaultLifecycle::default(),
            ),
            counting: Mutex::new(()),
        }
    }

    /// What becomes of a request of somebody.
    pub(crate) fn verdict(&self, who: Who) -> Verdict {
        if self.counts.is_empty() {
            return Verdict::Free;
        }
        self.verdict_at(who, Instant::now())
    }

    fn verdict_at(&self, who: Who, now: Instant) -> Verdict {
        let count = self.counts.get(&who.counted());
        count.map_or(Verdict::Free, |count| count.verdict(now))
    }

    /// Counts a failure of somebody who may have `most`. True if it was the last one.
    pub(crate) fn failed(&self, who: Who, most: u32) -> bool {
        self.failed_at(who, most, Instant::now())
    }

    fn failed_at(&self, who: Who, most: u32, now: Instant) -> bool {
        let who = who.counted();
        let counting = self.counting.lock();
        let fresh = Count {
            since: now,
            failures: 0,
            most,
        };
        let known = self.counts.get(&who);
        let mut count = known
            .filter(|count| now.duration_since(count.since) < WINDOW)
            .unwrap_or(fresh);
        count.failures = count.failures.saturating_add(1);
        count.most = most;
        self.counts.insert(who, count);
        drop(counting);
        count.failures == most
    }
}

impl Who {
    fn counted(self) -> Self {
        match self {
            Self::Address(ip) => Self::Address(subscriber(ip)),
            Self::Follower(ip) => Self::Follower(subscriber(ip)),
            Self::Member(..) => self,
        }
    }
}

/// The address that stands for all of one subscriber's. Of IPv6 that is a network of 64 bits: RFC 6177.
pub(crate) fn subscriber(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(ip) if ip.to_ipv4_mapped().is_none() => {
            let network = ip.to_bits() & (u128::MAX << 64);
            IpAddr::V6(network.into())
        }
        ip => ip.to_canonical(),
    }
}

impl Count {
    fn verdict(&self, now: Instant) -> Verdict {
        let left = WINDOW.saturating_sub(now.duration_since(self.since));
        if left.is_zero() {
            return Verdict::Free;
        }
        if self.failures >= self.most {
            return Verdict::Refused(left);
        }
        match self.failures.checked_sub(self.most.div_ceil(2)) {
            None => Verdict::Free,
            Some(doublings) => {
                let factor = 2_u32.saturating_pow(doublings);
                Verdict::Slow(DELAY.saturating_mul(factor).min(LONGEST_DELAY))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Failures, Verdict, WINDOW, Who};

    fn address(text: &str) -> Who {
        Who::Address(text.parse().expect("an address"))
    }

    #[test]
    fn failures_slow_down_then_shut_out_and_are_forgotten() {
        let failures = Failures::new();
        let (who, now) = (address("192.0.2.7"), Instant::now());
        let verdicts: Vec<_> = (0..6)
            .map(|_| {
                failures.failed_at(who, 6, now);
                failures.verdict_at(who, now)
            })
            .collect();
        let slow = |milliseconds| Verdict::Slow(Duration::from_millis(milliseconds));
        assert_eq!(
            verdicts,
            [
                Verdict::Free,
                Verdict::Free,
                slow(100),
                slow(200),
                slow(400),
                Verdict::Refused(WINDOW)
            ]
        );
        let other = address("192.0.2.8");
        assert_eq!(failures.verdict_at(other, now), Verdict::Free);
        let second = Duration::from_secs(1);
        let late = failures.verdict_at(who, now + WINDOW - second);
        assert_eq!(late, Verdict::Refused(second));
        let after = now + WINDOW;
        assert_eq!(failures.verdict_at(who, after), Verdict::Free);
        failures.failed_at(who, 6, after);
        assert_eq!(failures.verdict_at(who, after), Verdict::Free);
    }

    #[test]
    fn a_network_of_ipv6_is_one_and_a_mapped_address_is_what_it_maps() {
        let failures = Failures::new();
        assert!(failures.failed(address("2001:db8::1"), 1));
        let refused = |text| matches!(failures.verdict(address(text)), Verdict::Refused(_));
        assert!(refused("2001:db8::ffff:1"));
        assert!(!refused("2001:db8:0:1::1"));
        failures.failed(address("::ffff:192.0.2.7"), 1);
        assert!(refused("192.0.2.7"));
    }
}
