//! Mutations that are in the way of others at the same moment.

use futures::future::join;
use gateway_tests::{Client, World, cluster};
use serde_json::json;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use super::backends::blocked;

const CHANGE: &str = "mutation { updateUserPreferences(input: {timezone: \"Asia/Tokyo\"}) { userPreferences { timezone } } }";
const READ: &str = "{ userPreferences { timezone } }";

/// Lets changes of preferences lose so many times. A sequence counts, because it outlives what is rolled back.
async fn lose(world: &World, sqlstate: &str, times: u32, when: &str) {
    let sql = format!(
        "CREATE SEQUENCE attempts;
        CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
            IF nextval('attempts') <= {times} THEN RAISE SQLSTATE '{sqlstate}'; END IF;
            RETURN NEW;
        END $$;
        CREATE {when} FOR EACH ROW EXECUTE FUNCTION lose()"
    );
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(world.admin())
        .await
        .expect("a trigger");
}

const AT_ONCE: &str = "TRIGGER lose BEFORE UPDATE ON user_preferences";
const AT_COMMIT: &str =
    "CONSTRAINT TRIGGER lose AFTER UPDATE ON user_preferences DEFERRABLE INITIALLY DEFERRED";

async fn timezone(client: &Client) -> String {
    let found = client.data(READ).await;
    found["userPreferences"]["timezone"]
        .as_str()
        .expect("a time zone")
        .to_owned()
}

#[tokio::test]
async fn a_mutation_that_loses_is_run_once_more() {
    for (sqlstate, when) in [("40001", AT_ONCE), ("40P01", AT_ONCE), ("40001", AT_COMMIT)] {
        let world = World::demo().await;
        let member = world.user("acme", "member@acme.test");
        lose(&world, sqlstate, 1, when).await;
        let answer = member.query(CHANGE).await;
        assert_eq!(
            answer.data()["updateUserPreferences"]["userPreferences"]["timezone"],
            "Asia/Tokyo",
            "{sqlstate} {when}"
        );
        assert_eq!(answer.body["extensions"]["transaction"], "committed");
        assert_eq!(answer.statements(), 2, "one of each transaction");
        assert_eq!(timezone(&member).await, "Asia/Tokyo");
    }
}

#[tokio::test]
async fn one_that_loses_again_is_told_to_come_back() {
    for (sqlstate, when) in [("40001", AT_ONCE), ("40P01", AT_ONCE), ("40P01", AT_COMMIT)] {
        let world = World::demo().await;
        let member = world.user("acme", "member@acme.test");
        let before = timezone(&member).await;
        lose(&world, sqlstate, 2, when).await;
        let answer = member.query(CHANGE).await;
        assert_eq!(
            (answer.status, answer.code()),
            (200, "TRANSACTION_CONFLICT"),
            "{:#}",
            answer.body
        );
        assert_eq!(
            answer.body["errors"][0]["message"],
            "the same rows were changed by others at the same moment; nothing was changed; send it again"
        );
        assert_eq!(answer.body["data"], json!(null));
        assert_eq!(answer.body["extensions"]["transaction"], "rolled back");
        assert_eq!(answer.statements(), 2, "no third time");
        assert_eq!(timezone(&member).await, before);
        // The third time, which is the client's, it is saved.
        member.data(CHANGE).await;
    }
}

/// Somebody holds a lock that the mutation wants after its row, and then wants the row.
#[tokio::test]
async fn a_real_deadlock_costs_the_client_nothing() {
    let world = World::demo().await;
    let member = world.user("acme", "member@acme.test");
    let arrange = "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NEW; END $$;
        CREATE TRIGGER wait AFTER UPDATE ON user_preferences FOR EACH ROW
            WHEN (current_user = 'gateway_login') EXECUTE FUNCTION wait()";
    world
        .admin()
        .execute(sqlx::raw_sql(arrange))
        .await
        .expect("a trigger");
    let url = cluster().await.server.superuser_url(&world.database);
    let mut other = PgConnection::connect(&url).await.expect("a connection");
    // Not this one looks for the deadlock first.
    let hold = "BEGIN; SET LOCAL deadlock_timeout = '1h'; SELECT pg_advisory_xact_lock(7)";
    other.execute(sqlx::raw_sql(hold)).await.expect("the lock");
    let in_the_way = async {
        blocked(&world, 1).await;
        let both = "UPDATE user_preferences SET timezone = 'UTC'; COMMIT";
        other.execute(sqlx::raw_sql(both)).await.expect("a change");
    };
    let (answer, ()) = join(member.query(CHANGE), in_the_way).await;
    assert_eq!(
        answer.data()["updateUserPreferences"]["userPreferences"]["timezone"],
        "Asia/Tokyo"
    );
    assert_eq!(answer.statements(), 2);
    assert_eq!(timezone(&member).await, "Asia/Tokyo");
}

/// A connection that waits is one less for all tenants, so nobody waits for long.
#[tokio::test]
async fn who_waits_too_long_for_others_is_told_so() {
    let world = World::demo().await;
    let limit = format!(
        "ALTER ROLE gateway_login IN DATABASE {} SET lock_timeout = '300ms'",
        world.database
    );
    sqlx::raw_sql(AssertSqlSafe(limit))
        .execute(world.admin())
        .await
        .expect("a shorter limit");
    let url = cluster().await.server.superuser_url(&world.database);
    let mut other = PgConnection::connect(&url).await.expect("a connection");
    let hold = "BEGIN; UPDATE user_preferences SET timezone = 'UTC'";
    other.execute(sqlx::raw_sql(hold)).await.expect("the rows");
    let member = world.user("acme", "member@acme.test");
    let answer = member.query(CHANGE).await;
    assert_eq!(answer.code(), "TRANSACTION_CONFLICT", "{}", answer.body);
    assert_eq!(answer.body["extensions"]["transaction"], "rolled back");
    assert_eq!(answer.statements(), 1, "waiting once is enough");
}
