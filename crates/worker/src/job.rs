//! A job that was claimed.

use std::time::{Duration, Instant};

use entity::id::{JobId, TenantId};
use tokio_util::sync::CancellationToken;

/// A job that somebody does.
#[derive(Clone, Debug)]
pub struct Job {
    /// The job.
    pub id: JobId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The queue that it is in.
    pub queue: String,
    /// What is to be done, as a key.
    pub job_type: String,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// How many there are at most.
    pub max_attempts: i32,
    /// What it says: ids and small settings.
    pub payload: serde_json::Value,
    /// It is to be given up: the worker stops, or somebody else has the job by now.
    pub stop: CancellationToken,
    pub(crate) fence: i32,
    pub(crate) lease: Duration,
    pub(crate) claimed: Instant,
}

impl Job {
    /// Whether it is begun for the first time.
    #[must_use]
    pub fn is_first(&self) -> bool {
        self.fence == 1
    }

    /// An id in the payload.
    ///
    /// # Errors
    /// When there is none, which another attempt would not change.
    pub fn id_in<I: std::str::FromStr>(&self, key: &str) -> Result<I, crate::Failure> {
        let text = self.payload.get(key).and_then(serde_json::Value::as_str);
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| crate::Failure::ForGood(format!("the payload has no id in `{key}`")))
    }
}
