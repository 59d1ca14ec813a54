//! The job `campaign.run`: takes a campaign's leads one step further, as far as they are due.
//!
//! It goes from one database to the next without holding anything in between, so every part can be done twice: a
//! message is there once for a step and a lead, its job has the message's id, and a lead is moved on only from where
//! it was found. Whatever dies in between, the next run goes on from there.

use chrono::{DateTime, Duration, Utc};
use entity::{
    id::{CampaignId, TenantId, TypedId},
    oltp::campaign::{self, CampaignStatus},
};
use tenant::{Identity, Tier};
use worker::{Failure, Job};

use super::{Ended, due::BATCH};
use crate::{
    Outreach, Trouble,
    rows::{by, query},
};

/// How late a campaign is looked at again at the latest. Whatever happens to it hastens its job; this is for what died
/// before it could say so.
const LATE: Duration = Duration::hours(1);
/// The same of one that is paused, of which nothing is on its way.
const PAUSED: Duration = Duration::days(1);

impl Outreach {
    /// Does it; answers when to do it again. A campaign has one job as long as it is not over: one that is made when it is
    /// resumed, or gets leads, only hastens that.
    pub(crate) async fn run_campaign(&self, job: &Job) -> Result<Ended, Failure> {
        const CAMPAIGN: &str = "campaignId";
        let id = job.id_in(CAMPAIGN)?;
        if job.is_first() {
            let handed_over = worker::hand_over(&self.database, job, CAMPAIGN).await;
            if handed_over.map_err(Trouble::from)? {
                return Ok(Ended::Done);
            }
        }
        Ok(self.run_on(job, id).await?)
    }

    async fn run_on(&self, job: &Job, id: CampaignId) -> Result<Ended, Trouble> {
        let tenant = job.tenant;
        loop {
            match self.begin(tenant, id).await? {
                Begun::Running => {}
                Begun::NotBefore(start) => return Ok(Ended::Again(start)),
                Begun::Over => return Ok(Ended::Done),
            }
            if !self.give_leads(tenant, id).await? {
                break;
            }
        }
        self.resume(tenant, id).await?;
        self.look_after(tenant, id).await?;
        loop {
            let (steps, due) = self.due(tenant, id).await?;
            if due.is_empty() {
                return self.rest(tenant, id).await;
            }
            let is_full = due.len() == BATCH;
            self.advance(job, &steps, due).await?;
            if !is_full {
                return self.rest(tenant, id).await;
            }
        }
    }

    /// Lets a scheduled campaign start when its time has come.
    async fn begin(&self, tenant: TenantId, id: CampaignId) -> Result<Begun, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let oltp = context.on(Tier::Oltp);
        let begun = async {
            let found = by::<campaign::Entity>(oltp, campaign::Column::Id, [id.into()]).await?;
            let Some(campaign) = found.into_iter().next() else {
                return Ok(Begun::Over);
            };
            Ok(match (campaign.status, campaign.scheduled) {
                (CampaignStatus::Scheduled, Some(start)) if start > Utc::now() => {
                    return Ok(Begun::NotBefore(start));
                }
                (CampaignStatus::Scheduled, _) => {
                    let sql = "UPDATE campaigns SET status = 'sending' WHERE id = $1 AND status = 'scheduled'";
                    query(oltp, sql, [id.into_value()]).await?;
                    Begun::Running
                }
                (CampaignStatus::Sending, _) => Begun::Running,
                (CampaignStatus::Paused, _) => Begun::NotBefore(Utc::now() + PAUSED),
                (CampaignStatus::Draft | CampaignStatus::Completed, _) => Begun::Over,
            })
        };
        let begun: Result<Begun, Trouble> = begun.await;
        context.finish(begun.is_ok()).await?;
        begun
    }

    /// Has its messages sent that found it paused. One that does just now waits for the next run.
    async fn resume(&self, tenant: TenantId, id: CampaignId) -> Result<(), Trouble> {
        let waited = worker::hasten_all(&self.database, tenant, id.into()).await?;
        if waited > 0 {
            self.wake.touch();
        }
        Ok(())
    }

    /// Ends a campaign that has nothing more for anybody, or says when it goes on.
    async fn rest(&self, tenant: TenantId, id: CampaignId) -> Result<Ended, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let oltp = context.on(Tier::Oltp);
        let rest = async {
            // Who adds leads holds the campaign, so that it has got them or is over.
            let lock = "SELECT FROM campaigns WHERE id = $1 FOR UPDATE";
            query(oltp, lock, [id.into_value()]).await?;
            // The first in an index: those that wait for a message, of which there may be millions, are last.
            let sql = "SELECT due FROM campaign_leads WHERE campaign_id = $1 AND status = 'active' ORDER BY due LIMIT 1";
            let rows = query(oltp, sql, [id.into_value()]).await?;
            let Some(first) = rows.first() else {
                let sql = "UPDATE campaigns SET status = 'completed', completed = now() WHERE id = $1 AND status = 'sending'";
                query(oltp, sql, [id.into_value()]).await?;
                return Ok(Ended::Done);
            };
            let due: Option<DateTime<Utc>> = first.at(0)?;
            let latest = Utc::now() + LATE;
            Ok(Ended::Again(due.map_or(latest, |due| due.min(latest))))
        };
        let rest: Result<Ended, Trouble> = rest.await;
        context.finish(rest.is_ok()).await?;
        rest
    }
}

/// Whether a campaign runs.
enum Begun {
    Running,
    NotBefore(DateTime<Utc>),
    Over,
}
