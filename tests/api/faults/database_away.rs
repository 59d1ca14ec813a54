//! The database stops, or was never there.

use std::time::Duration;

use embedded::Server;
use gateway_tests::{Answer, Options, World, migrated};
use migrations::Tier;
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

const QUERY: &str = "{ viewer { tenant { name } } }";

/// A server that a test may stop.
struct OwnServer {
    server: Server,
    folder: TempDir,
}

impl OwnServer {
    /// With the schema and the demo tenants, whose keys are the same everywhere.
    async fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gwo")
            .tempdir()
            .expect("a temporary folder");
        let server = Server::start(embedded::Options::scratch(folder.path()))
            .await
            .expect("PostgreSQL starts");
        migrated(&server, Tier::Oltp, "own").await;
        seed::demo(
            &seed::AdminUrls::of_oltp(server.superuser_url("own")),
            "2026-06-15T12:00:00Z".parse().expect("a moment"),
        )
        .await
        .expect("demo data");
        Self { server, folder }
    }

    async fn stop(self) -> TempDir {
        self.server.stop().await.expect("an end");
        self.folder
    }

    async fn start_again(folder: TempDir) -> Self {
        let server = Server::start(embedded::Options::scratch(folder.path()))
            .await
            .expect("PostgreSQL starts");
        Self { server, folder }
    }
}

async fn in_front_of(database_url: String) -> World {
    let acquire_timeout = Some(Duration::from_millis(1500));
    World::demo_with(Options {
        database_url: Some(database_url),
        acquire_timeout,
        ..Options::default()
    })
    .await
}

fn expect_unavailable(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.code()),
        (503, "UNAVAILABLE"),
        "{}",
        answer.body
    );
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(
        answer.body,
        json!({ "errors": [{
            "message": "the database can not be reached; try again in a moment",
            "extensions": { "code": "UNAVAILABLE" }
        }] })
    );
}

/// What needs no row is answered without a database.
async fn expect_alive(world: &World) {
    let acme = world.owner("acme");
    assert_eq!(
        acme.data("{ __typename }").await,
        json!({ "__typename": "Query" })
    );
    assert_eq!(
        acme.data("{ __schema { queryType { name } } }").await,
        json!({ "__schema": { "queryType": { "name": "Query" } } })
    );
    assert_eq!(probe(world, "/livez").await, 200);
    assert_eq!(probe(world, "/readyz").await, 503);
}

async fn probe(world: &World, path: &str) -> u16 {
    let anonymous = world.anonymous();
    anonymous
        .send(anonymous.request(Method::GET, path))
        .await
        .status
}

#[tokio::test]
async fn the_gateway_outlives_its_database() {
    let own = OwnServer::start().await;
    let world = in_front_of(own.server.url("gateway_login", "own")).await;
    let acme = world.owner("acme");
    let answer = acme.data(QUERY).await;
    assert_eq!(probe(&world, "/readyz").await, 200);

    let folder = own.stop().await;
    for _ in 0..3 {
        expect_unavailable(&acme.query(QUERY).await);
    }
    expect_alive(&world).await;

    let own = OwnServer::start_again(folder).await;
    assert_eq!(acme.data(QUERY).await, answer);
    assert_eq!(probe(&world, "/readyz").await, 200);
    own.stop().await;
}

/// sqlx tries a refused connection again until the time-out, which must not look like a busy pool.
#[tokio::test]
async fn a_port_that_nobody_listens_on_is_no_busy_pool() {
    let world = in_front_of("postgres://gateway_login@127.0.0.1:1/nowhere".to_owned()).await;
    expect_unavailable(&world.owner("acme").query(QUERY).await);
    expect_alive(&world).await;
}

#[tokio::test]
async fn a_full_server_is_no_busy_pool() {
    let (database, _) = gateway_tests::cluster().await.demo().await;
    let url = gateway_tests::cluster()
        .await
        .server
        .url("gateway_login", &database);
    let world = in_front_of(url).await;
    let limit = format!("ALTER DATABASE {database} CONNECTION LIMIT 0");
    sqlx::raw_sql(sqlx::AssertSqlSafe(limit))
        .execute(world.admin())
        .await
        .expect("a superuser may");
    expect_unavailable(&world.owner("acme").query(QUERY).await);
}
