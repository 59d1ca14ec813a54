//! async-graphql's `DataLoader` over SeaORM, on the request's transaction.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::entity::{campaign, campaign_lead, company, lead, step};

/// Loads rows by keys.
pub(crate) struct Rows {
    transaction: Arc<DatabaseTransaction>,
}

/// A company by its id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Company(pub(crate) Uuid);
/// The steps of a campaign.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StepsOf(pub(crate) Uuid);
/// The leads of a campaign.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LeadsOf(pub(crate) Uuid);
/// A lead by its id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Lead(pub(crate) Uuid);
/// The campaigns of a company.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CampaignsOf(pub(crate) Uuid);

impl Rows {
    pub(crate) fn new(transaction: Arc<DatabaseTransaction>) -> Self {
        Self { transaction }
    }
}

impl Loader<Company> for Rows {
    type Value = company::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[Company]) -> Result<HashMap<Company, company::Model>, Arc<DbErr>> {
        let ids = keys.iter().map(|key| key.0);
        let rows = company::Entity::find().filter(company::Column::Id.is_in(ids));
        let rows = rows.all(&*self.transaction).await?;
        Ok(rows.into_iter().map(|row| (Company(row.id), row)).collect())
    }
}

impl Loader<StepsOf> for Rows {
    type Value = Vec<step::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[StepsOf],
    ) -> Result<HashMap<StepsOf, Vec<step::Model>>, Arc<DbErr>> {
        let ids = keys.iter().map(|key| key.0);
        let rows = step::Entity::find()
            .filter(step::Column::CampaignId.is_in(ids))
            .order_by_asc(step::Column::StepOrder)
            .order_by_asc(step::Column::Id)
            .all(&*self.transaction)
            .await?;
        let mut groups: HashMap<StepsOf, Vec<step::Model>> = HashMap::new();
        for row in rows {
            groups
                .entry(StepsOf(row.campaign_id))
                .or_default()
                .push(row);
        }
        Ok(groups)
    }
}

impl Loader<CampaignsOf> for Rows {
    type Value = Vec<campaign::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[CampaignsOf],
    ) -> Result<HashMap<CampaignsOf, Vec<campaign::Model>>, Arc<DbErr>> {
        let ids = keys.iter().map(|key| key.0);
        let rows = campaign::Entity::find()
            .filter(campaign::Column::CompanyId.is_in(ids))
            .order_by_desc(campaign::Column::Created)
            .order_by_desc(campaign::Column::Id)
            .all(&*self.transaction)
            .await?;
        let mut groups: HashMap<CampaignsOf, Vec<campaign::Model>> = HashMap::new();
        for row in rows {
            let Some(company) = row.company_id else {
                continue;
            };
            groups.entry(CampaignsOf(company)).or_default().push(row);
        }
        Ok(groups)
    }
}

impl Loader<LeadsOf> for Rows {
    type Value = Vec<campaign_lead::Model>;
    type Error = Arc<DbErr>;

    async fn load(
        &self,
        keys: &[LeadsOf],
    ) -> Result<HashMap<LeadsOf, Vec<campaign_lead::Model>>, Arc<DbErr>> {
        let ids = keys.iter().map(|key| key.0);
        let rows = campaign_lead::Entity::find()
            .filter(campaign_lead::Column::CampaignId.is_in(ids))
            .order_by_desc(campaign_lead::Column::Created)
            .order_by_desc(campaign_lead::Column::Id)
            .all(&*self.transaction)
            .await?;
        let mut groups: HashMap<LeadsOf, Vec<campaign_lead::Model>> = HashMap::new();
        for row in rows {
            groups
                .entry(LeadsOf(row.campaign_id))
                .or_default()
                .push(row);
        }
        Ok(groups)
    }
}

impl Loader<Lead> for Rows {
    type Value = lead::Model;
    type Error = Arc<DbErr>;

    async fn load(&self, keys: &[Lead]) -> Result<HashMap<Lead, lead::Model>, Arc<DbErr>> {
        let ids = keys.iter().map(|key| key.0);
        let rows = lead::Entity::find().filter(lead::Column::Id.is_in(ids));
        let rows = rows.all(&*self.transaction).await?;
        Ok(rows.into_iter().map(|row| (Lead(row.id), row)).collect())
    }
}
