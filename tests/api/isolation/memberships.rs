//! A tenant keeps an owner, and has no member who did not agree.

use futures::future::join;
use gateway_tests::World;
use sqlx::{AssertSqlSafe, Executor, Row};
use std::time::Duration;
use uuid::Uuid;

use super::{
    invitations::{INVITED, invite},
    login::{NOT_PERMITTED, Session},
    twins::{on_twins, one},
};

/// The SQLSTATE of a tenant that would be without an owner.
const LAST_OWNER: &str = "TG101";

async fn acme(world: &World) -> Uuid {
    one(world, "SELECT id FROM tenants WHERE name = 'acme'").await
}

fn by(email: &str, change: &str) -> String {
    format!(
        "UPDATE tenant_users SET {change} WHERE user_id = (SELECT id FROM users WHERE email = '{email}')"
    )
}

#[test]
fn the_last_owner_is_neither_removed_nor_lowered() {
    on_twins(async |twins| {
        let mut owner = Session::of(twins, twins.a).await;
        for change in ["roles = '{admin}'", "roles = '{}'", "deleted = now()"] {
            owner
                .assert_refused(LAST_OWNER, &by("owner@acme.test", change))
                .await;
            assert_eq!(owner.attempt(&by("admin@acme.test", change)).await, Ok(1));
        }
        let promote = by("admin@acme.test", "roles = '{owner,billing}'");
        let then = |change: &str| format!("{promote}; {}", by("owner@acme.test", change));
        assert_eq!(owner.attempt(&then("deleted = now()")).await, Ok(2));
        let both = "UPDATE tenant_users SET roles = '{member}' WHERE 'owner' = ANY (roles)";
        owner
            .assert_refused(LAST_OWNER, &format!("{promote}; {both}"))
            .await;
        // One who was removed is no owner any more.
        let removed = format!("{promote}; {}", by("admin@acme.test", "deleted = now()"));
        owner
            .assert_refused(
                LAST_OWNER,
                &format!("{removed}; {}", by("owner@acme.test", "deleted = now()")),
            )
            .await;
    });
}

#[tokio::test]
async fn two_owners_can_not_remove_each_other_at_once() {
    let world = World::demo().await;
    let acme = acme(&world).await;
    sqlx::query("UPDATE tenant_users SET roles = '{owner}' WHERE roles = '{admin}'")
        .execute(world.admin())
        .await
        .expect("a second owner");
    let mut first = Session::with_roles(&world, acme, "owner").await;
    let mut second = Session::with_roles(&world, acme, "owner").await;
    let begin = format!("BEGIN; {}; ", first.settings);
    let remove =
        |email: &str| sqlx::raw_sql(AssertSqlSafe(begin.clone() + &by(email, "deleted = now()")));
    first
        .connection
        .execute(remove("owner@acme.test"))
        .await
        .expect("the first");
    let commit = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        first.connection.execute("COMMIT").await.expect("the end");
    };
    let (late, ()) = join(second.connection.execute(remove("admin@acme.test")), commit).await;
    let late = late
        .expect_err("nobody would be left")
        .into_database_error();
    assert_eq!(
        late.and_then(|error| error.code().map(Into::into)),
        Some(LAST_OWNER.to_owned())
    );
    let left: i64 = one(&world, &format!("SELECT count(*) FROM tenant_users WHERE tenant_id = '{acme}' AND deleted IS NULL AND 'owner' = ANY (roles)")).await;
    assert_eq!(left, 1);
}

#[test]
fn nobody_is_made_a_member_by_a_statement() {
    on_twins(async |twins| {
        let mut owner = Session::of(twins, twins.a).await;
        let stranger: Uuid = one(
            &twins.world,
            "SELECT id FROM users WHERE email = 'admin@globex.test'",
        )
        .await;
        let insert = format!(
            "INSERT INTO tenant_users (tenant_id, user_id, roles) VALUES ('{}', '{stranger}', '{{member}}')",
            twins.a
        );
        owner.assert_refused(NOT_PERMITTED, &insert).await;
        owner
            .assert_refused(
                NOT_PERMITTED,
                &by("member@acme.test", &format!("user_id = '{stranger}'")),
            )
            .await;
        owner
            .assert_refused(NOT_PERMITTED, "DELETE FROM tenant_users")
            .await;
    });
}

