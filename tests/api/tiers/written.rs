//! What is written is saved in the claimed tier alone.

use gateway_tests::World;
use migrations::Tier as Migrated;
use tenant::{Outcome, Tier, is_read_only_transaction};

use super::{database, owner, run};
use crate::isolation::twins::one_in;

const WRITE: &str = "UPDATE jobs SET status = 'queued', failed = NULL WHERE status = 'failed'";
const ADD: &str = "INSERT INTO tags (tenant_id, name, value) VALUES (current_setting('app.current_tenant_id')::uuid, 'tier', 'tier')";

async fn dead(world: &World) -> i64 {
    let tenant = world.demo.as_ref().expect("a demo").tenants[0].id;
    let sql =
        format!("SELECT count(*) FROM jobs WHERE status = 'failed' AND tenant_id = '{tenant}'");
    one_in(world, Migrated::Queue, &sql).await
}

#[tokio::test]
async fn a_commit_goes_to_the_claimed_tier() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let before = dead(&world).await;
    for (commit, outcome, left) in [
        (false, Outcome::RolledBack, before),
        (true, Outcome::Committed, 0),
    ] {
        let context = database.writing(Tier::Queue, owner(&world));
        let changed = run(&context, Tier::Queue, WRITE).await.expect("a write");
        assert_eq!(changed as i64, before);
        assert_eq!(context.finish(commit).await, Ok(outcome));
        assert_eq!(dead(&world).await, left);
    }
}

#[tokio::test]
async fn the_other_tiers_refuse_what_would_not_be_saved() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let context = database.writing(Tier::Queue, owner(&world));
    let error = run(&context, Tier::Oltp, ADD).await.expect_err("refused");
    assert!(is_read_only_transaction(&error), "{error}");
    drop(context);
    // And the other way about, where nothing was claimed.
    let context = database.context(owner(&world), tenant::Access::Write);
    assert_eq!(run(&context, Tier::Oltp, ADD).await.expect("a write"), 1);
    let error = run(&context, Tier::Queue, WRITE)
        .await
        .expect_err("refused");
    assert!(is_read_only_transaction(&error), "{error}");
    assert_eq!(
        context.claim(Tier::Queue),
        Err(tenant::AlreadyWriting(Tier::Oltp))
    );
}
