//! The bytes of attachments, by a link.

use gateway_tests::{Client, LINK_KEY, World};
use reqwest::{Method, header::HeaderMap};
use serde_json::Value;

use super::{demo, one, run};

/// A file, and the link to it.
async fn link(client: &Client, name: &str) -> Value {
    let query = format!(
        "{{ attachments(first: 1, filter: {{filename: {{eq: \"{name}\"}}}}) {{ nodes {{ id filename mimeType sizeBytes downloadUrl }} }} }}"
    );
    client.data(&query).await["attachments"]["nodes"][0].take()
}

struct Download {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Download {
    fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    fn code(&self) -> String {
        let body: Value = serde_json::from_slice(&self.bytes).unwrap_or_default();
        body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

/// Without a token, as a browser does.
async fn get(world: &World, path: &str, range: Option<&str>) -> Download {
    let client = world.anonymous();
    let mut request = client.request(Method::GET, path);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    let response = request.send().await.expect("an answer");
    Download {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        bytes: response.bytes().await.expect("a body").to_vec(),
    }
}

fn url(file: &Value) -> String {
    file["downloadUrl"].as_str().expect("a link").to_owned()
}

#[tokio::test]
async fn a_link_gives_the_bytes_and_nothing_that_a_browser_would_run() {
    let (world, owner) = demo().await;
    let file = link(&owner, "Overview.csv").await;
    let found = get(&world, &url(&file), None).await;
    assert_eq!(
        (found.status, found.header("content-type")),
        (200, "text/csv")
    );
    assert_eq!(
        found.bytes.len() as u64,
        file["sizeBytes"].as_u64().expect("a size")
    );
    assert!(found.bytes.starts_with(b"plan,price\n"));
    assert_eq!(
        found.header("content-disposition"),
        "attachment; filename=\"Overview.csv\"; filename*=UTF-8''Overview.csv"
    );
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-store"),
        ("accept-ranges", "bytes"),
    ] {
        assert_eq!(found.header(name), expected, "{name}");
    }
    assert!(found.header("content-security-policy").contains("sandbox"));
}

#[tokio::test]
async fn a_part_is_a_part_and_a_large_file_comes_whole() {
    let (world, owner) = demo().await;
    run(
        &world,
        "UPDATE attachments SET filename = 'Größe.bin', size_bytes = 2500000, content = convert_to(repeat('0123456789', 250000), 'UTF8')
            WHERE filename = 'Overview.csv'",
    )
    .await;
    let file = link(&owner, "Größe.bin").await;
    let whole = get(&world, &url(&file), None).await;
    assert_eq!((whole.status, whole.bytes.len()), (200, 2_500_000));
    assert!(whole.bytes.chunks(10).all(|ten| ten == b"0123456789"));
    assert!(
        whole
            .header("content-disposition")
            .ends_with("filename*=UTF-8''Gr%C3%B6%C3%9Fe.bin")
    );
    let part = get(&world, &url(&file), Some("bytes=1048575-1048578")).await;
    assert_eq!((part.status, &*part.bytes), (206, b"5678".as_slice()));
    assert_eq!(
        part.header("content-range"),
        "bytes 1048575-1048578/2500000"
    );
    let beyond = get(&world, &url(&file), Some("bytes=2500000-")).await;
    assert_eq!(
        (beyond.status, beyond.header("content-range")),
        (416, "bytes */2500000")
    );
}

#[tokio::test]
async fn a_link_that_is_none_is_refused() {
    let (world, owner) = demo().await;
    let good = url(&link(&owner, "Overview.csv").await);
    for place in ["/attachments/".len(), good.len() / 2, good.len() - 2] {
        let other = if &good[place..=place] == "A" {
            "B"
        } else {
            "A"
        };
        let forged = format!("{}{other}{}", &good[..place], &good[place + 1..]);
        let refused = get(&world, &forged, None).await;
        assert_eq!(
            (refused.status, &*refused.code()),
            (403, "FORBIDDEN"),
            "{forged}"
        );
    }
    for none in [
        "/attachments/x",
        "/attachments/%00",
        "/attachments/..%2f..%2fetc",
    ] {
        assert_eq!(get(&world, none, None).await.status, 403, "{none}");
    }
}

#[tokio::test]
async fn a_link_is_good_for_minutes() {
    use chrono::{TimeDelta, Utc};
    use mail::link::{Keys, Link};
    let (world, owner) = demo().await;
    assert_eq!(resolver::download::GOOD_FOR, TimeDelta::minutes(5));
    let file = link(&owner, "Overview.csv").await;
    let sql = "SELECT tenant_id FROM attachments LIMIT 1";
    let (tenant, user) = (one(&world, sql).await, uuid::Uuid::nil());
    let keys = Keys::new([(0, LINK_KEY.as_bytes())]).expect("a key");
    let link = |at| {
        let link = Link::Download {
            tenant,
            user,
            attachment: uuid::Uuid::nil(),
        };
        format!("/attachments/{}", keys.sign(&link, Some(at)))
    };
    let expired = get(&world, &link(Utc::now() - TimeDelta::seconds(1)), None).await;
    assert_eq!((expired.status, &*expired.code()), (410, "LINK_EXPIRED"));
    // The same, still good, of nobody's.
    let stranger = get(&world, &link(Utc::now() + TimeDelta::minutes(1)), None).await;
    assert_eq!((stranger.status, &*stranger.code()), (403, "FORBIDDEN"));
    // What is signed for something else is no download.
    let open = Link::Open {
        tenant,
        message: tenant,
    };
    let other = format!("/attachments/{}", keys.sign(&open, None));
    assert_eq!(get(&world, &other, None).await.status, 403);
    assert_eq!(get(&world, &url(&file), None).await.status, 200);
}

#[tokio::test]
async fn the_link_of_a_removed_member_is_dead() {
    let (world, _) = demo().await;
    let member = world.user("acme", "analyst@acme.test");
    let good = url(&link(&member, "Overview.csv").await);
    assert_eq!(get(&world, &good, None).await.status, 200);
    sqlx::raw_sql(
        "UPDATE tenant_users SET deleted = now() WHERE user_id = (SELECT id FROM users WHERE email = 'analyst@acme.test')",
    )
    .execute(world.admin())
    .await
    .expect("a removal");
    let refused = get(&world, &good, None).await;
    assert_eq!((refused.status, &*refused.code()), (403, "FORBIDDEN"));
}

/// The signature says who asks; the policy, what there is.
#[tokio::test]
async fn a_signed_link_to_another_tenants_file_finds_nothing() {
    use chrono::{TimeDelta, Utc};
    use mail::link::{Keys, Link};
    let (world, _) = demo().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let theirs: uuid::Uuid = one(
        &world,
        &format!(
            "SELECT id FROM attachments WHERE tenant_id = '{}' LIMIT 1",
            demo.tenants[1].id
        ),
    )
    .await;
    let keys = Keys::new([(0, LINK_KEY.as_bytes())]).expect("a key");
    let (tenant, user) = (demo.tenants[0].id, demo.tenants[0].users[0].id);
    let link = Link::Download {
        tenant,
        user,
        attachment: theirs,
    };
    let path = format!(
        "/attachments/{}",
        keys.sign(&link, Some(Utc::now() + TimeDelta::minutes(1)))
    );
    let found = get(&world, &path, None).await;
    assert_eq!((found.status, &*found.code()), (404, "NOT_FOUND"));
}

#[tokio::test]
async fn staff_get_no_link() {
    let (world, owner) = demo().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let tenant = owner.data("{ viewer { tenant { id } } }").await["viewer"]["tenant"]["id"].clone();
    let staff = world.staff(demo.staff.id);
    let request = staff
        .request(Method::POST, "/graphql")
        .header("x-tenant-id", tenant.as_str().expect("an id"))
        .header("x-staff-reason", "looking for a file")
        .json(&serde_json::json!({ "query": "{ attachments(first: 1) { nodes { filename downloadUrl } } }" }));
    let data = staff.send(request).await.data();
    let file = &data["attachments"]["nodes"][0];
    assert!(
        file["filename"].is_string() && file["downloadUrl"].is_null(),
        "{file}"
    );
}
