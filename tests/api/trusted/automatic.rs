//! Documents that clients register: Apollo's automatic persisted queries.

use gateway::settings::Settings;
use gateway_tests::World;
use serde_json::json;

use super::{VIEWER, VIEWER_HASH, apollo, assert_refused, post, world};

/// The words and the status are Apollo's: its clients look for them.
#[tokio::test]
async fn clients_register_documents_as_apollo_has_it() {
    let world = world(Settings {
        apq: Some(true),
        ..Settings::default()
    })
    .await;
    let owner = world.owner("acme");
    let hash_only = json!({ "extensions": apollo(VIEWER_HASH) });
    let whole = json!({ "query": VIEWER, "extensions": apollo(VIEWER_HASH) });
    let unknown = post(&owner, hash_only.clone()).await;
    assert_refused(&unknown, 200, "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(
        unknown.body["errors"][0]["message"],
        "PersistedQueryNotFound"
    );
    // Another document under this hash would be everybody's.
    let forged = json!({ "query": "{ __typename }", "extensions": apollo(VIEWER_HASH) });
    let forged = post(&owner, forged).await;
    assert_refused(&forged, 400, "BAD_REQUEST");
    let message = forged.body["errors"][0]["message"]
        .as_str()
        .unwrap_or_default();
    assert!(
        message.contains("provided sha does not match query"),
        "{message}"
    );
    assert_refused(
        &post(&owner, hash_only.clone()).await,
        200,
        "PERSISTED_QUERY_NOT_FOUND",
    );
    let expected = post(&owner, whole).await.data();
    assert_eq!(post(&owner, hash_only.clone()).await.data(), expected);
    let others = post(&world.owner("globex"), hash_only).await.data();
    assert_eq!(others["viewer"]["user"]["email"], "owner@globex.test");
    for extensions in [
        json!({ "persistedQuery": { "version": 2, "sha256Hash": VIEWER_HASH } }),
        json!({ "persistedQuery": { "version": 1 } }),
        json!({ "persistedQuery": VIEWER_HASH }),
    ] {
        let answer = post(&owner, json!({ "extensions": extensions })).await;
        assert_refused(&answer, 400, "BAD_REQUEST");
    }
}

#[tokio::test]
async fn without_the_setting_nothing_is_registered() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let whole = json!({ "query": VIEWER, "extensions": apollo(VIEWER_HASH) });
    post(&owner, whole).await.data();
    let answer = post(&owner, json!({ "extensions": apollo(VIEWER_HASH) })).await;
    assert_refused(&answer, 200, "PERSISTED_QUERY_NOT_SUPPORTED");
    assert_eq!(
        answer.body["errors"][0]["message"],
        "PersistedQueryNotSupported"
    );
}
