//! Which alert is sent next.
//!
//! An alert that its receiver refuses waits for its next attempt, and others go in between: only those of the same
//! incident wait for it, so that nobody hears that something is over before they hear that it began.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::Instant;

use super::Alert;

/// How often one is tried: after 1, 2, 4 … seconds, and at most five minutes, so for about an hour.
const ATTEMPTS: usize = 20;
const LONGEST: Duration = Duration::from_secs(300);

/// Alerts in the order in which they were told.
#[derive(Default)]
pub(super) struct Queue {
    waiting: Vec<Waiting>,
}

struct Waiting {
    alert: Alert,
    due: Instant,
    later: ExponentialBackoff,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Puts one at the end. It is tried at once, and the second time after `first_retry`.
    pub(super) fn push(&mut self, alert: Alert, first_retry: Duration) {
        let later = ExponentialBuilder::new()
            .with_min_delay(first_retry)
            .with_max_delay(LONGEST)
            .with_max_times(ATTEMPTS - 1)
            .with_jitter()
            .build();
        self.waiting.push(Waiting {
            alert,
            due: Instant::now(),
            later,
        });
    }

    /// The place of the one that is due first of those that wait for no other, and when it is.
    pub(super) fn next(&self) -> Option<(usize, Instant)> {
        let places = self.waiting.iter().enumerate();
        let first = places.filter(|(place, one)| {
            let before = &self.waiting[..*place];
            !before
                .iter()
                .any(|other| other.alert.incident == one.alert.incident)
        });
        first
            .map(|(place, one)| (place, one.due))
            .min_by_key(|(place, due)| (*due, *place))
    }

    /// The alert at a place that [`Queue::next`] told.
    pub(super) fn at(&self, place: usize) -> &Alert {
        &self.waiting[place].alert
    }

    /// Takes out what was sent.
    pub(super) fn sent(&mut self, place: usize) {
        self.waiting.remove(place);
    }

    /// Lets one that was refused wait for its next attempt; gives it back if it has had its last.
    pub(super) fn refused(&mut self, place: usize) -> Option<Alert> {
        let refused = &mut self.waiting[place];
        match refused.later.next() {
            Some(wait) => {
                refused.due = Instant::now() + wait;
                None
            }
            None => Some(self.waiting.remove(place).alert),
        }
    }

    /// Makes all due that wait for another attempt.
    pub(super) fn hurry(&mut self) {
        let now = Instant::now();
        for one in &mut self.waiting {
            one.due = now;
        }
    }

    /// Takes all out.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = Alert> {
        self.waiting.drain(..).map(|one| one.alert)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Subject;

    fn alert(subject: &str, body: &str) -> Alert {
        Alert {
            incident: Subject {
                event_type: "quota".to_owned(),
                tenant: None,
                subject: subject.to_owned(),
            },
            body: body.to_owned(),
            cause: None,
        }
    }

    fn next(queue: &Queue) -> String {
        let (place, _) = queue.next().expect("one waits");
        queue.at(place).body.clone()
    }

    #[test]
    fn one_that_is_refused_delays_those_of_its_incident_and_no_others() {
        let mut queue = Queue::default();
        for (subject, body) in [("a", "a opened"), ("a", "a resolved"), ("b", "b opened")] {
            queue.push(alert(subject, body), Duration::from_secs(60));
        }
        assert_eq!(next(&queue), "a opened");
        assert!(queue.refused(0).is_none());
        assert_eq!(next(&queue), "b opened");
        queue.sent(2);
        // Nothing else is left but to wait for it.
        assert_eq!(next(&queue), "a opened");
        assert!(queue.next().expect("one waits").1 > Instant::now());
        queue.sent(0);
        assert_eq!(next(&queue), "a resolved");
    }

    #[test]
    fn who_has_no_time_left_tries_all_in_the_order_in_which_they_were_told() {
        let mut queue = Queue::default();
        for subject in ["a", "b", "c"] {
            queue.push(alert(subject, subject), Duration::from_secs(60));
        }
        for place in [2, 0, 1] {
            assert!(queue.refused(place).is_none());
        }
        queue.hurry();
        for subject in ["a", "b", "c"] {
            let (place, due) = queue.next().expect("one waits");
            assert!(due <= Instant::now());
            assert_eq!(queue.at(place).body, subject);
            queue.sent(place);
        }
    }

    #[test]
    fn one_that_is_refused_each_time_is_given_up() {
        let mut queue = Queue::default();
        queue.push(alert("a", "opened"), Duration::from_secs(1));
        queue.push(alert("a", "resolved"), Duration::from_secs(1));
        for _ in 1..ATTEMPTS {
            assert!(queue.refused(0).is_none());
        }
        let given_up = queue.refused(0).expect("the last attempt");
        assert_eq!((&*given_up.body, queue.len()), ("opened", 1));
        assert_eq!(next(&queue), "resolved");
    }
}
