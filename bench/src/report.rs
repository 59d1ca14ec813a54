//! The result: medians, a table, a file.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use serde::Serialize;

use crate::{
    Result,
    machine::Machine,
    measure::Measurement,
    mode::Cost,
    statistics::{median, ratio},
};

/// The peer that ratios are over.
pub(crate) const BASE: &str = "postgraphile-2";
/// Ours.
pub(crate) const OURS: &str = "gateway";
/// The clients at which ratios are quoted.
pub(crate) const QUOTED: u32 = 16;

/// The medians of the rounds of one measurement.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cell {
    pub(crate) operation: &'static str,
    pub(crate) subject: &'static str,
    pub(crate) clients: u32,
    pub(crate) rounds: usize,
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) server_cpu: Option<f64>,
    pub(crate) database_cpu: f64,
    pub(crate) resident: Option<f64>,
    pub(crate) bytes: Option<f64>,
    /// Of all rounds.
    pub(crate) errors: u64,
}

/// All that a run found.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    pub(crate) machine: &'a Machine,
    pub(crate) data: String,
    pub(crate) seconds: f64,
    pub(crate) cells: &'a [Cell],
    /// With added network latency.
    pub(crate) delayed: &'a [Cell],
    pub(crate) costs: &'a [Cost],
    pub(crate) measurements: &'a [Measurement],
}

/// Medians, in the order in which measurements first appear.
pub(crate) fn cells(measurements: &[Measurement]) -> Vec<Cell> {
    let mut groups: BTreeMap<(&str, u32, usize), Vec<&Measurement>> = BTreeMap::new();
    let place = |one: &Measurement| {
        measurements
            .iter()
            .position(|other| other.subject == one.subject)
    };
    for one in measurements {
        let key = (one.operation, one.clients, place(one).unwrap_or_default());
        groups.entry(key).or_default().push(one);
    }
    let mut cells: Vec<Cell> = groups
        .into_values()
        .filter_map(|rounds| cell(&rounds))
        .collect();
    let first = |cell: &Cell| {
        measurements
            .iter()
            .position(|one| one.operation == cell.operation)
    };
    cells.sort_by_key(first);
    cells
}

fn cell(rounds: &[&Measurement]) -> Option<Cell> {
    let first = rounds.first()?;
    let middle = |field: fn(&Measurement) -> f64| median(rounds.iter().map(|one| field(one)));
    Some(Cell {
        operation: first.operation,
        subject: first.subject,
        clients: first.clients,
        rounds: rounds.len(),
        rate: middle(|one| one.rate),
        p50: middle(|one| one.p50 as f64),
        p99: middle(|one| one.p99 as f64),
        server_cpu: first
            .server_cpu
            .map(|_| middle(|one| one.server_cpu.unwrap_or_default())),
        database_cpu: middle(|one| one.database_cpu),
        resident: first
            .resident
            .map(|_| middle(|one| one.resident.unwrap_or_default() as f64)),
        bytes: first
            .bytes
            .map(|_| middle(|one| one.bytes.unwrap_or_default() as f64)),
        errors: rounds.iter().map(|one| one.errors).sum(),
    })
}

/// How many times the requests a second of another, at the same clients.
pub(crate) fn rate_ratio(
    cells: &[Cell],
    operation: &str,
    clients: u32,
    (one, other): (&str, &str),
) -> Option<f64> {
    let rate = |subject: &str| {
        let mut found = cells
            .iter()
            .filter(|cell| cell.operation == operation && cell.clients == clients);
        found
            .find(|cell| cell.subject == subject)
            .map(|cell| cell.rate)
    };
    ratio(rate(one)?, rate(other)?)
}

/// `ratios q1=… q2=…`, for programs to read.
pub(crate) fn ratios(cells: &[Cell], operations: &[&str]) -> String {
    let pair = |operation: &&str| {
        let ratio = rate_ratio(cells, operation, QUOTED, (OURS, BASE)).unwrap_or_default();
        format!(" {operation}={ratio:.2}")
    };
    format!("ratios{}", operations.iter().map(pair).collect::<String>())
}

/// A table for people.
pub(crate) fn table(cells: &[Cell], costs: &[Cost]) -> String {
    let mut text = String::new();
    let mut last = ("", 0);
    for cell in cells {
        let head = (cell.operation, cell.clients);
        if head != last {
            last = head;
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "\n{:<18}{:>9}{:>9}{:>9}{:>10}{:>10}{:>8}{:>6}{:>6}{:>8}",
                format!("{} x{}", cell.operation, cell.clients),
                "req/s",
                "p50 ms",
                "p99 ms",
                "cpu µs",
                "db µs",
                "RSS MB",
                "stmt",
                "trip",
                "times"
            );
        }
        let _ = writeln!(text, "{}", row(cell, cells, costs));
    }
    text
}

fn row(cell: &Cell, cells: &[Cell], costs: &[Cost]) -> String {
    let name = cell.subject.trim_end_matches("-2").trim_end_matches("-1");
    let cost = costs.iter().find(|cost| {
        cost.operation == cell.operation && cost.subject.trim_end_matches("-1") == name
    });
    let times = rate_ratio(cells, cell.operation, cell.clients, (cell.subject, BASE));
    let shown = |number: Option<f64>, digits: usize| {
        number.map_or("-".to_owned(), |number| format!("{number:.digits$}"))
    };
    format!(
        "{:<18}{:>9.0}{:>9.2}{:>9.2}{:>10}{:>10.0}{:>8}{:>6}{:>6}{:>8}{}",
        cell.subject,
        cell.rate,
        cell.p50 / 1e3,
        cell.p99 / 1e3,
        shown(cell.server_cpu, 0),
        cell.database_cpu,
        shown(cell.resident.map(|bytes| bytes / 1e6), 0),
        shown(cost.map(|cost| cost.statements), 0),
        shown(cost.map(|cost| cost.exchanges), 0),
        shown(times, 2),
        if cell.errors > 0 {
            format!("  {} errors", cell.errors)
        } else {
            String::new()
        },
    )
}

/// Writes a result as JSON.
pub(crate) fn write(path: &Path, result: &impl Serialize) -> Result<()> {
    Ok(fs::write(
        path,
        serde_json::to_string_pretty(result)? + "\n",
    )?)
}

#[cfg(test)]
mod tests {
    use super::{cells, ratios};
    use crate::measure::Measurement;

    fn measured(subject: &'static str, rate: f64) -> Measurement {
        Measurement {
            operation: "q1",
            subject,
            clients: 16,
            requests: 100,
            errors: 1,
            rate,
            p50: 5,
            p99: 9,
            server_cpu: Some(10.0),
            database_cpu: 20.0,
            resident: Some(1000),
            bytes: None,
        }
    }

    #[test]
    fn the_last_line_has_medians_over_postgraphile_with_two_workers() {
        let rounds = [
            measured("gateway", 4.0),
            measured("postgraphile-2", 1.0),
            measured("gateway", 900.0),
            measured("postgraphile-2", 2.0),
            measured("gateway", 5.0),
            measured("postgraphile-2", 2.0),
        ];
        let cells = cells(&rounds);
        assert_eq!((cells.len(), cells[0].errors), (2, 3));
        assert_eq!(ratios(&cells, &["q1", "q2"]), "ratios q1=2.50 q2=0.00");
    }
}
