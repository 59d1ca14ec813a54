//! `campaigns`.

use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject, dataloader::DataLoader};
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use super::{campaign_lead, company, step};
use crate::loader::{Company, LeadsOf, Rows, StepsOf};

/// A campaign.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "campaigns")]
#[graphql(name = "Campaign", complex)]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[graphql(skip)]
    pub company_id: Option<Uuid>,
    pub name: String,
    pub description: Option<String>,
    pub status: Status,
    pub created: DateTime<Utc>,
    pub updated: DateTime<Utc>,
}

/// Where a campaign stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "CampaignStatus")]
pub enum Status {
    Draft,
    Scheduled,
    Sending,
    Completed,
    Paused,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Campaigns of a list.
#[derive(SimpleObject)]
pub struct CampaignConnection {
    pub nodes: Vec<Model>,
}

#[ComplexObject]
impl Model {
    async fn company(&self, context: &Context<'_>) -> Result<Option<company::Model>> {
        let Some(id) = self.company_id else {
            return Ok(None);
        };
        let loader = context.data::<DataLoader<Rows>>()?;
        Ok(loader.load_one(Company(id)).await?)
    }

    async fn steps(
        &self,
        context: &Context<'_>,
        first: Option<usize>,
    ) -> Result<step::StepConnection> {
        let loader = context.data::<DataLoader<Rows>>()?;
        let mut nodes = loader.load_one(StepsOf(self.id)).await?.unwrap_or_default();
        nodes.truncate(first.unwrap_or(50));
        Ok(step::StepConnection { nodes })
    }

    async fn leads(
        &self,
        context: &Context<'_>,
        first: Option<usize>,
    ) -> Result<campaign_lead::CampaignLeadConnection> {
        let loader = context.data::<DataLoader<Rows>>()?;
        let mut nodes = loader.load_one(LeadsOf(self.id)).await?.unwrap_or_default();
        nodes.truncate(first.unwrap_or(50));
        Ok(campaign_lead::CampaignLeadConnection { nodes })
    }
}
