//! `POST /ingest/email`: who may bring mail, and what is taken.

use gateway::settings::Settings;
use gateway_tests::{Answer, Client, Options, World};
use migrations::Tier;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

use super::arranged::Arranged;

const MAIL: &str =
    "From: a@x.test\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\nSubject: Hello\r\n\r\nwords\r\n";
const MAKE: &str =
    "mutation($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id } } }";

async fn key(world: &World, tenant: &str, roles: &[&str], read_only: bool) -> (Client, String) {
    let input = json!({ "name": "Mail", "roles": roles, "readOnly": read_only });
    let made = world
        .owner(tenant)
        .data_with(MAKE, json!({ "input": input }))
        .await;
    let secret = made["createApiKey"]["secret"].as_str().expect("a secret");
    let id = made["createApiKey"]["apiKey"]["id"]
        .as_str()
        .expect("an id");
    (world.with_token(Some(secret.to_owned())), id.to_owned())
}

async fn post(client: &Client, mail: &str) -> Answer {
    let request = client.request(Method::POST, "/ingest/email");
    let request = request.header("content-type", "message/rfc822");
    client.send(request.body(mail.to_owned())).await
}

#[tokio::test]
async fn a_key_brings_mail_to_its_tenant() {
    let arranged = Arranged::new().await;
    let (acme, _) = key(&arranged.world, "acme", &["MEMBER"], false).await;
    let answer = post(&acme, MAIL).await;
    assert_eq!(answer.status, 202, "{}", answer.body);
    let text = answer.body["id"].as_str().expect("an id");
    assert!(text.starts_with("msg_") && answer.headers.contains_key("x-request-id"));
    assert_eq!(post(&acme, MAIL).await.body["id"], text, "the same again");
    let id: entity::id::EmailMessageId = text.parse().expect("an id");
    let row = format!(
        "SELECT tenant_id, source, email_account_id FROM received_mail WHERE id = '{}'",
        Uuid::from(id)
    );
    let tenant = Uuid::from(arranged.acme.tenant);
    assert_eq!(
        arranged.row(Tier::Content, &row).await,
        json!({ "tenant_id": tenant, "source": "ingest", "email_account_id": null })
    );
    assert_eq!(arranged.count(Tier::Queue, "jobs").await, 1);
    let read = arranged
        .receive(&arranged.acme, id)
        .await
        .expect("mail is read");
    assert!(read.is_some());
    assert_eq!(
        arranged.message(id, "subject, tenant_id").await,
        json!({ "subject": "Hello", "tenant_id": tenant })
    );
    let (globex, _) = key(&arranged.world, "globex", &["ADMIN"], false).await;
    let answer = post(&globex, MAIL).await;
    assert!(answer.status == 202 && answer.body["id"] != text);
    let theirs = format!(
        "received_mail WHERE tenant_id = '{}'",
        Uuid::from(arranged.globex.tenant)
    );
    assert_eq!(arranged.count(Tier::Content, &theirs).await, 1);
    assert_eq!(post(&acme, "").await.status, 202, "also what is no mail");
}

#[tokio::test]
async fn who_does_not_work_with_mail_brings_none() {
    let arranged = Arranged::new().await;
    let world = &arranged.world;
    for (roles, read_only) in [
        (&["OWNER"][..], true),
        (&["ANALYST"], false),
        (&["BILLING"], false),
    ] {
        let (client, _) = key(world, "acme", roles, read_only).await;
        let answer = post(&client, MAIL).await;
        assert_eq!(
            (answer.status, answer.code()),
            (403, "FORBIDDEN"),
            "{roles:?} {read_only}"
        );
    }
    let staff = world.demo.as_ref().expect("the demo").staff.id;
    for client in [
        world.user("acme", "analyst@acme.test"),
        world.user("acme", "billing@acme.test"),
        world.client(arranged.acme.tenant.into(), Uuid::now_v7()),
        world.in_no_tenant(staff),
        world.staff(staff),
    ] {
        let answer = post(&client, MAIL).await;
        assert_eq!(
            (answer.status, answer.code()),
            (403, "FORBIDDEN"),
            "{}",
            answer.body
        );
    }
    let (revoked, id) = key(world, "acme", &["MEMBER"], false).await;
    let revoke = "mutation($id: ID!) { revokeApiKey(input: { id: $id }) { apiKey { id } } }";
    world
        .owner("acme")
        .data_with(revoke, json!({ "id": id }))
        .await;
    for client in [revoked, world.anonymous()] {
        let answer = post(&client, MAIL).await;
        assert_eq!(
            (answer.status, answer.code()),
            (401, "UNAUTHENTICATED"),
            "{}",
            answer.body
        );
    }
    assert_eq!(arranged.count(Tier::Content, "received_mail").await, 0);
    for user in ["owner", "admin", "member"] {
        let client = world.user("acme", &format!("{user}@acme.test"));
        assert_eq!(post(&client, &format!("{MAIL}{user}")).await.status, 202);
    }
}

#[tokio::test]
async fn only_a_whole_message_of_a_fitting_size_is_taken() {
    let settings = Settings {
        max_mail_bytes: Some(1000),
        ..Settings::default()
    };
    let world = World::demo_with(Options {
        settings,
        ..Options::default()
    })
    .await;
    let client = world.owner("acme");
    let answer = post(&client, &"a".repeat(1001)).await;
    assert_eq!((answer.status, answer.code()), (413, "PAYLOAD_TOO_LARGE"));
    assert!(
        answer.body.to_string().contains("GATEWAY_MAX_MAIL_BYTES"),
        "{}",
        answer.body
    );
    assert_eq!(post(&client, &"a".repeat(1000)).await.status, 202);
    let other = client
        .request(Method::POST, "/ingest/email")
        .json(&json!({ "raw": MAIL }));
    let answer = client.send(other).await;
    assert_eq!(
        (answer.status, answer.code()),
        (415, "UNSUPPORTED_MEDIA_TYPE")
    );
    let answer = client
        .send(client.request(Method::GET, "/ingest/email"))
        .await;
    assert_eq!((answer.status, answer.code()), (405, "METHOD_NOT_ALLOWED"));
    assert_eq!(answer.headers["allow"], "POST");
    let kept = sqlx::query_scalar("SELECT count(*) FROM received_mail WHERE processed IS NULL")
        .fetch_one(world.admin_of(Tier::Content));
    let kept: i64 = kept.await.expect("a number");
    assert_eq!(kept, 1);
}

/// Also of who does nothing else, and is therefore known by its mail only.
#[tokio::test]
async fn mail_counts_against_the_plan() {
    let settings = Settings {
        rate_limits: Some(true),
        ..Settings::default()
    };
    let world = World::demo_with(Options {
        settings,
        ..Options::default()
    })
    .await;
    let limit = sqlx::query("UPDATE plans SET api_rate_limit = 10").execute(world.admin());
    limit.await.expect("another limit");
    let client = world.user("acme", "member@acme.test");
    for _ in 0..500 {
        let answer = post(&client, MAIL).await;
        if answer.status == 429 {
            assert_eq!(answer.code(), "RATE_LIMITED");
            return;
        }
        assert_eq!(answer.status, 202, "{}", answer.body);
    }
    panic!("no mail is counted");
}
