//! How often a request waits for the database.

use std::time::Duration;

use futures::future::{join, join_all};
use gateway_tests::{Exchange, Options, Wire, World, cluster};
use sea_orm::ConnectionTrait;
use tenant::{Access, Database, DatabaseOptions, Outcome, Role};
use tokio::time::timeout;

use super::direct;

/// A gateway that reaches its database over a wire, with one connection.
async fn listened_to() -> (World, Wire) {
    let (database, _) = cluster().await.demo().await;
    let wire = Wire::to_cluster().await;
    let database_url = Some(wire.url("gateway_login", &database));
    let world = World::demo_with(Options {
        database_url,
        max_connections: Some(1),
        ..Options::default()
    })
    .await;
    (world, wire)
}

/// What a request sends, once what it needs is prepared: its exchanges up to the ROLLBACK's.
async fn exchanges_of(document: &str) -> Vec<Vec<String>> {
    let (world, wire) = listened_to().await;
    let acme = world.owner("acme");
    acme.data(document).await;
    wire.quiet().await;
    wire.delay_answers(Duration::from_millis(100));
    acme.data(document).await;
    let mut exchanges: Vec<_> = wire
        .exchanges()
        .into_iter()
        .map(|exchange| exchange.sent)
        .collect();
    if exchanges.last().is_some_and(|sent| sent == &["Q ROLLBACK"]) {
        exchanges.pop();
    }
    exchanges
}

/// What an exchange was for: how its first message begins (`Q` a simple query, `B` a prepared statement's
/// execution), and whether it was answered.
fn outline(exchanges: &[Exchange]) -> Vec<(String, bool)> {
    let beginning = |text: &String| {
        text.split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join(" ")
    };
    exchanges
        .iter()
        .map(|exchange| (beginning(&exchange.sent[0]), exchange.answered))
        .collect()
}

#[tokio::test]
async fn what_needs_no_row_opens_no_connection() {
    let (world, wire) = listened_to().await;
    let acme = world.owner("acme");
    let documents = [
        "{ __typename }",
        "{ __schema { types { name } } }",
        "{ campaigns(",
        "{ noSuchField }",
        "{ company(id: \"nonsense\") { id } }",
        "query Big { campaigns(first: 1000000) { nodes { id } } }",
    ];
    for document in documents {
        let answer = acme.query(document).await;
        assert_eq!(answer.statements(), 0, "{document}: {:?}", answer.headers);
    }
    assert_eq!(
        world
            .anonymous()
            .query("{ campaigns(first: 1) { totalCount } }")
            .await
            .status,
        401
    );
    assert_eq!(wire.connections(), 0);
    acme.data("{ campaigns(first: 1) { totalCount } }").await;
    assert_eq!(wire.connections(), 1);
}

#[tokio::test]
async fn a_lookup_is_one_round_trip_and_its_end_is_not_waited_for() {
    let (world, wire) = listened_to().await;
    let acme = world.owner("acme");
    let id =
        acme.data("{ companies(first: 1) { nodes { id } } }").await["companies"]["nodes"][0]["id"]
            .clone();
    let lookup = format!("{{ company(id: {id}) {{ name }} }}");
    acme.data(&lookup).await; // prepares the statement
    wire.quiet().await;

    wire.hold_rollbacks(true);
    // Answered, though no ROLLBACK has reached the server.
    timeout(Duration::from_secs(20), acme.data(&lookup))
        .await
        .expect("an answer that waits for nothing");
    while wire.so_far().len() < 2 {
        tokio::task::yield_now().await;
    }
    let exchanges = wire.so_far();
    let expected = [("Q BEGIN", true), ("Q ROLLBACK", false)]
        .map(|(text, answered)| (text.to_owned(), answered));
    assert_eq!(outline(&exchanges), expected);
    let (opening, rest) = exchanges[0].sent.split_first().expect("an opening message");
    for part in [
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        "SET LOCAL app.current_tenant_id",
        "EXECUTE gateway_membership",
    ] {
        assert!(opening.contains(part), "{opening}");
    }
    // The row.
    assert_eq!(rest, ["B", "E", "S"]);
    wire.hold_rollbacks(false);
    acme.data(&lookup).await;
}

