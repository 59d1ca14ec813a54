//! PostgreSQL alone: the gateway's own statements, sent by pgbench.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use chrono::Utc;
use tokio::{process::Command, time::sleep};

use crate::{
    Result,
    capture::{Logged, split},
    database::Place,
    peer::CONNECTIONS,
    process::usage,
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

/// Writes the scripts of some requests. Each ends with ROLLBACK, so that it can be run again.
pub(crate) fn write(folder: &Path, mode: Mode, requests: &[Vec<Logged>]) -> Result<Scripts> {
    let mut scripts = Scripts {
        files: Vec::new(),
        definitions: Vec::new(),
    };
    for (number, request) in requests.iter().enumerate() {
        let (text, definitions) = script(mode, request, number);
        let file = folder.join(format!("{}.{number}.sql", mode.name()));
        fs::write(&file, text)?;
        scripts.files.push(file);
        scripts.definitions.extend(definitions);
    }
    Ok(scripts)
}

fn script(mode: Mode, request: &[Logged], number: usize) -> (String, Vec<String>) {
    let (mut text, mut definitions) = (String::new(), Vec::new());
    let ends = |sql: &str| ["ROLLBACK", "COMMIT"].contains(&sql.trim_end_matches(';').trim());
    if mode == Mode::Pipeline {
        text.push_str("\\startpipeline\n");
    }
    let work = request.iter().filter(|logged| !ends(&logged.sql));
    for (at, logged) in work.enumerate() {
        let prefix = format!("r{number}s{at}p");
        for (place, value) in (1..).zip(&logged.values) {
            // What is not defined is NULL.
            if let Some(value) = value {
                definitions.push(format!("{prefix}{place}={value}"));
            }
        }
        // A message of several statements is one round trip, which pgbench makes of a pipeline only.
        let parts = split(&logged.sql);
        let message = mode == Mode::Serial && parts.len() > 1;
        if message {
            text.push_str("\\startpipeline\n");
        }
        for part in parts {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{};", named(&part, &prefix, logged));
        }
        if message {
            text.push_str("\\endpipeline\n");
        }
    }
    text.push_str("ROLLBACK;\n");
    if mode == Mode::Pipeline {
        text.push_str("\\endpipeline\n");
    }
    (text, definitions)
}

/// `$1` as `:prefix1`, cast to its declared type; the last first, or `$1` would be found in `$10`.
fn named(sql: &str, prefix: &str, logged: &Logged) -> String {
    let one = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    (1..=logged.values.len()).rev().fold(one, |sql, place| {
        let name = match logged.types.get(place - 1) {
            Some(Some(declared)) => format!("(:{prefix}{place})::{declared}"),
            _ => format!(":{prefix}{place}"),
        };
        sql.replace(&format!("${place}"), &name)
    })
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
    use super::{Mode, parse, script};
    use crate::capture::Logged;

    #[test]
    fn a_line_of_the_log_says_how_long_and_when() {
        let line = "3 199 2241 0 1175850568 995598";
        assert_eq!(parse(line), Some((2241, 1_175_850_568_995_598)));
        assert_eq!(parse("3 199 skipped 0 1175850568 995598"), None);
    }

    #[test]
    fn an_opening_message_is_one_round_trip_and_values_are_named() {
        let request = [
            Logged {
                sql: "BEGIN; SET LOCAL a = 'b'".to_owned(),
                values: Vec::new(),
                types: Vec::new(),
            },
            Logged {
                sql: "SELECT unnest($1), $10".to_owned(),
                values: vec![Some("x".to_owned()); 10],
                types: vec![Some("uuid[]".to_owned())],
            },
            Logged {
                sql: "ROLLBACK".to_owned(),
                values: Vec::new(),
                types: Vec::new(),
            },
        ];
        let (serial, definitions) = script(Mode::Serial, &request, 3);
        assert_eq!(
            serial,
            "\\startpipeline\nBEGIN;\nSET LOCAL a = 'b';\n\\endpipeline\nSELECT unnest((:r3s1p1)::uuid[]), :r3s1p10;\nROLLBACK;\n"
        );
        assert_eq!(
            (definitions.len(), definitions[0].as_str()),
            (10, "r3s1p1=x")
        );
        let (pipeline, _) = script(Mode::Pipeline, &request, 3);
        assert_eq!(pipeline.matches("pipeline").count(), 2);
    }
}
