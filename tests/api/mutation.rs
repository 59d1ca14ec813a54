//! Mutations: all or nothing.

use gateway_tests::World;
use serde_json::json;

const UPDATE: &str = "mutation($input: UpdateUserPreferencesInput!) { updateUserPreferences(input: $input) { \
    userPreferences { theme language timezone weeklyReports user { email } } } }";
const READ: &str = "{ userPreferences { theme language timezone weeklyReports } }";

#[tokio::test]
async fn preferences_are_changed_and_read_back() {
    let world = World::demo().await;
    let member = world.user("acme", "member@acme.test");
    let before = member.data(READ).await;
    let input =
        json!({ "input": { "theme": "DARK", "language": "de-ch", "timezone": "Europe/Zurich" } });
    let answer = member.query_with(UPDATE, input).await;
    let preferences = &answer.data()["updateUserPreferences"]["userPreferences"];
    assert_eq!(preferences["theme"], "DARK");
    assert_eq!(preferences["language"], "de-CH", "in its canonical form");
    assert_eq!(preferences["user"]["email"], "member@acme.test");
    assert_eq!(
        preferences["weeklyReports"], before["userPreferences"]["weeklyReports"],
        "what is not given stays"
    );
    assert_eq!(answer.body["extensions"]["transaction"], "committed");
    assert_eq!(
        member.data(READ).await["userPreferences"]["timezone"],
        "Europe/Zurich"
    );
}

#[tokio::test]
async fn preferences_are_the_users_in_every_tenant_and_nobody_elses() {
    let world = World::demo().await;
    let in_acme = world.user("acme", "consultant@agency.test");
    let in_globex = world.user("globex", "consultant@agency.test");
    let others = world.owner("acme").data(READ).await;
    in_acme
        .data_with(UPDATE, json!({ "input": { "timezone": "Asia/Tokyo" } }))
        .await;
    assert_eq!(
        in_globex.data(READ).await["userPreferences"]["timezone"],
        "Asia/Tokyo"
    );
    assert_eq!(world.owner("acme").data(READ).await, others);
}

#[tokio::test]
async fn the_first_change_makes_the_row() {
    let world = World::demo().await;
    sqlx::query("DELETE FROM user_preferences")
        .execute(world.admin())
        .await
        .unwrap();
    let member = world.user("acme", "member@acme.test");
    assert!(member.data(READ).await["userPreferences"].is_null());
    let made = member.data_with(UPDATE, json!({ "input": {} })).await;
    assert_eq!(
        made["updateUserPreferences"]["userPreferences"]["timezone"],
        "UTC"
    );
    let again = member
        .data_with(UPDATE, json!({ "input": { "theme": "LIGHT" } }))
        .await;
    assert_eq!(
        again["updateUserPreferences"]["userPreferences"]["theme"],
        "LIGHT"
    );
}

#[tokio::test]
async fn an_error_anywhere_rolls_the_whole_operation_back() {
    let world = World::demo().await;
    let member = world.user("acme", "member@acme.test");
    let before = member.data(READ).await;
    let answer = member
        .query(
            "mutation { a: updateUserPreferences(input: {timezone: \"Asia/Tokyo\"}) { userPreferences { timezone } } \
             b: updateUserPreferences(input: {timezone: \"Mars/Olympus\"}) { userPreferences { timezone } } }",
        )
        .await;
    assert_eq!(answer.code(), "BAD_USER_INPUT");
    assert_eq!(answer.body["errors"][0]["path"], json!(["b"]));
    assert!(
        answer.body["data"].is_null(),
        "what never happened has no data"
    );
    assert_eq!(answer.body["extensions"]["transaction"], "rolled back");
    assert_eq!(member.data(READ).await, before);
}

#[tokio::test]
async fn names_are_checked_before_sql() {
    let world = World::demo().await;
    let member = world.user("acme", "member@acme.test");
    for input in [
        json!({ "language": "no such tag" }),
        json!({ "language": "x\u{0}" }),
        json!({ "timezone": "UTC+25" }),
    ] {
        let answer = member.query_with(UPDATE, json!({ "input": input })).await;
        assert_eq!(
            (answer.code(), answer.statements()),
            ("BAD_USER_INPUT", 0),
            "{}",
            answer.body
        );
        assert_eq!(answer.body["extensions"]["transaction"], "rolled back");
    }
}

#[tokio::test]
async fn a_field_selected_twice_writes_once() {
    let world = World::demo().await;
    let once = "updateUserPreferences(input: {theme: DARK})";
    let answer = world
        .owner("acme")
        .query(&format!(
            "mutation {{ {once} {{ userPreferences {{ theme }} }} ...Again ...Again }} \
             fragment Again on Mutation {{ {once} {{ userPreferences {{ language }} }} }}"
        ))
        .await;
    let preferences = &answer.data()["updateUserPreferences"]["userPreferences"];
    assert_eq!(preferences["theme"], "DARK");
    assert!(preferences["language"].is_string(), "{preferences}");
    assert_eq!(answer.statements(), 1);
}

/// The field refuses it before any statement; the database would, too (`isolation::roles`).
#[tokio::test]
async fn an_analyst_changes_nothing() {
    let world = World::demo().await;
    let analyst = world.user("acme", "analyst@acme.test");
    let before = analyst.data(READ).await;
    let answer = analyst
        .query_with(UPDATE, json!({ "input": { "timezone": "Asia/Tokyo" } }))
        .await;
    assert_eq!((answer.status, answer.code()), (200, "FORBIDDEN"));
    assert_eq!(
        answer.body["errors"][0]["message"],
        "this takes the role owner or admin or member or billing; ask an owner of the tenant for it"
    );
    assert_eq!(answer.body["extensions"]["transaction"], "rolled back");
    assert_eq!(analyst.data(READ).await, before);
}

/// What was executed, even if the database was not asked; and nothing but mutations.
#[tokio::test]
async fn every_executed_mutation_says_what_became_of_it() {
    let world = World::demo().await;
    let member = world.user("acme", "member@acme.test");
    let answer = member.query("mutation { __typename }").await;
    assert_eq!(answer.statements(), 0);
    assert_eq!(answer.body["extensions"]["transaction"], "committed");
    for query in [
        "mutation { noSuchField }",
        "mutation { updateUserPreferences(input: {theme: PINK}) { userPreferences { id } } }",
        READ,
    ] {
        let answer = member.query(query).await;
        assert!(answer.body.get("extensions").is_none(), "{:#}", answer.body);
    }
}
