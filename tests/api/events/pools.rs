//! What a pool says of itself is what it does.

use std::time::Duration;

use entity::oltp::lead;
use gateway_tests::{World, cluster};
use sea_orm::EntityTrait;
use tenant::{Access, Database, DatabaseOptions, Identity, PoolUse};

fn state(database: &Database, held: Duration) -> PoolUse {
    let (_, used) = database.pool_use(held).next().expect("a pool");
    used
}

#[tokio::test]
async fn a_pool_counts_who_has_and_who_wants_its_connections() {
    let world = World::demo().await;
    let tenant = &world.demo.as_ref().expect("the demo").tenants[0];
    let options = DatabaseOptions {
        max_connections: 1,
        // A busy machine takes its time to connect, too.
        acquire_timeout: Duration::from_secs(1),
        statement_timeout: None,
    };
    let url = cluster().await.server.url("gateway_login", &world.database);
    let database = Database::new(&url, &options).expect("a URL");
    let hour = Duration::from_secs(3600);
    let identity = Identity::Member {
        tenant: tenant.id.into(),
        user: tenant.users[0].id.into(),
    };
    let context = || database.context(identity.clone(), Access::Read);
    assert_eq!(state(&database, hour).counts.opened, 0);
    let first = context();
    lead::Entity::find().one(&*first).await.expect("a lead");
    let lent = state(&database, hour);
    let counts = lent.counts;
    assert_eq!((counts.max, counts.in_use, counts.idle), (1, 1, 0));
    assert_eq!((counts.lent, counts.opened, counts.waits), (1, 1, 0));
    assert_eq!((lent.most_lent, lent.held), (1, 0));
    // Nothing may take no time at all.
    let lost = state(&database, Duration::ZERO);
    assert!(lost.held == 1 && lost.longest > Duration::ZERO, "{lost:?}");
    // Somebody who goes on has lost none.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let silent = state(&database, hour).longest;
    assert!(silent >= Duration::from_millis(50), "{silent:?}");
    lead::Entity::find().one(&*first).await.expect("a lead");
    let asked = state(&database, hour).longest;
    assert!(asked < silent, "{asked:?} {silent:?}");
    // Another one waits, in vain.
    let second = context();
    let waiting = async {
        loop {
            let now = state(&database, hour).counts;
            if now.waiting == 1 {
                return now;
            }
            tokio::task::yield_now().await;
        }
    };
    let (refused, seen) = futures::join!(lead::Entity::find().one(&*second), waiting);
    assert!(refused.is_err());
    assert_eq!(seen.timeouts, 0);
    let after = state(&database, hour).counts;
    assert_eq!((after.waiting, after.waits), (0, 1));
    assert_eq!((after.timeouts, after.lent), (1, 1));
    assert!(after.waited >= options.acquire_timeout, "{after:?}");
    first.finish(false).await.expect("an end");
    drop((first, second));
    let back = state(&database, hour);
    assert_eq!(
        (back.counts.in_use, back.counts.idle, back.most_lent),
        (0, 1, 1)
    );
    // A new peak began with that look.
    assert_eq!(state(&database, hour).most_lent, 0);
    // One that died is closed, and another one is opened.
    let kill = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'gateway_login'";
    let killed = sqlx::query(kill).execute(world.admin()).await;
    killed.expect("an end");
    let third = context();
    lead::Entity::find().one(&*third).await.expect("a lead");
    third.finish(false).await.expect("an end");
    let renewed = state(&database, hour).counts;
    assert!(renewed.closed >= 1, "{renewed:?}");
    assert_eq!(renewed.opened - renewed.closed, 1, "{renewed:?}");
}
