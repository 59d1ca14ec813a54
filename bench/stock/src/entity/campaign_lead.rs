//! `campaign_leads`.

use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject, dataloader::DataLoader};
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use super::lead;
use crate::loader::{Lead, Rows};

/// A lead of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "campaign_leads")]
#[graphql(name = "CampaignLead", complex)]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[graphql(skip)]
    pub campaign_id: Uuid,
    #[graphql(skip)]
    pub lead_id: Uuid,
    pub status: Status,
    pub created: DateTime<Utc>,
}

/// Whether there is more to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "CampaignLeadStatus")]
pub enum Status {
    Active,
    Completed,
    Stopped,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Leads of a campaign.
#[derive(SimpleObject)]
pub struct CampaignLeadConnection {
    pub nodes: Vec<Model>,
}

#[ComplexObject]
impl Model {
    async fn lead(&self, context: &Context<'_>) -> Result<Option<lead::Model>> {
        let loader = context.data::<DataLoader<Rows>>()?;
        Ok(loader.load_one(Lead(self.lead_id)).await?)
    }
}
