//! Row level security stays fast: the statements that the gateway really sends, and how PostgreSQL runs them.
//!
//! `auto_explain` sends the plan of every statement as a notice, which is read off the wire; so what is looked
//! at is the gateway's own SQL with its own values, as the login role, under the policies.

use std::{
    fmt::Write,
    sync::atomic::{AtomicUsize, Ordering},
};

use gateway_tests::{Answer, Client, Options, Wire, World, cluster};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Four tenants with a few thousand rows.
const PLAN: seed::Plan = seed::Plan {
    tenants: 4,
    companies_per_tenant: 300,
    domains_per_tenant: 300,
    email_accounts_per_tenant: 600,
    leads_per_tenant: 2500,
    largest_tenant_leads: None,
    templates_per_tenant: 300,
    campaigns_per_tenant: 300,
    steps_per_campaign: 5,
    seed: 7,
    until: chrono::DateTime::UNIX_EPOCH,
};

/// A gateway whose statements are explained.
struct Explained {
    wire: Wire,
    owner: Client,
    staff: Client,
    _world: World,
}

impl Explained {
    /// `settings` are the login role's in this database.
    async fn new(settings: &[&str]) -> Self {
        let server = &cluster().await.server;
        let database = copy_of_rows().await;
        let mut admin = PgConnection::connect(&server.superuser_url(&database))
            .await
            .expect("a connection");
        explain(&mut admin, &database, settings).await;
        let (tenant, user) = owner(&mut admin).await;
        let staff = staff(&mut admin).await;
        let wire = Wire::to_cluster().await;
        let database_url = Some(wire.url("gateway_login", &database));
        let world = World::with(Options {
            database_url,
            max_connections: Some(1),
            ..Options::default()
        })
        .await;
        Self {
            owner: world.client(tenant, user),
            staff: world.staff(staff),
            _world: world,
            wire,
        }
    }

    /// The plans of an operation's statements; those of the opening message are left out.
    async fn plans(&self, client: &Client, query: &str) -> (Answer, Vec<Plan>) {
        self.wire.notices();
        let answer = client.query(query).await;
        let plans = self
            .wire
            .notices()
            .iter()
            .filter_map(|notice| Plan::read(notice))
            .collect();
        (answer, plans)
    }

    /// The plans of an operation, asked by the owner of a tenant and by staff, as far as they may.
    async fn allowed_plans(&self, query: &str) -> Vec<Plan> {
        let mut all = Vec::new();
        for client in [&self.owner, &self.staff] {
            let (answer, plans) = self.plans(client, query).await;
            if answer.code() != "FORBIDDEN" {
                assert!(
                    answer.body.get("errors").is_none(),
                    "{query}\n{:#}",
                    answer.body
                );
                all.extend(plans);
            }
        }
        all
    }

    /// The plans of an operation that the owner of a tenant may ask.
    async fn owner_plans(&self, query: &str) -> Vec<Plan> {
        let (answer, plans) = self.plans(&self.owner, query).await;
        answer.data();
        assert!(!plans.is_empty(), "auto_explain says nothing");
        plans
    }
}

/// A database with the plan's rows, which are written once.
async fn copy_of_rows() -> String {
    static ROWS: OnceCell<String> = OnceCell::const_new();
    static COPIES: AtomicUsize = AtomicUsize::new(0);
    let write = async || {
        let rows = cluster().await.empty().await;
        let plan = seed::Plan {
            until: "2026-06-15T12:00:00Z".parse().expect("a moment"),
            ..PLAN
        };
        seed::synthetic(&cluster().await.server.superuser_url(&rows), &plan)
            .await
            .expect("rows");
        rows
    };
    let rows = ROWS.get_or_init(write).await;
    let copy = format!("plans_{}", COPIES.fetch_add(1, Ordering::Relaxed));
    cluster()
        .await
        .server
        .create_database_from_template(&copy, rows)
        .await
        .expect("a copy");
    copy
}

async fn explain(admin: &mut PgConnection, database: &str, settings: &[&str]) {
    let explain = [
        "session_preload_libraries = 'auto_explain'",
        "auto_explain.log_min_duration = 0",
        "auto_explain.log_format = 'json'",
        "auto_explain.log_level = 'notice'",
    ];
    let mut sql = String::from("LOAD 'auto_explain';");
    for setting in explain.iter().chain(settings) {
        write!(
            sql,
            "ALTER ROLE gateway_login IN DATABASE {database} SET {setting};"
        )
        .expect("a String takes every write");
    }
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(admin)
        .await
        .expect("auto_explain comes with PostgreSQL");
}

async fn owner(admin: &mut PgConnection) -> (Uuid, Uuid) {
    let found =
        "SELECT tenant_id, user_id FROM tenant_users WHERE roles @> '{owner}' ORDER BY 1 LIMIT 1";
    sqlx::query_as(found)
        .fetch_one(admin)
        .await
        .expect("an owner")
}

