//! A real Redis.

use std::process::Stdio;

use tempfile::TempDir;
use tokio::{
    net::UnixStream,
    process::{Child, Command},
    time::{Duration, sleep},
};

/// A server on a Unix socket, ended with its test.
pub struct Redis {
    folder: TempDir,
    running: Option<Child>,
}

impl Redis {
    pub async fn start() -> Self {
        let prefix = tempfile::Builder::new().prefix("gwr").tempdir();
        let mut redis = Self {
            folder: prefix.expect("a folder"),
            running: None,
        };
        redis.go_on().await;
        redis
    }

    pub fn url(&self) -> String {
        format!("unix://{}", self.folder.path().join("socket").display())
    }

    /// Starts it again, with nothing in it.
    pub async fn go_on(&mut self) {
        let socket = self.folder.path().join("socket");
        let started = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no"])
            .arg("--unixsocket")
            .arg(&socket)
            .arg("--dir")
            .arg(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        self.running = Some(started.expect("redis-server runs: `apt-get install redis-server`"));
        while UnixStream::connect(&socket).await.is_err() {
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub async fn stop(&mut self) {
        let mut running = self.running.take().expect("a server that runs");
        running.kill().await.expect("a child of ours");
    }
}
