//! Who runs the database sees for whom a session works, for as long as it does.

use gateway_tests::World;

use super::{
    backends::{blocked, settled},
    direct,
    lock::Lock,
};

const NAMES: &str = "SELECT DISTINCT application_name FROM pg_stat_activity \
    WHERE usename = 'gateway_login' AND datname = current_database()";

async fn names(world: &World) -> Vec<String> {
    let names = sqlx::query_scalar(NAMES).fetch_all(world.admin()).await;
    names.expect("a superuser may")
}

/// The name of the session that waits for a table which an operation asks for.
async fn name_while_waiting(operation: &str) -> (String, String) {
    let world = World::demo().await;
    let tenant = direct::owner(&world, "acme").tenant();
    let tenant = tenant.expect("a member's tenant").to_string();
    let lock = Lock::on(&world, "companies").await;
    let (acme, operation) = (world.owner("acme"), operation.to_owned());
    let asking = tokio::spawn(async move { acme.data(&operation).await });
    blocked(&world, 1).await;
    let found = names(&world).await;
    lock.release().await;
    asking.await.expect("an answer");
    settled(&world).await;
    assert_eq!(names(&world).await, ["tenant-gateway"]);
    let [name] = &found[..] else {
        panic!("one session: {found:?}")
    };
    (name.clone(), tenant)
}

#[tokio::test]
async fn a_session_that_waits_says_for_which_tenant_and_operation() {
    let operation = "query Overview { companies(first: 1) { nodes { id } } }";
    let (name, tenant) = name_while_waiting(operation).await;
    assert_eq!(name, format!("{tenant} Overview"));
}

#[tokio::test]
async fn a_long_name_is_cut_where_postgresql_would_cut_it() {
    let long = "Long_".repeat(40);
    let operation = format!("query {long} {{ companies(first: 1) {{ nodes {{ id }} }} }}");
    let (name, tenant) = name_while_waiting(&operation).await;
    assert_eq!(name, format!("{tenant} {long}")[..63]);
}

/// What is committed stays; what was set for it does not.
#[tokio::test]
async fn a_session_that_has_written_for_somebody_has_its_own_name_again() {
    let world = World::demo().await;
    let write = "mutation Write { createTag(input: {name: \"t\", value: \"t\"}) { tag { id } } }";
    world.owner("acme").data(write).await;
    settled(&world).await;
    assert_eq!(names(&world).await, ["tenant-gateway"]);
}
