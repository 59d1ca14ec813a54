//! A document that is known is answered as one that is new: the same bytes, whatever was asked before.

mod corpus;
mod introspection;

use gateway_tests::{Client, Options, World};
use reqwest::Method;
use serde_json::{Value, json};

use corpus::Case;

/// A gateway to the database of `world` that keeps so many bytes of documents.
async fn beside(world: &World, document_cache_bytes: usize) -> World {
    let server = &gateway_tests::cluster().await.server;
    World::with(Options {
        database_url: Some(server.url("gateway_login", &world.database)),
        document_cache_bytes: Some(document_cache_bytes),
        ..Options::default()
    })
    .await
}

/// The same user, asking another gateway.
fn client(world: &World, gateway: &World) -> Client {
    let demo = world.demo.as_ref().expect("a demo world");
    let tenant = &demo.tenants[0];
    gateway.client(tenant.id, tenant.users[0].id)
}

/// The status, what the headers say of the answer, and its bytes.
async fn ask(client: &Client, body: &Value, accept: &str) -> (u16, Option<String>, String) {
    let request = client.request(Method::POST, "/graphql").json(body);
    let response = request
        .header("accept", accept)
        .send()
        .await
        .expect("an answer");
    let content_type = response.headers().get("content-type");
    let content_type = content_type.map(|value| format!("{value:?}"));
    let status = response.status().as_u16();
    let text = response.text().await.expect("a whole body");
    (status, content_type, text)
}

async fn compare(cases: &[Case], order: &[usize], known: &Client, new: &Client) {
    for at in order {
        let Case {
            query,
            name,
            variables,
        } = &cases[*at];
        let body = json!({ "query": query, "operationName": name, "variables": variables });
        // Every other one in the newer form, where the status tells more.
        let accept = ["application/json", "application/graphql-response+json"][at % 2];
        let expected = ask(new, &body, accept).await;
        assert_eq!(ask(known, &body, accept).await, expected, "{body}");
    }
}

#[tokio::test]
async fn the_answer_does_not_depend_on_what_was_asked_before() {
    let world = World::demo().await;
    let lead = lead(&world).await;
    let cases = corpus::cases(&lead);
    let forward: Vec<usize> = (0..cases.len()).collect();
    let backward: Vec<usize> = forward.iter().rev().copied().collect();
    let without = beside(&world, 0).await;
    for order in [forward, backward] {
        let keeping = beside(&world, 16 << 20).await;
        let (known, new) = (client(&world, &keeping), client(&world, &without));
        compare(&cases, &order, &known, &new).await;
        compare(&cases, &order, &known, &new).await;
    }
    // Too small for most of them: they come and go.
    let small = beside(&world, 64 << 10).await;
    let order: Vec<usize> = (0..cases.len()).collect();
    compare(
        &cases,
        &order,
        &client(&world, &small),
        &client(&world, &without),
    )
    .await;
}

async fn lead(world: &World) -> String {
    let leads = client(world, world)
        .data("{ leads(first: 1) { nodes { id } } }")
        .await;
    let id = leads["leads"]["nodes"][0]["id"].as_str();
    id.expect("a lead of the demo").to_owned()
}

/// What is known of a document is known of all tenants; whose rows it shows is not.
#[tokio::test]
async fn a_known_document_shows_each_tenant_its_own_rows() {
    let world = World::demo().await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let list = "{ companies(first: 50) { totalCount nodes { id name } } }";
    let row = "query($id: ID!) { company(id: $id) { id } }";
    let (mut lists, mut ids) = (Vec::new(), Vec::new());
    // Each is asked three times: new, validated, known.
    for client in [&acme, &globex, &acme, &globex, &acme, &globex] {
        let found = client.data(list).await["companies"].take();
        ids.push(found["nodes"][0]["id"].clone());
        lists.push(found);
    }
    assert_ne!(lists[0], lists[1]);
    assert_eq!((&lists[2], &lists[4]), (&lists[0], &lists[0]));
    assert_eq!((&lists[3], &lists[5]), (&lists[1], &lists[1]));
    for (client, own, others) in [
        (&acme, 0, 1),
        (&globex, 1, 0),
        (&acme, 0, 1),
        (&globex, 1, 0),
    ] {
        let own = client.data_with(row, json!({ "id": ids[own] })).await;
        assert!(own["company"]["id"].is_string());
        let others = client.data_with(row, json!({ "id": ids[others] })).await;
        assert_eq!(others["company"], Value::Null);
    }
}

/// The statement of a filtered page is kept, too, with nobody's cursor.
#[tokio::test]
async fn a_known_page_begins_where_each_client_says() {
    let world = World::demo().await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let page = "query($after: String) { leads(first: 2, after: $after, filter: { status: { eq: ACTIVE } }) {
        totalCount nodes { id } pageInfo { endCursor hasNextPage } } }";
    let whole =
        "{ leads(first: 200, filter: { status: { eq: ACTIVE } }) { totalCount nodes { id } } }";
    let ids = |page: &Value| page["nodes"].as_array().cloned().unwrap_or_default();
    let mut expected = Vec::new();
    for client in [&acme, &globex] {
        let list = client.data(whole).await["leads"].take();
        assert!(ids(&list).len() >= 6, "three pages: {list}");
        expected.push(list);
    }
    assert_ne!(expected[0], expected[1]);
    // Side by side, so that each finds what was kept of the other's last page.
    let mut cursors = [Value::Null, Value::Null];
    let mut found = [Vec::new(), Vec::new()];
    for _ in 0..3 {
        for (tenant, client) in [&acme, &globex].into_iter().enumerate() {
            let answer = client
                .data_with(page, json!({ "after": cursors[tenant] }))
                .await;
            assert_eq!(
                answer["leads"]["totalCount"],
                expected[tenant]["totalCount"]
            );
            found[tenant].extend(ids(&answer["leads"]));
            cursors[tenant] = answer["leads"]["pageInfo"]["endCursor"].clone();
        }
    }
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found[..], ids(expected)[..6], "three pages of two");
    }
}