/// A member of staff who may see everything.
async fn staff(admin: &mut PgConnection) -> Uuid {
    let appoint = "WITH role AS (INSERT INTO staff_roles (name) VALUES ('all') RETURNING id),
        permitted AS (INSERT INTO staff_role_permissions (role_id, permission_id) SELECT role.id, permissions.id FROM role, permissions)
        INSERT INTO staff_members (user_id, role_id) SELECT users.id, role.id FROM users, role
        WHERE NOT EXISTS (SELECT FROM staff_members s WHERE s.user_id = users.id) LIMIT 1 RETURNING user_id";
    sqlx::query_scalar(appoint)
        .fetch_one(admin)
        .await
        .expect("a member of staff")
}

/// How a statement was run.
struct Plan {
    sql: String,
    root: Value,
}

impl Plan {
    fn read(notice: &str) -> Option<Self> {
        let (_, json) = notice.split_once("plan:\n")?;
        let mut plan: Value = serde_json::from_str(json).expect("a plan in JSON");
        let sql = plan["Query Text"].as_str().unwrap_or_default().to_owned();
        let root = plan["Plan"].take();
        (!sql.starts_with("BEGIN")).then_some(Self { sql, root })
    }

    /// Every node, the topmost first.
    fn nodes(&self) -> Vec<&Value> {
        below(&self.root)
    }

    /// Whether the rows of a page are sorted before it is cut off. The rows of several parents' pages may be
    /// sorted when they are put together.
    fn sorts_pages(&self) -> bool {
        let pages = self
            .nodes()
            .into_iter()
            .filter(|node| node["Node Type"] == "Limit");
        pages.flat_map(below).any(sorts)
    }

    /// The nodes that read a table.
    fn scans(&self, table: &str) -> Vec<&Value> {
        self.nodes()
            .into_iter()
            .filter(|node| node["Relation Name"] == table)
            .collect()
    }

    fn show(&self) -> String {
        format!("{}\n{:#}", self.sql, self.root)
    }
}

/// Ordering by a unique column and the key leaves nothing to sort; PostgreSQL does not see that, and sorts each row
/// by itself as the column's index gives it.
fn sorts(node: &Value) -> bool {
    let unique = |scan: &Value| {
        scan["Index Name"]
            .as_str()
            .is_some_and(|index| index.ends_with("_key"))
    };
    match node["Node Type"].as_str() {
        Some("Incremental Sort") => !unique(&node["Plans"][0]),
        Some("Sort") => true,
        _ => false,
    }
}

fn below(node: &Value) -> Vec<&Value> {
    let children = node["Plans"].as_array().into_iter().flatten();
    std::iter::once(node)
        .chain(children.flat_map(below))
        .collect()
}

/// A list that the schema offers, and what it may be ordered by.
struct List {
    field: String,
    orders: Vec<String>,
}

/// The lists of the schema's root, by introspection.
async fn lists(client: &Client) -> Vec<List> {
    let data = client
        .data("{ __schema { queryType { fields { name args { name type { inputFields { name type { ofType { enumValues { name } } } } } } } } } }")
        .await;
    let each = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut lists = Vec::new();
    for field in each(&data["__schema"]["queryType"]["fields"]) {
        let Some(order) = each(&field["args"])
            .into_iter()
            .find(|argument| argument["name"] == "orderBy")
        else {
            continue;
        };
        let by = each(&order["type"]["inputFields"])
            .into_iter()
            .find(|input| input["name"] == "field")
            .expect("a field to order by");
        let orders = each(&by["type"]["ofType"]["enumValues"])
            .iter()
            .map(|value| value["name"].as_str().unwrap_or_default().to_owned())
            .collect();
        lists.push(List {
            field: field["name"].as_str().unwrap_or_default().to_owned(),
            orders,
        });
    }
    lists
}

/// Lists that are sorted whole, and why that is cheap.
const SORTED: [&str; 2] = [
    "tenants", // one row
    "users",   // the members of one tenant: the policy finds them by their keys
];

/// With sorting and sequential reading made as expensive as can be, a plan that still sorts has no index that
/// gives the order.
#[tokio::test]
async fn every_offered_order_has_an_index() {
    let explained = Explained::new(&[
        "enable_sort = off",
        "enable_seqscan = off",
        "enable_bitmapscan = off",
    ])
    .await;
    let (mut looked_at, mut sorting) = (0, Vec::new());
    for List { field, orders } in lists(&explained.owner).await {
        assert!(!orders.is_empty(), "{field}");
        for (order, direction) in orders
            .iter()
            .flat_map(|order| [(order, "ASC"), (order, "DESC")])
        {
            let query = format!(
                "{{ {field}(first: 20, orderBy: {{ field: {order}, direction: {direction} }}) {{ nodes {{ __typename }} }} }}"
            );
            let plans = explained.allowed_plans(&query).await;
            looked_at += plans.len();
            sorting.extend(
                plans
                    .iter()
                    .filter(|plan| plan.sorts_pages())
                    .map(|plan| (field.clone(), plan.show())),
            );
        }
    }
    assert!(looked_at > 60, "{looked_at} statements");
    assert!(
        SORTED
            .iter()
            .all(|list| sorting.iter().any(|(field, _)| field == list)),
        "a list is no longer sorted; take it out of SORTED"
    );
    sorting.retain(|(field, _)| !SORTED.contains(&field.as_str()));
    let shown: Vec<String> = sorting.into_iter().map(|(_, plan)| plan).collect();
    assert!(
        shown.is_empty(),
        "{} orders without an index:\n{}",
        shown.len(),
        shown.join("\n\n")
    );
}

