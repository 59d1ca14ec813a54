//! Row level security stays fast: the statements that the gateway really sends, and how PostgreSQL runs them.
//!
//! `auto_explain` sends the plan of every statement as a notice, which is read off the wire; so what is looked
//! at is the gateway's own SQL with its own values, as the login role, under the policies.

mod explained;
mod numbers;
mod plan;

use gateway_tests::Client;
use serde_json::Value;

use explained::Explained;
use plan::Plan;

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
        ("messages", "email_messages", &["CREATED"]),
        ("attachments", "attachments", &["CREATED"]),
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
                    plan.expect_index_scan(table);
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
    steps.expect_index_scan("campaign_sequence_steps");
    assert!(!steps.sorts_pages(), "{}", steps.show());
}

#[tokio::test]
async fn the_mail_of_many_parents_is_read_from_an_index() {
    let explained = Explained::new(&[]).await;
    for (parents, children, table) in [
        ("campaigns", "messages", "email_messages"),
        ("leads", "messages", "email_messages"),
        ("emailAccounts", "messages", "email_messages"),
        ("campaignSequenceSteps", "messages", "email_messages"),
        ("messages", "replies", "email_messages"),
        ("messages", "thread", "email_messages"),
        ("messages", "attachments", "attachments"),
    ] {
        let plans = explained
            .owner_plans(&format!(
                "{{ {parents}(first: 20) {{ nodes {{ {children}(first: 3) {{ nodes {{ __typename }} }} }} }} }}"
            ))
            .await;
        // Two connections, one of which may tell of its statements first.
        let mut looked_at = 0;
        for plan in plans.iter().filter(|plan| !plan.scans(table).is_empty()) {
            plan.expect_index_scan(table);
            assert!(!plan.sorts_pages(), "{parents} {}", plan.show());
            looked_at += 1;
        }
        assert!(looked_at > 0, "{children} of {parents}");
    }
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

/// In a table that is large enough the planner would: it takes the tenant for an average one.
#[tokio::test]
async fn no_workers_are_started_for_a_tenants_rows() {
    let cheap = [
        "parallel_setup_cost = 0",
        "parallel_tuple_cost = 0",
        "min_parallel_table_scan_size = 0",
        "min_parallel_index_scan_size = 0",
    ];
    let allowed = [&cheap[..], &["max_parallel_workers_per_gather = 2"]].concat();
    for (settings, gathers) in [(&cheap[..], false), (&allowed, true)] {
        let explained = Explained::new(settings).await;
        let count = "{ leads(filter: { status: { eq: ACTIVE } }) { totalCount } }";
        let plans = explained.allowed_plans(count).await;
        let shown: Vec<String> = plans.iter().map(Plan::show).collect();
        let found = shown.iter().any(|plan| plan.contains("Gather"));
        assert!(
            found == gathers && !shown.is_empty(),
            "{settings:?} {shown:?}"
        );
    }
}
