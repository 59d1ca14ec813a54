//! What is not answered, and what it says then.

use gateway_tests::Answer;
use reqwest::Method;
use serde_json::json;

use super::{demo, run, tenant};

fn message(answer: &Answer) -> &str {
    answer.body["errors"][0]["message"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn a_series_has_so_many_periods_and_no_more() {
    let (_world, owner) = demo().await;
    for (arguments, words) in [
        (
            "from: \"2026-01-01\", to: \"2026-02-01\"",
            "`series` would have 32 periods, and may have 31; ask for fewer days, for longer periods as in `by: MONTH`, or give `periods` (up to 366)",
        ),
        (
            "from: \"2026-01-01\", to: \"2026-01-10\", periods: 9",
            "`series` would have 10 periods",
        ),
        ("periods: 0", "`periods` must be from 1 to 366"),
        ("periods: 367", "`periods` must be from 1 to 366"),
        // Thirty days, as no days are given.
        ("periods: 29", "`series` would have 30 periods"),
        (
            "from: \"2024-01-01\", to: \"2026-01-02\"",
            "are 733 days, and one answer is about 732 at most",
        ),
        (
            "from: \"2026-01-02\", to: \"2026-01-01\"",
            "`from` must not be after `to`",
        ),
        ("from: \"2999-01-01\"", "`from` must not be after `to`"),
        (
            "from: \"0001-01-01\"",
            "give days of the years from 1970 to 9999",
        ),
    ] {
        let query = format!("{{ analytics({arguments}) {{ series {{ periodStart }} }} }}");
        let answer = owner.query(&query).await;
        assert_eq!(
            answer.code(),
            "BAD_USER_INPUT",
            "{arguments}: {}",
            answer.body
        );
        assert!(
            message(&answer).contains(words),
            "{arguments}: {}",
            message(&answer)
        );
    }
    for fits in [
        "from: \"2026-01-01\", to: \"2026-02-01\", periods: 32",
        "from: \"2026-01-01\", to: \"2026-02-01\", by: WEEK",
        "from: \"2024-01-01\", to: \"2026-01-01\", by: MONTH",
    ] {
        owner
            .data(&format!(
                "{{ analytics({fits}) {{ series {{ periodStart }} }} }}"
            ))
            .await;
    }
    // Without a series there are no periods.
    owner
        .data("{ analytics(from: \"2024-01-01\", to: \"2026-01-01\") { totals { sent } } }")
        .await;
}

#[tokio::test]
async fn a_long_series_of_many_costs_what_it_is() {
    let (_world, owner) = demo().await;
    let cost = async |periods: &str| {
        let query = format!(
            "{{ campaigns(first: 10) {{ nodes {{ analytics(from: \"2026-01-01\", to: \"2026-01-31\" {periods}) {{ series {{ totals {{ sent }} }} }} }} }} }}"
        );
        let body = json!({ "query": query, "extensions": { "cost": true } });
        let request = owner.request(Method::POST, "/graphql").json(&body);
        let answer = owner.send(request).await;
        answer.data();
        let cost = &answer.body["extensions"]["cost"];
        cost["estimated"].as_f64().expect("a cost")
    };
    let (month, year) = (cost("").await, cost(", periods: 365").await);
    // Each of ten has 334 periods more, with an object inside.
    assert_eq!(year - month, 10.0 * 334.0 * 2.0);
}

#[tokio::test]
async fn who_is_in_no_tenant_has_no_numbers() {
    let (world, _) = demo().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let (user, staff) = (demo.tenants[0].users[0].id, demo.staff.id);
    for field in [
        "analytics { totals { sent } }",
        "topCampaigns { ranks { campaignId } }",
        "billingAnalytics { totalCount }",
    ] {
        for client in [world.in_no_tenant(user), world.staff(staff)] {
            let answer = client.query(&format!("{{ {field} }}")).await;
            assert_eq!(answer.code(), "FORBIDDEN", "{field}: {}", answer.body);
        }
        let stranger = world.client(tenant(&world, "globex"), user);
        assert_eq!(
            stranger.query(&format!("{{ {field} }}")).await.code(),
            "FORBIDDEN",
            "{field}"
        );
    }
}

const TWO_MONTHS: &str = "from: \"2026-01-01\", to: \"2026-02-28\"";

#[tokio::test]
async fn what_is_not_counted_together_is_refused() {
    let (_world, owner) = demo().await;
    for (field, by, words) in [
        ("analytics", "[]", "`by` is empty"),
        (
            "analytics",
            "[DAY, WEEK, DAY]",
            "`by` names something twice",
        ),
        (
            "analytics",
            "[EMAIL_ACCOUNT, CAMPAIGN]",
            "mail is not counted by account and campaign",
        ),
        (
            "analytics",
            "[STEP, EMAIL_ACCOUNT]",
            "mail is not counted by account and campaign",
        ),
        (
            "analytics",
            "[DAY], first: 0",
            "`first` must be from 1 to 1000",
        ),
        (
            "analytics",
            "[DAY], first: 1001",
            "`first` must be from 1 to 1000",
        ),
        (
            "campaigns(first: 1) { nodes { analytics",
            "[CAMPAIGN]",
            "are grouped by `STEP`, `DAY`, `WEEK` and `MONTH`",
        ),
        (
            "campaigns(first: 1) { nodes { analytics",
            "[EMAIL_ACCOUNT]",
            "are grouped by `STEP`, `DAY`, `WEEK` and `MONTH`",
        ),
        (
            "emailAccounts(first: 1) { nodes { analytics",
            "[STEP]",
            "are grouped by `DAY`, `WEEK` and `MONTH`",
        ),
        (
            "leads(first: 1) { nodes { analytics",
            "[CAMPAIGN]",
            "are grouped by `DAY`, `WEEK` and `MONTH`",
        ),
    ] {
        let end = "} }".repeat(usize::from(field.contains("nodes")));
        let query = format!(
            "{{ {field}({TWO_MONTHS}) {{ groups(by: {by}) {{ totals {{ sent }} }} }} {end} }}"
        );
        let answer = owner.query(&query).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{query}: {}", answer.body);
        let message = answer.body["errors"][0]["message"].as_str();
        assert!(
            message.is_some_and(|message| message.contains(words)),
            "{query}: {message:?}"
        );
    }
}

#[tokio::test]
async fn too_many_groups_are_an_error_that_says_what_to_do() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    run(
        &world,
        &format!(
            "INSERT INTO campaign_analytics (tenant_id, campaign_id, day, sent)
            SELECT '{acme}', gen_random_uuid(), '2026-01-05', n FROM generate_series(1, 1001) n"
        ),
    )
    .await;
    let query = |arguments: &str| {
        format!(
            "{{ analytics({TWO_MONTHS}) {{ groups(by: [CAMPAIGN]{arguments}) {{ totals {{ sent }} }} }} }}"
        )
    };
    let answer = owner.query(&query("")).await;
    assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.body);
    let message = answer.body["errors"][0]["message"].as_str();
    assert!(message.is_some_and(|message| message.contains("more than 1000 groups")));
    for fits in [", first: 1000", ", atLeastSent: 2"] {
        let data = owner.data(&query(fits)).await;
        let groups = data["analytics"]["groups"].as_array();
        assert_eq!(groups.map(Vec::len), Some(1000), "{fits}");
    }
}

#[tokio::test]
async fn groups_cost_what_they_may_be() {
    let (_world, owner) = demo().await;
    let cost = async |arguments: &str| {
        let query = format!(
            "{{ campaigns(first: 10) {{ nodes {{ analytics({TWO_MONTHS}) {{ groups(by: [DAY]{arguments}) {{ totals {{ sent }} }} }} }} }} }}"
        );
        let body = json!({ "query": query, "extensions": { "cost": true } });
        let request = owner.request(Method::POST, "/graphql").json(&body);
        let answer = owner.send(request).await;
        answer.data();
        let cost = &answer.body["extensions"]["cost"];
        cost["estimated"].as_f64().expect("a cost")
    };
    // Each of ten may have fifty groups unless it says otherwise, with an object inside.
    let (usual, one) = (cost("").await, cost(", first: 1").await);
    assert_eq!(usual - one, 10.0 * 49.0 * 2.0);
}
