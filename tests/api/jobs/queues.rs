//! Queues, which staff with a permission pause and resume, and never unseen.

use gateway_tests::{Client, World};
use migrations::Tier;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tenant::{Access, Identity};

use super::demo;
use crate::{isolation::twins::one_in, tiers};

const PAUSE: &str = "mutation { it: pauseQueue(input: {name: \"billing\"}) { queue { name isActive changedById changedAt } } }";
const RESUME: &str =
    "mutation { it: resumeQueue(input: {name: \"billing\"}) { queue { name isActive } } }";
const QUEUES: &str = "{ jobQueues { name isActive changedById changedAt } }";

fn staff(world: &World) -> Client {
    world.staff(world.demo.as_ref().expect("a demo").staff.id)
}

/// What a client sees of the queue `billing`.
async fn billing(client: &Client) -> Value {
    let mut data = client.data(QUEUES).await;
    let queues = data["jobQueues"].as_array_mut().expect("a list");
    let queue = queues.iter_mut().find(|queue| queue["name"] == "billing");
    queue.expect("a queue").take()
}

async fn is_active(world: &World) -> bool {
    let sql = "SELECT is_active FROM job_queues WHERE name = 'billing'";
    one_in(world, Tier::Queue, sql).await
}

#[tokio::test]
async fn staff_pause_and_resume_a_queue_and_the_database_keeps_who_and_when() {
    let (world, owner) = demo().await;
    let staff = staff(&world);
    assert_eq!(billing(&staff).await["changedById"], Value::Null);
    let paused = staff.data(PAUSE).await["it"]["queue"].take();
    let user: entity::id::UserId = world.demo.as_ref().expect("a demo").staff.id.into();
    assert_eq!(
        json!([paused["isActive"], paused["changedById"]]),
        json!([false, user.to_string()])
    );
    assert!(!is_active(&world).await);
    let fresh =
        "SELECT changed_at > now() - interval '5 minutes' FROM job_queues WHERE name = 'billing'";
    assert!(one_in::<bool>(&world, Tier::Queue, fresh).await);
    // Staff see who it was; tenants see that it is so.
    let seen = billing(&staff).await;
    assert_eq!(
        (&seen["changedById"], &seen["changedAt"]),
        (&paused["changedById"], &paused["changedAt"])
    );
    assert_eq!(
        billing(&owner).await,
        json!({ "name": "billing", "isActive": false, "changedById": null, "changedAt": null })
    );
    assert_eq!(staff.data(RESUME).await["it"]["queue"]["isActive"], true);
    assert!(is_active(&world).await);
}

#[tokio::test]
async fn what_is_done_already_and_what_is_no_queue_is_told() {
    let (world, _) = demo().await;
    let staff = staff(&world);
    assert_eq!(staff.query(RESUME).await.code(), "ILLEGAL_TRANSITION");
    staff.data(PAUSE).await;
    assert_eq!(staff.query(PAUSE).await.code(), "ILLEGAL_TRANSITION");
    let unknown =
        "mutation($name: String!) { pauseQueue(input: {name: $name}) { queue { name } } }";
    for (name, code) in [("billings", "NOT_FOUND"), ("a\u{0}b", "BAD_USER_INPUT")] {
        let answer = staff.query_with(unknown, json!({ "name": name })).await;
        assert_eq!(answer.code(), code, "{name:?}: {:#}", answer.body);
    }
}

#[tokio::test]
async fn staff_without_the_permission_change_no_queue() {
    let (world, _) = demo().await;
    let without = "DELETE FROM staff_role_permissions
        WHERE permission_id = (SELECT id FROM permissions WHERE name = 'queues.manage')";
    let taken = sqlx::query(AssertSqlSafe(without))
        .execute(world.admin())
        .await;
    assert_eq!(taken.expect("a change").rows_affected(), 1);
    let answer = staff(&world).query(PAUSE).await;
    assert_eq!(
        (answer.code(), &answer.body["errors"][0]["message"]),
        (
            "FORBIDDEN",
            &json!("this takes the permission queues.manage")
        )
    );
    assert!(is_active(&world).await);
    // They still see them.
    assert_eq!(billing(&staff(&world)).await["isActive"], true);
}

/// Without the gateway's own question: the policy asks for the permission, too.
#[tokio::test]
async fn the_database_asks_for_the_permission_itself() {
    let (world, _) = demo().await;
    let staff = tenant::Identity::Staff {
        user: world.demo.as_ref().expect("a demo").staff.id.into(),
    };
    let pause = async || {
        let database = crate::tiers::database(&world, 1).await;
        let context = database.writing(tenant::Tier::Queue, staff.clone());
        let queue = context.on(tenant::Tier::Queue);
        let sql = "UPDATE job_queues SET is_active = false WHERE name = 'billing'";
        let sql = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sql);
        let done = sea_orm::ConnectionTrait::execute_raw(&queue, sql).await;
        done.expect("a statement").rows_affected()
    };
    assert_eq!(pause().await, 1);
    let without = "DELETE FROM staff_role_permissions
        WHERE permission_id = (SELECT id FROM permissions WHERE name = 'queues.manage')";
    let taken = sqlx::query(AssertSqlSafe(without))
        .execute(world.admin())
        .await;
    taken.expect("a change");
    assert_eq!(pause().await, 0);
}

#[tokio::test]
async fn the_numbers_of_all_queues_are_one_statement() {
    let (_world, owner) = demo().await;
    let answer = owner
        .query("{ jobQueues { name jobsByStatus { status count } } }")
        .await;
    assert!(answer.body["errors"].is_null(), "{:#}", answer.body);
    assert_eq!(answer.statements(), 2);
}

#[tokio::test]
async fn staff_in_no_tenant_see_no_tenants_numbers() {
    let (world, _) = demo().await;
    let answer = staff(&world)
        .query("{ jobQueues { name jobsByStatus { count } } }")
        .await;
    assert_eq!(answer.code(), "FORBIDDEN");
}

/// Who it was is staff's business: a grant would be enough for whatever reads the column as a member.
#[tokio::test]
async fn members_may_not_read_who_paused_a_queue() {
    let (world, _) = demo().await;
    staff(&world).data(PAUSE).await;
    let database = tiers::database(&world, 1).await;
    let of_staff = Identity::Staff {
        user: world.demo.as_ref().expect("a demo").staff.id.into(),
    };
    for column in ["changed_by", "changed_at"] {
        let sql = format!("SELECT {column}::text FROM job_queues WHERE name = 'billing'");
        for (identity, may) in [(tiers::owner(&world), false), (of_staff.clone(), true)] {
            let context = database.context(identity, Access::Read);
            let read = tiers::text(&context, tenant::Tier::Queue, &sql).await;
            assert_eq!(read.is_ok(), may, "{column}: {read:?}");
            if let Err(refused) = read {
                assert!(refused.to_string().contains("denied"), "{refused}");
            }
            context.finish(false).await.expect("an end");
        }
    }
}
