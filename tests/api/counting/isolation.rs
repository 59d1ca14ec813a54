//! A tenant's numbers are its own.

use migrations::Tier;
use sea_orm::{DbBackend, Statement};
use tenant::{Access, Identity};
use uuid::Uuid;

use super::desk::{Desk, TABLES};

const COLUMNS: &str = "campaign_id, email_account_id, lead_id, sent";

#[tokio::test]
async fn counting_one_tenant_counts_nothing_of_another() {
    let desk = Desk::with(2, 1).await;
    let shared = Uuid::from_u128(7);
    for place in 0..2 {
        let values = format!("'{shared}', '{shared}', '{shared}', now()");
        desk.message(place, place as u128 + 1, COLUMNS, &values)
            .await;
    }
    desk.roll_up(0).await;
    for table in 0..TABLES.len() {
        assert!(desk.counted(1, table).await.is_empty());
    }
    desk.roll_up(1).await;
    for place in 0..2 {
        desk.assert_exact(place, "UTC").await;
    }
    desk.message(
        1,
        3,
        COLUMNS,
        &format!("'{shared}', '{shared}', '{shared}', now()"),
    )
    .await;
    let before = desk.dump(0).await;
    desk.roll_up(1).await;
    desk.analytics
        .recount(desk.tenant(1))
        .await
        .expect("numbers");
    assert_eq!(desk.dump(0).await, before);
}

#[tokio::test]
async fn the_work_in_a_tenant_sees_its_events_and_numbers_alone() {
    let desk = Desk::with(2, 100).await;
    for place in 0..2 {
        let account = Uuid::from_u128(10 + place as u128);
        desk.message(
            place,
            place as u128 + 1,
            "email_account_id, sent",
            &format!("'{account}', now()"),
        )
        .await;
        desk.roll_up(place).await;
    }
    let context = desk.database.context(
        Identity::Job {
            tenant: desk.tenant(0),
        },
        Access::Read,
    );
    for (tier, table) in [
        (tenant::Tier::Content, "message_events"),
        (tenant::Tier::Analytics, "mailbox_analytics"),
        (tenant::Tier::Analytics, "rollups"),
    ] {
        let sql = format!("SELECT array_agg(DISTINCT tenant_id) FROM {table}");
        let rows = context
            .on(tier)
            .rows_raw(&Statement::from_string(DbBackend::Postgres, sql))
            .await;
        let seen: Vec<Uuid> = rows.expect("rows")[0].at(0).expect("tenants");
        assert_eq!(seen, [desk.tenants[0]], "{table}");
    }
    context.finish(false).await.expect("an end");
    let all = "SELECT count(DISTINCT tenant_id) FROM message_events";
    assert_eq!(desk.one::<i64>(Tier::Content, all).await, 2);
}

/// What was written down of a message stays as it was.
#[tokio::test]
async fn the_log_is_only_added_to() {
    let desk = Desk::with(1, 100).await;
    desk.message(
        0,
        1,
        "email_account_id, sent",
        &format!("'{}', now()", Uuid::from_u128(7)),
    )
    .await;
    for role in [
        "gateway_login",
        "gateway_staff",
        "gateway_worker",
        "gateway_dispatcher",
    ] {
        let sql = format!(
            "SELECT has_table_privilege('{role}', 'message_events', 'UPDATE') OR has_table_privilege('{role}', 'message_events', 'TRUNCATE')"
        );
        assert!(!desk.one::<bool>(Tier::Content, &sql).await, "{role}");
    }
    let write = "SELECT has_any_column_privilege('gateway_login', 'message_events', 'INSERT') OR has_table_privilege('gateway_login', 'message_events', 'DELETE')";
    assert!(!desk.one::<bool>(Tier::Content, write).await);
}
