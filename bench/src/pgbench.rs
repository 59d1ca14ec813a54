//! PostgreSQL alone: the gateway's own statements, sent by pgbench.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

use tokio::process::Command;

use crate::{
    Result,
    capture::{Logged, split},
    database::Place,
    peer::CONNECTIONS,
    statistics::percentile,
};

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
            let _ = writeln!(text, "{};", named(&part, &prefix, logged.values.len()));
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

/// `$1` as `:prefix1`, the last first, or `$1` would be found in `$10`.
fn named(sql: &str, prefix: &str, count: usize) -> String {
    let one = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    (1..=count).rev().fold(one, |sql, place| {
        sql.replace(&format!("${place}"), &format!(":{prefix}{place}"))
    })
}

impl Scripts {
    /// Runs the scripts in random order for so long, over no more connections than a server has.
    pub(crate) async fn run(
        &self,
        place: &Place,
        folder: &Path,
        clients: u32,
        seconds: f64,
    ) -> Result<Figures> {
        let log = folder.join("transactions");
        let connections = clients.min(CONNECTIONS);
        let mut command = Command::new("pgbench");
        command
            .args(["--no-vacuum", "--protocol=prepared", "--jobs=1", "--log"])
            .arg(format!("--log-prefix={}", log.display()))
            .arg(format!("--client={connections}"))
            .arg(format!("--time={}", seconds.ceil()))
            .arg(format!("--host={}", place.socket.display()))
            .args(["--port=5432", "--username=gateway_login"]);
        for file in &self.files {
            command.arg("--file").arg(file);
        }
        for definition in &self.definitions {
            command.arg("--define").arg(definition);
        }
        let output = command.arg(&place.name).kill_on_drop(true).output().await?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let failed = || {
            format!(
                "pgbench failed: {said}{}",
                String::from_utf8_lossy(&output.stderr)
            )
        };
        let (transactions, rate) = parse(&said)
            .filter(|_| output.status.success())
            .ok_or_else(failed)?;
        let latencies = latencies(folder)?;
        Ok(Figures {
            transactions,
            rate,
            p50: percentile(&latencies, 0.5),
            p99: percentile(&latencies, 0.99),
        })
    }
}

/// How many transactions, and how many a second once connected.
fn parse(said: &str) -> Option<(u64, f64)> {
    let after = |label: &str| said.lines().find_map(|line| line.strip_prefix(label));
    let count = after("number of transactions actually processed: ")?;
    let rate = after("tps = ")?;
    Some((
        count.split('/').next()?.trim().parse().ok()?,
        rate.split(' ').next()?.parse().ok()?,
    ))
}

/// Microseconds of each transaction, sorted; the logs are removed.
fn latencies(folder: &Path) -> Result<Vec<u64>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.starts_with("transactions.") {
            let text = fs::read_to_string(&path)?;
            all.extend(
                text.lines()
                    .filter_map(|line| line.split(' ').nth(2)?.parse::<u64>().ok()),
            );
            fs::remove_file(path)?;
        }
    }
    all.sort_unstable();
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::{Mode, parse, script};
    use crate::capture::Logged;

    #[test]
    fn the_figures_are_found() {
        let said = "transaction type: multiple scripts\nnumber of transactions actually processed: 6051\n\
            number of failed transactions: 0 (0.000%)\nlatency average = 2.6 ms\n\
            tps = 3025.512345 (without initial connection time)\n";
        assert_eq!(parse(said), Some((6051, 3025.512_345)));
        assert_eq!(parse("pgbench: error"), None);
    }

    #[test]
    fn an_opening_message_is_one_round_trip_and_values_are_named() {
        let request = [
            Logged {
                sql: "BEGIN; SET LOCAL a = 'b'".to_owned(),
                values: Vec::new(),
            },
            Logged {
                sql: "SELECT $1::uuid, $10".to_owned(),
                values: vec![Some("x".to_owned()); 10],
            },
            Logged {
                sql: "ROLLBACK".to_owned(),
                values: Vec::new(),
            },
        ];
        let (serial, definitions) = script(Mode::Serial, &request, 3);
        assert_eq!(
            serial,
            "\\startpipeline\nBEGIN;\nSET LOCAL a = 'b';\n\\endpipeline\nSELECT :r3s1p1::uuid, :r3s1p10;\nROLLBACK;\n"
        );
        assert_eq!(
            (definitions.len(), definitions[0].as_str()),
            (10, "r3s1p1=x")
        );
        let (pipeline, _) = script(Mode::Pipeline, &request, 3);
        assert_eq!(pipeline.matches("pipeline").count(), 2);
    }
}
