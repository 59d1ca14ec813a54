//! What is recorded of a file, and who gets none.

use reqwest::Method;
use serde_json::json;

use super::{
    super::{CAMPAIGNS, day, demo, keys, run, tenant},
    DAYS, code, ended, get, recorded,
};

#[tokio::test]
async fn a_download_is_recorded_before_its_first_byte_and_at_its_end() {
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
    let request = owner.request(Method::GET, &format!("/analytics/campaigns.csv?{DAYS}"));
    let response = request
        .header("user-agent", "a browser")
        .send()
        .await
        .expect("an answer");
    let begun = recorded(&world, "analytics.download").await;
    assert_eq!(begun.len(), 1, "{begun:?}");
    response.text().await.expect("text");
    let ended = ended(&world).await;
    let user = world.demo.as_ref().expect("a demo").tenants[0]
        .users
        .iter()
        .find(|user| user.email == "owner@acme.test");
    for entry in [&begun[0], &ended] {
        assert_eq!(
            json!([
                entry["tenant_id"],
                entry["admin_user_id"],
                entry["resource_type"],
                entry["resource_id"],
                entry["user_agent"],
                entry["ip_address"]
            ]),
            json!([
                acme,
                user.expect("the owner").id,
                "analytics",
                "campaigns",
                "a browser",
                "127.0.0.1"
            ])
        );
        assert_eq!(
            json!([entry["new_values"]["from"], entry["new_values"]["to"]]),
            json!(["2026-01-01", "2026-01-31"])
        );
    }
    assert_eq!(
        json!([ended["new_values"]["rows"], ended["new_values"]["complete"]]),
        json!([1, true])
    );
}

/// Nothing leaves unseen.
#[tokio::test]
async fn what_can_not_be_recorded_is_not_given() {
    let (world, owner) = demo().await;
    run(
        &world,
        "ALTER TABLE admin_audit_log ADD CONSTRAINT full_up CHECK (false) NOT VALID",
    )
    .await;
    let refused = get(&owner, &format!("/analytics/campaigns.csv?{DAYS}")).await;
    assert_eq!(code(refused).await, (500, "INTERNAL_ERROR".to_owned()));
}

#[tokio::test]
async fn who_may_not_and_what_is_no_question_gets_nothing() {
    let (world, owner) = demo().await;
    let path = format!("/analytics/campaigns.csv?{DAYS}");
    let demo = world.demo.as_ref().expect("a demo world");
    let (user, staff) = (demo.tenants[0].users[0].id, demo.staff.id);
    assert_eq!(
        code(get(&world.anonymous(), &path).await).await,
        (401, "UNAUTHENTICATED".to_owned())
    );
    for client in [
        world.in_no_tenant(user),
        world.staff(staff),
        world.client(tenant(&world, "globex"), user),
    ] {
        assert_eq!(
            code(get(&client, &path).await).await,
            (403, "FORBIDDEN".to_owned())
        );
    }
    let acting = world.staff(staff).request(Method::GET, &path);
    let acting = acting
        .header("x-tenant-id", tenant(&world, "acme").to_string())
        .header("x-staff-reason", "a look");
    assert_eq!(
        code(acting.send().await.expect("an answer")).await,
        (403, "FORBIDDEN".to_owned())
    );
    for (path, status) in [
        ("/analytics/campaigns.csv", 400),
        ("/analytics/campaigns.csv?from=2026-01-01", 400),
        (
            "/analytics/campaigns.csv?from=2026-01-02&to=2026-01-01",
            400,
        ),
        ("/analytics/campaigns.csv?from=x&to=2026-01-01", 400),
        ("/analytics/campaigns?from=2026-01-01&to=2026-01-01", 404),
        ("/analytics/users.csv?from=2026-01-01&to=2026-01-01", 404),
    ] {
        assert_eq!(code(get(&owner, path).await).await.0, status, "{path}");
    }
    assert!(recorded(&world, "analytics.download").await.is_empty());
}
