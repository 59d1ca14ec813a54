//! What a transaction promises: all or nothing, and one moment.

use std::sync::atomic::{AtomicBool, Ordering};

use gateway_tests::World;
use sea_orm::ConnectionTrait;
use tenant::{Access, Outcome};
use uuid::Uuid;

use super::direct::{add_company, companies, database, member, owner, sqlstate, text};

const COUNT: &str = "SELECT count(*)::text FROM companies";

#[tokio::test]
async fn a_write_is_there_when_it_is_committed_and_not_before() {
    let world = World::demo().await;
    let context = database(&world, 1)
        .await
        .context(owner(&world, "acme"), Access::Write);
    add_company(&context, "new").await.expect("an insert");
    assert_eq!(companies(&world, "new").await, 0);
    assert_eq!(
        context.finish(true).await.expect("a commit"),
        Outcome::Committed
    );
    assert_eq!(companies(&world, "new").await, 1);
}

#[tokio::test]
async fn a_write_that_is_not_committed_is_not_there() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let refused = database.context(owner(&world, "acme"), Access::Write);
    add_company(&refused, "refused").await.expect("an insert");
    assert_eq!(
        refused.finish(false).await.expect("an end"),
        Outcome::RolledBack
    );
    let dropped = database.context(owner(&world, "acme"), Access::Write);
    add_company(&dropped, "dropped").await.expect("an insert");
    drop(dropped);
    // The pool has one connection: this waits for the end of the last one.
    database
        .context(owner(&world, "acme"), Access::Read)
        .roles()
        .await
        .expect("a member");
    assert_eq!(
        (
            companies(&world, "refused").await,
            companies(&world, "dropped").await
        ),
        (0, 0)
    );
}

/// PostgreSQL answers such a COMMIT with success and the tag ROLLBACK.
#[tokio::test]
async fn committing_after_a_failed_statement_is_an_error() {
    let world = World::demo().await;
    let context = database(&world, 1)
        .await
        .context(owner(&world, "acme"), Access::Write);
    add_company(&context, "half").await.expect("an insert");
    let error = context
        .execute_unprepared("SELECT 1/0")
        .await
        .expect_err("a division by zero");
    assert_eq!(sqlstate(&error), "22012");
    let error = add_company(&context, "more")
        .await
        .expect_err("the transaction is aborted");
    assert!(tenant::is_aborted_transaction(&error), "{error}");
    let error = context
        .finish(true)
        .await
        .expect_err("nothing can be committed");
    assert!(
        error.to_string().contains("can not be committed"),
        "{error}"
    );
    assert_eq!(companies(&world, "half").await, 0);
}

#[tokio::test]
async fn nothing_runs_after_the_end() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    for access in [Access::Read, Access::Write] {
        let context = database.context(owner(&world, "acme"), access);
        text(&context, COUNT).await.expect("a count");
        context.finish(true).await.expect("an end");
        let error = text(&context, COUNT).await.expect_err("it has ended");
        assert!(error.to_string().contains("has ended"), "{error}");
        assert_eq!(
            context.finish(true).await.expect("no second end"),
            Outcome::RolledBack
        );
    }
}

#[tokio::test]
async fn a_context_that_asks_nothing_opens_nothing() {
    let world = World::demo().await;
    let context = database(&world, 1)
        .await
        .context(owner(&world, "acme"), Access::Write);
    assert_eq!(
        context.finish(true).await.expect("an end"),
        Outcome::Unopened
    );
    assert_eq!(super::backends::sessions(&world).await, 0);
}

#[tokio::test]
async fn a_read_can_not_write() {
    let world = World::demo().await;
    let context = database(&world, 1)
        .await
        .context(owner(&world, "acme"), Access::Read);
    let error = add_company(&context, "sly")
        .await
        .expect_err("a read-only transaction");
    assert_eq!(sqlstate(&error), "25006");
}

