//! The schema with async-graphql's macros: what `declared` has to equal.

use std::sync::Arc;

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, ID, Interface, Object, Result, Schema,
};
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use crate::world::{Admin, Status, WORLD, load};
use crate::world::{
    Campaign as CampaignRow, Company as CompanyRow, Step as StepRow, Template as TemplateRow,
};

/// An object with an id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "The id."))]
pub enum Node {
    Campaign(Campaign),
    Company(Company),
    Step(Step),
    /// No field leads to it, only the interface.
    Template(Template),
}

#[derive(Clone)]
pub struct Campaign(Arc<CampaignRow>);

/// An outreach campaign.
/// Its steps are sent one after the other.
#[Object]
impl Campaign {
    /// The id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The key.
    async fn key(&self) -> Uuid {
        self.0.key
    }

    /// The name, as shown.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The name in capitals.
    #[graphql(deprecation)]
    async fn label(&self) -> String {
        self.0.name.to_uppercase()
    }

    /// What it does.
    async fn status(&self) -> Status {
        self.0.status
    }

    /// For admins.
    #[graphql(guard = "Admin", deprecation = "use `name`")]
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    /// The name, for admins.
    #[graphql(guard = "Admin")]
    async fn secret(&self) -> &str {
        &self.0.name
    }

    /// How well it does.
    async fn score(&self) -> Option<f64> {
        self.0.score
    }

    /// Words.
    async fn labels(&self) -> &[String] {
        &self.0.labels
    }

    /// The first day.
    #[graphql(name = "startsOn")]
    async fn starts(&self) -> NaiveDate {
        self.0.starts
    }

    /// When it was made.
    async fn created(&self) -> DateTime<Utc> {
        self.0.created
    }

    /// The medium.
    async fn r#type(&self) -> &str {
        self.0.r#type
    }

    /// For whom.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        let Some(id) = self.0.company_id else {
            return Ok(None);
        };
        load(ctx, "company", 1).await?;
        Ok(WORLD.company(id).map(Company))
    }

    /// By whom.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Company> {
        load(ctx, "owner", 1).await?;
        WORLD
            .company(self.0.owner_id)
            .map(Company)
            .ok_or_else(|| "no owner".into())
    }

    /// What is sent.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Vec<Step>> {
        load(ctx, "steps", 1).await?;
        Ok(WORLD.steps_of(self.0.id).into_iter().map(Step).collect())
    }

    /// What is sent, by page.
    async fn step_page(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 2, desc = "How many at most.")] first: i32,
        #[graphql(desc = "From which position.")] from: Option<i32>,
    ) -> Result<StepConnection> {
        load(ctx, "stepPage", 1).await?;
        let mut steps = WORLD.steps_of(self.0.id);
        let total = i32::try_from(steps.len())?;
        steps.retain(|step| from.is_none_or(|from| step.position >= from));
        steps.truncate(usize::try_from(first)?);
        Ok(StepConnection { steps, total })
    }

    /// How many steps it has.
    async fn step_count(&self, ctx: &Context<'_>) -> Result<i32> {
        load(ctx, "stepCount", 1).await?;
        Ok(i32::try_from(WORLD.steps_of(self.0.id).len())?)
    }
}

#[derive(Clone)]
pub struct Company(Arc<CompanyRow>);

/// A customer.
#[Object]
impl Company {
    /// The id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// The name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whose it is.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Company>> {
        let Some(id) = self.0.parent_id else {
            return Ok(None);
        };
        load(ctx, "parent", 1).await?;
        Ok(WORLD.company(id).map(Company))
    }

    /// Its campaigns.
    async fn campaigns(&self, ctx: &Context<'_>) -> Result<Vec<Campaign>> {
        load(ctx, "campaigns", 1).await?;
        let campaigns = WORLD.campaigns.iter();
        let campaigns = campaigns.filter(|campaign| campaign.company_id == Some(self.0.id));
        Ok(campaigns.cloned().map(Campaign).collect())
    }
}

pub struct Step(Arc<StepRow>);

/// A mail of a campaign.
#[Object]
impl Step {
    /// The id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// Its place, from 1.
    async fn position(&self) -> i32 {
        self.0.position
    }

    /// The subject line.
    async fn subject(&self) -> Option<&str> {
        self.0.subject.as_deref()
    }
}

pub struct Template(Arc<TemplateRow>);

/// A text for mails.
#[Object]
impl Template {
    /// The id.
    async fn id(&self) -> ID {
        self.0.id.into()
    }
}

pub struct StepConnection {
    steps: Vec<Arc<StepRow>>,
    total: i32,
}

/// A page of Step.
#[Object]
impl StepConnection {
    /// The rows of the page.
    async fn nodes(&self) -> Vec<Step> {
        self.steps.iter().cloned().map(Step).collect()
    }

    /// The rows with their cursors.
    async fn edges(&self) -> Vec<StepEdge> {
        self.steps.iter().cloned().map(StepEdge).collect()
    }

    /// How many rows there are in all.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        load(ctx, "totalCount", 1).await?;
        Ok(self.total)
    }
}

pub struct StepEdge(Arc<StepRow>);

/// A Step of a page.
#[Object]
impl StepEdge {
    /// Where it stands.
    async fn cursor(&self) -> String {
        format!("cursor:{}", self.0.id)
    }

    /// The row.
    async fn node(&self) -> Step {
        Step(self.0.clone())
    }
}

pub struct Query;

#[Object]
impl Query {
    async fn campaigns(&self, #[graphql(default = 4)] first: usize) -> Vec<Campaign> {
        WORLD
            .campaigns
            .iter()
            .take(first)
            .cloned()
            .map(Campaign)
            .collect()
    }

    async fn campaign(&self, id: i32) -> Option<Campaign> {
        let mut campaigns = WORLD.campaigns.iter();
        campaigns
            .find(|campaign| campaign.id == id)
            .cloned()
            .map(Campaign)
    }

    async fn node(&self, id: i32) -> Option<Node> {
        node(id)
    }

    async fn nodes(&self, ids: Vec<i32>) -> Vec<Option<Node>> {
        ids.into_iter().map(node).collect()
    }
}

/// Campaigns are 1 to 99, steps 100 to 199, companies 201 and 202, the only template 300.
fn node(id: i32) -> Option<Node> {
    let campaign = WORLD.campaigns.iter().find(|row| row.id == id).cloned();
    let step = WORLD.steps.iter().find(|row| row.id == id).cloned();
    let company = WORLD.company(id - 200);
    campaign
        .map(|row| Campaign(row).into())
        .or_else(|| step.map(|row| Step(row).into()))
        .or_else(|| company.map(|row| Company(row).into()))
        .or_else(|| (id == 300).then(|| Template(Arc::new(TemplateRow { id })).into()))
}

pub fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    Schema::new(Query, EmptyMutation, EmptySubscription)
}
