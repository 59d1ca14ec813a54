//! The steps of campaigns.

use entity::{
    content::email_message,
    id::{CampaignId, CampaignSequenceStepId, EmailAccountId, TemplateId},
    oltp::{campaign, campaign_sequence_step, email_account, template},
};

use super::{
    campaign::{Campaign, CampaignFilter},
    email_account::{EmailAccount, EmailAccountFilter},
    email_message::EmailMessage,
    prelude::*,
    template::{Template, TemplateFilter},
};

rows::object! {
    /// One step of a campaign's sequence.
    pub object CampaignSequenceStep(campaign_sequence_step::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Place in the sequence, from 1.
        step_order: i32,
        /// What it does.
        step_type: StepType,
        /// Subject in place of the template's.
        subject_override: Option<String>,
        /// Sender's name in place of the account's.
        from_name_override: Option<String>,
        /// Hours that a wait step waits.
        wait_duration_hours: Option<i32>,
        /// The time that a wait step waits for.
        wait_until_date: Option<DateTime<Utc>>,
        /// What a condition step looks at: `opened`, `clicked` or `replied`, or `not_` and one of these.
        condition_type: Option<String>,
        /// Which messages of the campaign to the lead a condition step looks at: `previous_email`, the one that was sent last, or `any_email`; null means the previous one.
        condition_value: Option<String>,
        /// When an email step is sent: an expression that has to hold; null means always.
        send_condition: Option<String>,
        /// Whether the step is done or passed over.
        is_active: bool,
        /// How often it was done.
        executed_count: i32,
        /// When it was last done.
        last_executed: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The campaign it is a step of.
        campaign: Campaign = campaign_id -> by_id::<Campaign>(),
        /// The account that an email step sends from.
        email_account: Option<EmailAccount> = email_account_id -> by_id::<EmailAccount>(),
        /// The template that an email step sends.
        template: Option<Template> = template_id -> by_id::<Template>(),
        /// The mail that the step is.
        messages(ConnectionArguments<EmailMessage>): Connection<EmailMessage>
            = id -> children(email_message::Column::StepId),
        /// What became of the mail that the step is, by day.
        analytics(Span): Analytics = id -> analytics(Subject::Step),
    }
}

table! {
    CampaignSequenceStep of campaign_sequence_step by CampaignSequenceStepId,
    filtered CampaignSequenceStepFilter, ordered CampaignSequenceStepOrder
}

enumeration! {
    /// What a step does.
    StepType / StepTypeFilter of campaign_sequence_step::StepType {
        /// Sends an email.
        Email,
        /// Waits for a time.
        Wait,
        /// Goes on only if something holds.
        Condition,
    }
}

filter! {
    /// Which steps to show.
    CampaignSequenceStepFilter / CampaignSequenceStepListFilter on campaign_sequence_step {
        columns {
            /// The id.
            id: Ids<CampaignSequenceStepId> => Id,
            /// The id of the campaign it is a step of.
            campaign_id: Ids<CampaignId> => CampaignId,
            /// The id of the account that an email step sends from.
            email_account_id: Ids<EmailAccountId> => EmailAccountId,
            /// The id of the template that an email step sends.
            template_id: Ids<TemplateId> => TemplateId,
            /// Place in the sequence.
            step_order: IntFilter => StepOrder,
            /// What it does.
            step_type: StepTypeFilter => StepType,
            /// Whether the step is done or passed over.
            is_active: BooleanFilter => IsActive,
            /// Hours that a wait step waits.
            wait_duration_hours: IntFilter => WaitDurationHours,
            /// The time that a wait step waits for.
            wait_until_date: DateTimeFilter => WaitUntilDate,
            /// What a condition step looks at.
            condition_type: TextFilter => ConditionType,
            /// How often it was done.
            executed_count: IntFilter => ExecutedCount,
            /// When it was last done.
            last_executed: DateTimeFilter => LastExecuted,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The campaign it is a step of.
            campaign: CampaignFilter => CampaignId, campaign::Column::Id;
            /// The account that an email step sends from.
            email_account: EmailAccountFilter => EmailAccountId, email_account::Column::Id;
            /// The template that an email step sends.
            template: TemplateFilter => TemplateId, template::Column::Id;
        }
    }
}

order! {
    /// How steps are ordered.
    CampaignSequenceStepOrder by CampaignSequenceStepOrderField on campaign_sequence_step {
        /// Place in the sequence.
        StepOrder: Asc,
        /// When it was made.
        Created,
    }
}

aggregates! {
    CampaignSequenceStep of campaign_sequence_step {
        numbers {
            /// Place in the sequence, from 1.
            step_order: i32 => StepOrder,
            /// Hours that a wait step waits.
            wait_duration_hours: i32 => WaitDurationHours,
            /// How often it was done.
            executed_count: i32 => ExecutedCount,
        }
        times {
            /// The time that a wait step waits for.
            wait_until_date => WaitUntilDate,
            /// When it was last done.
            last_executed => LastExecuted,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// What it does.
            step_type: StepType => StepType,
            /// What a condition step looks at.
            condition_type: String => ConditionType,
            /// Whether the step is done or passed over.
            is_active: bool => IsActive,
        }
        related {
            /// The campaign it is a step of.
            campaign: Campaign => CampaignId,
            /// The account that an email step sends from.
            email_account: EmailAccount => EmailAccountId,
            /// The template that an email step sends.
            template: Template => TemplateId,
        }
    }
}
