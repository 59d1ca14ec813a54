//! Many tenants at once on few connections: each answer is the one that its tenant gets alone.

use std::time::Duration;

use futures::future::join_all;
use gateway_tests::{Answer, Client, Options, World, cluster};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    catalog::Catalog,
    ids::Keys,
    twins::{keys_of, one},
};

const TENANTS: usize = 10;
const REQUESTS: usize = 200;

/// A tenant and its people.
struct Tenant {
    keys: Keys,
    lead: String,
    owner: Client,
    member: Client,
    analyst: Client,
    stranger: Client,
}

const NESTED: &str = "{ campaigns(first: 6) { totalCount nodes { id name company { id campaigns { nodes { id } } } \
    steps(first: 3, orderBy: {field: STEP_ORDER}) { totalCount nodes { id emailAccount { id email domain { id domain } } template { id name folders { nodes { id } } } } } } } }";
const LEADS: &str = "{ leads(first: 30, orderBy: {field: CREATED}) { totalCount nodes { id email name } pageInfo { endCursor } } }";
const PEOPLE: &str = "{ viewer { user { id email } tenant { id name } roles otherTenants { id } } users { nodes { id email memberships { nodes { id } } } } \
    tenantConfig { id billingEmail } adminSystemEvents { nodes { id } } subscriptions { nodes { id payments { nodes { id amount } } } } }";
const FILTERED: &str = "{ leads(filter: {status: {ne: ARCHIVED}}) { totalCount nodes { id } } templates(filter: {folders: {some: {name: {eq: \"Events\"}}}}) { nodes { id } } }";
const FOREIGN: &str = "query($id: ID!) { lead(id: $id) { email } leads(filter: {id: {eq: $id}}) { totalCount } companies { nodes { id } } }";
const WRONG_ID: &str = "query($id: ID!) { companies { nodes { id } } campaign(id: \"folder_1\") { id } lead(id: $id) { id } }";
const CHANGE: &str = "mutation { updateUserPreferences(input: {theme: DARK, language: \"de\"}) { userPreferences { id theme language user { id email } } } }";
const FAILED_CHANGE: &str = "mutation { a: updateUserPreferences(input: {language: \"fr\"}) { userPreferences { id } } \
    b: updateUserPreferences(input: {timezone: \"Nowhere\"}) { userPreferences { id } } }";

/// The kinds of requests, which take turns.
const KINDS: usize = 10;

async fn ask(tenants: &[Tenant], tenant: usize, kind: usize) -> Answer {
    let (of, next) = (&tenants[tenant], &tenants[(tenant + 1) % TENANTS]);
    let foreign = json!({ "id": next.lead });
    match kind {
        0 => of.owner.query(NESTED).await,
        1 => of.member.query(LEADS).await,
        2 => of.owner.query(PEOPLE).await,
        3 => of.analyst.query(FILTERED).await,
        4 => of.owner.query_with(FOREIGN, foreign).await,
        5 => {
            of.owner
                .query_with(WRONG_ID, json!({ "id": of.lead }))
                .await
        }
        6 => of.stranger.query(NESTED).await,
        7 => of.member.query(CHANGE).await,
        8 => of.owner.query(FAILED_CHANGE).await,
        _ => {
            of.owner
                .query("{ campaigns { nodes { id secrets } } }")
                .await
        }
    }
}

async fn people(world: &World, tenant: Uuid, next: Uuid, catalog: &Catalog) -> Tenant {
    let user = async |tenant: Uuid, role: &str| {
        one::<Uuid>(world, &format!("SELECT user_id FROM tenant_users WHERE tenant_id = '{tenant}' AND '{role}' = ANY (roles)")).await
    };
    Tenant {
        keys: keys_of(world, catalog, tenant).await,
        lead: one(
            world,
            &format!("SELECT id::text FROM leads WHERE tenant_id = '{tenant}' LIMIT 1"),
        )
        .await,
        owner: world.client(tenant, user(tenant, "owner").await),
        member: world.client(tenant, user(tenant, "member").await),
        analyst: world.client(tenant, user(tenant, "analyst").await),
        stranger: world.client(tenant, user(next, "owner").await),
    }
}

