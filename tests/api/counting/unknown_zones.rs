//! What stands where a time zone should, and is none.

use gateway_tests::World;
use migrations::Tier;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{desk::Desk, zones::A_DAY_AGO};

/// What is written is a name that PostgreSQL knows; whatever stands there from before does not keep anything from being counted.
#[tokio::test]
async fn what_is_no_time_zone_is_refused_and_counts_as_utc() {
    let desk = Desk::with(2, 100).await;
    desk.message(
        0,
        1,
        "email_account_id, sent",
        &format!("'{}', '2026-05-01 23:30Z'", Uuid::from_u128(7)),
    )
    .await;
    desk.live_in("Europe/Berlin").await;
    desk.roll_up(0).await;
    assert_eq!(desk.days().await, ["2026-05-02"]);
    let config = |zone: &str| {
        format!(
            "UPDATE tenant_config SET ui_settings = '{{\"time_zone\": \"{zone}\", \"density\": \"compact\"}}'"
        )
    };
    for wrong in ["Mars/Olympus", "", "europe/berlin", "UTC+3", "Foo4"] {
        let refused = sqlx::raw_sql(AssertSqlSafe(config(wrong)))
            .execute(desk.world.admin())
            .await
            .expect_err(wrong);
        let refused = refused.into_database_error().expect("an answer");
        assert_eq!(refused.code().as_deref(), Some("TG102"), "{wrong}");
        assert_eq!(refused.message(), format!("'{wrong}' is no time zone"));
    }
    for zone in ["Mars/Olympus", "Asia/Tokyo", "Mars/Olympus"] {
        desk.run(
            Tier::Oltp,
            &format!(
                "ALTER TABLE tenant_config DISABLE TRIGGER tenant_config_time_zone; {}; ALTER TABLE tenant_config ENABLE TRIGGER tenant_config_time_zone",
                config(zone)
            ),
        )
        .await;
        let rolled = desk
            .analytics
            .rollup(desk.tenant(0))
            .await
            .expect("numbers");
        let known = zone == "Asia/Tokyo";
        assert!(rolled.is_anew, "{zone}");
        assert_eq!(rolled.unknown_zone.is_none(), known, "{zone}");
        let (by, day) = if known {
            ("Asia/Tokyo", "2026-05-02")
        } else {
            ("UTC", "2026-05-01")
        };
        desk.assert_exact(0, by).await;
        assert_eq!(desk.days().await, [day]);
        desk.run(Tier::Analytics, A_DAY_AGO).await;
    }
    // What is known to be none is not found out again each time, and does not keep anything else from being changed.
    let again = desk
        .analytics
        .rollup(desk.tenant(0))
        .await
        .expect("numbers");
    assert!(!again.is_anew);
    desk.run(
        Tier::Oltp,
        &config("Mars/Olympus").replace("compact", "comfortable"),
    )
    .await;
}

/// The gateway knows more zones than a server may.
#[tokio::test]
async fn a_time_zone_that_the_database_does_not_know_is_refused_to_who_gives_it() {
    let world = World::demo().await;
    let few = "CREATE OR REPLACE FUNCTION is_time_zone(name text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT $1 = 'Asia/Tokyo' $$";
    sqlx::raw_sql(few)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    let owner = world.owner("acme");
    let give = |zone: &str| {
        format!(
            "mutation {{ updateTenantConfig(input: {{uiSettings: {{timeZone: \"{zone}\"}}}}) {{ tenantConfig {{ uiSettings }} }} }}"
        )
    };
    let refused = owner.query(&give("Europe/Berlin")).await;
    assert_eq!(refused.code(), "BAD_USER_INPUT", "{}", refused.body);
    let error = &refused.body["errors"][0];
    assert_eq!(error["extensions"]["argument"], "input.uiSettings.timeZone");
    assert_eq!(
        error["message"],
        "`input.uiSettings.timeZone` is no time zone that the database knows; give another name of the same one"
    );
    let data = owner.data(&give("Asia/Tokyo")).await;
    assert_eq!(
        data["updateTenantConfig"]["tenantConfig"]["uiSettings"]["time_zone"],
        "Asia/Tokyo"
    );
}
