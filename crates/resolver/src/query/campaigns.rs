//! Campaigns and their steps.

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::{
        campaign::Campaign, campaign_lead::CampaignLead,
        campaign_sequence_step::CampaignSequenceStep,
    },
};

root! {
    /// What can be asked.
    pub object Campaigns(()) {
        /// A campaign by its id.
        campaign(IdArgument<Campaign>): Option<Campaign> = |_row| Some(()) -> find::<Campaign>(),
        /// The tenant's campaigns.
        campaigns(ConnectionArguments<Campaign>): Connection<Campaign> = |_row| Some(()) -> all::<Campaign>(),
        /// A lead in a campaign by its id.
        campaign_lead(IdArgument<CampaignLead>): Option<CampaignLead> = |_row| Some(()) -> find::<CampaignLead>(),
        /// The leads of all campaigns of the tenant.
        campaign_leads(ConnectionArguments<CampaignLead>): Connection<CampaignLead> = |_row| Some(()) -> all::<CampaignLead>(),
        /// A step of a campaign by its id.
        campaign_sequence_step(IdArgument<CampaignSequenceStep>): Option<CampaignSequenceStep> = |_row| Some(()) -> find::<CampaignSequenceStep>(),
        /// The steps of all campaigns of the tenant.
        campaign_sequence_steps(ConnectionArguments<CampaignSequenceStep>): Connection<CampaignSequenceStep> = |_row| Some(()) -> all::<CampaignSequenceStep>(),
    }
}
