//! Which queues a worker takes jobs from.

use clap::ValueEnum;
use serde::Deserialize;

/// A queue of the platform; `job_queues` has a row for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Queue {
    /// Mail that came.
    EmailProcessing,
    /// Mail that goes.
    EmailSending,
    /// What tenants pay.
    Billing,
    /// What is counted over all tenants.
    Analytics,
    /// What is old.
    Maintenance,
}

impl Queue {
    /// Its name, as settings and jobs have it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EmailProcessing => "email-processing",
            Self::EmailSending => "email-sending",
            Self::Billing => "billing",
            Self::Analytics => "analytics",
            Self::Maintenance => "maintenance",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_has_one_name_everywhere() {
        let queues = Queue::value_variants();
        for queue in queues {
            let name = queue.name();
            assert_eq!(Queue::from_str(name, false), Ok(*queue));
            assert_eq!(
                serde_json::from_value::<Queue>(name.into()).ok(),
                Some(*queue)
            );
        }
        let names: Vec<_> = queues.iter().map(|queue| queue.name()).collect();
        assert_eq!(worker::Options::default().queues, names);
    }
}
