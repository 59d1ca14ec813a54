//! Campaigns.

use entity::{
    content::email_message,
    id::{CampaignId, CompanyId},
    oltp::{campaign, campaign_lead, campaign_sequence_step, company},
};

use super::{
    campaign_lead::{CampaignLead, CampaignLeadListFilter},
    campaign_sequence_step::{CampaignSequenceStep, CampaignSequenceStepListFilter},
    company::{Company, CompanyFilter},
    email_message::EmailMessage,
    prelude::*,
};

rows::object! {
    /// An outreach campaign: a sequence of steps that leads go through.
    pub object Campaign(campaign::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Name as shown.
        name: String,
        /// What it is about.
        description: Option<String>,
        /// Where it stands.
        status: CampaignStatus,
        /// When it is to start.
        scheduled: Option<DateTime<Utc>>,
        /// When it was done.
        completed: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The company it is run for.
        company: Option<Company> = company_id -> by_id::<Company>(),
        /// Its sequence, in order.
        steps(ConnectionArguments<CampaignSequenceStep>): Connection<CampaignSequenceStep>
            = id -> children(campaign_sequence_step::Column::CampaignId),
        /// Whom it writes to. One that starts without any writes to all active leads.
        leads(ConnectionArguments<CampaignLead>): Connection<CampaignLead>
            = id -> children(campaign_lead::Column::CampaignId),
        /// The mail that is part of it, sent and answered.
        messages(ConnectionArguments<EmailMessage>): Connection<EmailMessage>
            = id -> children(email_message::Column::CampaignId),
        /// What became of its mail, by day.
        analytics(Span): Analytics = id -> analytics(Subject::Campaign),
    }
}

table! { Campaign of campaign by CampaignId, filtered CampaignFilter, ordered CampaignOrder }

enumeration! {
    /// Where a campaign stands.
    CampaignStatus / CampaignStatusFilter of campaign::CampaignStatus {
        /// Being written.
        Draft,
        /// Starts at its time.
        Scheduled,
        /// Running.
        Sending,
        /// Done.
        Completed,
        /// Stopped for now.
        Paused,
    }
}

filter! {
    /// Which campaigns to show.
    CampaignFilter / CampaignListFilter on campaign {
        columns {
            /// The id.
            id: Ids<CampaignId> => Id,
            /// The id of the company it is run for.
            company_id: Ids<CompanyId> => CompanyId,
            /// Name as shown.
            name: TextFilter => Name,
            /// Where it stands.
            status: CampaignStatusFilter => Status,
            /// When it is to start.
            scheduled: DateTimeFilter => Scheduled,
            /// When it was done.
            completed: DateTimeFilter => Completed,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The company it is run for.
            company: CompanyFilter => CompanyId, company::Column::Id;
        }
        many {
            /// Its sequence.
            steps: CampaignSequenceStepListFilter => Id, campaign_sequence_step::Column::CampaignId;
            /// Whom it writes to.
            leads: CampaignLeadListFilter => Id, campaign_lead::Column::CampaignId;
        }
    }
}

order! {
    /// How campaigns are ordered.
    CampaignOrder by CampaignOrderField on campaign {
        /// When it was made.
        Created,
        /// Name as shown.
        Name,
    }
}

aggregates! {
    Campaign of campaign {
        texts {
            /// Name as shown.
            name => Name,
        }
        times {
            /// When it is to start.
            scheduled => Scheduled,
            /// When it was done.
            completed => Completed,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Where it stands.
            status: CampaignStatus => Status,
        }
        related {
            /// The company it is run for.
            company: Company => CompanyId,
        }
    }
}
