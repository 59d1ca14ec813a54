//! The order of a campaign's steps.

use entity::id::{CampaignId, CampaignSequenceStepId, TypedId};
use sea_orm::{Value, sea_query::ArrayType};

use super::{campaign_sequence_step::lock_sequence, prelude::*};
use crate::{
    error::{ClientError, Code},
    object::campaign::Campaign,
};

root! {
    /// What can be changed.
    pub object SequenceOrderMutations(()) {
        /// Puts the steps of a campaign into another order. For owners, admins and members.
        reorder_campaign_sequence_steps(Input<ReorderCampaignSequenceStepsInput>): ReorderCampaignSequenceStepsPayload = |_row| Some(()) -> Run,
    }
}

/// The new order of a campaign's steps.
#[derive(async_graphql::InputObject)]
pub struct ReorderCampaignSequenceStepsInput {
    /// The id of the campaign.
    pub campaign_id: Reference<CampaignId>,
    /// The ids of all its steps, each once, in the new order.
    pub step_ids: Vec<Reference<CampaignSequenceStepId>>,
}

rows::object! {
    /// The campaign with its steps in their new order.
    pub object ReorderCampaignSequenceStepsPayload(Written<Campaign>) {
        /// As it is now.
        campaign: Campaign = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for ReorderCampaignSequenceStepsInput {
    type Payload = ReorderCampaignSequenceStepsPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Campaign>> {
        let (campaign_at, at) = (INPUT.field("campaign_id"), INPUT.field("step_ids"));
        let campaign = self.campaign_id.typed(&campaign_at)?;
        let wanted = self.step_ids.iter().enumerate();
        let wanted = wanted.map(|(index, id)| id.typed(&at.item(index)));
        let wanted: Vec<_> = wanted.collect::<Result<_, _>>()?;
        let mut there = lock_sequence(writer, campaign, &campaign_at).await?;
        let mut named = wanted.clone();
        there.sort_unstable();
        named.sort_unstable();
        if there != named {
            let problem = format!(
                "must name each of the campaign's {} steps once",
                there.len()
            );
            return Err(ClientError::at(Code::BadUserInput, at, problem).into());
        }
        let order = wanted.into_iter().map(TypedId::into_value).collect();
        let order = Value::Array(ArrayType::Uuid, Some(Box::new(order)));
        writer.run(REORDER, [order]).await?;
        let target = Target::<Campaign>::of(campaign);
        writer.locked(&target).await.map(Written)
    }
}

const REORDER: &str = "UPDATE campaign_sequence_steps AS step SET step_order = wanted.place \
    FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place) \
    WHERE step.id = wanted.id AND step.step_order <> wanted.place";
