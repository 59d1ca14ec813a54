//! The steps of campaigns.
//!
//! A campaign's row is locked while its sequence changes, so that two who change it at once leave
//! one sequence with places from 1 on.

use entity::{
    id::{CampaignId, CampaignSequenceStepId, EmailAccountId, TemplateId, TypedId},
    oltp::campaign_sequence_step::{
        self, CONDITION_TYPES, CONDITION_VALUES, Column, StepType as Stored,
    },
};

use super::{prelude::*, standard::Id};
use crate::{
    error::{ClientError, Code, internal},
    input::Path,
    object::campaign_sequence_step::{CampaignSequenceStep, CampaignSequenceStepFilter, StepType},
    scalar::GlobalId,
};

/// Most steps of a campaign.
pub(super) const MOST_STEPS: i32 = 100;

root! {
    /// What can be changed.
    pub object StepMutations(()) {
        /// Adds a step to a campaign. For owners, admins and members.
        create_campaign_sequence_step(Input<CreateCampaignSequenceStepInput>): CreateCampaignSequenceStepPayload = |_row| Some(()) -> Run,
        /// Changes a step. For owners, admins and members.
        update_campaign_sequence_step(Input<UpdateCampaignSequenceStepInput>): UpdateCampaignSequenceStepPayload = |_row| Some(()) -> Run,
        /// Changes the steps that a filter selects. For owners, admins and members.
        update_campaign_sequence_steps(Input<UpdateCampaignSequenceStepsInput>): UpdateCampaignSequenceStepsPayload = |_row| Some(()) -> Run,
        /// Deletes a step; those behind it move up. A lead that has come to it goes on with them, and a message of it that is not sent yet is not. For owners, admins and members.
        delete_campaign_sequence_step(Input<DeleteCampaignSequenceStepInput>): DeleteCampaignSequenceStepPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    CampaignSequenceStep on campaign_sequence_step;
    /// A new step of a campaign.
    create CampaignSequenceStepInput;
    /// What of a step changes. Its place is changed by `reorderCampaignSequenceSteps`.
    change CampaignSequenceStepChanges;
    fixed {}
    required {
        /// What it does.
        step_type: StepType => StepType,
    }
    optional {
        /// The id of the account that an email step sends from.
        email_account_id: Reference<EmailAccountId> => EmailAccountId,
        /// The id of the template that an email step sends.
        template_id: Reference<TemplateId> => TemplateId,
        /// Subject in place of the template's; 500 characters at most.
        subject_override: String => SubjectOverride,
        /// Sender's name in place of the account's; 100 characters at most.
        from_name_override: String => FromNameOverride,
        /// Hours that a wait step waits, from 1 to 8,760 (a year). A wait step has these or a time.
        wait_duration_hours: Between<1, 8_760> => WaitDurationHours,
        /// The time that a wait step waits for.
        wait_until_date: chrono::DateTime<chrono::Utc> => WaitUntilDate,
        /// What a condition step looks at, and a condition step has one: `opened`, `clicked` or `replied`, or `not_` and one of these. Where it does not hold, the lead is stopped. A lead that answers is stopped at once, so `replied` holds only for one that was made `ACTIVE` again since.
        condition_type: String => ConditionType,
        /// Which messages of the campaign to the lead a condition step looks at: `previous_email`, the one that was sent last, or `any_email`. If not given, the previous one.
        condition_value: String => ConditionValue,
        /// When an email step is sent: an expression that has to hold, such as `lead.company and lead.first_name != 'Bob'`; the step is passed over for a lead for which it does not. It may name `lead.email`, `lead.name`, `lead.first_name`, `lead.last_name`, `lead.company` and `lead.status`, also without `lead.` but for the last. What has no value is false. If not given, it is sent to all.
        send_condition: String => SendCondition,
        /// Whether the step is done or passed over. If not given, a new one is done.
        is_active: bool => IsActive,
    }
}

impl Writable for CampaignSequenceStep {
    fn check(row: &campaign_sequence_step::Model, at: &Path<'_>) -> Result<(), ClientError> {
        let (field, problem) = match row.step_type {
            Stored::Wait if row.wait_duration_hours.is_some() == row.wait_until_date.is_some() => (
                "wait_duration_hours",
                "or `waitUntilDate` must be given for a wait step, one of them",
            ),
            Stored::Condition if row.condition_type.is_none() => {
                ("condition_type", "must be given for a condition step")
            }
            Stored::Email | Stored::Wait | Stored::Condition => return Self::check_words(row, at),
        };
        Err(ClientError::at(
            Code::BadUserInput,
            at.field(field),
            problem,
        ))
    }
}

impl CampaignSequenceStep {
    /// Refuses what nobody would understand when the step is done.
    fn check_words(row: &campaign_sequence_step::Model, at: &Path<'_>) -> Result<(), ClientError> {
        let refused = |field, problem| {
            Err(ClientError::at(
                Code::BadUserInput,
                at.field(field),
                problem,
            ))
        };
        for (field, given, known) in [
            ("condition_type", &row.condition_type, &CONDITION_TYPES[..]),
            (
                "condition_value",
                &row.condition_value,
                &CONDITION_VALUES[..],
            ),
        ] {
            if given
                .as_deref()
                .is_some_and(|given| !known.contains(&given))
            {
                return refused(field, format!("must be one of `{}`", known.join("`, `")));
            }
        }
        match row.send_condition.as_deref().map(letter::check_condition) {
            Some(Err(error)) => refused(
                "send_condition",
                format!("can not be evaluated: {}", error.problem),
            ),
            Some(Ok(())) | None => Ok(()),
        }
    }
}

updatable! {
    CampaignSequenceStep by CampaignSequenceStepId, changed by CampaignSequenceStepChanges, filtered CampaignSequenceStepFilter, with Work;
    one UpdateCampaignSequenceStepInput answers UpdateCampaignSequenceStepPayload { campaign_sequence_step };
    many UpdateCampaignSequenceStepsInput answers UpdateCampaignSequenceStepsPayload;
}

/// A new step, and where it goes.
#[derive(async_graphql::InputObject)]
pub struct CreateCampaignSequenceStepInput {
    /// The id of the campaign.
    pub campaign_id: Reference<CampaignId>,
    /// Its place in the sequence, from 1; those from there on move back. If not given, it is the last.
    pub position: Option<Between<1, MOST_STEPS>>,
    /// The step.
    pub step: CampaignSequenceStepInput,
}

rows::object! {
    /// The new step.
    pub object CreateCampaignSequenceStepPayload(Written<CampaignSequenceStep>) {
        /// As it is now.
        campaign_sequence_step: CampaignSequenceStep = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateCampaignSequenceStepInput {
    type Payload = CreateCampaignSequenceStepPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<CampaignSequenceStep>> {
        let at = INPUT.field("campaign_id");
        let campaign = self.campaign_id.typed(&at)?;
        let wanted = self
            .position
            .map(|position| position.checked(&INPUT.field("position")));
        let wanted = wanted.transpose()?;
        let step = INPUT.field("step");
        let (mut changes, ()) = self.step.split(&step)?;
        let places = lock_sequence(writer, campaign, &at).await?.len();
        let next = i32::try_from(places).unwrap_or(MOST_STEPS) + 1;
        if next > MOST_STEPS {
            let problem = format!("has {MOST_STEPS} steps, which are the most");
            return Err(ClientError::at(Code::BadUserInput, at, problem).into());
        }
        let place = wanted.unwrap_or(next).min(next);
        writer
            .run(MOVE_BACK, [campaign.into_value(), place.into()])
            .await?;
        changes.set(Column::CampaignId, uuid::Uuid::from(campaign));
        changes.set(Column::StepOrder, place);
        writer.insert(&step, changes).await.map(Written)
    }
}

const MOVE_BACK: &str = "UPDATE campaign_sequence_steps SET step_order = step_order + 1 \
    WHERE campaign_id = $1 AND step_order >= $2";

/// Locks a campaign; the ids of its steps, in order.
pub(super) async fn lock_sequence(
    writer: &Writer<'_>,
    campaign: CampaignId,
    at: &Path<'_>,
) -> Result<Vec<CampaignSequenceStepId>> {
    // An update that changes nothing would say that the campaign has changed.
    let lock = "SELECT id FROM campaigns WHERE id = $1 FOR NO KEY UPDATE";
    if writer
        .query(lock, [campaign.into_value()])
        .await?
        .is_empty()
    {
        return Err(crate::write::not_found(at).into());
    }
    let steps =
        "SELECT id FROM campaign_sequence_steps WHERE campaign_id = $1 ORDER BY step_order, id";
    let rows = writer.query(steps, [campaign.into_value()]).await?;
    let ids = rows.iter().map(|row| row.named("id"));
    ids.collect::<Result<_, _>>()
        .map_err(|cause| internal(&cause))
}

/// Which step to delete.
#[derive(async_graphql::InputObject)]
pub struct DeleteCampaignSequenceStepInput {
    /// The id.
    pub id: Reference<CampaignSequenceStepId>,
    /// The `updated` that was read. If given, a step that changed since is left alone and the answer is the error `STALE`.
    pub expected_updated: Option<chrono::DateTime<chrono::Utc>>,
}

rows::object! {
    /// The deleted step.
    pub object DeleteCampaignSequenceStepPayload(Id<CampaignSequenceStepId>) {
        /// Its id, which leads nowhere from now on.
        id: GlobalId = |deleted| deleted.0,
    }
}

impl Mutate for DeleteCampaignSequenceStepInput {
    type Payload = DeleteCampaignSequenceStepPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Id<CampaignSequenceStepId>> {
        let target = Target::<CampaignSequenceStep>::new(&self.id, self.expected_updated)?;
        let lock = "SELECT id FROM campaigns WHERE id = \
            (SELECT campaign_id FROM campaign_sequence_steps WHERE id = $1) FOR NO KEY UPDATE";
        writer.query(lock, [target.id.into_value()]).await?;
        let step = writer.delete(&target).await?;
        let values = [step.campaign_id.into_value(), step.step_order.into()];
        writer.run(MOVE_UP, values.clone()).await?;
        let [campaign, place] = values;
        let gone = [campaign, place, target.id.into_value()];
        writer.run(REMEMBER, gone).await?;
        Ok(Id(target.id))
    }
}

const MOVE_UP: &str = "UPDATE campaign_sequence_steps SET step_order = step_order - 1 \
    WHERE campaign_id = $1 AND step_order > $2";

/// Leads of a campaign that has begun may stand at the step, which is gone: they go on behind the one before it.
const REMEMBER: &str = "INSERT INTO campaign_runs (tenant_id, campaign_id, removed_steps) \
    SELECT tenant_id, id, jsonb_build_object($3::uuid, (SELECT id FROM campaign_sequence_steps \
        WHERE campaign_id = $1 AND step_order < $2 ORDER BY step_order DESC LIMIT 1)) \
    FROM campaigns WHERE id = $1 AND status NOT IN ('draft', 'completed') \
    ON CONFLICT (tenant_id, campaign_id) DO UPDATE SET removed_steps = campaign_runs.removed_steps || excluded.removed_steps";
