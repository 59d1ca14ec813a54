//! The lists and the lookups of the tables.

use crate::{
    argument::{ConnectionArguments, IdArgument},
    connection::Connection,
    loader::{all, find},
    object::{campaign::Campaign, campaign_sequence_step::CampaignSequenceStep, company::Company},
};

rows::object! {
    /// What can be asked.
    pub object Tables(()) {
        /// A company by its id.
        company(IdArgument<Company>): Option<Company> = |_row| Some(()) -> find::<Company>(),
        /// The tenant's companies.
        companies(ConnectionArguments<Company>): Connection<Company> = |_row| Some(()) -> all::<Company>(),
        /// A campaign by its id.
        campaign(IdArgument<Campaign>): Option<Campaign> = |_row| Some(()) -> find::<Campaign>(),
        /// The tenant's campaigns.
        campaigns(ConnectionArguments<Campaign>): Connection<Campaign> = |_row| Some(()) -> all::<Campaign>(),
        /// A step of a campaign by its id.
        campaign_sequence_step(IdArgument<CampaignSequenceStep>): Option<CampaignSequenceStep>
            = |_row| Some(()) -> find::<CampaignSequenceStep>(),
        /// The steps of all campaigns.
        campaign_sequence_steps(ConnectionArguments<CampaignSequenceStep>): Connection<CampaignSequenceStep>
            = |_row| Some(()) -> all::<CampaignSequenceStep>(),
    }
}
