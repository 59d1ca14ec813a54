//! A tier that nobody asks costs no connection.

use gateway_tests::{World, beside};
use migrations::Tier;

use crate::isolation::twins::one;

/// The login role's connections to the tiers, in their order.
async fn connections(world: &World) -> [i64; 4] {
    let mut counts = [0; 4];
    for (count, tier) in counts.iter_mut().zip(Tier::ALL) {
        let name = beside(&world.database, tier);
        let sql = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND usename = 'gateway_login'"
        );
        *count = one(world, &sql).await;
    }
    counts
}

#[tokio::test]
async fn an_operation_connects_to_the_tiers_that_it_asks() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    owner.data("{ leads(first: 1) { totalCount } }").await;
    owner
        .data("mutation { createTag(input: {name: \"one\", value: \"one\"}) { tag { id } } }")
        .await;
    let [oltp, content, analytics, queue] = connections(&world).await;
    assert!(oltp > 0);
    assert_eq!((content, analytics, queue), (0, 0, 0));
    owner.data("{ jobs(first: 1) { totalCount } }").await;
    let [_, content, analytics, queue] = connections(&world).await;
    assert_eq!((content, analytics), (0, 0));
    assert!(queue > 0);
}
