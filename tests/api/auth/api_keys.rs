//! Keys of internal tools: who makes them, what they may do, and when they end.

use std::time::Duration;

use gateway_tests::{Answer, Client, World};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

const MAKE: &str = "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id name roles readOnly expires revoked lastUsed madeBy { email } } } }";
const WHO: &str = "{ viewer { user { email } tenant { name } roles otherTenants { id } invitations { id } } companies { totalCount } }";
const WRITE: &str =
    "mutation { createCompany(input: { name: \"By a tool\" }) { company { name } } }";
const CONFIGURE: &str = "mutation { updateTenantPolicy(input: { maxLoginAttempts: 7 }) { tenantPolicy { maxLoginAttempts } } }";

/// A key that a demo user makes: its id, and a client that has it.
async fn made(world: &World, by: &Client, input: Value) -> (String, Client) {
    let made = by.data_with(MAKE, json!({ "input": input })).await;
    let made = &made["createApiKey"];
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let secret = text(&made["secret"]);
    assert!(secret.starts_with("gk_"), "{secret}");
    (text(&made["apiKey"]["id"]), world.with_token(Some(secret)))
}

async fn change(world: &World, sql: &str) {
    let done = sqlx::query(AssertSqlSafe(sql)).execute(world.admin()).await;
    done.expect("a change");
}

#[track_caller]
fn assert_bad(answer: &Answer, case: &str) {
    let found = (answer.status, answer.code(), answer.body.get("data"));
    assert_eq!(found, (401, "UNAUTHENTICATED", None), "{case}");
}

#[tokio::test]
async fn a_key_acts_for_who_made_it_within_its_roles() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let input = json!({ "name": "Sync", "roles": ["MEMBER"], "readOnly": false });
    let (id, tool) = made(&world, &owner, input).await;
    let who = tool.data(WHO).await;
    assert_eq!(
        who["viewer"],
        json!({ "user": { "email": "owner@acme.test" }, "tenant": { "name": "acme" }, "roles": ["MEMBER"],
            "otherTenants": [], "invitations": [] })
    );
    let companies = owner.data("{ companies { totalCount } }").await;
    assert_eq!(who["companies"], companies["companies"]);
    tool.data(WRITE).await;
    // What its maker may, and it may not.
    for mutation in [
        CONFIGURE,
        "mutation { updateUserPreferences(input: { theme: DARK }) { userPreferences { theme } } }",
    ] {
        let answer = tool.query(mutation).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{mutation}");
    }
    let more = json!({ "input": { "name": "More", "roles": ["MEMBER"] } });
    assert_eq!(tool.query_with(MAKE, more).await.code(), "FORBIDDEN");
    let shown = owner
        .data_with(
            "query($id: ID!) { apiKey(id: $id) { name roles readOnly revoked madeBy { email } } }",
            json!({ "id": id }),
        )
        .await;
    assert_eq!(
        shown["apiKey"],
        json!({ "name": "Sync", "roles": ["MEMBER"], "readOnly": false, "revoked": null,
            "madeBy": { "email": "owner@acme.test" } })
    );
}

#[tokio::test]
async fn a_key_that_only_reads_writes_nothing() {
    let world = World::demo().await;
    let input = json!({ "name": "Report", "roles": ["OWNER"] });
    let (_, tool) = made(&world, &world.owner("acme"), input).await;
    tool.data(WHO).await;
    for mutation in [WRITE, CONFIGURE] {
        let answer = tool.query(mutation).await;
        assert_eq!(answer.code(), "FORBIDDEN", "{mutation} {}", answer.body);
        assert!(
            answer.body.to_string().contains("only reads"),
            "{}",
            answer.body
        );
    }
}

/// What a key may do shrinks with its maker, and it ends with the membership.
#[tokio::test]
async fn a_key_is_never_more_than_its_maker() {
    let world = World::demo().await;
    let (owner, admin) = (world.owner("acme"), world.user("acme", "admin@acme.test"));
    for role in ["OWNER", "BILLING"] {
        let input = json!({ "input": { "name": "More", "roles": ["MEMBER", role] } });
        assert_eq!(
            admin.query_with(MAKE, input).await.code(),
            "FORBIDDEN",
            "{role}"
        );
    }
    let input = json!({ "name": "Sync", "roles": ["ADMIN", "ANALYST"], "readOnly": false });
    let (_, tool) = made(&world, &admin, input).await;
    let roles =
        async || tool.query("{ viewer { roles } }").await.body["data"]["viewer"]["roles"].clone();
    assert_eq!(roles().await, json!(["ADMIN", "ANALYST"]));
    let of_admin = "WHERE user_id = (SELECT id FROM users WHERE email = 'admin@acme.test')";
    change(
        &world,
        &format!("UPDATE tenant_users SET roles = '{{member}}' {of_admin}"),
    )
    .await;
    assert_eq!(roles().await, json!(["ANALYST"]));
    assert_eq!(tool.query(WRITE).await.code(), "FORBIDDEN");
    change(
        &world,
        &format!("UPDATE tenant_users SET roles = '{{billing}}' {of_admin}"),
    )
    .await;
    change(
        &world,
        &format!("UPDATE api_keys SET roles = '{{admin}}' {of_admin}"),
    )
    .await;
    assert_bad(&tool.query(WHO).await, "no role is left");
    change(
        &world,
        &format!("UPDATE tenant_users SET roles = '{{owner}}' {of_admin}"),
    )
    .await;
    assert_eq!(roles().await, json!(["ADMIN"]));
    let member = owner
        .data("{ tenantUsers(filter: { email: { eq: \"admin@acme.test\" } }) { nodes { id } } }")
        .await;
    let member = &member["tenantUsers"]["nodes"][0]["id"];
    owner
        .data_with(
            "mutation($id: ID!) { removeTenantUser(input: { id: $id }) { tenantUser { id } } }",
            json!({ "id": member }),
        )
        .await;
    assert_bad(&tool.query(WHO).await, "its maker is gone");
    // Nor does it come back with them.
    change(
        &world,
        &format!("UPDATE tenant_users SET deleted = NULL {of_admin}"),
    )
    .await;
    assert_bad(&tool.query(WHO).await, "its maker is back");
}

