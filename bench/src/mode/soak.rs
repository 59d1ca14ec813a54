//! `bench soak`: whether memory stays bounded.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use clap::Args;
use serde::Serialize;
use tokio::time::sleep;

use super::stage::{Contestant, Stage};
use crate::{
    Result,
    load::Figures,
    machine::Machine,
    operation::Operation,
    peer::{Kind, Peer},
    plot::{self, Words},
    process::usage,
    report, requests, say,
};

/// All operations at once, for minutes.
#[derive(Args, Debug)]
pub(crate) struct Soak {
    /// Minutes
    #[arg(long, default_value_t = 10)]
    minutes: u64,
    /// Clients
    #[arg(long, default_value_t = 16)]
    clients: u32,
}

const OPERATIONS: [Operation; 7] = [
    Operation::Q1,
    Operation::Q2,
    Operation::Q3,
    Operation::Q5,
    Operation::Q6,
    Operation::M1,
    Operation::I1,
];

/// How often memory is looked at.
const PAUSE: Duration = Duration::from_secs(5);

#[derive(Serialize)]
struct Soaked {
    machine: Machine,
    requests: u64,
    errors: u64,
    /// Seconds and megabytes.
    resident: Vec<(f64, f64)>,
}

impl Soak {
    pub(super) async fn run(self) -> Result<()> {
        let stage = Stage::open().await?;
        let start = stage.start("soaked");
        let contestant = Contestant::start(&stage, Kind::Gateway, &start, &OPERATIONS).await?;
        // Turn about, so that at each moment all kinds are under way.
        let lists = OPERATIONS.map(|operation| contestant.requests(operation));
        let most = lists
            .iter()
            .map(|list| list.len())
            .max()
            .unwrap_or_default();
        let mixed: Vec<_> = (0..most)
            .flat_map(|at| lists.iter().filter_map(move |list| list.get(at)).cloned())
            .collect();
        let file = requests::write(&stage.paths.scratch("load")?, "soak", &mixed)?;
        let (figures, resident) = self.watch(&stage, &contestant.peer, &file).await?;
        contestant.peer.stop().await?;
        let words = Words {
            title: "The gateway's memory under mixed load",
            x: "seconds",
            y: "resident, MB",
        };
        plot::lines_by_time(
            &stage.paths.result("soak.svg")?,
            &words,
            &[("gateway".to_owned(), resident.clone())],
        )?;
        say::line(format_args!(
            "{} requests, {} errors",
            figures.requests,
            figures.errors()
        ));
        if let (Some(first), Some(last)) = (resident.get(resident.len() / 10), resident.last()) {
            say::line(format_args!(
                "{:.0} MB after a tenth of the time, {:.0} MB at the end",
                first.1, last.1
            ));
        }
        let result = Soaked {
            machine: Machine::look(&stage.paths).await,
            requests: figures.requests,
            errors: figures.errors(),
            resident,
        };
        report::write(&stage.paths.result("soak.json")?, &result)?;
        stage.close().await
    }

    /// Puts the load on, and looks at memory meanwhile.
    async fn watch(
        &self,
        stage: &Stage,
        peer: &Peer,
        file: &Path,
    ) -> Result<(Figures, Vec<(f64, f64)>)> {
        let (pid, started) = (peer.pid()?, Instant::now());
        let seconds = (self.minutes * 60) as f64;
        let load = stage.loader.run(&peer.url, file, self.clients, seconds);
        tokio::pin!(load);
        let mut resident = Vec::new();
        loop {
            tokio::select! {
                figures = &mut load => return Ok((figures?, resident)),
                () = sleep(PAUSE) => {
                    let megabytes = usage(pid).resident as f64 / 1e6;
                    resident.push((started.elapsed().as_secs_f64(), megabytes));
                    say::progress(format_args!("{megabytes:.0} MB"));
                }
            }
        }
    }
}
