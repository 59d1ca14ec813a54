//! Documents that are asked for by an id: the operator's, and those that clients register.

mod automatic;

use std::fs;

use gateway::settings::Settings;
use gateway_tests::{Answer, Client, Options, World};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

const CAMPAIGNS: &str =
    "query Campaigns($n: Int) { campaigns(first: $n) { nodes { name steps { nodes { id } } } } }";
/// `printf %s "$CAMPAIGNS" | sha256sum`
const CAMPAIGNS_HASH: &str = "4e8c09dc89c9c1a35a8d1ad2f0451756a806cb03b25625b354d721a136be92eb";
const VIEWER: &str = "{ viewer { user { email } } }";
const VIEWER_HASH: &str = "848811e6147587227a59c2896875b2bcb81ef2968598dd37b735d1ab51edee0e";
const RENAME: &str = "mutation($input: UpdateUserPreferencesInput!) { updateUserPreferences(input: $input) { userPreferences { theme } } }";

/// A folder with a document in each of the forms.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("a file");
    };
    write("campaigns.graphql", CAMPAIGNS);
    write("relay.json", &json!({ "0123abcd": VIEWER }).to_string());
    let operations =
        json!([{ "id": "rename", "name": "Rename", "type": "mutation", "body": RENAME }]);
    let apollo = json!({ "format": "apollo-persisted-query-manifest", "version": 1, "operations": operations });
    write("apollo.json", &apollo.to_string());
    write("README.md", "no document");
    folder
}

async fn world(settings: Settings) -> World {
    World::demo_with(Options {
        settings,
        ..Options::default()
    })
    .await
}

fn trusting(folder: &TempDir) -> Settings {
    Settings {
        documents: Some(folder.path().to_owned()),
        ..Settings::default()
    }
}

async fn post(client: &Client, body: Value) -> Answer {
    client
        .send(client.request(Method::POST, "/graphql").json(&body))
        .await
}

fn apollo(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

fn assert_refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (status, code),
        "{}",
        answer.body
    );
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
}

#[tokio::test]
async fn a_document_is_found_by_any_of_its_ids() {
    let folder = folder();
    let world = world(trusting(&folder)).await;
    let owner = world.owner("acme");
    let expected = owner.data_with(CAMPAIGNS, json!({ "n": 2 })).await;
    let variables = json!({ "n": 2 });
    for id in [
        "campaigns",
        CAMPAIGNS_HASH,
        &format!("sha256:{CAMPAIGNS_HASH}"),
    ] {
        let body = json!({ "documentId": id, "variables": variables });
        assert_eq!(post(&owner, body).await.data(), expected, "{id}");
    }
    let body = json!({ "extensions": apollo(CAMPAIGNS_HASH), "variables": variables });
    assert_eq!(post(&owner, body).await.data(), expected);
    for id in ["0123abcd", VIEWER_HASH] {
        let answer = post(&owner, json!({ "documentId": id })).await;
        assert_eq!(answer.data()["viewer"]["user"]["email"], "owner@acme.test");
    }
    // Whoever asks sees their own.
    let answer = post(&world.owner("globex"), json!({ "documentId": "0123abcd" })).await;
    assert_eq!(
        answer.data()["viewer"]["user"]["email"],
        "owner@globex.test"
    );
    assert_refused(
        &post(&world.anonymous(), json!({ "documentId": "0123abcd" })).await,
        401,
        "UNAUTHENTICATED",
    );
}

#[tokio::test]
async fn a_url_with_an_id_is_a_query() {
    let folder = folder();
    let world = world(trusting(&folder)).await;
    let owner = world.owner("acme");
    let get = async |query: &str| {
        let request = owner.request(Method::GET, &format!("/graphql?{query}"));
        owner.send(request).await
    };
    let expected = owner.data_with(CAMPAIGNS, json!({ "n": 1 })).await;
    let variables = "variables=%7B%22n%22%3A1%7D";
    for id in [
        "documentId=campaigns".to_owned(),
        format!("documentId=sha256:{CAMPAIGNS_HASH}"),
        format!(
            "extensions=%7B%22persistedQuery%22%3A%7B%22version%22%3A1%2C%22sha256Hash%22%3A%22{CAMPAIGNS_HASH}%22%7D%7D"
        ),
    ] {
        assert_eq!(
            get(&format!("{id}&{variables}")).await.data(),
            expected,
            "{id}"
        );
    }
    assert_refused(
        &get("documentId=rename&variables=%7B%22input%22%3A%7B%7D%7D").await,
        405,
        "METHOD_NOT_ALLOWED",
    );
    let body = json!({ "documentId": "rename", "variables": { "input": { "theme": "DARK" } } });
    let renamed = post(&owner, body).await.data();
    assert_eq!(
        renamed["updateUserPreferences"]["userPreferences"]["theme"],
        "DARK"
    );
}

