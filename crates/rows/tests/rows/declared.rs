//! The schema of `derived`, declared with `rows`.

use std::sync::Arc;

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, ID, Object, Result, Schema, SchemaBuilder,
    ServerResult, Value,
    registry::{MetaField, Registry},
};
use chrono::{DateTime, NaiveDate, Utc};
use rows::{Argument, Arguments, Item, Items, Load, Many, One, Scalar};
use uuid::Uuid;

use crate::world::{Admin, Status, WORLD, load};
use crate::world::{
    Campaign as CampaignRow, Company as CompanyRow, Step as StepRow, Template as TemplateRow,
};

rows::interface! {
    /// An object with an id.
    pub interface Node = Campaign | Company | Step | Template {
        /// The id.
        id: ID,
    }
}

rows::object! {
    /// An outreach campaign.
    /// Its steps are sent one after the other.
    pub object Campaign(CampaignRow) implements Node {
        /// The id.
        id: ID,
        /// The key.
        key: Uuid,
        /// The name, as shown.
        name: String,
        /// The name in capitals.
        #[deprecated]
        label: String = |row| row.name.to_uppercase(),
        /// What it does.
        status: Status,
        /// For admins.
        #[guard(Admin)]
        #[deprecated = "use `name`"]
        note: Option<String>,
        /// The name, for admins.
        #[guard(Admin)]
        secret: String = |row| row.name.as_str(),
        /// How well it does.
        score: Option<f64>,
        /// Words.
        labels: Vec<String>,
        /// The first day.
        #[name = "startsOn"]
        starts: NaiveDate,
        /// When it was made.
        created: DateTime<Utc>,
        /// The medium.
        r#type: String,
        /// For whom.
        company: Option<Company> = company_id -> company("company"),
        /// By whom.
        owner: Company = owner_id -> company("owner"),
        /// What is sent.
        steps: Vec<Step> = id -> steps(),
        /// What is sent, by page.
        step_page(Page): Connection<Step> = id -> StepPages,
        /// How many steps it has.
        #[batched]
        step_count: i32 = id -> step_count(),
    }
}

rows::object! {
    /// A customer.
    pub object Company(CompanyRow) implements Node {
        /// The id.
        id: ID,
        /// The name.
        name: String,
        /// Whose it is.
        parent: Option<Company> = |row| row.parent_id -> company("parent"),
        /// Its campaigns.
        campaigns: Vec<Campaign> = id -> campaigns(),
    }
}

rows::object! {
    /// A mail of a campaign.
    pub object Step(StepRow) implements Node {
        /// The id.
        id: ID,
        /// Its place, from 1.
        position: i32,
        /// The subject line.
        subject: Option<String>,
    }
}

rows::object! {
    /// A text for mails.
    pub object Template(TemplateRow) implements Node {
        /// The id.
        id: ID,
    }
}

/// An object that stands in a connection.
pub trait Listed: rows::Object {
    fn id(row: &Self::Row) -> i32;
}

impl Listed for Step {
    fn id(row: &StepRow) -> i32 {
        row.id
    }
}

/// A page and what there is in all.
pub struct Selection<T: Listed> {
    rows: Vec<Arc<T::Row>>,
    total: i32,
}

rows::object! {
    #[description = format!("A page of {}.", T::name())]
    pub object Connection<T: Listed>(Selection<T>) named format!("{}Connection", T::name()) {
        /// The rows of the page.
        nodes: Vec<T> = |page| page.rows.clone() -> Held,
        /// The rows with their cursors.
        edges: Vec<Edge<T>> = |page| page.rows.iter().cloned().map(Arc::new).collect::<Vec<_>>() -> Held,
        /// How many rows there are in all.
        #[batched]
        total_count: i32 = |page| page.total -> total_count(),
    }
}

rows::object! {
    #[description = format!("A {} of a page.", T::name())]
    pub object Edge<T>(Arc<T::Row>) named format!("{}Edge", T::name()) where T: Listed {
        /// Where it stands.
        cursor: String = |row| format!("cursor:{}", T::id(row)),
        /// The row.
        node: T = |row| Some(row.clone()) -> HeldOne,
    }
}

/// The status is stored the way it is shown.
impl Scalar<Status> for Status {
    fn value(stored: &Status) -> Value {
        async_graphql::resolver_utils::enum_value(*stored)
    }
}

/// Finds something for each key of a relation.
pub struct Find<K, V> {
    name: &'static str,
    find: fn(&K) -> V,
}

impl<K: Send + Sync, V: Send> Load<K> for Find<K, V> {
    type Value = V;

    async fn load(self, ctx: &Context<'_>, keys: Vec<K>, (): ()) -> Result<Vec<V>> {
        load(ctx, self.name, keys.len()).await?;
        Ok(keys.iter().map(self.find).collect())
    }
}

