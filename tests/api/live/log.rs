//! The table of changes: who may read it, what is removed.

use gateway_tests::{World, cluster};
use sqlx::{Connection, PgConnection};

use super::create;

async fn login(world: &World) -> PgConnection {
    let url = cluster().await.server.url("gateway_login", &world.database);
    PgConnection::connect(&url).await.expect("a connection")
}

#[tokio::test]
async fn a_tenants_transaction_can_neither_read_nor_write_it() {
    let world = World::demo().await;
    create(&world.owner("acme"), "Noted").await;
    let mut login = login(&world).await;
    for forbidden in [
        "SELECT * FROM changes",
        "INSERT INTO changes (tenant_id, subject, subject_id, change) SELECT gen_random_uuid(), 'campaign', gen_random_uuid(), 'deleted'",
        "DELETE FROM changes",
        "SELECT forget_changes(now(), 1)",
        "SET ROLE gateway_feed; INSERT INTO changes (tenant_id, subject, subject_id, change) SELECT gen_random_uuid(), 'campaign', gen_random_uuid(), 'deleted'",
        "SET ROLE gateway_feed; DELETE FROM changes",
        "SET ROLE gateway_feed; SELECT * FROM campaigns",
    ] {
        let error = sqlx::raw_sql(forbidden)
            .execute(&mut login)
            .await
            .expect_err(forbidden);
        let code = error.as_database_error().and_then(|error| error.code());
        assert_eq!(code.as_deref(), Some("42501"), "{forbidden}: {error}");
        sqlx::raw_sql("RESET ROLE")
            .execute(&mut login)
            .await
            .expect("the role");
    }
    // The feed's role reads all of it, and nothing once a tenant is set.
    let count = "SELECT count(*) FROM changes";
    sqlx::raw_sql("SET ROLE gateway_feed")
        .execute(&mut login)
        .await
        .expect("the role");
    let all: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut login)
        .await
        .expect("a count");
    assert!(all > 0);
    let mut tenant = login.begin().await.expect("a transaction");
    sqlx::raw_sql("SELECT set_config('app.current_tenant_id', id::text, true) FROM (SELECT gen_random_uuid()) AS t (id)")
        .execute(&mut *tenant)
        .await
        .expect("a setting");
    let none: i64 = sqlx::query_scalar(count)
        .fetch_one(&mut *tenant)
        .await
        .expect("a count");
    assert_eq!(none, 0);
}

#[tokio::test]
async fn old_changes_are_removed_in_batches_and_new_ones_stay() {
    let world = World::empty().await;
    sqlx::raw_sql(
        "INSERT INTO changes (tenant_id, subject, subject_id, change, happened)
            SELECT gen_random_uuid(), 'campaign', gen_random_uuid(), 'updated', now() - n * interval '1 minute' FROM generate_series(1, 100) n",
    )
    .execute(world.admin())
    .await
    .expect("rows");
    let mut login = login(&world).await;
    sqlx::raw_sql("SET ROLE gateway_feed")
        .execute(&mut login)
        .await
        .expect("the role");
    let mut forget = async || -> i64 {
        sqlx::query_scalar("SELECT forget_changes(now() - interval '50 minutes', 30)")
            .fetch_one(&mut login)
            .await
            .expect("a count")
    };
    assert_eq!(
        (forget().await, forget().await, forget().await),
        (30, 21, 0)
    );
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM changes")
        .fetch_one(world.admin())
        .await
        .expect("a count");
    assert_eq!(left, 49);
}

/// Otherwise the index would not serve what the feed asks for ten times a second.
#[tokio::test]
async fn a_look_reads_what_is_new_and_not_the_whole_table() {
    let world = World::empty().await;
    sqlx::raw_sql(
        "INSERT INTO changes (tenant_id, subject, subject_id, change, transaction)
            SELECT gen_random_uuid(), 'campaign', gen_random_uuid(), 'updated', n::text::xid8 FROM generate_series(1, 20000) n;
        ANALYZE changes",
    )
    .execute(world.admin())
    .await
    .expect("rows");
    let mut login = login(&world).await;
    sqlx::raw_sql("SET ROLE gateway_feed")
        .execute(&mut login)
        .await
        .expect("the role");
    let plan: Vec<String> = sqlx::query_scalar(
        "EXPLAIN SELECT tenant_id, subject, subject_id, change FROM changes \
         WHERE transaction >= pg_snapshot_xmin('19990:20000:') AND NOT pg_visible_in_snapshot(transaction, '19990:20000:') ORDER BY id",
    )
    .fetch_all(&mut login)
    .await
    .expect("a plan");
    let plan = plan.join("\n");
    assert!(plan.contains("Index Cond: (transaction >="), "{plan}");
}
