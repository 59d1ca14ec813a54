//! Start, stop, start again.

use std::{fs, time::Duration};

use embedded::{Error, Options, Server};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::{ask, ends_within, folder, is_alive, run, start};

#[tokio::test]
async fn a_restart_keeps_data_and_url() {
    let dir = folder();
    let server = start(dir.path()).await;
    let url = server.superuser_url("postgres");
    run(&server, "CREATE TABLE kept AS SELECT 'here' AS word").await;
    let pid = server.pid();
    server.stop().await.expect("it stops");
    assert!(!is_alive(pid));
    assert!(!dir.path().join("postgres/postmaster.pid").exists());

    let server = start(dir.path()).await;
    assert_eq!(server.superuser_url("postgres"), url);
    assert_eq!(ask(&server, "SELECT word FROM kept").await, "here");
}

#[tokio::test]
async fn a_dropped_server_has_ended() {
    let dir = folder();
    for options in [Options::scratch(dir.path()), Options::durable(dir.path())] {
        let server = Server::start(options).await.expect("it starts");
        let pid = server.pid();
        drop(server);
        assert!(!is_alive(pid));
    }
}

/// The processes that a process has started.
fn children(pid: i32) -> Vec<i32> {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
    let children = children.expect("a process");
    let child = |child: &str| child.parse().expect("a number");
    children.split_whitespace().map(child).collect()
}

#[tokio::test]
async fn a_server_that_was_killed_recovers() {
    let dir = folder();
    let server = Server::start(Options::durable(dir.path()))
        .await
        .expect("it starts");
    run(&server, "CREATE TABLE kept AS SELECT 'here' AS word").await;
    let pid = server.pid();
    let children = children(pid);
    assert!(!children.is_empty());
    kill(Pid::from_raw(pid), Signal::SIGKILL).expect("it was alive");
    assert!(ends_within(pid, Duration::from_secs(20)));
    drop(server);
    assert!(dir.path().join("postgres/postmaster.pid").exists());
    // Its children notice a moment later, and hold the shared memory until then.
    for child in children {
        assert!(ends_within(child, Duration::from_secs(20)));
    }

    let server = Server::start(Options::durable(dir.path()))
        .await
        .expect("it starts");
    assert_eq!(ask(&server, "SELECT word FROM kept").await, "here");
}

#[tokio::test]
async fn durability_is_what_was_asked_for() {
    let dir = folder();
    let server = start(dir.path()).await;
    assert_eq!(ask(&server, "SHOW fsync").await, "off");
    server.stop().await.expect("it stops");

    let server = Server::start(Options::durable(dir.path()))
        .await
        .expect("it starts");
    assert_eq!(ask(&server, "SHOW fsync").await, "on");
    assert_eq!(ask(&server, "SHOW synchronous_commit").await, "on");
    assert_eq!(ask(&server, "SHOW full_page_writes").await, "on");
}

#[tokio::test]
async fn settings_are_the_callers_except_where_it_listens() {
    let dir = folder();
    let mut options = Options::scratch(dir.path());
    options.settings = [("max_connections", "17"), ("listen_addresses", "*")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    let server = Server::start(options).await.expect("it starts");
    assert_eq!(ask(&server, "SHOW max_connections").await, "17");
    assert_eq!(ask(&server, "SHOW listen_addresses").await, "");
    assert_eq!(ask(&server, "SHOW server_encoding").await, "UTF8");
    assert_eq!(ask(&server, "SHOW lc_collate").await, "C");
}

#[tokio::test]
async fn an_early_death_shows_the_log() {
    let dir = folder();
    let mut options = Options::scratch(dir.path());
    options.settings = vec![("shared_buffers".to_owned(), "plenty".to_owned())];
    let error = Server::start(options).await.expect_err("it cannot start");
    assert!(matches!(error, Error::DiedEarly { .. }), "{error}");
    assert!(error.to_string().contains("\"plenty\""), "{error}");
    // The folder is free again.
    start(dir.path()).await;
}

#[tokio::test]
async fn an_interrupted_initdb_leaves_no_data() {
    let dir = folder();
    start(dir.path()).await.stop().await.expect("it stops");
    let draft = dir.path().join("postgres.initdb-1");
    fs::rename(dir.path().join("postgres"), &draft).expect("renamed");
    fs::remove_file(draft.join("global/pg_control")).expect("removed");

    start(dir.path()).await;
    assert!(!draft.exists());
}
