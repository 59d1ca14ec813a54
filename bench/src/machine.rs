//! What was measured on, and with which versions.

use std::{fs, path::Path};

use serde::Serialize;
use tokio::process::Command;

use crate::paths::Paths;

/// The machine and the versions of a run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) date: String,
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory_gib: u64,
    pub(crate) kernel: String,
    pub(crate) gateway: String,
    /// Cargo's profile of the gateway and the stock server, and the gateway's file if it is not of that.
    pub(crate) profile: String,
    pub(crate) rustc: String,
    pub(crate) postgresql: String,
    pub(crate) postgraphile: String,
    pub(crate) node: String,
    pub(crate) wrk: String,
}

impl Machine {
    /// This one.
    pub(crate) async fn look(paths: &Paths) -> Self {
        let postgraphile = paths.root.join("bench/postgraphile");
        let node = postgraphile.join("node_modules/node/bin/node");
        Self {
            date: chrono::Utc::now().format("%Y-%m-%d %H:%M UTC").to_string(),
            cpu: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
            memory_gib: memory(),
            kernel: said("uname", &["-sr"], &paths.root).await,
            gateway: said(
                "git",
                &["describe", "--always", "--dirty", "--abbrev=10"],
                &paths.root,
            )
            .await,
            profile: paths.build(),
            rustc: said("rustc", &["--version"], &paths.root).await,
            postgresql: said("pgbench", &["--version"], &paths.root)
                .await
                .replace("pgbench ", ""),
            postgraphile: version(&postgraphile.join("node_modules/postgraphile/package.json")),
            node: said(&node.display().to_string(), &["--version"], &paths.root).await,
            wrk: said("wrk", &["-v"], &paths.root).await,
        }
    }

    /// In a few lines.
    pub(crate) fn describe(&self) -> String {
        format!(
            "{}; {}, {} cores, {} GiB; {}\ngateway {} ({}); {}; PostgreSQL {}; PostGraphile {} on Node {}",
            self.date,
            self.cpu,
            self.cores,
            self.memory_gib,
            self.kernel,
            self.gateway,
            self.profile,
            self.rustc,
            self.postgresql,
            self.postgraphile,
            self.node
        )
    }
}

fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line
        .and_then(|line| line.split_once(':'))
        .map(|(_, value)| value.trim());
    value.unwrap_or("unknown").to_owned()
}

fn memory() -> u64 {
    let kib = field("/proc/meminfo", "MemTotal");
    let number = kib
        .split(' ')
        .next()
        .and_then(|number| number.parse::<u64>().ok());
    number.unwrap_or_default() >> 20
}

fn version(package: &Path) -> String {
    let text = fs::read_to_string(package).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    package["version"].as_str().unwrap_or("unknown").to_owned()
}

/// The first line that a program prints.
async fn said(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .await;
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_default();
    text.lines().next().unwrap_or("unknown").trim().to_owned()
}
