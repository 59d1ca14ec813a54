//! `bench compare` and `bench short`.

use std::collections::BTreeMap;

use clap::Args;

use super::{
    costs::{Costs, costs},
    delay::delayed,
    equal::equal_answers,
    stage::{Contestant, Stage},
};
use crate::{
    Result, database,
    machine::Machine,
    measure::{self, Measurement},
    operation::Operation,
    peer::Kind,
    pgbench::{self, Mode, Scripts},
    plot,
    report::{self, BASE, Report},
    say,
};

/// Everything, in about twenty minutes.
#[derive(Args, Debug)]
pub(crate) struct Compare {
    /// Seconds of each measurement
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Rounds, of which medians are told
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// The results' name
    #[arg(long, default_value = "comparison")]
    name: String,
    /// Only these operations (q1, m2 …)
    #[arg(long, value_delimiter = ',')]
    operations: Vec<String>,
}

/// Q1 to Q4 at 16 clients, in less than five minutes.
#[derive(Args, Debug)]
pub(crate) struct Short {
    /// Seconds of each measurement
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// Rounds, of which medians are told
    #[arg(long, default_value_t = 3)]
    rounds: u32,
    /// The results' name
    #[arg(long, default_value = "short")]
    name: String,
}

/// What both do.
struct Run {
    operations: Vec<Operation>,
    clients: &'static [u32],
    seconds: f64,
    rounds: u32,
    name: String,
    with_delay: bool,
}

impl Compare {
    pub(super) async fn run(self) -> Result<()> {
        let chosen = |operation: &Operation| {
            self.operations.is_empty() || self.operations.iter().any(|id| id == operation.id())
        };
        let run = Run {
            operations: Operation::ALL.into_iter().filter(chosen).collect(),
            clients: &[1, 16, 64],
            seconds: self.seconds,
            rounds: self.rounds,
            name: self.name,
            with_delay: true,
        };
        run.run().await
    }
}

impl Short {
    pub(super) async fn run(self) -> Result<()> {
        let run = Run {
            operations: Operation::SHORT.to_vec(),
            clients: &[report::QUOTED],
            seconds: self.seconds,
            rounds: self.rounds,
            name: self.name,
            with_delay: false,
        };
        run.run().await
    }
}

impl Run {
    async fn run(&self) -> Result<()> {
        let stage = Stage::open().await?;
        let machine = Machine::look(&stage.paths).await;
        let start = stage.start("compared");
        let mut contestants = Vec::new();
        for kind in Kind::ALL {
            say::progress(format_args!("starting {}", kind.name()));
            contestants.push(Contestant::start(&stage, kind, &start, &self.operations).await?);
        }
        equal_answers(&contestants, &self.operations).await?;
        let costs = costs(&stage, &self.operations).await?;
        // What was asked so far is not to be in what is measured.
        database::clean(&stage.place).await?;
        let measurements = self.measure(&stage, &contestants, &costs).await?;
        for contestant in contestants {
            contestant.peer.stop().await?;
        }
        let delayed = if self.with_delay {
            delayed(&stage, self.seconds).await?
        } else {
            Vec::new()
        };
        self.tell(&stage, &machine, &measurements, &delayed, &costs)?;
        stage.close().await?;
        let ids: Vec<&str> = self
            .operations
            .iter()
            .map(|operation| operation.id())
            .collect();
        say::line(report::ratios(&report::cells(&measurements), &ids));
        Ok(())
    }

    /// Round after round.
    async fn measure(
        &self,
        stage: &Stage,
        contestants: &[Contestant],
        costs: &Costs,
    ) -> Result<Vec<Measurement>> {
        let scripts = scripts(stage, costs)?;
        for operation in self.operations.iter().copied() {
            for contestant in contestants.iter().filter(|one| one.can(operation)) {
                measure::server(stage, contestant, operation, report::QUOTED, 1.0).await?;
            }
        }
        let mut all = Vec::new();
        for round in 1..=self.rounds {
            for operation in self.operations.iter().copied() {
                let (id, title) = (operation.id(), operation.title());
                say::progress(format_args!(
                    "round {round} of {}: {id} {title}",
                    self.rounds
                ));
                for clients in self.clients.iter().copied() {
                    self.turn(
                        stage,
                        (contestants, &scripts),
                        (operation, clients),
                        &mut all,
                    )
                    .await?;
                }
            }
        }
        Ok(all)
    }

    /// Peer after peer.
    async fn turn(
        &self,
        stage: &Stage,
        (contestants, scripts): (&[Contestant], &BTreeMap<(Operation, Mode), Scripts>),
        (operation, clients): (Operation, u32),
        all: &mut Vec<Measurement>,
    ) -> Result<()> {
        let seconds = self.seconds;
        for contestant in contestants.iter().filter(|one| one.can(operation)) {
            all.push(measure::server(stage, contestant, operation, clients, seconds).await?);
        }
        let folder = stage.paths.scratch("pgbench")?;
        for (key, scripts) in scripts.iter().filter(|((one, _), _)| *one == operation) {
            let place = (&stage.place, folder.as_path());
            all.push(measure::database(stage, *key, scripts, place, (clients, seconds)).await?);
        }
        Ok(())
    }

    fn tell(
        &self,
        stage: &Stage,
        machine: &Machine,
        measurements: &[Measurement],
        delayed: &[Measurement],
        costs: &Costs,
    ) -> Result<()> {
        let (cells, delayed) = (report::cells(measurements), report::cells(delayed));
        say::line(machine.describe());
        say::line(report::table(&cells, &costs.all));
        if !delayed.is_empty() {
            say::line("with 1 ms of added network latency to PostgreSQL");
            say::line(report::table(&delayed, &costs.all));
        }
        let report = Report {
            machine,
            data: format!("{:?}", database::Plan::COMPARISON),
            seconds: self.seconds,
            cells: &cells,
            delayed: &delayed,
            costs: &costs.all,
            measurements,
        };
        report::write(
            &stage.paths.result(&format!("{}.json", self.name))?,
            &report,
        )?;
        let subjects = [
            "gateway",
            "stock",
            "postgraphile-1",
            BASE,
            "pgbench-serial",
            "pgbench-pipeline",
        ];
        plot::bars(
            &stage.paths.result(&format!("{}.svg", self.name))?,
            &cells,
            &subjects,
        )
    }
}

/// The scripts of what uses the database.
fn scripts(stage: &Stage, costs: &Costs) -> Result<BTreeMap<(Operation, Mode), Scripts>> {
    let mut all = BTreeMap::new();
    for (operation, requests) in &costs.captured {
        if requests.iter().any(|request| request.statements.is_empty()) {
            continue;
        }
        for mode in Mode::ALL {
            let folder = stage
                .paths
                .scratch(&format!("pgbench/{}", operation.id()))?;
            all.insert((*operation, mode), pgbench::write(&folder, mode, requests)?);
        }
    }
    Ok(all)
}
