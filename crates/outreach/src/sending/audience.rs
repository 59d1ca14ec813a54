//! Whom a campaign writes to. That is decided once, when it begins: those whom it was given, or all leads that are active
//! then. So a campaign whose leads are all taken out has none, and is over.

use entity::id::{CampaignId, LeadId, TenantId, TypedId};
use sea_orm::DbErr;
use tenant::{Identity, InTier, Tier};
use uuid::Uuid;

use crate::{Outreach, Trouble, rows::query};

/// Leads that are looked at in a transaction: a tenant may have millions.
const BATCH: i32 = 10_000;

impl Outreach {
    /// Gives a campaign that began without leads the next of all that are active, in the order of their ids; true while
    /// there may be more. A worker that dies in between leaves where it was.
    pub(crate) async fn give_leads(
        &self,
        tenant: TenantId,
        id: CampaignId,
    ) -> Result<bool, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let oltp = context.on(Tier::Oltp);
        let given = async {
            if is_complete(oltp, id).await? {
                return Ok(false);
            }
            match begin(oltp, tenant, id).await? {
                Some(after) => give(oltp, tenant, id, after).await,
                None => Ok(false),
            }
        };
        let given: Result<bool, DbErr> = given.await;
        context.finish(given.is_ok()).await?;
        given.map_err(Trouble::from)
    }
}

/// Whether the campaign has all whom it writes to. Most runs find that it has, and write nothing.
async fn is_complete(oltp: InTier<'_>, id: CampaignId) -> Result<bool, DbErr> {
    let sql = "SELECT FROM campaign_runs WHERE campaign_id = $1 AND leads_are_given AND leads_after IS NULL";
    let rows = query(oltp, sql, [id.into_value()]).await?;
    Ok(!rows.is_empty())
}

/// Decides whom it writes to, unless that is decided; answers after which lead the next are to come, if any are. The row is
/// locked: another run of the same campaign waits, and goes on after these.
async fn begin(
    oltp: InTier<'_>,
    tenant: TenantId,
    id: CampaignId,
) -> Result<Option<LeadId>, DbErr> {
    let sql = "INSERT INTO campaign_runs (tenant_id, campaign_id, leads_are_given, leads_after) \
         SELECT $1, $2, true, CASE WHEN NOT EXISTS (SELECT FROM campaign_leads WHERE campaign_id = $2) THEN $3::uuid END \
         ON CONFLICT (tenant_id, campaign_id) DO UPDATE SET leads_are_given = true, leads_after = excluded.leads_after \
         WHERE NOT campaign_runs.leads_are_given";
    let values = [tenant.into_value(), id.into_value(), Uuid::nil().into()];
    query(oltp, sql, values).await?;
    let sql = "SELECT leads_after FROM campaign_runs WHERE campaign_id = $1 FOR UPDATE";
    let rows = query(oltp, sql, [id.into_value()]).await?;
    rows.first().map_or(Ok(None), |row| row.at(0))
}

/// Gives it the next; true if there may be more.
async fn give(
    oltp: InTier<'_>,
    tenant: TenantId,
    id: CampaignId,
    after: LeadId,
) -> Result<bool, DbErr> {
    let sql = "WITH batch AS (SELECT id, status FROM leads WHERE id > $3 ORDER BY id LIMIT $4), \
         given AS (INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id) \
             SELECT $1, $2, id FROM batch WHERE status = 'active' \
             ON CONFLICT (tenant_id, campaign_id, lead_id) DO NOTHING) \
         SELECT id FROM batch ORDER BY id DESC LIMIT 1";
    let values = [
        tenant.into_value(),
        id.into_value(),
        after.into_value(),
        BATCH.into(),
    ];
    let rows = query(oltp, sql, values).await?;
    let last: Option<LeadId> = rows.first().map(|row| row.at(0)).transpose()?;
    let sql = "UPDATE campaign_runs SET leads_after = $2 WHERE campaign_id = $1";
    let values = [id.into_value(), last.map(Uuid::from).into()];
    query(oltp, sql, values).await?;
    Ok(last.is_some())
}
