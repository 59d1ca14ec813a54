//! What does jobs.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use entity::id::TenantId;
use uuid::Uuid;

use crate::Job;

/// Does the jobs of one type.
///
/// It may be called twice for a job, also at the same time: when a worker dies, or its lease runs out while it is still
/// at it. So each effect has to be one that a second run finds done: a row that is there once, a change from a state
/// that was read, an answer that is kept under the job's id.
#[async_trait::async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Does the job.
    ///
    /// # Errors
    /// [`Failure`], which says whether to try again.
    async fn run(&self, job: &Job) -> Result<Done, Failure>;

    /// The live tenants that a schedule of these jobs makes one for, asked each time; `None` is all of them.
    ///
    /// # Errors
    /// [`Failure`]: the schedule stays due, and they are asked for again.
    async fn wanted(&self) -> Result<Option<Vec<TenantId>>, Failure> {
        Ok(None)
    }
}

/// A job that did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done; what there is to say about it is kept in its log.
    Completed(Option<String>),
    /// It is to be done again at that time, as if it were new.
    Again(DateTime<Utc>),
    /// The same, or sooner: when somebody says that what it [waits for](crate::hasten_all) has happened, by its id.
    Waiting(DateTime<Utc>, Uuid),
}

/// A job that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It may go better later.
    #[error("{0}")]
    Later(String),
    /// It will not go better: a dead letter, at once.
    #[error("{0}")]
    ForGood(String),
}

/// The handlers, by the type of their jobs. Clones are the same.
#[derive(Clone, Default)]
pub struct Handlers(Arc<HashMap<&'static str, Arc<dyn Handler>>>);

impl Handlers {
    /// Those of the given types.
    pub fn new(handlers: impl IntoIterator<Item = (&'static str, Arc<dyn Handler>)>) -> Self {
        Self(Arc::new(handlers.into_iter().collect()))
    }

    pub(crate) fn of(&self, job_type: &str) -> Option<&Arc<dyn Handler>> {
        self.0.get(job_type)
    }
}
