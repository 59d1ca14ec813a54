//! A real server each, in a folder of its own. As root the temporary folders are closed to the user that
//! the server runs as, as `/root` is.

mod databases;
mod lifetime;
mod orphans;
mod places;
mod refusals;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use embedded::{Options, Server};
use nix::{sys::signal::kill, unistd::Pid};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

async fn start(dir: &Path) -> Server {
    let started = Server::start(Options::scratch(dir)).await;
    started.unwrap_or_else(|error| panic!("{error}"))
}

/// The sentence of the refusal.
async fn refusal(options: Options) -> String {
    let started = Server::start(options).await;
    started.expect_err("a refusal").to_string()
}

/// Runs a statement that answers with one text.
async fn ask(server: &Server, sql: &str) -> String {
    let url = server.superuser_url("postgres");
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(&mut connection)
        .await
        .expect("an answer")
}

async fn run(server: &Server, sql: &str) {
    let url = server.superuser_url("postgres");
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
        .execute(&mut connection)
        .await
        .expect("the statement runs");
}

/// Whether the process exists; one that ended but was not collected by its parent does not.
fn is_alive(pid: i32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    kill(Pid::from_raw(pid), None).is_ok() && !status.contains("State:\tZ")
}

fn ends_within(pid: i32, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while is_alive(pid) {
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}
