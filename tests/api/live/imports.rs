//! How far an import has come.

use gateway_tests::{Client, EventStream, World};
use serde_json::{Value, json};

const IMPORT: &str = "subscription ($id: ID!) { leadImport(id: $id) { change leadImport { \
    state totalCount doneCount createdCount updatedCount skippedCount rejectedCount finished } } }";

async fn begin(client: &Client) -> String {
    let mutation = "mutation { createLeadImport(input: {name: \"leads.csv\", totalCount: 5}) { leadImport { id state } } }";
    let data = client.data(mutation).await;
    let import = &data["createLeadImport"]["leadImport"];
    assert_eq!(import["state"], "RUNNING");
    import["id"].as_str().expect("an id").to_owned()
}

async fn batch(client: &Client, id: &str, emails: &[&str], mode: &str, rejected: u32) -> Value {
    let leads: Vec<Value> = emails
        .iter()
        .map(|email| json!({ "email": email }))
        .collect();
    let input = json!({ "leads": leads, "mode": mode, "importId": id, "rejectedBefore": rejected });
    let mutation =
        "mutation ($input: ImportLeadsInput!) { importLeads(input: $input) { created } }";
    client
        .query_with(mutation, json!({ "input": input }))
        .await
        .body
}

async fn finish(client: &Client, id: &str, outcome: &str) -> Value {
    let mutation = format!(
        "mutation {{ finishLeadImport(input: {{id: \"{id}\", outcome: {outcome}}}) {{ leadImport {{ state }} }} }}"
    );
    client.query(&mutation).await.body
}

#[tokio::test]
async fn an_import_is_told_of_batch_by_batch() {
    let world = World::demo().await;
    let (owner, watcher) = (world.owner("acme"), world.user("acme", "analyst@acme.test"));
    let id = begin(&owner).await;
    let body = json!({ "query": IMPORT, "variables": { "id": id } });
    let request = watcher.request(reqwest::Method::POST, "/graphql");
    let mut stream = EventStream::open(request.json(&body)).await;
    let told = async |stream: &mut EventStream| {
        let event = stream.data().await["leadImport"].clone();
        assert_eq!(event["change"], "UPDATED");
        let import = &event["leadImport"];
        let counts = ["done", "created", "updated", "skipped", "rejected"]
            .map(|count| import[format!("{count}Count")].as_u64().expect("a count"));
        assert_eq!(import["totalCount"], 5);
        (
            import["state"].as_str().expect("a state").to_owned(),
            import["finished"].is_null(),
            counts,
        )
    };
    let running = |counts| ("RUNNING".to_owned(), true, counts);
    batch(
        &owner,
        &id,
        &["one@import.test", "two@import.test", "no address"],
        "INSERT",
        0,
    )
    .await;
    assert_eq!(told(&mut stream).await, running([3, 2, 0, 0, 1]));
    batch(
        &owner,
        &id,
        &["one@import.test", "three@import.test"],
        "UPSERT",
        2,
    )
    .await;
    assert_eq!(told(&mut stream).await, running([7, 3, 1, 0, 3]));
    batch(&owner, &id, &["one@import.test"], "SKIP", 0).await;
    assert_eq!(told(&mut stream).await, running([8, 3, 1, 1, 3]));
    finish(&owner, &id, "COMPLETED").await;
    assert_eq!(
        told(&mut stream).await,
        ("COMPLETED".to_owned(), false, [8, 3, 1, 1, 3])
    );
}

/// A batch that is not counted is not saved, either.
#[tokio::test]
async fn an_import_that_has_ended_takes_no_more() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let id = begin(&owner).await;
    finish(&owner, &id, "STOPPED").await;
    for answer in [
        batch(&owner, &id, &["late@import.test"], "INSERT", 0).await,
        finish(&owner, &id, "COMPLETED").await,
    ] {
        let error = &answer["errors"][0];
        assert_eq!(
            error["extensions"]["code"], "ILLEGAL_TRANSITION",
            "{answer}"
        );
    }
    let found = owner
        .data("{ leads(filter: {email: {eq: \"late@import.test\"}}) { totalCount } }")
        .await;
    assert_eq!(found["leads"]["totalCount"], 0);
}

#[tokio::test]
async fn another_tenants_import_is_not_there() {
    let world = World::demo().await;
    let (owner, stranger) = (world.owner("acme"), world.owner("globex"));
    let id = begin(&owner).await;
    for answer in [
        batch(&stranger, &id, &["stranger@import.test"], "INSERT", 0).await,
        finish(&stranger, &id, "COMPLETED").await,
    ] {
        assert_eq!(
            answer["errors"][0]["extensions"]["code"], "NOT_FOUND",
            "{answer}"
        );
    }
}