/// Lets each table count its keys from elsewhere, so that no two rows of the database share a key.
async fn keep_numbers_apart(world: &World, catalog: &Catalog) {
    let counted = catalog
        .tables
        .iter()
        .filter(|table| table.column(table.key()) == Some("int8"));
    for (place, table) in counted.enumerate() {
        let sql = format!(
            "ALTER TABLE {} ALTER COLUMN {} RESTART WITH {}",
            table.name,
            table.key(),
            (place + 1) * 1_000_000
        );
        sqlx::query(AssertSqlSafe(sql))
            .execute(world.admin_of(table.tier))
            .await
            .expect("a sequence");
    }
}

async fn tenants(world: &World) -> Vec<Tenant> {
    let plan = seed::Plan {
        tenants: TENANTS as u64,
        leads_per_tenant: 30,
        campaigns_per_tenant: 6,
        steps_per_campaign: 3,
        templates_per_tenant: 5,
        messages_per_campaign: 6,
        ..seed::Plan::default()
    };
    let urls = cluster().await.admin_urls(&world.database);
    keep_numbers_apart(world, &Catalog::read(world).await).await;
    let made = seed::synthetic(&urls, &plan)
        .await
        .expect("ten tenants")
        .tenants;
    let catalog = Catalog::read(world).await;
    let mut tenants = Vec::with_capacity(TENANTS);
    for (place, tenant) in made.iter().enumerate() {
        tenants.push(people(world, tenant.id, made[(place + 1) % TENANTS].id, &catalog).await);
    }
    tenants
}

/// What a tenant gets when it asks alone, and that it is what it should be.
async fn alone(tenants: &[Tenant], tenant: usize, kind: usize) -> (u16, Value) {
    let answer = ask(tenants, tenant, kind).await;
    for (other, of) in tenants.iter().enumerate() {
        let found = of.keys.found_in(&answer.body).len();
        assert!(
            other == tenant || found == 0,
            "tenant {tenant} sees {found} ids of tenant {other} in\n{:#}",
            answer.body
        );
        assert!(
            other != tenant || found > 0 || kind > 5,
            "nothing to see in request {kind}:\n{:#}",
            answer.body
        );
    }
    let expected = match kind {
        5 => "INVALID_ID",
        6 => "FORBIDDEN",
        8 => "BAD_USER_INPUT",
        9 => "GRAPHQL_VALIDATION_FAILED",
        _ => "",
    };
    assert_eq!(answer.code(), expected, "request {kind}: {:#}", answer.body);
    (answer.status, answer.body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_requests_of_ten_tenants_on_four_connections_stay_apart() {
    let options = Options {
        max_connections: Some(4),
        acquire_timeout: Some(Duration::from_secs(60)),
        ..Options::default()
    };
    let world = World::with(options).await;
    let tenants = tenants(&world).await;
    let mut expected = Vec::with_capacity(TENANTS * KINDS);
    for place in 0..TENANTS * KINDS {
        expected.push(alone(&tenants, place / KINDS, place % KINDS).await);
    }
    // Neighbours in the queue are of different tenants and kinds.
    let places =
        (0..REQUESTS).map(|number| (number % TENANTS, (number / TENANTS + number) % KINDS));
    let answers = join_all(
        places
            .clone()
            .map(|(tenant, kind)| ask(&tenants, tenant, kind)),
    )
    .await;
    for ((tenant, kind), answer) in places.zip(answers) {
        assert_eq!(
            (answer.status, answer.body),
            expected[tenant * KINDS + kind],
            "tenant {tenant}, request {kind}"
        );
    }
    assert_preferences(&world).await;
}

/// Each member changed its own preferences, and what failed changed nothing.
async fn assert_preferences(world: &World) {
    let changed = "SELECT count(*) FROM user_preferences JOIN tenant_users USING (user_id) WHERE (theme, language) = ('dark', 'de') AND 'member' = ANY (roles)";
    assert_eq!(one::<i64>(world, changed).await, TENANTS as i64);
    let failed = "SELECT count(*) FROM user_preferences JOIN tenant_users USING (user_id) WHERE user_preferences.updated > now() - interval '1 hour' AND NOT 'member' = ANY (roles)";
    assert_eq!(one::<i64>(world, failed).await, 0);
}
