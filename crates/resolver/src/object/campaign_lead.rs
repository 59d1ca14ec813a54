//! Leads in campaigns.

use entity::{
    id::{CampaignId, CampaignLeadId, LeadId},
    oltp::{campaign, campaign_lead, lead},
};

use super::{
    campaign::{Campaign, CampaignFilter},
    lead::{Lead, LeadFilter},
    prelude::*,
};

rows::object! {
    /// A lead that a campaign writes to, and how far it has come.
    pub object CampaignLead(campaign_lead::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Whether there is more to come.
        status: CampaignLeadStatus,
        /// Why there is not, where the lead was left out before the end.
        stop_reason: Option<String>,
        /// Place in the sequence of the step that comes next, from 1, as it was when the lead came there: steps may have been added, deleted or moved since.
        next_step_order: i32,
        /// When that is due; null while a message is on its way.
        due: Option<DateTime<Utc>>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The campaign.
        campaign: Campaign = campaign_id -> by_id::<Campaign>(),
        /// The lead.
        lead: Lead = lead_id -> by_id::<Lead>(),
    }
}

table! { CampaignLead of campaign_lead by CampaignLeadId, filtered CampaignLeadFilter, ordered CampaignLeadOrder }

enumeration! {
    /// Whether a campaign has more for a lead.
    CampaignLeadStatus / CampaignLeadStatusFilter of campaign_lead::CampaignLeadStatus {
        /// It has.
        Active,
        /// The sequence is done.
        Completed,
        /// The lead is left out from now on.
        Stopped,
    }
}

filter! {
    /// Which leads of campaigns to show.
    CampaignLeadFilter / CampaignLeadListFilter on campaign_lead {
        columns {
            /// The id.
            id: Ids<CampaignLeadId> => Id,
            /// The id of the campaign.
            campaign_id: Ids<CampaignId> => CampaignId,
            /// The id of the lead.
            lead_id: Ids<LeadId> => LeadId,
            /// Whether there is more to come.
            status: CampaignLeadStatusFilter => Status,
            /// Place in the sequence of the step that comes next.
            next_step_order: IntFilter => NextStepOrder,
            /// When that is due.
            due: DateTimeFilter => Due,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The campaign.
            campaign: CampaignFilter => CampaignId, campaign::Column::Id;
            /// The lead.
            lead: LeadFilter => LeadId, lead::Column::Id;
        }
    }
}

order! {
    /// How leads of campaigns are ordered.
    CampaignLeadOrder by CampaignLeadOrderField on campaign_lead {
        /// When it was made.
        Created,
    }
}

aggregates! {
    CampaignLead of campaign_lead {
        numbers {
            /// Place in the sequence of the step that comes next.
            next_step_order: i32 => NextStepOrder,
        }
        times {
            /// When that is due.
            due => Due,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Whether there is more to come.
            status: CampaignLeadStatus => Status,
        }
        related {
            /// The campaign.
            campaign: Campaign => CampaignId,
            /// The lead.
            lead: Lead => LeadId,
        }
    }
}
