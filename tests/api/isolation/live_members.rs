//! What a membership knows of its tenant and its user: kept by PostgreSQL, whoever writes and whenever.

use std::time::Duration;

use entity::id::InvitationId;
use futures::future::join;
use gateway_tests::{World, cluster};
use migrations::Tier;
use sqlx::{AssertSqlSafe, Executor, PgConnection};
use uuid::Uuid;

use super::{invitations::invite, twins::one};

/// The migration that makes the flags.
const MADE_BY: &str = "know_live_members_by_themselves";

const FOREIGN_KEY: &str = "23503";
const CHECK: &str = "23514";

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
        ("UPDATE tenants SET live = false", CHECK),
        ("UPDATE users SET live = false", CHECK),
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

/// A transaction that was begun before, and one that came while the tenant was deleted, are answered as by one moment.
#[tokio::test]
async fn who_accepts_an_invitation_of_a_tenant_that_is_deleted_is_told_so() {
    let world = World::demo().await;
    let invited = "admin@globex.test";
    let id = InvitationId::from(invite(&world, invited, "member").await);
    let delete = "UPDATE tenants SET deleted = now() WHERE name = 'acme'";
    let mut deleting = world.admin().begin().await.expect("a transaction");
    assert_eq!(attempt(&mut deleting, delete).await, Ok(1));
    let client = world.user("globex", invited);
    let mutation =
        format!("mutation {{ acceptInvitation(input: {{id: \"{id}\"}}) {{ tenant {{ id }} }} }}");
    let commit = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        deleting.commit().await.expect("the end");
    };
    let (answer, ()) = join(client.query(&mutation), commit).await;
    assert_eq!(answer.code(), "NOT_FOUND", "{:#}", answer.body);
}

/// Only its deletion changes the key that rows refer to.
#[tokio::test]
async fn who_writes_for_a_tenant_does_not_wait_for_its_name_to_change() {
    let world = World::demo().await;
    let globex = tenant(&world).await;
    let mut renaming = world.admin().begin().await.expect("a transaction");
    for rename in [
        "UPDATE tenants SET name = name || ' Ltd'",
        "UPDATE users SET name = name || ' Jr.'",
    ] {
        attempt(&mut renaming, rename).await.expect("other names");
    }
    let mut other = world.admin().acquire().await.expect("a connection");
    let write = format!(
        "SET lock_timeout = '10s'; INSERT INTO companies (tenant_id, name) VALUES ('{globex}', 'New'); {}",
        join_globex(globex)
    );
    let written = other.execute(sqlx::raw_sql(AssertSqlSafe(write))).await;
    written.expect("nobody is waited for");
}

#[tokio::test]
async fn who_was_deleted_before_the_flags_were_made_has_them_right() {
    let world = World::demo().await;
    let globex = tenant(&world).await;
    let migrator = cluster()
        .await
        .server
        .url("gateway_migrator", &world.database);
    let memberships = "SELECT string_agg(concat_ws(' ', tenant_id, user_id, updated), ', ' ORDER BY tenant_id, user_id) FROM tenant_users";
    let before: String = one(&world, memberships).await;
    let history = migrations::status(Tier::Oltp, &migrator)
        .await
        .expect("the history");
    let later = history
        .iter()
        .rev()
        .position(|status| status.name.contains(MADE_BY))
        .expect("the migration");
    let steps = u32::try_from(later + 1).expect("a few");
    migrations::down(Tier::Oltp, &migrator, Some(steps))
        .await
        .expect("the way back");
    let delete = format!(
        "UPDATE tenants SET deleted = now() WHERE id = '{globex}'; \
         UPDATE users SET deleted = now() WHERE email = 'admin@acme.test'"
    );
    let mut admin = world.admin().acquire().await.expect("a connection");
    let deleted = admin.execute(sqlx::raw_sql(AssertSqlSafe(delete))).await;
    deleted.expect("both");
    migrations::up(Tier::Oltp, &migrator, None)
        .await
        .expect("and forward again");
    assert_eq!(told(&world, globex, true).await, 0);
    let of_the_user = "SELECT count(*) FROM tenant_users JOIN users ON users.id = user_id \
        WHERE user_live <> (users.deleted IS NULL)";
    assert_eq!(one::<i64>(&world, of_the_user).await, 0);
    let after: String = one(&world, memberships).await;
    assert_eq!(after, before, "nothing of a membership has changed");
}
