//! So many requests a minute as the tenant's plan allows, in one process and in several.

mod redis;

use gateway::settings::Settings;
use gateway_tests::{Answer, Client, Options, World};
use reqwest::Method;
use serde_json::json;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::isolation::twins::one;

const ASK: &str = "{ leads(first: 1) { nodes { id } } }";
const MAKE: &str =
    "mutation { createTag(input: {name: \"late\", value: \"late\"}) { tag { id } } }";

/// A demo whose plans allow `allowed` requests a minute.
async fn allowing(allowed: &str, redis: Option<String>) -> World {
    let settings = Settings {
        rate_limits: Some(true),
        redis_url: redis.map(Into::into),
        ..Settings::default()
    };
    let options = Options {
        settings,
        ..Options::default()
    };
    let world = World::demo_with(options).await;
    allow(&world, allowed).await;
    world
}

async fn allow(world: &World, allowed: &str) {
    let sql = format!("UPDATE plans SET api_rate_limit = {allowed}");
    let done = sqlx::query(AssertSqlSafe(sql)).execute(world.admin()).await;
    done.expect("another limit");
}

fn policy(answer: &Answer) -> Option<&str> {
    answer.headers.get("ratelimit-policy")?.to_str().ok()
}

/// Asks until requests are counted; the first that is.
async fn counted(client: &Client) -> Answer {
    for _ in 0..500 {
        let answer = client.query(ASK).await;
        if policy(&answer).is_some() {
            return answer;
        }
        answer.data();
    }
    panic!("no request is counted");
}

/// How many requests are answered before one is refused; that one.
async fn spend(client: &Client) -> (u32, Answer) {
    for answered in 0..500 {
        let answer = client.query(ASK).await;
        if answer.status == 429 {
            return (answered, answer);
        }
        answer.data();
    }
    panic!("no request is refused");
}

#[track_caller]
fn assert_refused(answer: &Answer, allowed: u32) {
    assert_eq!(
        (answer.status, answer.code()),
        (429, "RATE_LIMITED"),
        "{:#}",
        answer.body
    );
    assert_eq!((answer.statements(), answer.body.get("data")), (0, None));
    let after: u64 = answer.headers["retry-after"]
        .to_str()
        .expect("ASCII")
        .parse()
        .expect("seconds");
    assert!(
        (1..=60 / u64::from(allowed.max(1)) + 1).contains(&after),
        "{after}"
    );
    assert_eq!(policy(answer), Some(&*format!("\"plan\";q={allowed};w=60")));
    assert_eq!(
        answer.headers["ratelimit"],
        format!("\"plan\";r=0;t={after}")
    );
    let message = answer.body["errors"][0]["message"]
        .as_str()
        .unwrap_or_default();
    assert_eq!(
        message,
        format!("the tenant's plan allows {allowed} requests a minute; try again in {after} s")
    );
}

/// For want of a membership, or because that was so too often; not for want of budget.
#[track_caller]
fn assert_turned_away(answer: &Answer) {
    let found = (answer.status, answer.code());
    assert!(
        matches!(found, (403, "FORBIDDEN") | (429, "TOO_MANY_ATTEMPTS")),
        "{found:?}"
    );
    assert_eq!(policy(answer), None);
}

#[tokio::test]
async fn a_tenant_gets_what_its_plan_allows() {
    let world = allowing("3", None).await;
    let owner = world.owner("acme");
    let first = counted(&owner).await;
    assert_eq!(
        (first.status, policy(&first)),
        (200, Some("\"plan\";q=3;w=60"))
    );
    let (answered, refused) = spend(&owner).await;
    assert_eq!(answered, 2, "with the one before");
    assert_refused(&refused, 3);
    // Whatever is asked, and nothing of it is done.
    assert_refused(&owner.query(MAKE).await, 3);
    assert_refused(&owner.query("{ __typename }").await, 3);
    let query = "/graphql?query=%7B%20__typename%20%7D";
    assert_refused(&owner.send(owner.request(Method::GET, query)).await, 3);
    let made: i64 = one(&world, "SELECT count(*) FROM tags WHERE value = 'late'").await;
    assert_eq!(made, 0);
    // All members have one budget, and no other tenant has.
    let member = world.user("acme", "member@acme.test");
    member.query(ASK).await.data();
    assert_refused(&spend(&member).await.1, 3);
    counted(&world.owner("globex")).await.data();
}

