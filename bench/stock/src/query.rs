//! The root.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use sea_orm::{DatabaseTransaction, EntityTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::entity::{campaign, lead};

/// What can be asked.
pub(crate) struct Query;

/// Leads that are like this.
#[derive(InputObject)]
struct LeadFilter {
    status: Option<LeadStatusFilter>,
}

/// A status that is like this.
#[derive(InputObject)]
struct LeadStatusFilter {
    eq: Option<lead::Status>,
}

#[Object]
impl Query {
    async fn campaign(&self, context: &Context<'_>, id: ID) -> Result<Option<campaign::Model>> {
        let transaction = context.data::<Arc<DatabaseTransaction>>()?;
        let found = campaign::Entity::find_by_id(id.parse::<Uuid>()?);
        Ok(found.one(&**transaction).await?)
    }

    async fn campaigns(
        &self,
        context: &Context<'_>,
        first: Option<u64>,
    ) -> Result<campaign::CampaignConnection> {
        let transaction = context.data::<Arc<DatabaseTransaction>>()?;
        let nodes = campaign::Entity::find()
            .order_by_desc(campaign::Column::Created)
            .order_by_desc(campaign::Column::Id)
            .limit(first.unwrap_or(50))
            .all(&**transaction)
            .await?;
        Ok(campaign::CampaignConnection { nodes })
    }

    async fn leads(
        &self,
        first: Option<u64>,
        after: Option<String>,
        filter: Option<LeadFilter>,
    ) -> Result<lead::LeadConnection> {
        Ok(lead::LeadConnection {
            first: first.unwrap_or(50),
            after,
            status: filter
                .and_then(|filter| filter.status)
                .and_then(|status| status.eq),
        })
    }
}