/// The functions run as the owner of the tables; what the owner could do with a mistake in them is this.
#[tokio::test]
async fn the_owner_role_writes_no_membership_but_the_one_that_is_offered() {
    let world = World::demo().await;
    invite(&world, INVITED, "member").await;
    invite(&world, "somebody@else.test", "owner").await;
    let [invited, acme]: [Uuid; 2] = [
        one(
            &world,
            &format!("SELECT id FROM users WHERE email = '{INVITED}'"),
        )
        .await,
        one(&world, "SELECT id FROM tenants WHERE name = 'acme'").await,
    ];
    let other: Uuid = one(
        &world,
        "SELECT id FROM users WHERE email = 'member@globex.test'",
    )
    .await;
    let mut owner = Session {
        settings: format!(
            "SET LOCAL ROLE gateway_owner; SET LOCAL app.current_user_id = '{invited}'"
        ),
        ..Session::superuser(&world, migrations::Tier::Oltp).await
    };
    assert_eq!(owner.attempt("SELECT id FROM invitations").await, Ok(1));
    let join = |tenant: Uuid, user: Uuid, role: &str| {
        format!(
            "INSERT INTO tenant_users (tenant_id, user_id, roles) VALUES ('{tenant}', '{user}', '{{{role}}}')"
        )
    };
    let stranger = Uuid::now_v7();
    for sql in [
        join(acme, invited, "owner"),
        join(acme, other, "member"),
        join(stranger, invited, "member"),
    ] {
        owner.assert_refused(NOT_PERMITTED, &sql).await;
    }
    assert_eq!(owner.attempt(&join(acme, invited, "member")).await, Ok(1));
    owner
        .assert_refused(NOT_PERMITTED, "UPDATE tenant_users SET roles = '{owner}'")
        .await;
    owner
        .assert_refused(
            NOT_PERMITTED,
            &format!("UPDATE invitations SET accepted = now(), accepted_by_user_id = '{other}'"),
        )
        .await;
    owner
        .assert_refused(NOT_PERMITTED, "UPDATE invitations SET roles = '{owner}'")
        .await;
    assert_eq!(owner.attempt("DELETE FROM invitations").await, Ok(0));
}

#[tokio::test]
async fn an_owner_whose_account_is_deleted_is_none() {
    let world = World::demo().await;
    let arrange = format!(
        "{}; UPDATE users SET deleted = now() WHERE email = 'admin@acme.test'",
        by("admin@acme.test", "roles = '{owner}'")
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(arrange))
        .execute(world.admin())
        .await
        .expect("another owner");
    let owner = world.owner("acme");
    let found = owner.data("{ viewer { user { id } } }").await;
    let user = found["viewer"]["user"]["id"].as_str().expect("an id");
    let id = user.replace("user_", "mbr_");
    let mutation = format!(
        "mutation {{ removeTenantUser(input: {{id: \"{id}\"}}) {{ tenantUser {{ id }} }} }}"
    );
    let answer = owner.query(&mutation).await;
    assert_eq!(answer.code(), "LAST_OWNER", "{}", answer.body);
}

#[tokio::test]
async fn who_asks_is_found_without_a_look_at_the_other_members() {
    let world = World::demo().await;
    let mut owner = Session::with_roles(&world, acme(&world).await, "owner").await;
    let explain = |users: &str| {
        let begin = format!("BEGIN; {}; ", owner.settings);
        format!("{begin} EXPLAIN (ANALYZE, COSTS OFF) SELECT FROM users {users}; ROLLBACK")
    };
    let own = explain("WHERE id = current_setting('app.current_user_id')::uuid");
    let all = explain("");
    let mut plans = Vec::new();
    for sql in [own, all] {
        let rows = owner
            .connection
            .fetch_all(sqlx::raw_sql(AssertSqlSafe(sql)));
        let rows = rows.await.expect("a plan");
        let lines = rows
            .iter()
            .filter_map(|row| row.try_get::<String, _>(0).ok());
        let mut members = lines.filter(|line| line.contains("on tenant_users"));
        plans.push(members.next().expect("the policy's look at the members"));
    }
    assert!(plans[0].contains("never executed"), "{plans:?}");
    assert!(!plans[1].contains("never executed"), "{plans:?}");
}