#[tokio::test]
async fn a_key_ends_at_once() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let input = json!({ "name": "Sync", "roles": ["MEMBER"], "expiresInDays": 1 });
    let (id, tool) = made(&world, &owner, input.clone()).await;
    tool.data(WHO).await;
    let revoke = "mutation($id: ID!) { revokeApiKey(input: { id: $id }) { apiKey { revoked } } }";
    let revoked = owner.data_with(revoke, json!({ "id": id })).await;
    assert!(revoked["revokeApiKey"]["apiKey"]["revoked"].is_string());
    assert_bad(&tool.query(WHO).await, "revoked");
    // What takes no connection is asked about again.
    assert_bad(
        &tool.query("{ __typename }").await,
        "revoked, and asking for nothing",
    );
    let again = owner.query_with(revoke, json!({ "id": id })).await;
    assert_eq!(again.code(), "ILLEGAL_TRANSITION");
    let (_, tool) = made(&world, &owner, input.clone()).await;
    change(
        &world,
        "UPDATE api_keys SET expires = now() WHERE revoked IS NULL",
    )
    .await;
    assert_bad(&tool.query(WHO).await, "expired");
    let (_, tool) = made(&world, &owner, input).await;
    tool.data(WHO).await;
    change(
        &world,
        "UPDATE tenants SET deleted = now() WHERE name = 'acme'",
    )
    .await;
    assert_bad(&tool.query(WHO).await, "its tenant is gone");
}

/// Nobody is answered anything for a key that the gateway only thinks is one.
#[tokio::test]
async fn a_key_that_was_never_made_is_nobodys() {
    let world = World::demo().await;
    let demo = world.demo.clone().expect("a demo");
    let input = json!({ "name": "Sync", "roles": ["MEMBER"] });
    let (_, tool) = made(&world, &world.owner("acme"), input.clone()).await;
    let own = made(&world, &world.owner("globex"), input).await.1;
    let (acme, globex) = (&demo.tenants[0], &demo.tenants[1]);
    let mut forged = vec!["gk_".to_owned(), format!("gk_{}", "A".repeat(107))];
    for (tenant, user) in [(acme, &acme.users[0]), (globex, &acme.users[0])] {
        let key = tenant::ApiKey::generate(tenant.id.into(), user.id.into());
        forged.push(key.expect("a key").1);
    }
    // One that is good with the tenant, the user, the id or the secret of another: three bytes are four letters.
    let (good, other) = (secret(&tool), secret(&own));
    for (from, to) in [(3, 25), (24, 46), (46, 67), (67, good.len())] {
        let mut mixed = good.clone();
        mixed.replace_range(from..to, &other[from..to]);
        forged.push(mixed);
    }
    for token in forged {
        let client = world.with_token(Some(token.clone()));
        for query in [
            WHO,
            "{ __typename }",
            "{ __schema { queryType { name } } }",
            WRITE,
            "{",
        ] {
            assert_bad(&client.query(query).await, &format!("{token} {query}"));
        }
    }
    tool.data(WHO).await;
}

fn secret(client: &Client) -> String {
    let request = client.request(Method::GET, "/").build().expect("a request");
    let header = request.headers()["authorization"].to_str().expect("text");
    header.trim_start_matches("Bearer ").to_owned()
}

#[tokio::test]
async fn the_last_use_is_noted_and_the_secret_is_not_kept() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let input = json!({ "name": "Sync", "roles": ["ANALYST"] });
    let (id, tool) = made(&world, &owner, input).await;
    let used = async || {
        let query = "query($id: ID!) { apiKey(id: $id) { lastUsed } }";
        owner.data_with(query, json!({ "id": id })).await["apiKey"]["lastUsed"].clone()
    };
    assert_eq!(used().await, Value::Null);
    tool.data(WHO).await;
    let until = tokio::time::Instant::now() + Duration::from_secs(20);
    while used().await.is_null() {
        assert!(tokio::time::Instant::now() < until, "it is never noted");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let kept: Vec<String> = sqlx::query_scalar("SELECT to_jsonb(k)::text FROM api_keys k")
        .fetch_all(world.admin())
        .await
        .expect("rows");
    let secret = secret(&tool);
    assert!(!kept.is_empty() && !kept.iter().any(|row| row.contains(&secret[30..])));
    let served = std::fs::read_to_string("../schema.graphql").expect("the schema");
    assert!(!served.to_lowercase().contains("digest"));
}
