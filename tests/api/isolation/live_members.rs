//! What a membership knows of its tenant and its user: kept by PostgreSQL, whoever writes and whenever.

use std::time::Duration;

use futures::future::join;
use gateway_tests::World;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use uuid::Uuid;

use super::twins::one;

const FOREIGN_KEY: &str = "23503";
const GENERATED: &str = "428C9";

/// Somebody who is no member of globex.
const STRANGER: &str = "admin@acme.test";

async fn tenant(world: &World) -> Uuid {
    one(world, "SELECT id FROM tenants WHERE name = 'globex'").await
}

fn join_globex(globex: Uuid) -> String {
    format!(
        "INSERT INTO tenant_users (tenant_id, user_id, roles) \
         SELECT '{globex}', id, '{{member}}' FROM users WHERE email = '{STRANGER}'"
    )
}

/// Runs a statement; the SQLSTATE of its error.
async fn attempt(connection: &mut PgConnection, sql: &str) -> Result<u64, String> {
    let done = connection.execute(AssertSqlSafe(sql)).await;
    done.map(|done| done.rows_affected()).map_err(|error| {
        let error = error.into_database_error().expect("the database's word");
        error.code().expect("a SQLSTATE").into_owned()
    })
}

/// How many of the tenant's members are told that it is there.
async fn told(world: &World, globex: Uuid, live: bool) -> i64 {
    one(
        world,
        &format!("SELECT count(*) FROM tenant_users WHERE tenant_id = '{globex}' AND tenant_live = {live}"),
    )
    .await
}

/// Not even a superuser, whom no policy binds.
#[tokio::test]
async fn nobody_tells_a_membership_what_is_not_so() {
    let world = World::demo().await;
    let globex = tenant(&world).await;
    let mut admin = world.admin().acquire().await.expect("a connection");
    for (statement, error) in [
        ("UPDATE tenant_users SET tenant_live = false", FOREIGN_KEY),
        ("UPDATE tenant_users SET user_live = false", FOREIGN_KEY),
        ("UPDATE tenants SET live = false", GENERATED),
        ("UPDATE users SET live = false", GENERATED),
    ] {
        let refused = attempt(&mut admin, statement).await;
        assert_eq!(refused, Err(error.to_owned()), "{statement}");
    }
    let members = told(&world, globex, true).await;
    assert!(members > 1);
    let delete = format!("UPDATE tenants SET deleted = now() WHERE id = '{globex}'");
    assert_eq!(attempt(&mut admin, &delete).await, Ok(1));
    assert_eq!(told(&world, globex, false).await, members);
    for claim in [
        "UPDATE tenant_users SET tenant_live = true",
        &join_globex(globex),
    ] {
        let refused = attempt(&mut admin, claim).await;
        assert_eq!(refused, Err(FOREIGN_KEY.to_owned()), "{claim}");
    }
    let restore = format!("UPDATE tenants SET deleted = NULL WHERE id = '{globex}'");
    assert_eq!(attempt(&mut admin, &restore).await, Ok(1));
    assert_eq!(told(&world, globex, true).await, members);
    world
        .owner("globex")
        .data("{ campaigns { totalCount } }")
        .await;
}

/// Whichever is first, the other waits for it, and then finds what it left.
#[tokio::test]
async fn who_joins_while_the_tenant_is_deleted_is_no_live_member() {
    let world = World::demo().await;
    let globex = tenant(&world).await;
    let delete = format!("UPDATE tenants SET deleted = now() WHERE id = '{globex}'");
    for deleted_first in [true, false] {
        let (sooner, later) = match deleted_first {
            true => (delete.clone(), join_globex(globex)),
            false => (join_globex(globex), delete.clone()),
        };
        let mut first = world.admin().begin().await.expect("a transaction");
        let mut second = world.admin().acquire().await.expect("a connection");
        assert_eq!(attempt(&mut first, &sooner).await, Ok(1));
        let commit = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            first.commit().await.expect("the end");
        };
        let (late, ()) = join(attempt(&mut second, &later), commit).await;
        if deleted_first {
            assert_eq!(late, Err(FOREIGN_KEY.to_owned()));
            let restore = "UPDATE tenants SET deleted = NULL";
            attempt(&mut second, restore).await.expect("it is back");
        } else {
            assert_eq!(late, Ok(1));
            assert_eq!(told(&world, globex, true).await, 0, "the new one, too");
        }
    }
}
