//! What can not be answered is refused, with a sentence that says what to do.

use gateway_tests::World;
use serde_json::json;

use super::{run, tenant};

#[tokio::test]
async fn wrong_arguments_are_refused_with_what_to_do() {
    let world = World::demo().await;
    for (arguments, says) in [
        ("by: []", "ask for `aggregates`"),
        ("by: [STATUS, STATUS]", "name it once"),
        (
            "by: [STATUS, COMPANY, CREATED_DAY, CREATED_WEEK, CREATED_MONTH, UPDATED_DAY]",
            "by 5 at most",
        ),
        (
            "by: [CREATED_DAY], timeZone: \"Mars/Olympus\"",
            "`Europe/Berlin`",
        ),
        ("by: [CREATED_DAY], timeZone: \"\"", "`Europe/Berlin`"),
        (
            "by: [CREATED_DAY], timeZone: \"UTC'; --\"",
            "`Europe/Berlin`",
        ),
        ("by: [STATUS], first: 0", "from 1 to 1000"),
        ("by: [STATUS], first: 1001", "from 1 to 1000"),
    ] {
        let query =
            format!("{{ campaigns {{ groups({arguments}) {{ aggregates {{ count }} }} }} }}");
        let answer = world.owner("acme").query(&query).await;
        assert_eq!(
            answer.code(),
            "BAD_USER_INPUT",
            "{arguments}: {:#}",
            answer.body
        );
        let message = answer.body["errors"][0]["message"]
            .as_str()
            .unwrap_or_default();
        assert!(message.contains(says), "{arguments}: {message}");
        assert_eq!(answer.statements(), 0, "refused before any SQL");
    }
    let answer = world
        .owner("acme")
        .query("{ dashboard { newLeadsByWeek(timeZone: \"Nowhere\") { count } } }")
        .await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn what_the_schema_does_not_have_is_refused_by_its_name() {
    let world = World::demo().await;
    let by = "query($by: [CampaignGroupBy!]!) { campaigns { groups(by: $by) { aggregates { count } } } }";
    let answer = world
        .owner("acme")
        .query_with(by, json!({ "by": ["NAME"] }))
        .await;
    assert!(
        [
            "VALIDATION_FAILED",
            "GRAPHQL_VALIDATION_FAILED",
            "BAD_USER_INPUT"
        ]
        .contains(&answer.code()),
        "{:#}",
        answer.body
    );
    let having = "query($having: CampaignHaving) { campaigns { groups(by: [STATUS], having: $having) { aggregates { count } } } }";
    for wrong in [json!({ "sum": {} }), json!({ "count": 3 }), json!([1])] {
        let answer = world
            .owner("acme")
            .query_with(having, json!({ "having": wrong }))
            .await;
        assert!(
            !answer.code().is_empty() && answer.code() != "INTERNAL_ERROR",
            "{wrong}: {:#}",
            answer.body
        );
    }
}

#[tokio::test]
async fn too_many_groups_are_an_error_and_never_cut_off_silently() {
    let world = World::empty().await;
    let tenant = tenant(&world).await;
    let id = tenant.id;
    let ask = async |first: &str| {
        let query = format!(
            "{{ leads {{ groups(by: [CREATED_DAY]{first}) {{ key {{ created {{ day }} }} aggregates {{ count }} }} }} }}"
        );
        tenant.client.query(&query).await
    };
    let days = |from: u32, to: u32| {
        format!(
            "INSERT INTO leads (tenant_id, email, created) SELECT '{id}', 'lead' || n || '@x.test', '2020-01-01T12:00:00Z'::timestamptz + n * interval '1 day'
             FROM generate_series({from}, {to}) n"
        )
    };
    run(&world, &days(1, 1000)).await;
    let groups = ask("").await.data()["leads"]["groups"]
        .as_array()
        .map(Vec::len);
    assert_eq!(groups, Some(1000));
    run(&world, &days(1001, 1001)).await;
    let answer = ask("").await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    let message = answer.body["errors"][0]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        message.contains("more than 1000 groups") && message.contains("`first`"),
        "{message}"
    );
    let first = ask(", first: 2").await.data();
    assert_eq!(
        first["leads"]["groups"],
        json!([
            { "key": { "created": { "day": "2020-01-02" } }, "aggregates": { "count": 1 } },
            { "key": { "created": { "day": "2020-01-03" } }, "aggregates": { "count": 1 } },
        ])
    );
}

#[tokio::test]
async fn a_sum_that_no_number_holds_is_said() {
    let world = World::empty().await;
    let tenant = tenant(&world).await;
    let (id, most) = (tenant.id, i64::MAX);
    let sql = format!(
        "INSERT INTO payments (tenant_id, amount) VALUES ('{id}', {most}), ('{id}', {most})"
    );
    run(&world, &sql).await;
    for numbers in [
        "aggregates { sum { amount } }",
        "groups(by: [STATUS]) { aggregates { sum { amount } } }",
        "groups(by: [STATUS], having: {sum: {amount: {gt: 0}}}) { aggregates { count } }",
    ] {
        let query = format!("{{ payments {{ {numbers} }} }}");
        let answer = tenant.client.query(&query).await;
        assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.body);
    }
}
