//! Campaigns, made with their steps.

use entity::{
    id::{CampaignId, CompanyId},
    oltp::{campaign, campaign_sequence_step::Column as StepColumn},
};

use super::{
    campaign_sequence_step::{CampaignSequenceStepInput, MOST_STEPS},
    prelude::*,
};
use crate::{
    error::{ClientError, Code},
    input::Changes,
    object::{
        campaign::{Campaign, CampaignFilter},
        campaign_sequence_step::CampaignSequenceStep,
    },
};

root! {
    /// What can be changed.
    pub object CampaignMutations(()) {
        /// Makes a campaign with its steps, as a draft. For owners, admins and members.
        create_campaign(Input<CreateCampaignInput>): CreateCampaignPayload = |_row| Some(()) -> Run,
        /// Changes a campaign. For owners, admins and members.
        update_campaign(Input<UpdateCampaignInput>): UpdateCampaignPayload = |_row| Some(()) -> Run,
        /// Changes the campaigns that a filter selects. For owners, admins and members.
        update_campaigns(Input<UpdateCampaignsInput>): UpdateCampaignsPayload = |_row| Some(()) -> Run,
        /// Deletes a campaign with its steps; one that is sending has to be paused first. For owners, admins and members.
        delete_campaign(Input<DeleteCampaignInput>): DeleteCampaignPayload = |_row| Some(()) -> Run,
        /// Deletes the campaigns that a filter selects. For owners, admins and members.
        delete_campaigns(Input<DeleteCampaignsInput>): DeleteCampaignsPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    Campaign on campaign;
    /// A new campaign, which is a draft.
    create CreateCampaignInput with {
        /// Its sequence, in order; 100 steps at most.
        steps: Option<Vec<CampaignSequenceStepInput>>,
    };
    /// What of a campaign changes. Where it stands is changed by `scheduleCampaign` and its like.
    change CampaignChanges;
    fixed {}
    required {
        /// Name as shown; 200 characters at most.
        name: String => Name,
    }
    optional {
        /// What it is about.
        description: String => Description,
        /// The id of the company it is run for.
        company_id: Reference<CompanyId> => CompanyId,
    }
}

rows::object! {
    /// The new campaign.
    pub object CreateCampaignPayload(Written<Campaign>) {
        /// As it is now.
        campaign: Campaign = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateCampaignInput {
    type Payload = CreateCampaignPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Campaign>> {
        let (changes, (steps,)) = self.split(&INPUT)?;
        let at = INPUT.field("steps");
        let mut steps = sequence(steps.unwrap_or_default())?;
        writer.claim(Limit::CampaignsPerMonth, 1).await?;
        let campaign: Arc<campaign::Model> = writer.insert(&INPUT, changes).await?;
        for step in &mut steps {
            step.set(StepColumn::CampaignId, uuid::Uuid::from(campaign.id));
        }
        writer.insert_all(&at, steps).await?;
        Ok(Written(campaign))
    }
}

/// The steps with their places.
fn sequence(steps: Vec<CampaignSequenceStepInput>) -> Result<Vec<Changes<CampaignSequenceStep>>> {
    let at = INPUT.field("steps");
    if steps.len() > MOST_STEPS as usize {
        let problem = format!("has {} steps; {MOST_STEPS} are the most", steps.len());
        return Err(ClientError::at(Code::BadUserInput, at, problem).into());
    }
    let steps = (1_i32..)
        .zip(steps)
        .enumerate()
        .map(|(index, (place, step))| {
            let (mut changes, ()) = step.split(&at.item(index))?;
            changes.set(StepColumn::StepOrder, place);
            Ok(changes)
        });
    steps.collect()
}

impl Writable for Campaign {
    fn may_be_deleted(row: &campaign::Model) -> Result<(), ClientError> {
        if row.status == campaign::CampaignStatus::Sending {
            let problem = format!("the campaign {:?} is sending; pause it first", row.name);
            return Err(ClientError::new(Code::IllegalTransition, problem));
        }
        Ok(())
    }
}

updatable! {
    Campaign by CampaignId, changed by CampaignChanges, filtered CampaignFilter, with Work;
    one UpdateCampaignInput answers UpdateCampaignPayload { campaign };
    many UpdateCampaignsInput answers UpdateCampaignsPayload;
}

deletable! {
    Campaign by CampaignId, filtered CampaignFilter, with Work;
    one DeleteCampaignInput answers DeleteCampaignPayload;
    many DeleteCampaignsInput answers DeleteCampaignsPayload;
}
