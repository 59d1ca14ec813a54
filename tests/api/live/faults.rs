//! What goes wrong: a reader who is slow, a connection that breaks, a database that is away, a gateway that ends.

use std::time::Duration;

use embedded::Server;
use gateway_tests::{EventStream, Heard, Options, Socket, World, migrated};
use migrations::Tier;
use serde_json::json;
use tokio::time::sleep;

use super::{CAMPAIGNS, create, rename, told};

/// The connections of the feed, by the name they go by.
const FEED: &str = "FROM pg_stat_activity WHERE application_name = 'tenant-gateway-feed' AND datname = current_database()";

async fn feeds(world: &World) -> i64 {
    let count = format!("SELECT count(*) {FEED}");
    let count = sqlx::query_scalar(sqlx::AssertSqlSafe(count));
    count.fetch_one(world.admin()).await.expect("a count")
}

#[tokio::test]
async fn one_connection_feeds_all_and_is_there_while_somebody_listens() {
    let world = World::demo().await;
    assert_eq!(feeds(&world).await, 0);
    let owner = world.owner("acme");
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = Socket::signed_in(&owner).await;
        for id in ["1", "2", "3"] {
            socket.subscribe(id, CAMPAIGNS).await;
        }
        sockets.push(socket);
    }
    assert_eq!(feeds(&world).await, 1);
    drop(sockets);
    while feeds(&world).await > 0 {
        sleep(Duration::from_millis(100)).await;
    }
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    let id = create(&owner, "Again").await;
    assert_eq!(stream.data().await, told("CREATED", &id, Some("Again")));
}

#[tokio::test]
async fn a_feed_whose_connection_breaks_tells_what_happened_meanwhile() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    for name in ["One", "Two", "Three"] {
        let kill = format!("SELECT pg_terminate_backend(pid) {FEED}");
        sqlx::query(sqlx::AssertSqlSafe(kill))
            .execute(world.admin())
            .await
            .expect("a superuser may");
        let id = create(&owner, name).await;
        assert_eq!(stream.data().await, told("CREATED", &id, Some(name)));
    }
}

/// A reader who takes nothing in holds nobody up, and is told the newest state afterwards, and not each in between.
#[tokio::test]
async fn a_slow_reader_holds_nobody_up_and_is_told_the_newest() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let id = create(&owner, "Slow").await;
    let long = "x".repeat(200_000);
    let query = "subscription { campaigns { change id campaign { name description } } }";
    let mut slow = EventStream::subscribe(&owner, query).await;
    let mut quick = EventStream::subscribe(&owner, CAMPAIGNS).await;
    let describe = "mutation ($id: ID!, $text: String!) { updateCampaign(input: {id: $id, set: {description: $text}}) { campaign { id } } }";
    let changes: usize = 100;
    owner
        .data_with(describe, json!({ "id": id, "text": long }))
        .await;
    assert_eq!(quick.data().await, told("UPDATED", &id, Some("Slow")));
    for number in 0..changes {
        let name = format!("Change {number}");
        rename(&owner, &id, &name).await;
        assert_eq!(quick.data().await, told("UPDATED", &id, Some(&name)));
    }
    // 20 MB were to be told, and the sockets' buffers hold a part of them.
    let mut told = 0;
    loop {
        let event = slow.data().await["campaigns"].clone();
        told += 1;
        if event["campaign"]["name"] == format!("Change {}", changes - 1) {
            break;
        }
    }
    assert!(told < changes, "{told}");
}

/// Behind a database that goes away and comes back.
#[tokio::test]
async fn a_database_that_comes_back_is_listened_to_again() {
    let folder = tempfile::Builder::new()
        .prefix("gwl")
        .tempdir()
        .expect("a temporary folder");
    let server = Server::start(embedded::Options::durable(folder.path()))
        .await
        .expect("PostgreSQL starts");
    migrated(&server, Tier::Oltp, "live").await;
    let now = "2026-06-15T12:00:00Z".parse().expect("a moment");
    let urls = seed::AdminUrls::of_oltp(server.superuser_url("live"));
    let demo = seed::demo(&urls, now).await.expect("demo data");
    let database_url = Some(server.url("gateway_login", "live"));
    let world = World::with(Options {
        database_url,
        ..Options::default()
    })
    .await;
    let owner = world.client(demo.tenants[0].id, demo.tenants[0].users[0].id);
    let mut socket = Socket::signed_in(&owner).await;
    socket.subscribe("1", CAMPAIGNS).await;
    let id = create(&owner, "Before").await;
    assert_eq!(socket.data("1").await, told("CREATED", &id, Some("Before")));
    server.stop().await.expect("an end");
    assert_eq!(
        owner.query("{ tenants { totalCount } }").await.code(),
        "UNAVAILABLE"
    );
    // Begun while it is away: the operation is refused, the socket stays.
    socket.ask("2", CAMPAIGNS).await;
    let Heard::Message(message) = socket.hear().await else {
        panic!("a message");
    };
    assert_eq!(
        message["payload"][0]["extensions"]["code"], "UNAVAILABLE",
        "{message}"
    );
    let server = Server::start(embedded::Options::durable(folder.path()))
        .await
        .expect("PostgreSQL starts");
    // Written before the feed is there again, as likely as not.
    rename(&owner, &id, "After").await;
    assert_eq!(socket.data("1").await, told("UPDATED", &id, Some("After")));
    server.stop().await.expect("an end");
}

#[tokio::test]
async fn a_gateway_that_ends_says_so_on_every_connection() {
    let drain = Duration::from_secs(10);
    let mut world = World::demo_with(Options {
        drain,
        ..Options::default()
    })
    .await;
    let owner = world.owner("acme");
    let mut socket = Socket::signed_in(&owner).await;
    socket.subscribe("1", CAMPAIGNS).await;
    let mut stream = EventStream::subscribe(&owner, CAMPAIGNS).await;
    world.stop();
    let complete = json!({ "id": "1", "type": "complete" });
    assert_eq!(socket.hear().await, Heard::Message(complete));
    assert!(matches!(socket.hear().await, Heard::Closed(1001, _)));
    assert_eq!(
        stream.next().await.map(|(event, _)| event).as_deref(),
        Some("complete")
    );
    assert!(stream.next().await.is_none());
}
