//! Several gateways that count in one Redis, a real one.

use std::time::Duration;

use gateway_tests::Redis;
use tokio::time::sleep;

use super::{allowing, assert_refused, counted, spend};

/// The worlds are copies of one demo, so their tenants have the same ids, as those of two gateways to one database.
#[tokio::test]
async fn gateways_count_together() {
    let redis = Redis::start().await;
    let (here, there) = (
        allowing("4", Some(redis.url())).await,
        allowing("4", Some(redis.url())).await,
    );
    let clients = [here.owner("acme"), there.owner("acme")];
    for client in &clients {
        counted(client).await;
    }
    for client in &clients {
        client.query(super::ASK).await.data();
    }
    for client in &clients {
        let refused = client.query(super::ASK).await;
        assert_refused(&refused, 4);
    }
    counted(&here.owner("globex")).await.data();
}

#[tokio::test]
async fn a_gateway_counts_by_itself_while_redis_is_away() {
    let mut redis = Redis::start().await;
    let world = allowing("3", Some(redis.url())).await;
    let owner = world.owner("acme");
    counted(&owner).await;
    assert_eq!(spend(&owner).await.0, 2, "with the one before");
    redis.stop();
    // Its own count begins with a whole budget.
    let (answered, refused) = spend(&owner).await;
    assert_eq!(answered, 3);
    assert_refused(&refused, 3);
    // A new Redis knows of nothing that was spent.
    redis.start_again().await;
    for _ in 0..100 {
        if owner.query(super::ASK).await.status == 200 {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(spend(&owner).await.0, 2, "with the one before");
    assert_refused(&owner.query(super::ASK).await, 3);
}

/// A Redis that takes connections and never answers is as good as none.
#[tokio::test]
async fn nobody_waits_for_a_redis_that_hangs() {
    let folder = tempfile::tempdir().expect("a folder");
    let socket = folder.path().join("socket");
    let _deaf = tokio::net::UnixListener::bind(&socket).expect("a socket");
    let world = allowing("3", Some(format!("unix://{}", socket.display()))).await;
    let owner = world.owner("acme");
    counted(&owner).await;
    let (answered, refused) = spend(&owner).await;
    assert_eq!(answered, 2, "with the one before");
    assert_refused(&refused, 3);
}