#[tokio::test]
async fn who_has_waited_is_answered() {
    let world = allowing("60", None).await;
    let owner = world.owner("acme");
    let (_, refused) = spend(&owner).await;
    let after: u64 = refused.headers["retry-after"]
        .to_str()
        .expect("ASCII")
        .parse()
        .expect("seconds");
    assert!((1..=2).contains(&after), "{after}");
    tokio::time::sleep(std::time::Duration::from_secs(after)).await;
    owner.query(ASK).await.data();
}

/// Who is no member of a tenant can not use up what it may: that they are none is found out when it is asked for.
#[tokio::test]
async fn a_stranger_spends_nothing() {
    let world = allowing("3", None).await;
    let owner = world.owner("acme");
    let acme = world.demo.as_ref().expect("the demo").tenants[0].id;
    counted(&owner).await;
    let stranger: Uuid = one(
        &world,
        "SELECT id FROM users WHERE email = 'admin@globex.test'",
    )
    .await;
    for client in [
        world.client(acme, stranger),
        world.client(acme, Uuid::now_v7()),
    ] {
        for _ in 0..10 {
            assert_turned_away(&client.query(ASK).await);
            let nothing = client.query("{ __typename }").await;
            assert_eq!(policy(&nothing), None);
        }
    }
    let (answered, _) = spend(&owner).await;
    assert_eq!(answered, 2, "with the one before");
}

/// A member who was removed is a stranger.
#[tokio::test]
async fn who_is_no_member_any_more_spends_nothing() {
    let world = allowing("100", None).await;
    let (owner, member) = (world.owner("acme"), world.user("acme", "member@acme.test"));
    counted(&member).await;
    let sql = "UPDATE tenant_users SET deleted = now() WHERE user_id = (SELECT id FROM users WHERE email = 'member@acme.test')";
    sqlx::query(sql)
        .execute(world.admin())
        .await
        .expect("a change");
    assert_eq!(member.query(ASK).await.status, 403);
    for _ in 0..100 {
        assert_turned_away(&member.query(ASK).await);
    }
    counted(&owner).await.data();
}

#[tokio::test]
async fn without_a_limit_nothing_is_counted() {
    for (limits, change) in [
        (true, "UPDATE plans SET api_rate_limit = NULL"),
        (
            true,
            "DELETE FROM payments; DELETE FROM subscription_addons; DELETE FROM subscriptions",
        ),
        (false, "UPDATE plans SET api_rate_limit = 1"),
    ] {
        let settings = Settings {
            rate_limits: Some(limits),
            ..Settings::default()
        };
        let world = World::demo_with(Options {
            settings,
            ..Options::default()
        })
        .await;
        let done = sqlx::raw_sql(AssertSqlSafe(change))
            .execute(world.admin())
            .await;
        done.expect("another limit");
        let owner = world.owner("acme");
        for _ in 0..50 {
            let answer = owner.query(ASK).await;
            assert_eq!((answer.status, policy(&answer)), (200, None), "{change}");
        }
    }
}

/// Who has no tenant, and staff, have no plan.
#[tokio::test]
async fn only_a_tenants_requests_are_counted() {
    let world = allowing("1", None).await;
    let staff = world.staff(world.demo.as_ref().expect("the demo").staff.id);
    let owner: Uuid = one(
        &world,
        "SELECT id FROM users WHERE email = 'owner@acme.test'",
    )
    .await;
    for client in [staff, world.in_no_tenant(owner)] {
        for _ in 0..20 {
            let answer = client
                .query("{ viewer { permissions otherTenants { id } } }")
                .await;
            answer.data();
            assert_eq!(policy(&answer), None);
        }
    }
}

#[tokio::test]
async fn a_plan_that_allows_nothing_allows_nothing() {
    let world = allowing("0", None).await;
    let owner = world.owner("acme");
    let (_, refused) = spend(&owner).await;
    assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
    assert_eq!(refused.headers["retry-after"], "61");
    // With a variable, so that the document is not a known one.
    let query = json!({ "query": "query($n: Int) { leads(first: $n) { totalCount } }" });
    let request = owner.request(Method::POST, "/graphql").json(&query);
    assert_eq!(owner.send(request).await.status, 429);
}
