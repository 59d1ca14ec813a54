//! Sessions that the server ends: an operator's `pg_terminate_backend`, a failover, a restart.

use futures::future::join_all;
use gateway_tests::{Options, World};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tenant::Access;

use super::{
    backends::{blocked, sessions, settled, terminate},
    direct::{add_company, companies, database, owner},
    lock::Lock,
};

const QUERY: &str = "{ campaigns(first: 1) { totalCount } }";

#[tokio::test]
async fn a_session_that_died_idle_costs_no_request() {
    let world = World::demo_with(Options {
        max_connections: Some(1),
        ..Options::default()
    })
    .await;
    let acme = world.owner("acme");
    let answer = acme.data(QUERY).await;
    for _ in 0..5 {
        settled(&world).await;
        assert_eq!(terminate(&world).await, 1);
        assert_eq!(acme.data(QUERY).await, answer);
    }
}

#[tokio::test]
async fn a_pool_that_died_idle_costs_no_request() {
    let world = World::demo_with(Options {
        max_connections: Some(4),
        ..Options::default()
    })
    .await;
    let acme = world.owner("acme");
    let answer = acme.data(QUERY).await;
    for _ in 0..3 {
        let lock = Lock::on(&world, "campaigns").await;
        let all = join_all((0..4).map(|_| acme.data(QUERY)));
        futures::future::join(all, async {
            (blocked(&world, 4).await, lock.release().await)
        })
        .await;
        settled(&world).await;
        assert_eq!((sessions(&world).await, terminate(&world).await), (4, 4));
        for each in join_all((0..8).map(|_| acme.data(QUERY))).await {
            assert_eq!(each, answer);
        }
    }
}

#[tokio::test]
async fn a_session_that_dies_at_work_costs_its_own_request() {
    let world = World::demo().await;
    let (acme, globex) = (world.owner("acme"), world.owner("globex"));
    let answer = acme.data(QUERY).await;
    let lock = Lock::on(&world, "campaigns").await;
    let killed = async {
        blocked(&world, 1).await;
        terminate(&world).await;
    };
    let (cut, ()) = futures::future::join(acme.query(QUERY), killed).await;
    assert_eq!((cut.status, cut.code()), (503, "UNAVAILABLE"));
    assert_eq!(cut.headers["retry-after"], "1");
    assert_eq!(
        cut.body,
        json!({ "errors": [{
            "message": "the database can not be reached; try again in a moment",
            "extensions": { "code": "UNAVAILABLE" }
        }] })
    );
    lock.release().await;
    assert_eq!(acme.data(QUERY).await, answer);
    globex.data(QUERY).await;
}

#[tokio::test]
async fn a_write_whose_session_dies_is_not_there() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let context = database.context(owner(&world, "acme"), Access::Write);
    add_company(&context, "cut").await.expect("an insert");
    terminate(&world).await;
    context
        .finish(true)
        .await
        .expect_err("there is nobody to commit");
    assert_eq!(context.refusal(), Some(tenant::Refusal::Unavailable));
    assert_eq!(companies(&world, "cut").await, 0);
    let next = database.context(owner(&world, "acme"), Access::Write);
    next.execute_unprepared("SELECT 1")
        .await
        .expect("another session");
}
