//! Invitations: who sees them, and what accepting one does and does not do.

use futures::future::join;
use gateway_tests::World;
use sqlx::{AssertSqlSafe, Executor, Row};
use uuid::Uuid;

use super::{
    login::{NOT_PERMITTED, Session},
    twins::one,
};

/// There is no such open invitation to the user.
const NO_INVITATION: &str = "TG001";
/// It has expired.
const EXPIRED: &str = "TG002";
/// The user's address is not verified.
const NOT_VERIFIED: &str = "TG003";

/// Somebody of another tenant.
pub const INVITED: &str = "admin@globex.test";

async fn change(world: &World, sql: &str) {
    world
        .admin()
        .execute(sqlx::raw_sql(AssertSqlSafe(sql.to_owned())))
        .await
        .expect("a change");
}

/// Acme's owner invites, as the login role.
pub async fn invite(world: &World, email: &str, roles: &str) -> Uuid {
    let acme: Uuid = one(world, "SELECT id FROM tenants WHERE name = 'acme'").await;
    let mut owner = Session::with_roles(world, acme, "owner").await;
    let id = Uuid::now_v7();
    let sql = format!(
        "BEGIN; {}; INSERT INTO invitations (id, tenant_id, email, roles, expires)
            VALUES ('{id}', '{acme}', '{email}', '{{{roles}}}', now() + interval '7 days'); COMMIT",
        owner.settings
    );
    let made = owner.connection.execute(sqlx::raw_sql(AssertSqlSafe(sql)));
    made.await.expect("an invitation");
    id
}

/// A user who names no tenant, as the login role.
async fn user(world: &World, email: &str) -> Session {
    let user: Uuid = one(
        world,
        &format!("SELECT id FROM users WHERE email = '{email}'"),
    )
    .await;
    Session {
        settings: format!(
            "SET LOCAL app.current_user_id = '{user}'; SET LOCAL app.current_roles = ''"
        ),
        ..Session::bare(world).await
    }
}

/// The name of the tenant that the user has joined, or the SQLSTATE.
async fn accept(user: &mut Session, invitation: Uuid) -> Result<String, String> {
    let sql = format!(
        "BEGIN; {}; SELECT name FROM accept_invitation('{invitation}', '{{}}')",
        user.settings
    );
    let done = sqlx::raw_sql(AssertSqlSafe(sql))
        .fetch_one(&mut user.connection)
        .await;
    let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
    user.connection.execute(end).await.expect("an end");
    done.map(|row| row.get(0)).map_err(|error| {
        let error = error.into_database_error().expect("the server's");
        error.code().unwrap_or_default().into_owned()
    })
}

async fn seen(user: &mut Session) -> u64 {
    let list = "SELECT id, tenant_name, roles, expires FROM viewer_invitations()";
    user.attempt(list).await.expect("a list")
}

/// The memberships in acme of an address, with their roles.
async fn memberships(world: &World, email: &str) -> String {
    let sql = format!(
        "SELECT coalesce(string_agg(m.roles::text || coalesce(' removed' || left(m.deleted::text, 0), ''), ';'), '')
        FROM tenant_users m JOIN tenants t ON t.id = m.tenant_id JOIN users u ON u.id = m.user_id
        WHERE t.name = 'acme' AND u.email = '{email}'"
    );
    one(world, &sql).await
}

#[tokio::test]
async fn who_is_invited_sees_it_and_joins() {
    let world = World::demo().await;
    let invitation = invite(&world, INVITED, "member,billing").await;
    let by: String = one(&world, &format!("SELECT u.email FROM invitations i JOIN users u ON u.id = i.invited_by_user_id WHERE i.id = '{invitation}'")).await;
    assert_eq!(by, "owner@acme.test", "in the name of who asks");
    let (mut invited, mut other) = (
        user(&world, INVITED).await,
        user(&world, "member@globex.test").await,
    );
    assert_eq!((seen(&mut invited).await, seen(&mut other).await), (1, 0));
    assert_eq!(
        accept(&mut other, invitation).await,
        Err(NO_INVITATION.to_owned())
    );
    assert_eq!(
        accept(&mut invited, invitation).await,
        Ok("acme".to_owned())
    );
    assert_eq!(memberships(&world, INVITED).await, "{member,billing}");
    assert_eq!(seen(&mut invited).await, 0);
    assert_eq!(
        accept(&mut invited, invitation).await,
        Err(NO_INVITATION.to_owned())
    );
    let joined: i64 = one(&world, &format!("SELECT count(*) FROM invitations i JOIN users u ON u.id = i.accepted_by_user_id WHERE i.id = '{invitation}' AND i.accepted IS NOT NULL AND u.email = '{INVITED}'")).await;
    assert_eq!(joined, 1);
}

