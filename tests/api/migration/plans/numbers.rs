//! Numbers are read by the tenant's indexes: nothing about an aggregate keeps a condition from them.

use super::{explained::Explained, plan::Plan};

/// Whether a table is read by an index whose condition names all of these columns.
fn conditions(plan: &Plan, table: &str, columns: &[&str]) -> bool {
    let scans = plan.scans(table);
    !scans.is_empty()
        && scans.iter().all(|scan| {
            let condition = scan["Index Cond"].as_str().unwrap_or_default();
            columns.iter().all(|column| condition.contains(column))
        })
}

#[tokio::test]
async fn numbers_are_read_by_the_tenants_indexes() {
    let explained = Explained::new(&["enable_seqscan = off", "enable_bitmapscan = off"]).await;
    for (query, table, columns) in [
        (
            "{ leads { aggregates { count max { email created } } } }",
            "leads",
            &["tenant_id"][..],
        ),
        (
            "{ leads(filter: {status: {eq: BOUNCED}, created: {gt: \"2026-06-01T00:00:00Z\"}}) { groups(by: [CREATED_WEEK], timeZone: \"Europe/Berlin\", having: {count: {gt: 0}}) { aggregates { count } } } }",
            "leads",
            &["tenant_id", "status", "created"],
        ),
        (
            "{ leads(filter: {status: {eq: BOUNCED}}) { estimatedCount } }",
            "leads",
            &["tenant_id", "status"],
        ),
        (
            "{ dashboard { newLeadsByWeek(timeZone: \"Europe/Berlin\") { count } } }",
            "leads",
            &["tenant_id", "created"],
        ),
        (
            "{ dashboard { leadsByStatus { count } } }",
            "leads",
            &["tenant_id"],
        ),
    ] {
        for plan in explained.owner_plans(query).await {
            assert!(
                conditions(&plan, table, columns),
                "{query}\n{}",
                plan.show()
            );
        }
    }
}

#[tokio::test]
async fn numbers_of_many_parents_are_read_parent_by_parent() {
    let explained = Explained::new(&["enable_seqscan = off"]).await;
    let query =
        "{ campaigns(first: 20) { nodes { steps { aggregates { count sum { executedCount } }
        groups(by: [STEP_TYPE, CREATED_DAY]) { aggregates { count } } } } } }";
    let plans = explained.owner_plans(query).await;
    let of_steps: Vec<&Plan> = plans
        .iter()
        .filter(|plan| !plan.scans("campaign_sequence_steps").is_empty())
        .collect();
    assert_eq!(of_steps.len(), 2);
    for plan in of_steps {
        let read = plan
            .nodes()
            .into_iter()
            .filter_map(|node| node["Index Cond"].as_str())
            .any(|condition| condition.contains("campaign_id") && condition.contains("parent_key"));
        assert!(read, "{}", plan.show());
    }
}
