//! The load: `wrk`, which costs little beside what it measures.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde::Deserialize;
use tokio::process::Command;

use crate::{Result, paths::Paths};

/// The script that sends the requests.
const SCRIPT: &str = include_str!("load.lua");

/// What `wrk` found.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Figures {
    pub(crate) requests: u64,
    pub(crate) micros: u64,
    /// Answers with a status of 400 or more.
    refused: u64,
    /// Connections that failed.
    broken: u64,
    pub(crate) bytes: u64,
    pub(crate) p50: u64,
    pub(crate) p99: u64,
}

impl Figures {
    /// Requests a second.
    pub(crate) fn rate(&self) -> f64 {
        self.requests as f64 * 1e6 / self.micros.max(1) as f64
    }

    /// Requests that had no good answer.
    pub(crate) fn errors(&self) -> u64 {
        self.refused + self.broken
    }
}

/// Runs `wrk`.
#[derive(Debug)]
pub(crate) struct Loader {
    script: PathBuf,
    /// Of the next run: no two runs send the same unique numbers.
    stamp: AtomicU32,
}

impl Loader {
    /// Finds `wrk`, or says how to get it.
    pub(crate) async fn find(paths: &Paths) -> Result<Self> {
        if Command::new("wrk").arg("-v").output().await.is_err() {
            return Err(
                "wrk is not installed: run `just bench-tools`, or `apt-get install wrk`".into(),
            );
        }
        let script = paths.scratch("load")?.join("load.lua");
        fs::write(&script, SCRIPT)?;
        let seconds = chrono::Utc::now().timestamp() & 0x3F_FFFF;
        Ok(Self {
            script,
            stamp: AtomicU32::new((u32::try_from(seconds)? << 2) & 0xFF_FFFF),
        })
    }

    /// Sends a file's requests for so long, each client one after another.
    pub(crate) async fn run(
        &self,
        url: &str,
        requests: &Path,
        clients: u32,
        seconds: f64,
    ) -> Result<Figures> {
        let stamp = self.stamp.fetch_add(1, Ordering::Relaxed) & 0xFF_FFFF;
        let output = Command::new("wrk")
            .args(["--threads=1", "--timeout=30s", "--latency"])
            .arg(format!("--connections={clients}"))
            .arg(format!("--duration={}s", seconds.ceil()))
            .arg("--script")
            .arg(&self.script)
            .arg(url)
            .env("BENCH_REQUESTS", requests)
            .env("BENCH_STAMP", format!("{stamp:06x}"))
            .kill_on_drop(true)
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stdout);
        parse(&said).ok_or_else(|| {
            let complaint = String::from_utf8_lossy(&output.stderr);
            format!("wrk failed on {url}: {said}{complaint}").into()
        })
    }
}

fn parse(said: &str) -> Option<Figures> {
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("FIGURES "))?;
    serde_json::from_str(line).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn figures_are_found_among_what_wrk_says() {
        let said = "Running 2s test\n\nFIGURES {\"requests\":200,\"micros\":2000000,\"refused\":1,\"broken\":2,\"bytes\":9,\"p50\":5,\"p99\":7}\n";
        let figures = parse(said).expect("figures");
        assert!((figures.rate() - 100.0).abs() < 1e-9);
        assert_eq!((figures.errors(), figures.p50, figures.p99), (3, 5, 7));
        assert!(parse("Running 2s test").is_none());
    }
}
