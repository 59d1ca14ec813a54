//! `bench cores`: whether throughput grows with cores.

use clap::Args;

use super::stage::{Contestant, Stage};
use crate::{
    Result,
    machine::Machine,
    measure,
    operation::Operation,
    peer::{Kind, Start},
    report::{self, QUOTED, Report},
    say,
    statistics::ratio,
};

/// The gateway on some cores. PostgreSQL and the load use all there are, so on a small machine they stand
/// in its way.
#[derive(Args, Debug)]
pub(crate) struct Cores {
    /// Numbers of cores
    #[arg(long, value_delimiter = ',', default_values_t = [1, 2])]
    cores: Vec<usize>,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Rounds, of which medians are told
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

impl Cores {
    pub(super) async fn run(self) -> Result<()> {
        let stage = Stage::open().await?;
        let mut results = Vec::new();
        for count in &self.cores {
            let list = format!("0-{}", count.saturating_sub(1));
            let run = format!("cores-{count}");
            let start = Start {
                paths: &stage.paths,
                place: &stage.place,
                cores: Some(&list),
                run: &run,
            };
            let contestant =
                Contestant::start(&stage, Kind::Gateway, &start, &Operation::SHORT).await?;
            let mut all = Vec::new();
            for round in 0..=self.rounds {
                for operation in Operation::SHORT {
                    let one = measure::server(&stage, &contestant, operation, QUOTED, self.seconds)
                        .await?;
                    // The first round warms up.
                    all.extend((round > 0).then_some(one));
                }
            }
            contestant.peer.stop().await?;
            results.push((*count, report::cells(&all), all));
        }
        let machine = Machine::look(&stage.paths).await;
        let base = results
            .first()
            .map(|(_, cells, _)| cells.clone())
            .unwrap_or_default();
        for (count, cells, all) in &results {
            say::line(format_args!("on {count} cores"));
            for (cell, first) in cells.iter().zip(&base) {
                let times = ratio(cell.rate, first.rate).unwrap_or_default();
                say::line(format_args!(
                    "  {} {:>8.0} req/s, {times:.2} times",
                    cell.operation, cell.rate
                ));
            }
            let report = Report {
                machine: &machine,
                data: format!("on {count} cores"),
                seconds: self.seconds,
                cells,
                delayed: &[],
                costs: &[],
                measurements: all,
            };
            report::write(
                &stage.paths.result(&format!("cores-{count}.json"))?,
                &report,
            )?;
        }
        stage.close().await
    }
}
