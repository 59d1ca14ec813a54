//! How it ends: in order, at whatever moment, and with nothing left behind.

use std::{fs, path::Path, time::Duration};

use serde_json::Value;
use sqlx::{Connection, Executor, PgConnection};
use tokio::{task::JoinHandle, time::sleep};

use crate::{home::Home, serving::Serving};

const SLOW: &str = "{ campaigns { totalCount } }";

/// Holds the campaigns so that a request for them waits, and starts such a request.
async fn hold(
    home: &Home,
    serving: &Serving,
) -> (PgConnection, JoinHandle<reqwest::Result<Value>>) {
    let mut admin = PgConnection::connect(&home.admin_url())
        .await
        .expect("a connection");
    admin
        .execute("BEGIN; LOCK TABLE campaigns")
        .await
        .expect("a lock");
    let request = serving.post(&serving.token("owner@acme.test", 0), SLOW);
    let request = tokio::spawn(async move { request.send().await?.json().await });
    let waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'campaigns'::regclass)";
    while !sqlx::query_scalar::<_, bool>(waiting)
        .fetch_one(&mut admin)
        .await
        .expect("an answer")
    {
        sleep(Duration::from_millis(5)).await;
    }
    (admin, request)
}

/// Its connection broke, or it was told that the database went away.
async fn assert_cut_off(request: JoinHandle<reqwest::Result<Value>>) {
    if let Ok(answer) = request.await.expect("no panic") {
        assert!(answer["errors"].is_array(), "{answer}");
    }
}

/// The processes that have a file of the folder open, or its name on their command line.
fn processes_in(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy().into_owned();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let uses = |process: &Path| {
        let line = fs::read(process.join("cmdline")).unwrap_or_default();
        let files = fs::read_dir(process.join("fd"))
            .into_iter()
            .flatten()
            .flatten();
        let mut files = files.filter_map(|file| fs::read_link(file.path()).ok());
        String::from_utf8_lossy(&line).contains(&folder)
            || files.any(|file| file.starts_with(&folder))
    };
    let processes = entries.map(|entry| entry.path()).filter(|path| uses(path));
    processes.map(|path| path.display().to_string()).collect()
}

#[tokio::test]
async fn a_request_in_flight_is_answered_before_the_end() {
    let home = Home::with_data().await;
    let serving = home.serve(&[]).await;
    let (mut admin, request) = hold(&home, &serving).await;
    assert!(
        !processes_in(&home.data()).is_empty(),
        "the server is looked for where it is"
    );

    serving.signal("TERM").await;
    serving.logged("stopping").await;
    // Once the listener is closed, nobody is let in any more.
    while serving.post("", SLOW).send().await.is_ok() {}
    admin
        .execute("ROLLBACK")
        .await
        .expect("the lock is released");
    let answer = request.await.expect("no panic").expect("an answer");
    assert_eq!(answer["data"]["campaigns"]["totalCount"], 14, "{answer}");

    let ended = serving.end().await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stderr.contains("status=200"),
        "the request is in the log: {ended:?}"
    );
    assert_eq!(processes_in(&home.data()), Vec::<String>::new());
}

#[tokio::test]
async fn a_second_signal_ends_what_is_in_flight() {
    let home = Home::with_data().await;
    let serving = home.serve(&["--drain-seconds", "3600"]).await;
    let (_admin, request) = hold(&home, &serving).await;
    serving.signal("INT").await;
    serving.logged("stopping").await;
    let ended = serving.stop("INT").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_cut_off(request).await;
    assert_eq!(processes_in(&home.data()), Vec::<String>::new());
}

#[tokio::test]
async fn the_drain_has_an_end() {
    let home = Home::with_data().await;
    let serving = home.serve(&["--drain-seconds", "0"]).await;
    let (_admin, request) = hold(&home, &serving).await;
    let ended = serving.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stderr.contains("cut off"), "{ended:?}");
    assert_cut_off(request).await;
}

#[tokio::test]
async fn a_signal_during_the_start_leaves_no_server_behind() {
    let home = Home::new();
    // While `initdb` works, while the schema is made, and when all is there: nothing is broken by it.
    for moment in [
        "making the database",
        "PostgreSQL is ready",
        "PostgreSQL is ready",
    ] {
        let starting = home.start(&[]);
        starting.logged(moment).await;
        let ended = starting.stop("TERM").await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(ended.stdout.ends_with("stopped\n"), "{ended:?}");
        assert_eq!(
            processes_in(&home.data()),
            Vec::<String>::new(),
            "after {moment}"
        );
    }
    let serving = home.serve(&[]).await;
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}
