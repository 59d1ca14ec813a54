//! The leads of a campaign that are due.

use std::collections::HashMap;

use chrono::Utc;
use entity::{
    id::{CampaignId, TenantId, TypedId},
    oltp::{campaign_lead, campaign_sequence_step, lead},
};
use sea_orm::{ActiveEnum, ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QueryTrait};
use tenant::{Access, Identity, InTier, Row, Tier};

use super::place::{self, Removed};
use crate::{
    Outreach, Trouble,
    rows::{by, query},
};

/// Leads that are taken further at once.
pub(super) const BATCH: usize = 500;

/// One lead in the campaign, and what comes next for it.
pub(super) struct Due {
    pub(super) row: campaign_lead::Model,
    pub(super) lead: lead::Model,
    /// Where that is in the sequence.
    pub(super) order: i32,
}

impl Outreach {
    /// The campaign's steps in their order, and the leads that are due.
    pub(super) async fn due(
        &self,
        tenant: TenantId,
        id: CampaignId,
    ) -> Result<(Vec<campaign_sequence_step::Model>, Vec<Due>), Trouble> {
        let context = self
            .database
            .context(Identity::Job { tenant }, Access::Read);
        let oltp = context.on(Tier::Oltp);
        let steps = campaign_sequence_step::Entity::find()
            .filter(campaign_sequence_step::Column::CampaignId.eq(id))
            .order_by_asc(campaign_sequence_step::Column::StepOrder)
            .into_query();
        let steps = oltp.rows(&steps).await?;
        let steps: Result<Vec<_>, _> = steps.iter().map(|row| row.read(0)).collect();
        let due = campaign_lead::Entity::find()
            .filter(campaign_lead::Column::CampaignId.eq(id))
            .filter(
                campaign_lead::Column::Status
                    .eq(campaign_lead::CampaignLeadStatus::Active.to_value()),
            )
            .filter(campaign_lead::Column::Due.lte(Utc::now()))
            .order_by_asc(campaign_lead::Column::Due)
            .order_by_asc(campaign_lead::Column::Id)
            .into_query()
            .limit(BATCH as u64)
            .take();
        let rows = oltp.rows(&due).await?;
        let rows: Result<Vec<campaign_lead::Model>, _> =
            rows.iter().map(|row| row.read(0)).collect();
        let rows = rows?;
        let keys = rows.iter().map(|row| row.lead_id.into());
        let leads = by::<lead::Entity>(oltp, lead::Column::Id, keys).await?;
        let steps = steps?;
        let removed = match rows.iter().any(|row| place::is_gone(row, &steps)) {
            true => removed(oltp, id).await?,
            false => Removed::default(),
        };
        context.finish(false).await?;
        let mut leads: HashMap<_, _> = leads.into_iter().map(|lead| (lead.id, lead)).collect();
        // A campaign has a lead once, and a key of the database says that it is there.
        let due = rows.into_iter().filter_map(|row| {
            let lead = leads.remove(&row.lead_id)?;
            let order = place::next_order(&row, &steps, &removed);
            Some(Due { row, lead, order })
        });
        let due = due.collect();
        Ok((steps, due))
    }
}

/// The steps of a campaign that are gone.
async fn removed(oltp: InTier<'_>, id: CampaignId) -> Result<Removed, DbErr> {
    let sql = "SELECT gone.key::uuid, gone.value::uuid FROM campaign_runs, jsonb_each_text(removed_steps) AS gone \
         WHERE campaign_id = $1";
    let rows = query(oltp, sql, [id.into_value()]).await?;
    let pair = |row: &Row| Ok((row.at(0)?, row.at(1)?));
    rows.iter().map(pair).collect()
}
