//! The root fields that are like no other.
//!
//! The list may only shrink: a field that lists rows, finds one by its id or shows the request's own
//! one is covered without being named.

use serde_json::{Value, json};

use migrations::Tier;

use super::{
    ids::keys,
    schema::Schema,
    twins::{Twins, on_twins, one_in, texts},
};

/// The root fields of queries with a case of their own, and where it is.
pub const BY_HAND: [(&str, &str); 13] = [
    (
        "analytics",
        "has no id, and is made of numbers: below and `analytics`",
    ),
    (
        "analyticsDownload",
        "reads nothing; what its link leads to is in `analytics::downloads`",
    ),
    (
        "dashboard",
        "has no id, and is made of numbers: below and `numbers`",
    ),
    (
        "deadLetters",
        "a part of `jobs`: below and `jobs::dead_letters`",
    ),
    (
        "jobQueues",
        "a list without ids, of the platform, with the tenant's numbers: below and `jobs::queues`",
    ),
    ("node", "takes ids of every kind: `nodes`"),
    ("nodes", "takes ids of every kind: `nodes`"),
    (
        "searchMessages",
        "finds messages by their words: `content::search`",
    ),
    (
        "topCampaigns",
        "a list without ids, made of numbers: below and `analytics::rankings`",
    ),
    (
        "topEmailAccounts",
        "a list without ids, made of numbers: below and `analytics::rankings`",
    ),
    (
        "topSteps",
        "a list without ids, made of numbers: below and `analytics::rankings`",
    ),
    (
        "systemConfig",
        "a list without ids, for staff: below and `staff`",
    ),
    (
        "viewer",
        "has no id, and shows other tenants on purpose: below and `people`",
    ),
];

#[test]
fn the_viewer_is_who_asks() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let answer = twins
            .owner()
            .data(&format!("{{ viewer {} }}", schema.selection("Viewer", 4)))
            .await;
        twins.foreign.assert_absent(&answer, "viewer");
        let viewer = &answer["viewer"];
        assert_eq!(
            json!([
                viewer["user"]["email"],
                viewer["tenant"]["name"],
                viewer["roles"],
                viewer["otherTenants"]
            ]),
            json!(["owner@acme.test", "acme", ["OWNER"], []]),
        );
    });
}

#[test]
fn the_dashboard_is_about_ones_own_rows() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let query = format!(
            "{{ dashboard {{ campaignsByStatus {{ status count }} leadsByStatus {{ status count }} newLeadsByWeek {{ week count }}
                domainsToVerify {} accountsNearDailyLimit {} }} }}",
            schema.page("Domain", 2),
            schema.page("EmailAccount", 2)
        );
        let answer = twins.owner().data(&query).await;
        twins.foreign.assert_absent(&answer, "dashboard");
        let board = &answer["dashboard"];
        let sum = |counts: &Value| -> i64 {
            let counts = counts.as_array().into_iter().flatten();
            counts.filter_map(|count| count["count"].as_i64()).sum()
        };
        for (field, table) in [
            ("campaignsByStatus", "campaigns"),
            ("leadsByStatus", "leads"),
        ] {
            let own = twins.visible_keys(table, "true").await.len();
            assert_eq!(sum(&board[field]), own as i64, "{field}");
        }
        for (field, table, condition) in [
            (
                "domainsToVerify",
                "domains",
                "verification_status <> 'verified'",
            ),
            (
                "accountsNearDailyLimit",
                "email_accounts",
                "daily_limit > 0 AND daily_count >= 0.8 * daily_limit",
            ),
        ] {
            let own = twins.visible_keys(table, condition).await.len();
            assert!(own > 0, "{field}: the demo has none, so nothing is tested");
            assert_eq!(board[field]["totalCount"], own, "{field}");
        }
    });
}

#[test]
fn dead_letters_are_ones_own_that_failed() {
    on_twins(async |twins| {
        let schema = Schema::served();
        let query = format!("{{ deadLetters {} }}", schema.page("Job", 2));
        let answer = twins.owner().data(&query).await;
        twins.foreign.assert_absent(&answer, "deadLetters");
        let own = twins.visible_keys("jobs", "status = 'failed'").await;
        assert!(!own.is_empty());
        let mut found = keys(&answer["deadLetters"]["nodes"]);
        found.sort_unstable();
        assert_eq!(found, own);
        assert_eq!(answer["deadLetters"]["totalCount"], own.len());
    });
}

