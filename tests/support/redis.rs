//! A Redis of a test's own.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{net::UnixStream, time::sleep};

/// A server on a Unix socket, ended with the test.
pub struct Redis {
    server: Child,
    folder: TempDir,
}

impl Redis {
    /// A new one, which keeps nothing on disk.
    pub async fn start() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gwr")
            .tempdir()
            .expect("a folder");
        let server = run(&folder).await;
        Self { server, folder }
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        let socket = self.folder.path().join("socket");
        format!("unix://{}", socket.display())
    }

    /// Kills it.
    pub fn stop(&mut self) {
        self.server.kill().expect("a child of ours");
        self.server.wait().expect("its end");
    }

    /// Another one in place of one that was killed; it knows nothing.
    pub async fn start_again(&mut self) {
        self.server = run(&self.folder).await;
    }

    /// Runs a command, and waits for its answer.
    pub fn command(&self, words: &[&str]) -> String {
        let socket = self.folder.path().join("socket");
        let mut client = Command::new("redis-cli");
        let done = client.arg("-s").arg(socket).args(words).output();
        let done = done.expect("redis-cli runs: `apt-get install redis-tools`");
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// Sends a signal to the server: `STOP`, and `CONT` after it.
    pub fn signal(&self, name: &str) {
        let process = self.server.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &process]).status();
        assert!(sent.expect("`kill` runs").success(), "{name}");
    }
}

async fn run(folder: &TempDir) -> Child {
    let socket = folder.path().join("socket");
    // One that was killed leaves its socket.
    let _ = std::fs::remove_file(&socket);
    let started = Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no"])
        .arg("--unixsocket")
        .arg(&socket)
        .arg("--dir")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn();
    let server = started.expect("redis-server runs: `apt-get install redis-server`");
    while UnixStream::connect(&socket).await.is_err() {
        sleep(Duration::from_millis(5)).await;
    }
    server
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
