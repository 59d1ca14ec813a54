//! Invitations: whom owners may invite, and that nobody but the invited accepts.

use entity::id::InvitationId;
use gateway_tests::{Answer, Client};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    arranged::{Fresh, on_arranged},
    ask::{Call, error},
    messages,
};
use crate::isolation::twins::one;

const ACCEPT: &str = "mutation($input: AcceptInvitationInput!) { it: acceptInvitation(input: $input) { tenant { id name } } }";
/// Somebody of `globex`.
const INVITED: &str = "admin@globex.test";

async fn accept(client: &Client, id: &str) -> Answer {
    let answer = client
        .query_with(ACCEPT, json!({ "input": { "id": id } }))
        .await;
    messages::assert_clean(&answer, ACCEPT);
    answer
}

/// A demo in which `acme` invites an address; the invitation.
async fn inviting(email: &str) -> (Fresh, String) {
    let fresh = Fresh::new().await;
    let input = json!({ "email": email, "roles": ["ANALYST", "BILLING"] });
    let made = Call::with(fresh.entry("createInvitation"), input);
    let made = made.send(&fresh.world.owner("acme")).await.data();
    let id = made["it"]["invitation"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    (fresh, id)
}

async fn user(fresh: &Fresh, email: &str) -> Uuid {
    one(
        &fresh.world,
        &format!("SELECT id FROM users WHERE email = '{email}'"),
    )
    .await
}

async fn change(fresh: &Fresh, sql: &str) {
    let done = sqlx::query(AssertSqlSafe(sql.to_owned()));
    done.execute(fresh.world.admin()).await.expect("a change");
}

#[tokio::test]
async fn the_invited_becomes_a_member_and_nothing_else_changes() {
    for in_a_tenant in [true, false] {
        let (fresh, id) = inviting(INVITED).await;
        let key = user(&fresh, INVITED).await;
        let client = match in_a_tenant {
            true => fresh.world.user("globex", INVITED),
            false => fresh.world.in_no_tenant(key),
        };
        let before = fresh.dump().await;
        assert_eq!(
            accept(&client, &id).await.data()["it"]["tenant"]["name"],
            "acme"
        );
        let acme = fresh.world.demo.as_ref().expect("the demo").tenants[0].id;
        let changed = before.changed(&fresh.dump().await);
        let expected = ["invitations", "outbox", "tenant_users"]
            .map(|table| (table.to_owned(), acme.to_string()));
        assert!(changed.iter().eq(&expected), "{changed:?}");
        let roles: Vec<String> = one(
            &fresh.world,
            &format!(
                "SELECT roles FROM tenant_users WHERE tenant_id = '{acme}' AND user_id = '{key}'"
            ),
        )
        .await;
        assert_eq!(roles, ["analyst", "billing"]);
        let again = accept(&client, &id).await;
        assert_eq!(error(&again).map(|(code, ..)| code), Some("NOT_FOUND"));
    }
}

#[tokio::test]
async fn to_all_others_an_invitation_is_an_unknown_id() {
    let (fresh, id) = inviting(INVITED).await;
    let before = fresh.dump().await;
    let unknown = InvitationId::new().to_string();
    for client in [
        fresh.world.owner("acme"),
        fresh.world.owner("globex"),
        fresh
            .world
            .in_no_tenant(user(&fresh, "consultant@agency.test").await),
    ] {
        let told = async |id: &str| {
            let answer = accept(&client, id).await;
            assert_eq!(answer.code(), "NOT_FOUND", "{:#}", answer.body);
            (
                answer.body.to_string().replace(id, "ID"),
                answer.statements(),
            )
        };
        assert_eq!(told(&id).await, told(&unknown).await);
    }
    let staff = fresh.world.demo.as_ref().expect("the demo").staff.id;
    assert_eq!(
        accept(&fresh.world.staff(staff), &id).await.code(),
        "FORBIDDEN"
    );
    before.assert_same(&fresh.dump().await, "acceptInvitation");
}

#[tokio::test]
async fn an_invitation_that_has_ended_is_not_accepted() {
    for (ends, code) in [
        ("UPDATE invitations SET expires = now()", "NOT_FOUND"),
        ("UPDATE invitations SET revoked = now()", "NOT_FOUND"),
        ("UPDATE users SET email_verified = NULL", "FORBIDDEN"),
    ] {
        let (fresh, id) = inviting(INVITED).await;
        change(&fresh, ends).await;
        let before = fresh.dump().await;
        let answer = accept(&fresh.world.user("globex", INVITED), &id).await;
        assert_eq!(answer.code(), code, "{ends}: {:#}", answer.body);
        before.assert_same(&fresh.dump().await, ends);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_accepted_once_and_not_while_it_is_taken_back() {
    let (fresh, id) = inviting(INVITED).await;
    let (invited, owner) = (
        fresh.world.user("globex", INVITED),
        fresh.world.owner("acme"),
    );
    let revoke = Call::with(fresh.entry("revokeInvitation"), json!({ "id": id }));
    let (first, second, revoked) = tokio::join!(
        accept(&invited, &id),
        accept(&invited, &id),
        revoke.send(&owner)
    );
    let answers = [&first, &second, &revoked];
    let done = answers
        .iter()
        .filter(|answer| answer.body["errors"].is_null());
    assert_eq!(
        done.count(),
        1,
        "{:#} {:#} {:#}",
        first.body,
        second.body,
        revoked.body
    );
    let late = Call::with(fresh.entry("revokeInvitation"), json!({ "id": id }))
        .send(&owner)
        .await;
    let (code, argument, _) = error(&late).unwrap_or_default();
    assert_eq!(
        (code, argument),
        ("ILLEGAL_TRANSITION", "input.id"),
        "{:#}",
        late.body
    );
}

#[test]
fn who_is_a_member_is_not_invited_and_who_is_invited_gets_a_role() {
    on_arranged(async |arranged| {
        let entry = arranged.entry("createInvitation");
        for (pointer, value, code) in [
            ("/email", json!("Member@ACME.test"), "ALREADY_EXISTS"),
            ("/roles", json!([]), "BAD_USER_INPUT"),
        ] {
            let input: Value = entry.with(pointer, value);
            let answer = Call::with(entry, input).send(&arranged.twins.owner()).await;
            let (found, argument, _) = error(&answer).unwrap_or_default();
            let path = format!("input{}", pointer.replace('/', "."));
            assert_eq!(
                (found, argument),
                (code, path.as_str()),
                "{:#}",
                answer.body
            );
        }
    });
}

#[tokio::test]
async fn an_address_is_invited_once_unless_the_invitation_has_expired() {
    let (fresh, _) = inviting("guest@invited.test").await;
    let (owner, entry) = (fresh.world.owner("acme"), fresh.entry("createInvitation"));
    let again = Call::of(entry).send(&owner).await;
    let (code, argument, _) = error(&again).unwrap_or_default();
    assert_eq!(
        (code, argument),
        ("ALREADY_EXISTS", "input.email"),
        "{:#}",
        again.body
    );
    change(&fresh, "UPDATE invitations SET expires = now()").await;
    Call::of(entry).send(&owner).await.data();
}

/// An owner could come back by an invitation that was left behind.
#[tokio::test]
async fn who_may_not_invite_any_more_has_invited_nobody() {
    for (name, more) in [
        ("removeTenantUser", json!({})),
        ("updateTenantUser", json!({ "roles": ["MEMBER"] })),
    ] {
        let (fresh, id) = inviting(INVITED).await;
        let promote = "UPDATE tenant_users SET roles = '{owner}' WHERE user_id IN (SELECT id FROM users WHERE email = 'admin@acme.test')";
        change(&fresh, promote).await;
        let mut input = more;
        input["id"] = json!(user(&fresh, "owner@acme.test").await);
        let admin = fresh.world.user("acme", "admin@acme.test");
        Call::with(fresh.entry(name), input)
            .send(&admin)
            .await
            .data();
        let invited = fresh.world.user("globex", INVITED);
        assert_eq!(accept(&invited, &id).await.code(), "NOT_FOUND", "{name}");
    }
}
