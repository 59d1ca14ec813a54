//! Where a campaign stands, and the steps from one state to the next.
//!
//! ```text
//!          schedule             start
//!   DRAFT ─────────► SCHEDULED ───────► SENDING ──────► COMPLETED
//!     │ start           │ ▲              │ ▲ │  complete  ▲
//!     └────────────►    │ │ schedule     │ │ └────────────┤
//!          SENDING      └─► PAUSED ◄─────┘ │              │
//!                     pause    │    pause  │ resume       │
//!                              └───────────┴──────────────┘
//! ```
//!
//! The statement that changes the state asks for the state it starts from, so of two people who do
//! the same at once one is told that it is done already. A campaign that is to send is reported in the outbox, of
//! which a worker makes the job that sends it. Whatever leads to sending is refused while a step could not be done.

use chrono::{DateTime, Utc};
use entity::{
    id::CampaignId,
    oltp::campaign::{self, CampaignStatus as Status, Column},
};
use sea_orm::ActiveEnum;
use serde_json::json;
use uuid::Uuid;

use super::{campaign_readiness::are_complete, prelude::*};
use crate::{
    error::{ClientError, Code},
    filter::any_of,
    input::Changes,
    object::campaign::Campaign,
};

root! {
    /// What can be changed.
    pub object CampaignStatusMutations(()) {
        /// Lets a campaign start at a time to come, or at another one. From `DRAFT`, `SCHEDULED` and `PAUSED`. For owners, admins and members.
        schedule_campaign(Input<ScheduleCampaignInput>): ScheduleCampaignPayload = |_row| Some(()) -> Run,
        /// Starts a campaign now. From `DRAFT` and `SCHEDULED`. For owners, admins and members.
        start_campaign(Input<StartCampaignInput>): StartCampaignPayload = |_row| Some(()) -> Run,
        /// Stops a campaign for now. From `SCHEDULED` and `SENDING`. For owners, admins and members.
        pause_campaign(Input<PauseCampaignInput>): PauseCampaignPayload = |_row| Some(()) -> Run,
        /// Lets a paused campaign go on. From `PAUSED`. For owners, admins and members.
        resume_campaign(Input<ResumeCampaignInput>): ResumeCampaignPayload = |_row| Some(()) -> Run,
        /// Ends a campaign for good. From `SENDING` and `PAUSED`. For owners, admins and members.
        complete_campaign(Input<CompleteCampaignInput>): CompleteCampaignPayload = |_row| Some(()) -> Run,
    }
}

/// Declares a transition: its input, its payload, the states it starts from and the one it leads to.
macro_rules! transition {
    ($input:ident answers $payload:ident, $verb:literal from $($from:ident),+ to $to:ident $(, with { $(#[$doc:meta])* $field:ident: $type:ty })?) => {
        #[doc = concat!("Which campaign to ", $verb, ".")]
        #[derive(async_graphql::InputObject)]
        pub struct $input {
            /// The id.
            pub id: Reference<CampaignId>,
            /// The `updated` that was read. If given, a campaign that changed since is left alone and the answer is the error `STALE`.
            pub expected_updated: Option<DateTime<Utc>>,
            $($(#[$doc])* pub $field: $type,)?
        }

        rows::object! {
            #[description = concat!("What `", $verb, "Campaign` answers.")]
            pub object $payload(Written<Campaign>) {
                /// As it is now.
                campaign: Campaign = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
            }
        }

        impl Mutate for $input {
            type Payload = $payload;
            const RIGHT: Right = Right::Work;

            async fn run(self, writer: &Writer<'_>) -> Result<Written<Campaign>> {
                let step = Step { verb: $verb, from: &[$(Status::$from),+], to: Status::$to };
                let target = Target::new(&self.id, self.expected_updated)?;
                #[allow(unused_mut, reason = "most transitions change the status only")]
                let mut changes = Changes::new();
                $(changes.give(&INPUT, stringify!($field), Column::Scheduled, Some(to_come(self.$field)?))?;)?
                step.take(writer, target, changes).await.map(Written)
            }
        }
    };
}

transition! {
    ScheduleCampaignInput answers ScheduleCampaignPayload, "schedule" from Draft, Scheduled, Paused to Scheduled,
    with {
        /// When it is to start; a time to come.
        at: DateTime<Utc>
    }
}
transition! { StartCampaignInput answers StartCampaignPayload, "start" from Draft, Scheduled to Sending }
transition! { PauseCampaignInput answers PauseCampaignPayload, "pause" from Scheduled, Sending to Paused }
transition! { ResumeCampaignInput answers ResumeCampaignPayload, "resume" from Paused to Sending }
transition! { CompleteCampaignInput answers CompleteCampaignPayload, "complete" from Sending, Paused to Completed }

fn to_come(at: DateTime<Utc>) -> Result<DateTime<Utc>, ClientError> {
    if at > Utc::now() {
        return Ok(at);
    }
    let problem = "is over; give a time to come, or use `startCampaign`";
    Err(ClientError::at(
        Code::BadUserInput,
        INPUT.field("at"),
        problem,
    ))
}

struct Step {
    verb: &'static str,
    from: &'static [Status],
    to: Status,
}

impl Step {
    async fn take(
        &self,
        writer: &Writer<'_>,
        mut target: Target<Campaign>,
        mut changes: Changes<Campaign>,
    ) -> Result<Arc<campaign::Model>> {
        changes.set(Column::Status, self.to.to_value());
        if self.to == Status::Completed {
            changes.set(Column::Completed, Utc::now());
        }
        let from = any_of(Column::Status, self.from.iter().map(ActiveEnum::to_value));
        target.condition = target.condition.add(from);
        match writer.update_if(&target, &INPUT, changes).await? {
            Some(campaign) => {
                if matches!(self.to, Status::Scheduled | Status::Sending) {
                    are_complete(writer, &campaign).await?;
                }
                self.report(writer, &campaign).await?;
                Ok(campaign)
            }
            None => Err(self.refused(writer, &target).await?.into()),
        }
    }

    /// The work that comes of it, if any does.
    async fn report(&self, writer: &Writer<'_>, campaign: &campaign::Model) -> Result<()> {
        let id = Uuid::from(campaign.id);
        match self.to {
            Status::Scheduled => {
                let payload = json!({ "campaignId": id, "at": campaign.scheduled });
                writer.report("campaign.scheduled", payload).await
            }
            Status::Sending => {
                let payload = json!({ "campaignId": id });
                writer.report("campaign.started", payload).await
            }
            // What was queued finds by itself that there is nothing to do.
            Status::Draft | Status::Paused | Status::Completed => Ok(()),
        }
    }

    /// Why the campaign did not move. It is locked while it is looked at, or it could have changed again.
    async fn refused(&self, writer: &Writer<'_>, target: &Target<Campaign>) -> Result<ClientError> {
        let there = writer.locked(&Target::<Campaign>::of(target.id)).await?;
        if self.from.contains(&there.status) {
            return writer.missed(target).await;
        }
        let stands = there.status.to_value();
        let from: Vec<_> = self.from.iter().map(ActiveEnum::to_value).collect();
        let message = format!(
            "can not {} the campaign: it is {stands}, and must be {}",
            self.verb,
            from.join(" or ")
        );
        Ok(ClientError::new(Code::IllegalTransition, message)
            .with("transition", self.verb)
            .with("status", stands.to_uppercase()))
    }
}