/// Roles and READ ONLY are the transaction's: the next one on the connection has its own.
#[tokio::test]
async fn who_only_reads_can_not_write_and_leaves_nothing_behind() {
    const FOUND: &str = "SELECT concat_ws('|', current_setting('app.current_roles'), current_setting('transaction_read_only'))";
    let world = World::demo().await;
    let database = database(&world, 1).await;
    sqlx::query("UPDATE tenant_users SET roles = '{}' WHERE roles = '{billing}'")
        .execute(world.admin())
        .await
        .expect("a change");
    let without = member(&world, "acme", "billing");
    for (identity, roles) in [
        (member(&world, "acme", "analyst"), "analyst"),
        (without, ""),
    ] {
        let context = database.context(identity.clone(), Access::Write);
        let found = text(&context, FOUND).await.expect("settings");
        assert_eq!(found, format!("{roles}|on"));
        let error = add_company(&context, "sly")
            .await
            .expect_err("a read-only transaction");
        assert!(tenant::is_read_only_transaction(&error), "{error}");
        drop(context);
        let context = database.context(identity.clone(), Access::Write);
        text(&context, FOUND).await.expect("settings");
        let back = context.execute_unprepared("SET TRANSACTION READ WRITE");
        assert_eq!(sqlstate(&back.await.expect_err("too late")), "25001");
        drop(context);
        let context = database.context(identity.clone(), Access::Write);
        text(&context, FOUND).await.expect("settings");
        context.finish(true).await.expect("an end like any other");
        let next = database.context(owner(&world, "acme"), Access::Write);
        assert_eq!(text(&next, FOUND).await.expect("settings"), "owner|off");
        add_company(&next, "next").await.expect("an insert");
    }
    assert_eq!(companies(&world, "sly").await, 0);
}

#[tokio::test]
async fn a_read_sees_one_moment() {
    let world = World::demo().await;
    let database = database(&world, 1).await;
    let context = database.context(owner(&world, "acme"), Access::Read);
    let before = text(&context, COUNT).await.expect("a count");
    let tenant = Uuid::from(owner(&world, "acme").tenant().expect("a member's"));
    let insert = sqlx::query("INSERT INTO companies (tenant_id, name) VALUES ($1, 'meanwhile')")
        .bind(tenant);
    insert.execute(world.admin()).await.expect("an insert");
    assert_eq!(text(&context, COUNT).await.expect("a count"), before);
    drop(context);
    let later = text(
        &database.context(owner(&world, "acme"), Access::Read),
        COUNT,
    )
    .await
    .expect("a count");
    assert_ne!(later, before);
}

/// The tenant's name says whether the user is a member at that moment; both change at once, over and over.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn membership_and_rows_are_of_one_moment() {
    const FLIP: &str = "BEGIN; \
        UPDATE tenant_users SET deleted = CASE WHEN deleted IS NULL THEN now() END WHERE roles = '{admin}'; \
        UPDATE tenants SET name = CASE name WHEN 'in' THEN 'out' ELSE 'in' END; \
        COMMIT";
    let world = World::demo().await;
    sqlx::raw_sql("UPDATE tenants SET name = 'in'")
        .execute(world.admin())
        .await
        .expect("a name");
    let asking = member(&world, "acme", "admin");
    let (database, admin, done) = (
        database(&world, 1).await,
        world.admin().clone(),
        AtomicBool::new(false),
    );
    let flips = async {
        while !done.load(Ordering::SeqCst) {
            sqlx::raw_sql(FLIP).execute(&admin).await.expect("a flip");
        }
    };
    let reads = async {
        let (mut admitted, mut refused) = (0, 0);
        while admitted < 150 || refused < 20 {
            let context = database.context(asking.clone(), Access::Read);
            if context.roles().await.is_ok() {
                tokio::task::yield_now().await;
                assert_eq!(
                    text(&context, "SELECT name FROM tenants")
                        .await
                        .expect("a name"),
                    "in"
                );
                admitted += 1;
            } else {
                assert_eq!(context.refusal(), Some(tenant::Refusal::NotAMember));
                refused += 1;
            }
        }
        done.store(true, Ordering::SeqCst);
    };
    futures::future::join(flips, reads).await;
}
