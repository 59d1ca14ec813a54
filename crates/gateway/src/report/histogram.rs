//! How long things took, counted so that nobody waits for anybody.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Each power of two has so many parts: an eighth is how exact a quantile is.
const PARTS: usize = 8;
/// More microseconds than any request takes: 2 to the power of 36 are 19 hours.
const POWERS: usize = 36;
const BUCKETS: usize = PARTS * POWERS;

/// Counts of durations, by how long they are.
pub(crate) struct Histogram([AtomicU64; BUCKETS]);

impl Default for Histogram {
    fn default() -> Self {
        Self([const { AtomicU64::new(0) }; BUCKETS])
    }
}

impl Histogram {
    pub(crate) fn count(&self, micros: u64) {
        self.0[bucket(micros)].fetch_add(1, Relaxed);
    }

    /// Adds what was counted to `counts`, and begins anew.
    pub(crate) fn take_into(&self, counts: &mut Counts) {
        for (count, bucket) in counts.0.iter_mut().zip(&self.0) {
            *count += bucket.swap(0, Relaxed);
        }
    }
}

/// What a histogram counted.
pub(crate) struct Counts([u64; BUCKETS]);

impl Default for Counts {
    fn default() -> Self {
        Self([0; BUCKETS])
    }
}

impl Counts {
    /// How many there were.
    pub(crate) fn all(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Microseconds that a share of the durations did not exceed, to an eighth; 0 of none.
    pub(crate) fn quantile(&self, share: f64) -> u64 {
        let all = self.all();
        let mut left = (all as f64 * share).ceil() as u64;
        for (index, count) in self.0.iter().enumerate() {
            if *count >= left && left > 0 {
                return longest(index);
            }
            left = left.saturating_sub(*count);
        }
        0
    }
}

/// The first eight are whole microseconds; then each power of two has eight.
fn bucket(micros: u64) -> usize {
    let parts = PARTS as u64;
    if micros < parts {
        return micros as usize;
    }
    let power = micros.ilog2();
    let part = (micros >> (power - PARTS.ilog2())) % parts;
    let index = (power - PARTS.ilog2() + 1) as usize * PARTS + part as usize;
    index.min(BUCKETS - 1)
}

/// The longest duration of a bucket.
fn longest(index: usize) -> u64 {
    let (power, part) = (index / PARTS, (index % PARTS) as u64);
    match power.checked_sub(1) {
        None => part,
        Some(shift) => ((PARTS as u64 + part + 1) << shift) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duration_is_in_a_bucket_no_wider_than_an_eighth() {
        for micros in (0..5000).chain([1 << 20, (1 << 20) - 1, 123_456_789, 3_600_000_000]) {
            let longest = longest(bucket(micros));
            assert!(longest >= micros, "{micros} {longest}");
            assert!(longest - micros <= micros / 8, "{micros} {longest}");
        }
        assert_eq!(bucket(u64::MAX), BUCKETS - 1);
    }

    #[test]
    fn a_quantile_is_that_of_the_durations() {
        let histogram = Histogram::default();
        for micros in 1..=1000 {
            histogram.count(micros * 100);
        }
        let mut counts = Counts::default();
        assert_eq!(counts.quantile(0.5), 0);
        histogram.take_into(&mut counts);
        for (share, exact) in [(0.5, 50_000), (0.95, 95_000), (0.99, 99_000)] {
            let found = counts.quantile(share);
            assert!(
                (exact..=exact + exact / 8).contains(&found),
                "{share} {found}"
            );
        }
        let mut again = Counts::default();
        histogram.take_into(&mut again);
        assert_eq!(again.quantile(0.5), 0);
    }
}
