//! Files of numbers that are on their way at once.

use gateway_tests::{Client, Options, World};
use reqwest::{Method, Response};

use super::{run, tenant};

const FILE: &str = "/analytics/leads.csv?from=2026-01-01&to=2026-01-31";

async fn get(client: &Client) -> Response {
    let sent = client.request(Method::GET, FILE).send().await;
    sent.expect("an answer")
}

#[tokio::test]
async fn a_tenant_takes_one_file_at_a_time_and_is_in_nobodys_way() {
    // Of eight connections of one core two may be used so.
    let world = World::demo_with(Options {
        max_connections: Some(8),
        ..Options::default()
    })
    .await;
    let acme = tenant(&world, "acme");
    run(
        &world,
        &format!(
            "INSERT INTO lead_analytics (tenant_id, lead_id, day, sent)
            SELECT '{acme}', gen_random_uuid(), '2026-01-05', 1 FROM generate_series(1, 150000)"
        ),
    )
    .await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let mut left_lying = get(&acme).await;
    left_lying.chunk().await.expect("bytes").expect("a chunk");
    let refused = get(&acme).await;
    assert_eq!(refused.status(), 503);
    let refused: serde_json::Value = refused.json().await.expect("JSON");
    assert_eq!(refused["errors"][0]["extensions"]["code"], "BUSY");
    let other = get(&globex).await;
    assert_eq!(other.status(), 200);
    other.bytes().await.expect("a whole file");
    drop(left_lying);
    for _ in 0..500 {
        if get(&acme).await.status() == 200 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the turn is not given back");
}