fn company(name: &'static str) -> Find<i32, Option<Arc<CompanyRow>>> {
    Find {
        name,
        find: |id| WORLD.company(*id),
    }
}

fn steps() -> Find<i32, Vec<Arc<StepRow>>> {
    Find {
        name: "steps",
        find: |id| WORLD.steps_of(*id),
    }
}

fn campaigns() -> Find<i32, Vec<Arc<CampaignRow>>> {
    Find {
        name: "campaigns",
        find: |id| {
            let campaigns = WORLD.campaigns.iter();
            campaigns
                .filter(|campaign| campaign.company_id == Some(*id))
                .cloned()
                .collect()
        },
    }
}

fn step_count() -> Find<i32, i32> {
    Find {
        name: "stepCount",
        find: |id| i32::try_from(WORLD.steps_of(*id).len()).expect("a few"),
    }
}

fn total_count() -> Find<i32, i32> {
    Find {
        name: "totalCount",
        find: |total| *total,
    }
}

/// Rows the parent holds already.
pub struct Held;

impl<R: Send + Sync> Load<Vec<Arc<R>>> for Held {
    type Value = Vec<Arc<R>>;

    async fn load(
        self,
        _: &Context<'_>,
        keys: Vec<Vec<Arc<R>>>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        Ok(keys)
    }
}

/// A row the parent holds already.
pub struct HeldOne;

impl<R: Send + Sync> Load<Arc<R>> for HeldOne {
    type Value = Option<Arc<R>>;

    async fn load(self, _: &Context<'_>, keys: Vec<Arc<R>>, (): ()) -> Result<Vec<Self::Value>> {
        Ok(keys.into_iter().map(Some).collect())
    }
}

/// The arguments of a page of steps.
pub struct Page {
    first: i32,
    from: Option<i32>,
}

const FIRST: Argument<i32> = Argument::new("first", "How many at most.").or(|| 2);
const FROM: Argument<Option<i32>> = Argument::new("from", "From which position.");

impl Arguments for Page {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        FIRST.register(registry, field);
        FROM.register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        Ok(Self {
            first: FIRST.parse(ctx)?,
            from: FROM.parse(ctx)?,
        })
    }
}

pub struct StepPages;

impl Load<i32, Page> for StepPages {
    type Value = Option<Arc<Selection<Step>>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<i32>, page: Page) -> Result<Vec<Self::Value>> {
        load(ctx, "stepPage", keys.len()).await?;
        let first = usize::try_from(page.first)?;
        keys.into_iter()
            .map(|key| Ok(Some(Arc::new(selection(key, first, page.from)?))))
            .collect()
    }
}

fn selection(campaign: i32, first: usize, from: Option<i32>) -> Result<Selection<Step>> {
    let mut rows = WORLD.steps_of(campaign);
    let total = i32::try_from(rows.len())?;
    rows.retain(|step| from.is_none_or(|from| step.position >= from));
    rows.truncate(first);
    Ok(Selection { rows, total })
}

pub struct Query;

#[Object]
impl Query {
    async fn campaigns(&self, #[graphql(default = 4)] first: usize) -> Many<Campaign> {
        Many(WORLD.campaigns.iter().take(first).cloned().collect())
    }

    async fn campaign(&self, id: i32) -> Option<One<Campaign>> {
        let mut campaigns = WORLD.campaigns.iter();
        campaigns
            .find(|campaign| campaign.id == id)
            .cloned()
            .map(One)
    }

    async fn node(&self, id: i32) -> Option<Item<Node>> {
        node(id)
    }

    async fn nodes(&self, ids: Vec<i32>) -> Items<Node> {
        Items(ids.into_iter().map(node).collect())
    }
}

/// Campaigns are 1 to 99, steps 100 to 199, companies 201 and 202, the only template 300.
fn node(id: i32) -> Option<Item<Node>> {
    let campaign = WORLD.campaigns.iter().find(|row| row.id == id).cloned();
    let step = WORLD.steps.iter().find(|row| row.id == id).cloned();
    let company = WORLD.company(id - 200);
    campaign
        .map(Item::of::<Campaign>)
        .or_else(|| step.map(Item::of::<Step>))
        .or_else(|| company.map(Item::of::<Company>))
        .or_else(|| (id == 300).then(|| Item::of::<Template>(Arc::new(TemplateRow { id }))))
}

pub fn builder() -> SchemaBuilder<Query, EmptyMutation, EmptySubscription> {
    Schema::build(Query, EmptyMutation, EmptySubscription)
}

pub fn schema() -> Schema<Query, EmptyMutation, EmptySubscription> {
    builder().finish()
}
