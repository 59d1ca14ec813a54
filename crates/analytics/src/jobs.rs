//! The jobs of this crate: `analytics.rollup` and `analytics.maintain`.

use std::sync::Arc;

use entity::id::TenantId;
use worker::{Done, Failure, Handler, Job};

use crate::{Analytics, Trouble};

struct Rollup(Analytics);
struct Maintain(Analytics);

impl Analytics {
    /// What does the jobs, by their types.
    #[must_use]
    pub fn handlers(&self) -> [(&'static str, Arc<dyn Handler>); 2] {
        [
            ("analytics.rollup", Arc::new(Rollup(self.clone()))),
            ("analytics.maintain", Arc::new(Maintain(self.clone()))),
        ]
    }
}

#[async_trait::async_trait]
impl Handler for Rollup {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let rolled = self.0.rollup(job.tenant).await?;
        let told = match (rolled.is_anew, rolled.unknown_zone) {
            (true, None) => Some("all was counted anew".to_owned()),
            (_, Some(zone)) => Some(format!(
                "all was counted anew, by the days of UTC: `{zone}` is no time zone"
            )),
            (false, None) => {
                (rolled.events > 0).then(|| format!("events counted: {}", rolled.events))
            }
        };
        Ok(Done::Completed(told))
    }

    async fn wanted(&self) -> Result<Option<Vec<TenantId>>, Failure> {
        Ok(Some(self.0.due().await?))
    }
}

#[async_trait::async_trait]
impl Handler for Maintain {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let removed = self.0.maintain(job.tenant).await?;
        Ok(Done::Completed(Some(format!(
            "events removed: {}; months of leads removed: {}",
            removed.events, removed.months
        ))))
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let cause = std::error::Error::source(&trouble).map(ToString::to_string);
        Self::Later(match cause {
            Some(cause) => format!("{trouble}: {cause}"),
            None => trouble.to_string(),
        })
    }
}
