//! Campaigns: who is due, what comes next, and one message after the other.

mod advance;
mod audience;
mod due;
mod kept_back;
mod known;
mod ledger;
mod letter;
mod messages;
mod place;
mod run;
mod send;
mod sequence;
mod waiting;

use chrono::{DateTime, Utc};
use entity::id::CampaignId;
use worker::{Done, Failure, Handler, Job};

use crate::{Outreach, Trouble};

/// Does `campaign.run`.
pub(crate) struct RunCampaign(pub(crate) Outreach);

/// Does `message.send`.
pub(crate) struct SendMessage(pub(crate) Outreach);

#[async_trait::async_trait]
impl Handler for RunCampaign {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        Ok(self.0.run_campaign(job).await?.into())
    }
}

#[async_trait::async_trait]
impl Handler for SendMessage {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let ended = self
            .0
            .send_message(job.tenant, job.id_in("messageId")?)
            .await?;
        if ended == Ended::Done
            && let Ok(run) = job.id_in("runId")
        {
            // Its lead may be due, or was the last.
            let hastened = worker::hasten(&self.0.database, job.tenant, run).await;
            hastened.map_err(Trouble::from)?;
        }
        Ok(ended.into())
    }
}

impl From<Ended> for Done {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Self::Completed(None),
            Ended::Again(at) => Self::Again(at),
            Ended::Waiting(at, campaign) => Self::Waiting(at, campaign.into()),
        }
    }
}

/// What becomes of a job that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It is done.
    Done,
    /// It is to be done again at that time.
    Again(DateTime<Utc>),
    /// The same, or as soon as the campaign runs.
    Waiting(DateTime<Utc>, CampaignId),
}