#[tokio::test]
async fn pages_of_a_tenant_among_others_are_read_from_an_index() {
    let explained = Explained::new(&[]).await;
    for (field, table, orders) in [
        ("leads", "leads", &["CREATED", "EMAIL"][..]),
        ("campaigns", "campaigns", &["CREATED", "NAME"]),
        (
            "campaignSequenceSteps",
            "campaign_sequence_steps",
            &["CREATED"],
        ),
        ("companies", "companies", &["CREATED", "NAME"]),
        ("emailAccounts", "email_accounts", &["CREATED", "EMAIL"]),
    ] {
        for order in orders {
            for direction in ["ASC", "DESC"] {
                let page =
                    format!("first: 20, orderBy: {{ field: {order}, direction: {direction} }}");
                let query = format!(
                    "{{ {field}({page}) {{ nodes {{ __typename }} pageInfo {{ endCursor }} }} }}"
                );
                let (answer, first) = explained.plans(&explained.owner, &query).await;
                let cursor = answer.data()[field]["pageInfo"]["endCursor"].clone();
                let next = explained
                    .owner_plans(&format!(
                        "{{ {field}({page}, after: {cursor}) {{ nodes {{ __typename }} }} }}"
                    ))
                    .await;
                for plan in first.iter().chain(&next) {
                    expect_index_scan(plan, table);
                    assert!(!plan.sorts_pages(), "{}", plan.show());
                }
                // The position is where reading begins, not a filter of what was read.
                let condition = next[0].scans(table)[0]["Index Cond"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned();
                assert!(
                    condition.contains(&order.to_lowercase()),
                    "{}",
                    next[0].show()
                );
            }
        }
    }
}

#[tokio::test]
async fn pages_of_many_parents_are_read_from_an_index() {
    let explained = Explained::new(&[]).await;
    let plans = explained
        .owner_plans("{ campaigns(first: 20) { nodes { steps(first: 3, orderBy: { field: STEP_ORDER }) { nodes { __typename } } } } }")
        .await;
    let steps = plans.last().expect("a statement for the steps");
    expect_index_scan(steps, "campaign_sequence_steps");
    assert!(!steps.sorts_pages(), "{}", steps.show());
}

#[tokio::test]
async fn a_prefix_is_searched_in_an_index() {
    let explained = Explained::new(&[]).await;
    let plans =
        explained.owner_plans("{ leads(first: 20, filter: { email: { startsWith: \"an\" } }) { nodes { __typename } totalCount } }").await;
    assert_eq!(plans.len(), 2);
    for plan in &plans {
        let conditions: Vec<&str> = plan
            .nodes()
            .iter()
            .filter_map(|node| node["Index Cond"].as_str())
            .collect();
        assert!(
            conditions
                .iter()
                .any(|condition| condition.contains("email") && condition.contains("tenant_id")),
            "{}",
            plan.show()
        );
    }
}

#[tokio::test]
async fn a_batch_of_ids_is_looked_up_in_an_index() {
    let explained = Explained::new(&[]).await;
    let leads = explained
        .owner
        .data("{ leads(first: 20) { nodes { id } } }")
        .await["leads"]["nodes"]
        .take();
    let ids: Value = leads
        .as_array()
        .into_iter()
        .flatten()
        .map(|lead| lead["id"].clone())
        .collect();
    let plans = explained
        .owner_plans(&format!(
            "{{ nodes(ids: {ids}) {{ ... on Lead {{ name }} }} }}"
        ))
        .await;
    let conditions: Vec<&str> = plans[0]
        .nodes()
        .iter()
        .filter_map(|node| node["Index Cond"].as_str())
        .collect();
    assert!(
        conditions
            .iter()
            .any(|condition| condition.contains("id = ANY")),
        "{}",
        plans[0].show()
    );
}

fn expect_index_scan(plan: &Plan, table: &str) {
    let scans = plan.scans(table);
    let indexed = |node: &&Value| {
        matches!(
            node["Node Type"].as_str(),
            Some("Index Scan" | "Index Only Scan")
        )
    };
    assert!(
        !scans.is_empty() && scans.iter().all(indexed),
        "{}",
        plan.show()
    );
}
