//! A template is filled in before anybody is written to.

use gateway_tests::{Answer, Client, World};
use serde_json::{Value, json};

const PREVIEW: &str = "mutation ($input: PreviewTemplateInput!) { it: previewTemplate(input: $input) { subject text html problem } }";

async fn id(client: &Client, query: &str) -> String {
    let answer = client.query(query).await;
    let data = answer.data();
    let found = data["it"]["nodes"][0]["id"].as_str();
    found.expect("a row").to_owned()
}

async fn preview(client: &Client, input: Value) -> Answer {
    client.query_with(PREVIEW, json!({ "input": input })).await
}

#[tokio::test]
async fn a_lead_reads_what_the_template_says_of_it() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let template = id(&owner, "{ it: templates(first: 1) { nodes { id } } }").await;
    let lead = "{ it: leads(first: 1, filter: {name: {isNull: false}}) { nodes { id } } }";
    let lead = id(&owner, lead).await;
    let name: String = sqlx::query_scalar("SELECT name FROM leads WHERE id = $1")
        .bind(
            lead.parse::<entity::id::LeadId>()
                .map(uuid::Uuid::from)
                .expect("an id"),
        )
        .fetch_one(world.admin())
        .await
        .expect("the lead");
    let input = json!({ "id": template, "leadId": lead, "subject": "For {{ lead.name }}", "content": "Hello {{ lead.name }}" });
    let answer = preview(&owner, input).await;
    let data = answer.data();
    let it = &data["it"];
    assert_eq!(it["subject"], format!("For {name}"));
    assert_eq!(it["text"], format!("Hello {name}"));
    assert_eq!(it["problem"], Value::Null);
}

#[tokio::test]
async fn what_is_missing_is_said_with_its_place() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let template = id(&owner, "{ it: templates(first: 1) { nodes { id } } }").await;
    let input =
        json!({ "id": template, "subject": "Hello", "content": "One line\n{{ lead.shoe_size }}" });
    let answer = preview(&owner, input).await;
    let data = answer.data();
    let it = &data["it"];
    let problem = it["problem"].as_str().expect("a problem");
    assert!(
        problem.starts_with("content, line 2: ") && problem.contains("lead.shoe_size"),
        "{problem}"
    );
    assert_eq!((&it["subject"], &it["text"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn another_tenants_template_and_lead_are_unknown() {
    let world = World::demo().await;
    let (owner, other) = (world.owner("acme"), world.owner("globex"));
    let of = async |client: &Client, list: &str| {
        id(
            client,
            &format!("{{ it: {list}(first: 1) {{ nodes {{ id }} }} }}"),
        )
        .await
    };
    let foreign = json!({ "id": of(&other, "templates").await });
    assert_eq!(preview(&owner, foreign).await.code(), "NOT_FOUND");
    let own = of(&owner, "templates").await;
    let foreign = json!({ "id": own, "leadId": of(&other, "leads").await });
    assert_eq!(preview(&owner, foreign).await.code(), "NOT_FOUND");
    let analyst = world.user("acme", "analyst@acme.test");
    assert_eq!(
        preview(&analyst, json!({ "id": own })).await.code(),
        "FORBIDDEN"
    );
}