#[tokio::test]
async fn an_invitation_that_does_not_hold_is_refused_by_its_reason() {
    let world = World::demo().await;
    let mut invited = user(&world, INVITED).await;
    let refusals = [
        ("UPDATE invitations SET expires = now()", EXPIRED),
        (
            "UPDATE invitations SET expires = now() + interval '1 day', revoked = now()",
            NO_INVITATION,
        ),
        (
            "UPDATE invitations SET revoked = NULL; UPDATE tenants SET deleted = now() WHERE name = 'acme'",
            NO_INVITATION,
        ),
        (
            "UPDATE tenants SET deleted = NULL; UPDATE users SET email_verified = NULL",
            NOT_VERIFIED,
        ),
    ];
    let invitation = invite(&world, INVITED, "member").await;
    assert_eq!(seen(&mut invited).await, 1);
    for (sql, code) in refusals {
        change(&world, sql).await;
        assert_eq!(
            accept(&mut invited, invitation).await,
            Err(code.to_owned()),
            "{sql}"
        );
        assert_eq!(seen(&mut invited).await, 0, "{sql}");
    }
    // Of one that is not there the same is said: who has not proven the address learns nothing.
    assert_eq!(
        accept(&mut invited, Uuid::now_v7()).await,
        Err(NOT_VERIFIED.to_owned())
    );
    assert_eq!(memberships(&world, INVITED).await, "");
    change(&world, "UPDATE users SET email_verified = now()").await;
    assert_eq!(
        accept(&mut invited, invitation).await,
        Ok("acme".to_owned())
    );
}

#[tokio::test]
async fn two_who_accept_at_once_become_one_member() {
    let world = World::demo().await;
    for _ in 0..10 {
        change(&world, &format!("DELETE FROM invitations; DELETE FROM tenant_users m USING users u, tenants t WHERE u.id = m.user_id AND t.id = m.tenant_id AND u.email = '{INVITED}' AND t.name = 'acme'")).await;
        let invitation = invite(&world, INVITED, "member").await;
        let (mut one, mut two) = (user(&world, INVITED).await, user(&world, INVITED).await);
        let (one, two) = join(accept(&mut one, invitation), accept(&mut two, invitation)).await;
        let mut both = [one, two];
        both.sort();
        assert_eq!(both, [Ok("acme".to_owned()), Err(NO_INVITATION.to_owned())]);
        assert_eq!(memberships(&world, INVITED).await, "{member}");
    }
}

#[tokio::test]
async fn who_was_removed_comes_back_and_who_is_there_stays_what_he_is() {
    let world = World::demo().await;
    let consultant = "consultant@agency.test";
    let invitation = invite(&world, consultant, "owner").await;
    let mut invited = user(&world, consultant).await;
    assert_eq!(
        accept(&mut invited, invitation).await,
        Ok("acme".to_owned())
    );
    assert_eq!(memberships(&world, consultant).await, "{member}");
    change(
        &world,
        "UPDATE tenant_users SET deleted = now() WHERE roles = '{member}'",
    )
    .await;
    assert_eq!(memberships(&world, consultant).await, "{member} removed");
    let invitation = invite(&world, consultant, "analyst").await;
    assert_eq!(
        accept(&mut invited, invitation).await,
        Ok("acme".to_owned())
    );
    assert_eq!(memberships(&world, consultant).await, "{analyst}");
}

#[tokio::test]
async fn in_whose_name_is_not_the_inviters_to_say() {
    let world = World::demo().await;
    let acme: Uuid = one(&world, "SELECT id FROM tenants WHERE name = 'acme'").await;
    let mut owner = Session::with_roles(&world, acme, "owner").await;
    for sql in [
        "INSERT INTO invitations (tenant_id, invited_by_user_id, email, roles, expires) SELECT tenant_id, user_id, 'a@b.test', '{member}', now() FROM tenant_users WHERE roles = '{admin}'",
        "UPDATE invitations SET invited_by_user_id = invited_by_user_id",
        "UPDATE invitations SET accepted = now()",
        "UPDATE invitations SET email = 'owner@globex.test'",
        "DELETE FROM invitations",
    ] {
        owner.assert_refused(NOT_PERMITTED, sql).await;
    }
    let twice = "INSERT INTO invitations (tenant_id, email, roles, expires) SELECT tenant_id, email, roles, now() FROM invitations";
    owner.assert_refused("23505", twice).await;
}
