//! The gateway writes rows as they are; what it sends is what serde_json makes of the same answer, as
//! a tree of values and as rows that serde_json reads once more.

use std::time::Duration;

use async_graphql::Request;
use gateway_tests::{Client, World, beside, cluster};
use reqwest::Method;
use rows::Output;
use serde_json::json;
use tenant::{Access, Database, DatabaseOptions, Identity, Tier};

use crate::isolation::schema::Schema;

/// Beside every list: one object, other objects, numbers, merged fields, fields that fail.
const QUERIES: [&str; 7] = [
    "{ __typename viewer { user { id email } permissions } dashboard { __typename } }",
    "{ campaigns(first: 3) { groups(by: [STATUS]) { key { status } aggregates { count min { created } } } } \
        leads { estimatedCount aggregates { count max { created email } } } }",
    "{ analytics(by: WEEK) { from to totals { sent } rates { open } change { sent openRate } series { periodStart totals { sent } } updated complete } \
        topCampaigns { ranks { campaignId totals { sent } rates { reply } } complete } \
        campaigns(first: 3) { nodes { analytics { totals { sent } previous { rates { bounce } } } } } }",
    "{ campaigns(first: 2) { nodes { id } } ...F } \
        fragment F on Query { campaigns(first: 2) { nodes { name steps(first: 1) { nodes { subject } } } } }",
    "{ campaigns(first: 5000) { nodes { id } } companies(first: 2) { nodes { name } } }",
    "{ none: campaign(id: \"camp_01h455vb4pex5vsknk084sn02q\") { id } companies(first: 1) { nodes { \
        campaigns(first: 5000) { nodes { id } } } } }",
    "{ unknown }",
];

async fn sent(client: &Client, query: &str) -> String {
    let request = client.request(Method::POST, "/graphql");
    let response = request.json(&json!({ "query": query })).send().await;
    let response = response.expect("the gateway answers");
    response.text().await.expect("a whole body")
}

async fn serialized(
    database: &Database,
    identity: Identity,
    query: &str,
    output: Output,
) -> String {
    let schema = resolver::schema();
    let context = database.context(identity, Access::Read);
    let request = Request::new(query).data(output);
    let response = resolver::execute(&schema, request, context.clone()).await;
    context.finish(true).await.expect("nothing was written");
    serde_json::to_string(&response).expect("a response is JSON")
}

#[tokio::test]
async fn what_is_sent_is_what_serde_json_makes_of_it() {
    let world = World::demo().await;
    let url = cluster().await.server.url("gateway_login", &world.database);
    let options = DatabaseOptions {
        max_connections: 2,
        acquire_timeout: Duration::from_secs(20),
        ..DatabaseOptions::default()
    };
    let server = &cluster().await.server;
    let beside = |tier| server.url("gateway_login", &beside(&world.database, tier));
    let content = beside(migrations::Tier::Content);
    let analytics = beside(migrations::Tier::Analytics);
    let queue = beside(migrations::Tier::Queue);
    let database = Database::new(&url, &options)
        .and_then(|database| database.and(Tier::Content, &content))
        .and_then(|database| database.and(Tier::Analytics, &analytics))
        .and_then(|database| database.and(Tier::Queue, &queue))
        .expect("PostgreSQL URLs");
    let demo = world.demo.as_ref().expect("a demo world");
    let acme = demo.tenants.iter().find(|tenant| tenant.name == "acme");
    let acme = acme.expect("a demo tenant");
    let owner = acme.users.iter().find(|user| user.roles == ["owner"]);
    let identity = Identity::Member {
        tenant: acme.id.into(),
        user: owner.expect("an owner").id.into(),
    };
    let client = world.owner("acme");
    let schema = Schema::served();
    let lists = schema.lists().map(|(field, _, node)| {
        format!("{{ {}(first: 12) {} }}", field.name, schema.page(&node, 1))
    });
    let mut bytes = 0;
    for query in lists.chain(QUERIES.map(str::to_owned)) {
        let sent = sent(&client, &query).await;
        bytes += sent.len();
        for output in [Output::Tree, Output::Json] {
            let mut expected = serialized(&database, identity.clone(), &query, output).await;
            if !sent.contains("\"data\":") {
                // What was not executed has no data, not even null.
                expected = expected.replace(",\"data\":null", "");
            }
            assert_eq!(
                without_tokens(&sent),
                without_tokens(&expected),
                "{output:?} of {query}"
            );
        }
    }
    assert!(bytes > 100_000, "only {bytes} bytes were compared");
}

/// Links to files say until when they are good, so no two are the same; and what asks without HTTP signs none.
fn without_tokens(answer: &str) -> String {
    let mut pieces = answer.split("\"downloadUrl\":");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let rest = piece.find([',', '}']).map_or("", |end| &piece[end..]);
        text + rest
    })
}
