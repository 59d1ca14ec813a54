//! A worker that writes down what is reported.

use std::time::Duration;

use audit::Log;
use gateway_tests::{Options as TestOptions, World, beside, cluster};
use migrations::Tier;
use serde_json::Value;
use tenant::{Database, DatabaseOptions};
use tokio::sync::oneshot;
use worker::{Handlers, Options, Wake, Worker};

use super::{log, run};

/// The databases, as another process has them.
pub async fn database(world: &World) -> Database {
    let server = &cluster().await.server;
    let url = |tier| server.url("gateway_login", &beside(&world.database, tier));
    let database = Database::new(&url(Tier::Oltp), &DatabaseOptions::default());
    database
        .and_then(|made| made.and(tenant::Tier::Analytics, &url(Tier::Analytics)))
        .and_then(|made| made.and(tenant::Tier::Queue, &url(Tier::Queue)))
        .expect("PostgreSQL URLs")
}

/// Works until the log has so many entries.
pub async fn work(world: &World, entries: usize) -> Vec<Value> {
    let database = database(world).await;
    let handlers = Handlers::new(Log::new(database.clone()).handlers());
    let options = Options {
        concurrency: 2,
        poll: Duration::from_millis(50),
        drain: Duration::ZERO,
        queues: vec!["maintenance".to_owned()],
        ..Options::default()
    };
    let worker = Worker::new(database.clone(), handlers, Wake::default(), options);
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        worker
            .run(async {
                let _ = stopped.await;
            })
            .await;
    });
    let mut found = Vec::new();
    for _ in 0..3000 {
        found = log(world).await;
        if found.len() >= entries {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let _ = stop.send(());
    task.await.expect("a worker that ends");
    database.close().await;
    assert_eq!(found.len(), entries, "{found:#?}");
    found
}

/// Reports that wait, and none of what the demo was made with.
pub async fn reported(world: &World) -> i64 {
    let sql = "SELECT count(*) FROM outbox WHERE topic = 'audit.recorded'";
    let count = sqlx::query_scalar(sql).fetch_one(world.admin()).await;
    count.expect("a number")
}

/// A demo of which nothing is recorded yet.
pub async fn quiet(options: TestOptions) -> World {
    let world = World::demo_with(options).await;
    run(&world, "ALTER TABLE admin_audit_log DISABLE TRIGGER ALL; DELETE FROM admin_audit_log; ALTER TABLE admin_audit_log ENABLE TRIGGER ALL").await;
    sqlx::query("DELETE FROM outbox")
        .execute(world.admin())
        .await
        .expect("an empty outbox");
    world
}
