//! `companies`.

use async_graphql::{ComplexObject, Context, Result, SimpleObject, dataloader::DataLoader};
use sea_orm::entity::prelude::*;

use super::campaign::CampaignConnection;
use crate::loader::{CampaignsOf, Rows};

/// A company.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "companies")]
#[graphql(name = "Company", complex)]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub name: String,
    pub industry: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

#[ComplexObject]
impl Model {
    async fn campaigns(
        &self,
        context: &Context<'_>,
        first: Option<usize>,
    ) -> Result<CampaignConnection> {
        let loader = context.data::<DataLoader<Rows>>()?;
        let mut nodes = loader
            .load_one(CampaignsOf(self.id))
            .await?
            .unwrap_or_default();
        nodes.truncate(first.unwrap_or(50));
        Ok(CampaignConnection { nodes })
    }
}
