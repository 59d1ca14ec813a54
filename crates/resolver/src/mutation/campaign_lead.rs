//! Leads in campaigns.

use entity::{
    id::{CampaignId, CampaignLeadId, LeadId, TypedId},
    oltp::campaign,
};
use sea_orm::{Value, sea_query::ArrayType};
use serde_json::json;
use uuid::Uuid;

use super::prelude::*;
use crate::{
    error::{self, ClientError, Code},
    object::{
        campaign::Campaign,
        campaign_lead::{CampaignLead, CampaignLeadFilter},
        lead::{Lead, LeadFilter},
    },
    scalar::GlobalId,
    write::{AtMost, Selected},
};

root! {
    /// What can be changed.
    pub object CampaignLeadMutations(()) {
        /// Lets a campaign write to the leads that a filter selects; those that it writes to already are passed over. A campaign to which none was ever added writes to all that are active when it begins. One that was taken out, and is added again, gets what it was not sent. For owners, admins and members.
        add_campaign_leads(Input<AddCampaignLeadsInput>): AddCampaignLeadsPayload = |_row| Some(()) -> Run,
        /// Takes a lead out of a campaign. For owners, admins and members.
        delete_campaign_lead(Input<DeleteCampaignLeadInput>): DeleteCampaignLeadPayload = |_row| Some(()) -> Run,
        /// Takes the leads that a filter selects out of their campaigns. For owners, admins and members.
        delete_campaign_leads(Input<DeleteCampaignLeadsInput>): DeleteCampaignLeadsPayload = |_row| Some(()) -> Run,
    }
}

/// Whom a campaign is to write to, too.
#[derive(async_graphql::InputObject)]
pub struct AddCampaignLeadsInput {
    /// The id of the campaign, which must not be completed.
    pub campaign_id: Reference<CampaignId>,
    /// Which leads.
    pub filter: LeadFilter,
    /// How many leads the filter may select, from 1 to 10,000. If it selects more, nothing is changed and the answer is the error `TOO_MANY_ROWS`.
    pub at_most: AtMost,
}

/// What `addCampaignLeads` did.
pub struct Added {
    campaign: Arc<campaign::Model>,
    leads: Vec<LeadId>,
}

rows::object! {
    /// What `addCampaignLeads` answers.
    pub object AddCampaignLeadsPayload(Added) {
        /// How many leads the campaign did not write to before.
        count: i32 = |added| i32::try_from(added.leads.len()).unwrap_or(i32::MAX),
        /// Their ids, in no order.
        ids: Vec<GlobalId> = |added| added.leads.clone(),
        /// As it is now.
        campaign: Campaign = |added| Some(Some(Arc::clone(&added.campaign))) -> inside(),
    }
}

impl Mutate for AddCampaignLeadsInput {
    type Payload = AddCampaignLeadsPayload;
    const RIGHT: Right = Right::Work;

    /// The campaign is locked, so that it is not completed meanwhile.
    async fn run(self, writer: &Writer<'_>) -> Result<Added> {
        let selected = Selected::new(&self.filter, self.at_most)?;
        let at = INPUT.field("campaign_id");
        let id = self.campaign_id.typed(&at)?;
        let campaign = writer.locked(&Target::<Campaign>::of(id)).await?;
        if campaign.status == campaign::CampaignStatus::Completed {
            let problem = "is completed; nothing is sent by it any more";
            return Err(ClientError::at(Code::IllegalTransition, at, problem)
                .with("status", "COMPLETED")
                .into());
        }
        let leads = writer.selected::<Lead>(&selected).await?;
        let tenant = Value::from(Uuid::from(writer.tenant()));
        let campaign_id = Value::from(id.into_raw());
        writer
            .run(CHOSEN, [tenant.clone(), campaign_id.clone()])
            .await?;
        let leads = leads.into_iter().map(|lead| Value::from(lead.into_raw()));
        let leads = Value::Array(ArrayType::Uuid, Some(Box::new(leads.collect())));
        let sql = "INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id) \
             SELECT $1, $2, unnest($3::uuid[]) ON CONFLICT (tenant_id, campaign_id, lead_id) DO NOTHING RETURNING lead_id";
        let added = writer.query(sql, [tenant, campaign_id, leads]).await?;
        let leads: Result<Vec<LeadId>, _> = added.iter().map(|row| row.at(0)).collect();
        let leads = leads.map_err(|cause| error::internal(&cause))?;
        // One that does not send finds them when it does.
        if campaign.status == campaign::CampaignStatus::Sending && !leads.is_empty() {
            let payload = json!({ "campaignId": Uuid::from(id) });
            writer.report("campaign.leads_added", payload).await?;
        }
        Ok(Added { campaign, leads })
    }
}

/// The campaign writes to those whom it is given from now on, also if none is left: never to all that there are.
const CHOSEN: &str = "INSERT INTO campaign_runs (tenant_id, campaign_id, leads_are_given) VALUES ($1, $2, true) \
    ON CONFLICT (tenant_id, campaign_id) DO UPDATE SET leads_are_given = true WHERE NOT campaign_runs.leads_are_given";

impl Writable for CampaignLead {}

deletable! {
    CampaignLead by CampaignLeadId, filtered CampaignLeadFilter, with Work;
    one DeleteCampaignLeadInput answers DeleteCampaignLeadPayload;
    many DeleteCampaignLeadsInput answers DeleteCampaignLeadsPayload;
}
