//! How a file is read and sent: in pages, of one moment, for as long as somebody takes it.

use gateway_tests::{Options, World};
use migrations::Tier;
use serde_json::json;
use uuid::Uuid;

use super::{
    super::{demo, run, tenant},
    DAYS, code, ended, get,
};

/// Days of so many leads that are nobody, of one day.
async fn many(world: &World, tenant: Uuid, leads: u32) {
    run(
        world,
        &format!(
            "INSERT INTO lead_analytics (tenant_id, lead_id, day, sent)
            SELECT '{tenant}', gen_random_uuid(), '2026-01-05', 1 FROM generate_series(1, {leads})"
        ),
    )
    .await;
}

#[tokio::test]
async fn many_pages_are_one_file_of_one_moment_in_chunks() {
    let (world, owner) = demo().await;
    let acme = tenant(&world, "acme");
    many(&world, acme, 150_000).await;
    let mut response = get(&owner, &format!("/analytics/leads.csv?{DAYS}")).await;
    assert_eq!(response.headers()["transfer-encoding"], "chunked");
    assert!(response.headers().get("content-length").is_none());
    let mut bytes = response
        .chunk()
        .await
        .expect("bytes")
        .expect("a chunk")
        .to_vec();
    // What comes while it is read is of another moment.
    run(
        &world,
        &format!("INSERT INTO lead_analytics (tenant_id, lead_id, day, sent) VALUES ('{acme}', gen_random_uuid(), '2026-01-30', 12345)"),
    )
    .await;
    let mut chunks = 1;
    while let Some(chunk) = response.chunk().await.expect("bytes") {
        bytes.extend(chunk);
        chunks += 1;
    }
    let text = String::from_utf8(bytes).expect("text");
    let mut ids: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').nth(1))
        .collect();
    // As a cell: an id may have the digits in it, too.
    assert!(!text.contains(",12345,") && chunks > 10, "{chunks}");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), text.lines().count()), (150_000, 150_001));
    let entry = ended(&world).await;
    assert_eq!(
        json!([entry["new_values"]["rows"], entry["new_values"]["complete"]]),
        json!([150_000, true])
    );
}

#[tokio::test]
async fn who_goes_away_ends_the_transaction_and_that_is_recorded() {
    let (world, owner) = demo().await;
    many(&world, tenant(&world, "acme"), 150_000).await;
    let mut response = get(&owner, &format!("/analytics/leads.csv?{DAYS}")).await;
    response.chunk().await.expect("bytes").expect("a chunk");
    drop(response);
    let entry = ended(&world).await;
    assert_eq!(entry["new_values"]["complete"], false, "{entry}");
    assert!(
        entry["new_values"]["rows"]
            .as_u64()
            .is_some_and(|rows| rows < 150_000),
        "{entry}"
    );
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'gateway_login' AND state LIKE 'idle in%'";
    let open: i64 = sqlx::query_scalar(open)
        .fetch_one(world.admin_of(Tier::Analytics))
        .await
        .expect("a number");
    assert_eq!(open, 0);
}

/// What ends in the middle is no file: the client is told so by the connection, for the status is long sent.
#[tokio::test]
async fn a_file_that_can_not_be_read_to_its_end_does_not_end_as_one() {
    let (world, owner) = demo().await;
    many(&world, tenant(&world, "acme"), 150_000).await;
    let mut response = get(&owner, &format!("/analytics/leads.csv?{DAYS}")).await;
    assert_eq!(response.status(), 200);
    response.chunk().await.expect("bytes").expect("a chunk");
    let gone = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND usename = 'gateway_login'";
    let gone: i64 = sqlx::query_scalar(gone)
        .fetch_one(world.admin_of(Tier::Analytics))
        .await
        .expect("a superuser may");
    assert!(gone > 0);
    let end = loop {
        match response.chunk().await {
            Ok(Some(_)) => {}
            Ok(None) => break "as a file does",
            Err(_) => break "with an error",
        }
    };
    assert_eq!(end, "with an error");
    let entry = ended(&world).await;
    assert_eq!(entry["new_values"]["complete"], false, "{entry}");
}

#[tokio::test]
async fn files_take_a_quarter_of_the_connections_and_give_them_back() {
    let options = Options {
        max_connections: Some(4),
        ..Options::default()
    };
    let world = World::demo_with(options).await;
    let owner = world.owner("acme");
    many(&world, tenant(&world, "acme"), 150_000).await;
    let path = format!("/analytics/leads.csv?{DAYS}");
    let first = get(&owner, &path).await;
    assert_eq!(first.status(), 200);
    // One is a quarter of four, whoever asks.
    let other = world.owner("globex");
    let busy = get(&other, &path).await;
    assert_eq!(busy.headers()["retry-after"], "1");
    assert_eq!(code(busy).await, (503, "BUSY".to_owned()));
    // Who asks for anything else is answered.
    other.data("{ campaigns(first: 1) { totalCount } }").await;
    drop(first);
    for _ in 0..3000 {
        if get(&other, &path).await.status() == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the place of a file that nobody takes is not given back");
}
