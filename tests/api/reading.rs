//! The first things a dashboard does.

use gateway_tests::World;

#[tokio::test]
async fn a_nested_page_costs_a_fixed_number_of_statements() {
    let world = World::demo().await;
    let query = "{ campaigns(first: 10) { totalCount nodes { name company { name campaigns(first: 2) { nodes { name } } } \
        steps(first: 3, orderBy: {field: STEP_ORDER}) { totalCount nodes { stepOrder campaign { name } } } } } }";
    let answer = world.owner("acme").query(query).await;
    answer.data();
    // campaigns and their count, companies, the companies' campaigns, steps and their counts,
    // the steps' campaigns
    assert_eq!(answer.statements(), 7, "{:?}", answer.headers);
}

#[tokio::test]
async fn an_account_says_why_its_mail_waits() {
    let world = World::demo().await;
    let changed = "UPDATE email_accounts SET sending_problem = 'password', sending_failing_since = '2026-11-27T01:02:03Z' \
         WHERE id = (SELECT min(id::text)::uuid FROM email_accounts WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'acme'))";
    let changed = sqlx::query(changed).execute(world.admin()).await;
    assert_eq!(changed.expect("an account").rows_affected(), 1);
    let query = "{ emailAccounts(first: 100) { nodes { sendingProblem sendingFailingSince } } }";
    let data = world.owner("acme").data(query).await;
    let nodes = data["emailAccounts"]["nodes"].as_array().expect("accounts");
    let failing: Vec<_> = nodes
        .iter()
        .filter(|node| !node["sendingProblem"].is_null())
        .collect();
    let expected = serde_json::json!({
        "sendingProblem": "PASSWORD", "sendingFailingSince": "2026-11-27T01:02:03+00:00"
    });
    assert_eq!(failing, [&expected]);
}
