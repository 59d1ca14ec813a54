//! PostgreSQL alone: the gateway's own statements, sent by pgbench.

mod script;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use chrono::Utc;
use tokio::{process::Command, time::sleep};

use crate::{
    Result, answer::number, capture::Captured, database::Place, peer::CONNECTIONS, process::usage,
    statistics::percentile,
};

/// How long each connection gets to prepare the statements of all scripts.
const WARMING: Duration = Duration::from_millis(1500);

/// How statements are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    /// The opening message, then each statement after the answer to the one before.
    Serial,
    /// All at once: what PostgreSQL can do at most.
    Pipeline,
}

impl Mode {
    pub(crate) const ALL: [Self; 2] = [Self::Serial, Self::Pipeline];

    /// As it is called in results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Serial => "pgbench-serial",
            Self::Pipeline => "pgbench-pipeline",
        }
    }
}

/// A script for each captured request, and the values that they use.
pub(crate) struct Scripts {
    files: Vec<PathBuf>,
    definitions: Vec<String>,
}

/// What pgbench found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Figures {
    pub(crate) transactions: u64,
    pub(crate) rate: f64,
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    /// Microseconds of PostgreSQL's CPU for a transaction.
    pub(crate) cpu: f64,
}

/// Writes the scripts of some requests. What they made is made anew each time, and kept.
pub(crate) fn write(folder: &Path, mode: Mode, requests: &[Captured]) -> Result<Scripts> {
    let mut scripts = Scripts {
        files: Vec::new(),
        definitions: Vec::new(),
    };
    for (number, request) in requests.iter().enumerate() {
        let (text, definitions) = script::script(mode, request, number);
        let file = folder.join(format!("{}.{number}.sql", mode.name()));
        fs::write(&file, text)?;
        scripts.files.push(file);
        scripts.definitions.extend(definitions);
    }
    Ok(scripts)
}

impl Scripts {
    /// Runs the scripts in random order, over no more connections than a server has, and counts for so long
    /// once statements are prepared. `server` is PostgreSQL's process.
    pub(crate) async fn run(
        &self,
        place: &Place,
        folder: &Path,
        (clients, seconds): (u32, f64),
        server: i32,
    ) -> Result<Figures> {
        let mut command = self.command(place, folder, clients, seconds);
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        sleep(WARMING).await;
        let (before, start) = (usage(server), Utc::now().timestamp_micros());
        let output = child.wait_with_output().await?;
        let (after, end) = (usage(server), Utc::now().timestamp_micros());
        let transactions = transactions(folder)?;
        let mut latencies: Vec<u64> = transactions
            .iter()
            .filter(|(_, at)| *at >= start)
            .map(|(latency, _)| *latency)
            .collect();
        latencies.sort_unstable();
        if !output.status.success() || latencies.is_empty() {
            let said = [output.stdout, output.stderr].concat();
            return Err(format!("pgbench failed: {}", String::from_utf8_lossy(&said)).into());
        }
        let count = latencies.len() as u64;
        Ok(Figures {
            transactions: count,
            rate: count as f64 * 1e6 / (end - start).max(1) as f64,
            p50: percentile(&latencies, 0.5),
            p99: percentile(&latencies, 0.99),
            cpu: after.cpu.saturating_sub(before.cpu) as f64 / count as f64,
        })
    }

    fn command(&self, place: &Place, folder: &Path, clients: u32, seconds: f64) -> Command {
        let mut command = Command::new("pgbench");
        command
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--log"])
            .arg(format!(
                "--log-prefix={}",
                folder.join("transactions").display()
            ))
            .arg(format!("--client={}", clients.min(CONNECTIONS)))
            .arg(format!(
                "--time={}",
                (seconds + WARMING.as_secs_f64()).ceil()
            ))
            .arg(format!("--host={}", place.socket.display()))
            .args(["--port=5432", "--username=gateway_login"])
            .kill_on_drop(true);
        // The time, which no other run of the same data counts from.
        command.arg(format!("--define={}={}", script::RUN, number()));
        for file in &self.files {
            command.arg("--file").arg(file);
        }
        for definition in &self.definitions {
            command.arg("--define").arg(definition);
        }
        command.arg(&place.name);
        command
    }
}

/// Reads what pgbench logged of each transaction, and removes it.
fn transactions(folder: &Path) -> Result<Vec<(u64, i64)>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("transactions.") {
            all.extend(fs::read_to_string(&path)?.lines().filter_map(parse));
            fs::remove_file(path)?;
        }
    }
    Ok(all)
}

/// How long a transaction took, and when it ended, in microseconds: client, number, latency, script, seconds,
/// microseconds.
fn parse(line: &str) -> Option<(u64, i64)> {
    let mut fields = line.split(' ');
    let latency = fields.nth(2)?.parse().ok()?;
    let seconds: i64 = fields.nth(1)?.parse().ok()?;
    let micros: i64 = fields.next()?.parse().ok()?;
    Some((latency, seconds * 1_000_000 + micros))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_line_of_the_log_says_how_long_and_when() {
        let line = "3 199 2241 0 1175850568 995598";
        assert_eq!(parse(line), Some((2241, 1_175_850_568_995_598)));
        assert_eq!(parse("3 199 skipped 0 1175850568 995598"), None);
    }
}
