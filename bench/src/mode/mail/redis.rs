//! A Redis of the benchmark's own, on a Unix socket.

use std::{path::Path, path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    process::{Child, Command},
    time::sleep,
};

use crate::Result;

/// A running `redis-server`, Debian's package of that name.
pub(super) struct Redis {
    child: Child,
    socket: PathBuf,
}

impl Redis {
    pub(super) async fn start(folder: &Path) -> Result<Self> {
        let socket = folder.join("redis.sock");
        // Of an earlier run.
        let _ = std::fs::remove_file(&socket);
        let child = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no"])
            .args(["--unixsocket".as_ref(), socket.as_os_str()])
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_| "redis-server is missing: install Debian's package of that name")?;
        for _ in 0..100 {
            if socket.exists() {
                return Ok(Self { child, socket });
            }
            sleep(Duration::from_millis(50)).await;
        }
        Err("redis-server does not start".into())
    }

    pub(super) fn url(&self) -> String {
        format!("unix://{}", self.socket.display())
    }

    pub(super) async fn stop(mut self) -> Result<()> {
        Ok(self.child.kill().await?)
    }
}