#[tokio::test]
async fn behind_a_pooler_of_transactions_memberships_are_asked_for_in_full() {
    let (world, wire) = listened_to().await;
    let database = Database::new(
        &wire.url("gateway_login", &world.database),
        &DatabaseOptions {
            max_connections: 1,
            ..DatabaseOptions::default()
        },
    )
    .expect("a PostgreSQL URL");
    let owner = direct::owner(&world, "acme");
    let lost = database.context(owner.clone(), Access::Read);
    // As if the next transaction were another session's.
    lost.execute_unprepared("DEALLOCATE gateway_membership")
        .await
        .expect("a prepared question");
    lost.finish(false).await.expect("an end");

    for _ in 0..2 {
        let context = database.context(owner.clone(), Access::Read);
        let tenant = direct::text(&context, "SELECT current_setting('app.current_tenant_id')");
        assert_eq!(
            tenant.await.expect("a row"),
            owner
                .tenant()
                .map(|id| uuid::Uuid::from(id).to_string())
                .expect("a tenant")
        );
        assert_eq!(context.roles().await.expect("roles"), [Role::Owner]);
        context.finish(false).await.expect("an end");
    }
    let sent = wire
        .exchanges()
        .into_iter()
        .flat_map(|exchange| exchange.sent);
    let asked: Vec<_> = sent.filter(|sent| sent.contains("BEGIN")).collect();
    let prepared = asked.iter().filter(|sent| sent.contains("EXECUTE"));
    assert_eq!((asked.len(), prepared.count()), (4, 2), "{asked:?}");
}

#[tokio::test]
async fn a_page_and_its_count_are_one_round_trip() {
    let exchanges = exchanges_of("{ leads(first: 5) { totalCount nodes { email } } }").await;
    assert_eq!(exchanges.len(), 1, "{exchanges:?}");
    let statements = exchanges[0].iter().filter(|sent| *sent == "B").count();
    assert_eq!(statements, 2, "{exchanges:?}");
}

#[tokio::test]
async fn a_level_is_one_round_trip_however_many_relations_it_has() {
    let document =
        "{ campaigns(first: 5) { nodes { name company { name } steps { nodes { stepOrder } } } } }";
    let exchanges = exchanges_of(document).await;
    assert_eq!(exchanges.len(), 2, "{exchanges:?}");
    let statements = exchanges[1].iter().filter(|sent| *sent == "B").count();
    assert_eq!(statements, 2, "{exchanges:?}");
}

#[tokio::test]
async fn who_waits_for_the_connection_sends_the_end_of_the_transaction_before() {
    let (world, wire) = listened_to().await;
    let acme = world.owner("acme");
    let document = "{ companies(first: 1) { nodes { name } } }";
    acme.data(document).await;
    wire.quiet().await;
    join_all((0..50).map(|_| acme.data(document))).await;
    let together = wire.exchanges().into_iter().filter(|exchange| {
        let first = exchange.sent.first();
        first.is_some_and(|sent| sent.starts_with("Q ROLLBACK; BEGIN"))
    });
    // Not each: one that was sent by itself after a while has its exchange for itself.
    assert!(together.count() > 10);
}

#[tokio::test]
async fn a_commit_is_waited_for() {
    let world = World::demo().await;
    let wire = Wire::to_cluster().await;
    let url = wire.url("gateway_login", &world.database);
    let database = Database::new(&url, &DatabaseOptions::default()).expect("a PostgreSQL URL");
    let context = database.context(direct::owner(&world, "acme"), Access::Write);
    direct::text(&context, "SELECT current_user::text")
        .await
        .expect("a row");
    assert_eq!(
        context.finish(true).await.expect("a commit"),
        Outcome::Committed
    );
    let exchanges = wire.exchanges();
    let commit = exchanges
        .iter()
        .find(|exchange| exchange.sent == ["Q COMMIT"])
        .expect("a commit");
    assert!(commit.answered);
}

#[tokio::test]
async fn what_a_context_counts_is_what_goes_over_the_wire() {
    let world = World::demo().await;
    let wire = Wire::to_cluster().await;
    let options = DatabaseOptions {
        max_connections: 1,
        ..DatabaseOptions::default()
    };
    let url = wire.url("gateway_login", &world.database);
    let database = Database::new(&url, &options).expect("a PostgreSQL URL");
    let owner = direct::owner(&world, "acme");
    let known = "SELECT current_user::text";
    let first = database.context(owner.clone(), Access::Write);
    direct::text(&first, known).await.expect("a row");
    first.finish(true).await.expect("a commit");
    wire.quiet().await;
    wire.delay_answers(Duration::from_millis(100));

    let context = database.context(owner, Access::Write);
    // The opening; two together; one that is prepared before; COMMIT.
    let (one, other) = join(direct::text(&context, known), direct::text(&context, known)).await;
    assert_eq!(one.expect("a row"), other.expect("a row"));
    let new = direct::text(&context, "SELECT 'never prepared before'").await;
    new.expect("a row");
    context.finish(true).await.expect("a commit");
    let (spent, exchanges) = (context.spent(), wire.exchanges());
    assert_eq!((spent.statements, spent.rows), (3, 3));
    assert_eq!(spent.round_trips as usize, exchanges.len(), "{exchanges:?}");
    assert_eq!(spent.round_trips, 5);
    let counts = database.pool_counts().next().expect("a pool").1;
    assert_eq!((counts.statements, counts.rows), (4, 4));
    assert_eq!((counts.prepared_hits, counts.prepared_misses), (2, 2));
}
