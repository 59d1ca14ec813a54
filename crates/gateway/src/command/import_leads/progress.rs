//! How far it came: a bar on a terminal, a line of the log every few seconds elsewhere, and the result.

use std::time::{Duration, Instant};

use indicatif::{HumanCount, ProgressBar, ProgressStyle};

use super::batch::Imported;
use crate::command::{CommandError, print};

/// How often a log gets a line.
const EVERY: Duration = Duration::from_secs(5);

/// What became of the rows so far.
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
    logged: Instant,
    rows: u64,
    created: u64,
    updated: u64,
    skipped: u64,
    rejected: u64,
    /// The last line that was dealt with.
    pub(super) line: Option<u64>,
}

impl Progress {
    /// `length` is that of the file in bytes.
    pub(super) fn start(length: Option<u64>) -> Self {
        let template = match length {
            Some(_) => "{wide_bar} {percent}%, {msg}, {eta} left",
            None => "{spinner} {bytes}, {msg}",
        };
        let style = ProgressStyle::with_template(template);
        let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        let now = Instant::now();
        Self {
            bar: bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())),
            started: now,
            logged: now,
            rows: 0,
            created: 0,
            updated: 0,
            skipped: 0,
            rejected: 0,
            line: None,
        }
    }

    /// A batch is in the database.
    pub(super) fn add(&mut self, imported: &Imported<'_>, rows: usize, line: u64, bytes: u64) {
        self.rows += rows as u64;
        self.created += imported.created;
        self.updated += imported.updated;
        self.skipped += imported.skipped;
        self.rejected += imported.rejects.len() as u64;
        self.line = Some(line);
        let rate = self.rows as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        let message = format!(
            "{} rows, {} rows/s, {} rejected",
            HumanCount(self.rows),
            HumanCount(rate as u64),
            HumanCount(self.rejected)
        );
        if self.bar.is_hidden() && self.logged.elapsed() >= EVERY {
            self.logged = Instant::now();
            tracing::info!("imported up to line {line}: {message}");
        }
        self.bar.set_message(message);
        self.bar.set_position(bytes);
    }

    pub(super) fn is_idle(&self) -> bool {
        self.rows == 0
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }

    /// Prints the result; `rejects` is where they are.
    pub(super) fn summarize(&self, rejects: &str) -> Result<(), CommandError> {
        let (rows, seconds) = (self.rows, self.started.elapsed().as_secs_f64());
        let rate = rows as f64 / seconds.max(0.001);
        let s = if rows == 1 { "" } else { "s" };
        print(format_args!(
            "{rows} row{s} in {seconds:.1} s ({rate:.0} rows/s)"
        ))?;
        let counts = [
            (self.created, "created"),
            (self.updated, "updated"),
            (self.skipped, "skipped, because they were there"),
        ];
        for (count, what) in counts {
            print(format_args!("  {count:>10}  {what}"))?;
        }
        match self.rejected {
            0 => print(format_args!("  {:>10}  rejected", 0)),
            count => print(format_args!("  {count:>10}  rejected: see {rejects}")),
        }
    }
}
