//! The job of this crate: `billing.rollover`.

use std::{error::Error, sync::Arc};

use chrono::Utc;
use worker::{Done, Failure, Handler, Job};

use crate::{Bookkeeping, Trouble};

struct RollOver(Bookkeeping);

impl Bookkeeping {
    /// What does the jobs, by their types.
    #[must_use]
    pub fn handlers(&self) -> [(&'static str, Arc<dyn Handler>); 1] {
        [("billing.rollover", Arc::new(RollOver(self.clone())))]
    }
}

#[async_trait::async_trait]
impl Handler for RollOver {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let ends = self.0.roll_over(job.tenant, Utc::now()).await?;
        self.0.forget_events(job.tenant).await?;
        Ok(Done::Completed(
            (ends > 0).then(|| format!("periods that ended: {ends}")),
        ))
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        Self::Later(match trouble.source() {
            Some(cause) => format!("{trouble}: {cause}"),
            None => trouble.to_string(),
        })
    }
}
