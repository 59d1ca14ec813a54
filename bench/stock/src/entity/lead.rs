//! `leads`.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, PaginatorTrait, QueryFilter, Select, entity::prelude::*};

/// A lead.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "leads")]
#[graphql(name = "Lead")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub name: Option<String>,
    pub company: Option<String>,
    pub status: Status,
    pub created: DateTime<Utc>,
}

/// What is known of a lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[graphql(name = "LeadStatus")]
pub enum Status {
    Active,
    Unsubscribed,
    Bounced,
    Replied,
    Archived,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A page of leads, the newest first.
pub struct LeadConnection {
    pub first: u64,
    pub after: Option<String>,
    pub status: Option<Status>,
}

/// Where a page ends.
#[derive(SimpleObject)]
pub struct PageInfo {
    end_cursor: Option<String>,
}

#[Object]
impl LeadConnection {
    async fn nodes(&self, context: &Context<'_>) -> Result<Vec<Model>> {
        self.page(context.data::<Arc<DatabaseTransaction>>()?).await
    }

    async fn total_count(&self, context: &Context<'_>) -> Result<u64> {
        let transaction = context.data::<Arc<DatabaseTransaction>>()?;
        Ok(self.filtered().count(&**transaction).await?)
    }

    async fn page_info(&self, context: &Context<'_>) -> Result<PageInfo> {
        let page = self
            .page(context.data::<Arc<DatabaseTransaction>>()?)
            .await?;
        let cursor = |lead: &Model| {
            let place = format!("{} {}", lead.created.to_rfc3339(), lead.id);
            BASE64_URL_SAFE_NO_PAD.encode(place)
        };
        Ok(PageInfo {
            end_cursor: page.last().map(cursor),
        })
    }
}

impl LeadConnection {
    fn filtered(&self) -> Select<Entity> {
        match self.status {
            Some(status) => Entity::find().filter(Column::Status.eq(status)),
            None => Entity::find(),
        }
    }

    async fn page(&self, transaction: &DatabaseTransaction) -> Result<Vec<Model>> {
        let mut page = self.filtered().cursor_by((Column::Created, Column::Id));
        if let Some(after) = &self.after {
            page.after(place(after)?);
        }
        Ok(page.first(self.first).desc().all(transaction).await?)
    }
}

fn place(cursor: &str) -> Result<(DateTime<Utc>, Uuid)> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor)?)?;
    let (created, id) = text.split_once(' ').ok_or("no cursor")?;
    Ok((created.parse()?, id.parse()?))
}
