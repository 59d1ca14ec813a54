//! What a pool says of itself while somebody waits for a connection.

use std::{pin::pin, time::Duration};

use gateway_tests::World;
use tenant::Access;

use super::direct;

#[tokio::test]
async fn who_waits_is_counted_for_as_long_as_he_does_and_his_time_afterwards() {
    let world = World::demo().await;
    let database = direct::database(&world, 1).await;
    let counts = || database.pool_counts().next().expect("a pool").1;
    let owner = direct::owner(&world, "acme");
    let first = database.context(owner.clone(), Access::Read);
    let second = database.context(owner, Access::Read);
    direct::text(&first, "SELECT 'first'").await.expect("a row");
    assert_eq!((counts().in_use, counts().waiting), (1, 0));

    let mut asking = pin!(direct::text(&second, "SELECT 'second'"));
    assert!(futures::poll!(&mut asking).is_pending());
    assert_eq!((counts().waiting, counts().waits), (1, 0));
    // That it took some time, not how much.
    tokio::time::sleep(Duration::from_millis(2)).await;
    first.finish(false).await.expect("an end");
    asking.await.expect("a row");
    assert_eq!((counts().in_use, counts().idle), (1, 0));
    second.finish(false).await.expect("an end");

    let ended = counts();
    assert_eq!((ended.in_use, ended.idle, ended.opened), (0, 1, 1));
    assert_eq!((ended.waiting, ended.waits, ended.timeouts), (0, 1, 0));
    assert_eq!(first.spent().waited, Duration::ZERO);
    assert!(second.spent().waited > Duration::ZERO);
    assert!(ended.waited >= second.spent().waited);
}
