//! An object without a row as the root of the schema's queries.

use std::sync::Arc;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Result, Schema};
use rows::{Load, Root, RootFields};
use serde_json::{Value, json};

use crate::{
    declared::Campaign,
    forms,
    world::{Admin, Campaign as CampaignRow, Session, WORLD, load, read},
};

rows::object! {
    /// Where queries begin.
    pub object Query(()) {
        /// All campaigns.
        campaigns: Vec<Campaign> = |_root| Some(()) -> All,
        /// The first campaign.
        first: Option<Campaign> = |_root| Some(()) -> First,
        /// The first campaign, for admins.
        #[guard(Admin)]
        secret: Option<Campaign> = |_root| Some(()) -> First,
        /// The version.
        version: String = |_root| "1",
        /// No number, which a float that is none is shown as.
        #[batched]
        nothing: Option<f64> = |_root| Some(()) -> PerhapsNoNumber,
        /// No number where there must be one.
        #[batched]
        number: f64 = |_root| Some(()) -> NoNumber,
    }
}

pub struct PerhapsNoNumber;

impl Load<()> for PerhapsNoNumber {
    type Value = Option<f64>;

    async fn load(self, _: &Context<'_>, _: Vec<()>, (): ()) -> Result<Vec<Option<f64>>> {
        Ok(vec![Some(f64::NAN)])
    }
}

pub struct NoNumber;

impl Load<()> for NoNumber {
    type Value = f64;

    async fn load(self, _: &Context<'_>, _: Vec<()>, (): ()) -> Result<Vec<f64>> {
        Ok(vec![f64::NAN])
    }
}

pub struct All;

impl Load<()> for All {
    type Value = Vec<Arc<CampaignRow>>;

    async fn load(self, ctx: &Context<'_>, _: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        load(ctx, "all", 1).await?;
        Ok(vec![WORLD.campaigns.clone()])
    }
}

pub struct First;

impl Load<()> for First {
    type Value = Option<Arc<CampaignRow>>;

    async fn load(self, ctx: &Context<'_>, _: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        load(ctx, "first", 1).await?;
        Ok(vec![WORLD.campaigns.first().cloned()])
    }
}

fn schema() -> Schema<Root<Query>, EmptyMutation, EmptySubscription> {
    Schema::new(Root::<Query>::new(), EmptyMutation, EmptySubscription)
}

async fn execute(session: &Session, query: &str) -> Value {
    read(&schema().execute(session.request(query)).await)
}

#[tokio::test]
async fn answers() {
    let session = Session::admin();
    let query =
        "{ __typename version campaigns { id } a: first { id } secret { id owner { id } } }";
    let campaigns: Vec<_> = (1..=5).map(|id| json!({ "id": id.to_string() })).collect();
    let data = json!({
        "__typename": "Query",
        "version": "1",
        "campaigns": campaigns,
        "a": { "id": "1" },
        "secret": { "id": "1", "owner": { "id": "2" } },
    });
    assert_eq!(execute(&session, query).await, json!({ "data": data }));
    assert_eq!(
        session.loads(),
        [("all", 1), ("first", 1), ("first", 1), ("owner", 1)]
    );
}

async fn fails(names: &[&'static str], query: &str) -> Value {
    let request = || Session::failing(names).request(query);
    read(&forms::execute(&schema(), request).await)
}

#[tokio::test]
async fn errors_of_the_root_and_below() {
    let answer = fails(&["first"], "{ f: first { id } secret { id } }").await;
    assert_eq!(answer["data"], json!({ "f": null, "secret": null }));
    assert_eq!(answer["errors"][0]["path"], json!(["f"]));
    assert_eq!(answer["errors"][1]["path"], json!(["secret"]));
    assert_eq!(answer["errors"][1]["message"], "admins only");

    let answer = fails(&["all"], "{ version campaigns { id } }").await;
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(answer["errors"][0]["path"], json!(["campaigns"]));

    let query = "{ campaigns { company { id } } first { owner { id } } }";
    let answer = fails(&["owner", "company"], query).await;
    assert_eq!(answer["data"]["first"], Value::Null);
    assert_eq!(answer["errors"].as_array().map(Vec::len), Some(5));
    assert_eq!(
        answer["errors"][0]["path"],
        json!(["campaigns", 0, "company"])
    );
    assert_eq!(answer["errors"][4]["path"], json!(["first", "owner"]));
}

#[tokio::test]
async fn scalars_that_are_null() {
    assert_eq!(
        fails(&[], "{ nothing }").await,
        json!({ "data": { "nothing": null } })
    );
    let answer = fails(&[], "{ number }").await;
    assert_eq!(answer["data"], Value::Null);
    assert_eq!(answer["errors"][0]["path"], json!(["number"]));
}

#[tokio::test]
async fn a_field_selected_twice_runs_once_with_all_its_selections() {
    let session = Session::admin();
    let query = "{ first { id } ...F ... { first { owner { id } } } ...F a: first { id } } \
        fragment F on Query { first { name } }";
    let request = session.request(query).data(RootFields::default());
    let answer = read(&schema().execute(request).await);
    let first = &answer["data"]["first"];
    assert_eq!(first["id"], "1", "{answer}");
    assert_eq!(first["owner"]["id"], "2", "{answer}");
    assert!(first["name"].is_string(), "{answer}");
    assert_eq!(answer["data"]["a"], json!({ "id": "1" }));
    let firsts = session
        .loads()
        .into_iter()
        .filter(|(name, _)| *name == "first");
    assert_eq!(firsts.count(), 2, "one for each response key");
    let request = || session.request(query).data(RootFields::default());
    forms::execute(&schema(), request).await;
}