#[tokio::test]
async fn an_id_that_is_none_is_told_so_and_that_is_not_kept() {
    let folder = folder();
    let trusting = world(trusting(&folder)).await;
    let plain = World::demo().await;
    for world in [&trusting, &plain] {
        let owner = world.owner("acme");
        for id in ["README", "relay", "sha256:00", "../campaigns", ""] {
            let answer = post(&owner, json!({ "documentId": id })).await;
            assert_refused(&answer, 404, "PERSISTED_QUERY_NOT_FOUND");
            assert_eq!(answer.headers["cache-control"], "no-store");
            assert_eq!(answer.statements(), 0);
        }
        assert_refused(
            &post(&owner, json!({ "documentId": 1 })).await,
            400,
            "BAD_REQUEST",
        );
    }
}

#[tokio::test]
async fn where_only_trusted_documents_run_no_other_does() {
    let folder = folder();
    let world = world(Settings {
        trusted_only: Some(true),
        apq: Some(true),
        ..trusting(&folder)
    })
    .await;
    let owner = world.owner("acme");
    for body in [
        json!({ "query": "{ __typename }" }),
        json!({ "query": format!("{VIEWER} ") }),
        json!({ "query": "{ __typename", "documentId": "campaigns" }),
        json!({ "query": "{ __schema { types { name } } }" }),
        json!({ "query": "mutation { createTag(input: {name: \"a\"}) { tag { id } } }" }),
    ] {
        let answer = post(&owner, body).await;
        assert_refused(&answer, 403, "DOCUMENT_NOT_TRUSTED");
        assert_eq!(answer.statements(), 0);
    }
    // A hash that anybody can make is no trust.
    let other = json!({ "query": "{ __typename }", "extensions": apollo("7f56e67dd21ab3f30d1ff8b7bed08893f0a0db86449836189b361dd1e56ddb4b") });
    assert_refused(&post(&owner, other).await, 403, "DOCUMENT_NOT_TRUSTED");
    post(&owner, json!({ "query": VIEWER })).await.data();
    post(
        &owner,
        json!({ "documentId": "campaigns", "variables": { "n": 1 } }),
    )
    .await
    .data();
}

/// Who put a document there has seen what it may cost; its pages have their limit all the same.
#[tokio::test]
async fn a_trusted_document_runs_whatever_it_costs() {
    let folder = folder();
    let world = world(Settings {
        max_cost: Some(5),
        ..trusting(&folder)
    })
    .await;
    let owner = world.owner("acme");
    let cheaper = "{ campaigns(first: 5) { nodes { id } } }";
    assert_eq!(owner.query(cheaper).await.code(), "COST_EXCEEDED");
    for _ in 0..3 {
        post(
            &owner,
            json!({ "documentId": "campaigns", "variables": { "n": 200 } }),
        )
        .await
        .data();
        owner.data_with(CAMPAIGNS, json!({ "n": 200 })).await;
    }
    let body = json!({ "documentId": "campaigns", "variables": { "n": 201 } });
    assert_eq!(post(&owner, body).await.code(), "BAD_USER_INPUT");
}

#[tokio::test]
async fn a_gateway_whose_documents_can_not_be_read_does_not_start() {
    let folder = tempfile::tempdir().expect("a folder");
    let start = |settings: Settings| {
        let started = gateway_tests::gateways("postgres://a@127.0.0.1:1/a", settings);
        started.err().map(|why| why.to_string()).unwrap_or_default()
    };
    let of = |name: &str| Settings {
        documents: Some(folder.path().join(name)),
        ..Settings::default()
    };
    fs::write(folder.path().join("list.json"), "[1]").expect("a file");
    fs::create_dir(folder.path().join("twice")).expect("a folder");
    fs::write(folder.path().join("twice/a.graphql"), "{ a }").expect("a file");
    fs::write(folder.path().join("twice/b.json"), r#"{"a": "{ b }"}"#).expect("a file");
    assert!(start(of("nowhere")).contains("nowhere can not be read"));
    assert!(start(of("list.json")).contains("list.json:1:1: no manifest"));
    assert!(start(of("twice")).contains("for the id `a`"));
    let only = Settings {
        trusted_only: Some(true),
        ..Settings::default()
    };
    assert!(start(only).contains("needs GATEWAY_DOCUMENTS"));
    assert_eq!(start(Settings::default()), "");
}