#[test]
fn queues_are_the_platforms_and_their_numbers_ones_own() {
    on_twins(async |twins| {
        let query = "{ jobQueues { name changedById changedAt jobsByStatus { status count } } }";
        let answer = twins.owner().data(query).await;
        let queues = answer["jobQueues"].as_array().expect("a list");
        assert!(queues.len() > 3, "{answer:#}");
        let mut counted = 0;
        for queue in queues {
            for count in queue["jobsByStatus"].as_array().expect("counts") {
                let status = count["status"].as_str().expect("a status").to_lowercase();
                let condition = format!("queue_name = {} AND status = '{status}'", queue["name"]);
                let condition = condition.replace('"', "'");
                let own = twins.visible_keys("jobs", &condition).await.len();
                assert_eq!(count["count"], own, "{condition}");
                counted += own;
            }
        }
        assert_eq!(counted, twins.visible_keys("jobs", "true").await.len());
    });
}

#[test]
fn analytics_are_about_ones_own_mail() {
    on_twins(async |twins| {
        let days = "from: \"2020-01-01\", to: \"2021-12-31\"";
        let recent = twins
            .owner()
            .data("{ analytics { from to totals { sent opened } } }")
            .await;
        let ever = format!("{{ analytics({days}) {{ totals {{ sent opened }} }} }}");
        let sum = async |table: &str, between: &str| -> i64 {
            let sql = format!(
                "SELECT coalesce(sum(sent), 0)::bigint FROM {table} WHERE tenant_id = '{}' AND day BETWEEN {between}",
                twins.a
            );
            one_in(&twins.world, Tier::Analytics, &sql).await
        };
        let between = format!(
            "'{}' AND '{}'",
            recent["analytics"]["from"].as_str().expect("a day"),
            recent["analytics"]["to"].as_str().expect("a day")
        );
        assert_eq!(
            recent["analytics"]["totals"]["sent"],
            sum("mailbox_analytics", &between).await
        );
        let ever = twins.owner().data(&ever).await;
        assert_eq!(
            ever["analytics"]["totals"]["sent"],
            sum("mailbox_analytics", "'2020-01-01' AND '2021-12-31'").await
        );
        for (field, row, table) in [
            ("topCampaigns", "campaign", "campaign_analytics"),
            ("topEmailAccounts", "emailAccount", "mailbox_analytics"),
            ("topSteps", "step", "sequence_step_analytics"),
        ] {
            let query = format!(
                "{{ {field}(first: 200, atLeastSent: 0) {{ ranks {{ {row}Id {row} {{ id }} totals {{ sent }} }} }} }}"
            );
            let answer = twins.owner().data(&query).await;
            twins.foreign.assert_absent(&answer, field);
            let ranks = answer[field]["ranks"].as_array().expect("ranks");
            let sent: i64 = ranks
                .iter()
                .filter_map(|rank| rank["totals"]["sent"].as_i64())
                .sum();
            assert_eq!(sent, sum(table, &between).await, "{field}");
        }
        for (by, row, table) in [
            ("CAMPAIGN", "campaign", "campaign_analytics"),
            ("EMAIL_ACCOUNT", "emailAccount", "mailbox_analytics"),
            ("STEP", "step", "sequence_step_analytics"),
        ] {
            let query = format!(
                "{{ analytics {{ groups(by: [{by}, MONTH], first: 1000) {{ key {{ {row}Id {row} {{ id }} }} totals {{ sent }} }} }} }}"
            );
            let answer = twins.owner().data(&query).await;
            twins.foreign.assert_absent(&answer, by);
            let groups = answer["analytics"]["groups"].as_array().expect("groups");
            let sent = groups
                .iter()
                .filter_map(|group| group["totals"]["sent"].as_i64());
            assert_eq!(sent.sum::<i64>(), sum(table, &between).await, "{by}");
        }
    });
}

#[test]
fn the_platforms_configuration_is_refused_to_tenants() {
    on_twins(async |twins| {
        let answer = twins.owner().query("{ systemConfig { key value } }").await;
        assert_eq!(
            (answer.code(), &answer.body["data"]),
            ("FORBIDDEN", &Value::Null)
        );
    });
}

#[tokio::test]
async fn preferences_are_changed_for_oneself_only() {
    let twins = Twins::new().await;
    let (world, owner) = (&twins.world, twins.owner());
    let others = "SELECT to_jsonb(p)::text FROM user_preferences p JOIN users u ON u.id = p.user_id WHERE u.email <> 'owner@acme.test' ORDER BY p.id";
    let before = texts(world, others).await;
    let query = "mutation { updateUserPreferences(input: {language: \"pt-BR\", theme: DARK}) { userPreferences { id language user { email } } } }";
    let answer = owner.data(query).await;
    twins
        .foreign
        .assert_absent(&answer, "updateUserPreferences");
    assert_eq!(
        answer["updateUserPreferences"]["userPreferences"]["user"]["email"],
        "owner@acme.test"
    );
    assert_eq!(
        before,
        texts(world, others).await,
        "the preferences of others changed"
    );
    let changed = "SELECT u.email FROM user_preferences p JOIN users u ON u.id = p.user_id WHERE language = 'pt-BR'";
    assert_eq!(texts(world, changed).await, ["owner@acme.test"]);
    assert!(before.len() > 10);
}
