//! How a worker hears that there is something to do.
//!
//! In this process by a [`Wake`], which whoever makes work touches once the work is committed. In other processes through
//! Redis, if there is one ([`Wake::publish`]). Nothing of that is needed: a worker looks into PostgreSQL by itself every
//! so often.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use tokio::{sync::Notify, time::timeout};

use crate::lists::Lists;

/// Says that there may be something to do. Clones are the same.
#[derive(Clone, Default)]
pub struct Wake(Arc<Inner>);

#[derive(Default)]
struct Inner {
    outbox: Notify,
    jobs: Notify,
    others: Notify,
    lists: Option<Lists>,
}

impl Wake {
    /// One that is heard in other processes, too.
    ///
    /// # Errors
    /// When the URL of Redis is none.
    pub fn through(redis_url: Option<&SecretString>) -> Result<Self, redis::RedisError> {
        let lists = redis_url.map(Lists::new).transpose()?;
        Ok(Self(Arc::new(Inner {
            lists,
            ..Inner::default()
        })))
    }

    /// There may be something to do: in the outbox, or among the jobs.
    pub fn touch(&self) {
        self.touch_outbox();
        self.touch_jobs();
    }

    /// There may be jobs to do.
    pub(crate) fn touch_jobs(&self) {
        self.0.jobs.notify_one();
        self.0.others.notify_one();
    }

    /// Tells the workers of other processes, for as long as it is polled. A [`Worker`](crate::Worker) does it by itself.
    pub async fn publish(&self) {
        loop {
            self.0.others.notified().await;
            match &self.0.lists {
                Some(lists) => lists.wake().await,
                None => std::future::pending().await,
            }
        }
    }

    pub(crate) fn lists(&self) -> Option<&Lists> {
        self.0.lists.as_ref()
    }

    /// The outbox may hold something.
    pub(crate) fn touch_outbox(&self) {
        self.0.outbox.notify_one();
    }

    /// Waits until there may be something in the outbox, but no longer than `at_most`.
    pub(crate) async fn outbox(&self, at_most: Duration) {
        // That nothing was heard is no news.
        let _ = timeout(at_most, self.0.outbox.notified()).await;
    }

    /// Waits until there may be jobs, but no longer than `at_most`.
    pub(crate) async fn jobs(&self, at_most: Duration) {
        let _ = timeout(at_most, self.0.jobs.notified()).await;
    }
}
