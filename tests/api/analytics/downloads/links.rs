//! Files by links.

use gateway_tests::{Client, LINK_KEY};
use uuid::Uuid;

use super::{
    super::{CAMPAIGNS, day, demo, keys, tenant},
    DAYS, code, get,
};

async fn link(owner: &Client) -> String {
    let query =
        "{ analyticsDownload(kind: CAMPAIGNS, from: \"2026-01-01\", to: \"2026-01-31\") { url } }";
    let data = owner.data(query).await;
    data["analyticsDownload"]["url"]
        .as_str()
        .expect("a link")
        .to_owned()
}

#[tokio::test]
async fn a_link_gives_the_same_file_to_a_browser() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    let campaign = keys(&world, acme, "campaigns").await[0];
    day(
        &world,
        CAMPAIGNS,
        (acme, campaign),
        "2026-01-05",
        [7, 0, 0, 0],
    )
    .await;
    let url = link(&owner).await;
    let by_link = get(&world.anonymous(), &url).await;
    assert_eq!(by_link.status(), 200);
    // A tenant takes one at a time.
    let by_link = by_link.text().await.expect("text");
    let by_token = get(&owner, &format!("/analytics/campaigns.csv?{DAYS}")).await;
    assert_eq!(by_link, by_token.text().await.expect("text"));
    // Changed in the middle, where the days are.
    let middle = url.len() / 2;
    let other = if &url[middle..=middle] == "A" {
        "B"
    } else {
        "A"
    };
    let forged = format!("{}{other}{}", &url[..middle], &url[middle + 1..]);
    assert_eq!(
        code(get(&world.anonymous(), &forged).await).await,
        (403, "FORBIDDEN".to_owned())
    );
    let keys = mail::link::Keys::new([(0, LINK_KEY.as_bytes())]).expect("a key");
    let old = mail::link::Link::Export {
        tenant: acme,
        user: Uuid::nil(),
        wanted: format!("campaigns.csv?{DAYS}"),
    };
    let old = keys.sign(
        &old,
        Some(chrono::Utc::now() - chrono::TimeDelta::seconds(1)),
    );
    let expired = get(&world.anonymous(), &format!("/analytics/link/{old}")).await;
    assert_eq!(code(expired).await, (410, "LINK_EXPIRED".to_owned()));
}

#[tokio::test]
async fn the_link_of_a_removed_member_is_dead() {
    let (world, _) = demo().await;
    let member = world.user("acme", "analyst@acme.test");
    let url = link(&member).await;
    assert_eq!(get(&world.anonymous(), &url).await.status(), 200);
    sqlx::raw_sql(
        "UPDATE tenant_users SET deleted = now() WHERE user_id = (SELECT id FROM users WHERE email = 'analyst@acme.test')",
    )
    .execute(world.admin())
    .await
    .expect("a removal");
    assert_eq!(
        code(get(&world.anonymous(), &url).await).await,
        (403, "FORBIDDEN".to_owned())
    );
}

#[tokio::test]
async fn a_key_makes_no_link_that_would_outlive_it() {
    let (world, owner) = demo().await;
    let make = "mutation { createApiKey(input: {name: \"A tool\", roles: [ANALYST]}) { secret } }";
    let made = owner.data(make).await;
    let secret = made["createApiKey"]["secret"].as_str().map(str::to_owned);
    let tool = world.with_token(secret);
    let asked = tool
        .data("{ analyticsDownload(kind: CAMPAIGNS, from: \"2026-01-01\", to: \"2026-01-31\") { url } }")
        .await;
    assert!(asked["analyticsDownload"].is_null(), "{asked}");
    let file = get(&tool, &format!("/analytics/campaigns.csv?{DAYS}")).await;
    assert_eq!(file.status(), 200);
}
