//! `bench neighbour`: what a tenant with 200,000 leads does to the others.

use clap::Args;
use serde::Serialize;

use super::stage::{Contestant, Stage};
use crate::{
    Result,
    load::Figures,
    machine::Machine,
    operation::Operation,
    peer::{Kind, Start},
    report, requests, say,
    subject::subjects,
};

/// Pages of leads of small tenants, alone and beside as many clients of other tenants.
#[derive(Args, Debug)]
pub(crate) struct Neighbour {
    /// Clients of the small tenants
    #[arg(long, default_value_t = 8)]
    clients: u32,
    /// Clients beside them
    #[arg(long, default_value_t = 2)]
    beside: u32,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 10.0)]
    seconds: f64,
}

#[derive(Serialize)]
struct Neighbours {
    machine: Machine,
    clients: u32,
    beside: u32,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    beside: &'static str,
    rate: f64,
    p50: u64,
    p99: u64,
    errors: u64,
}

impl Neighbour {
    pub(super) async fn run(self) -> Result<()> {
        let mut stage = Stage::open().await?;
        let start = Start {
            paths: &stage.paths.clone(),
            place: &stage.place.clone(),
            cores: None,
            run: "neighbours",
        };
        let operations = [Operation::Q3];
        let contestant = Contestant::start(&stage, Kind::Gateway, &start, &operations).await?;
        let small = contestant.file(Operation::Q3)?;
        let folder = stage.paths.scratch("load")?;
        stage.readers = subjects(&stage.place, 0, 1).await?;
        let large = requests_of(&stage, &contestant).await?;
        let large = requests::write(&folder, "large", &large)?;
        stage.readers = subjects(&stage.place, 160, 30).await?;
        let other = requests_of(&stage, &contestant).await?;
        let other = requests::write(&folder, "other", &other)?;
        let (loader, url) = (&stage.loader, contestant.peer.url.as_str());
        loader.run(url, small, self.clients, 2.0).await?;
        let alone = loader.run(url, small, self.clients, self.seconds).await?;
        let mut rows = vec![row("nobody", &alone)];
        for (name, beside) in [
            ("other small tenants", &other),
            ("the large tenant", &large),
        ] {
            let (measured, background) = tokio::join!(
                loader.run(url, small, self.clients, self.seconds),
                loader.run(url, beside, self.beside, self.seconds),
            );
            say::progress(format_args!(
                "{name}: {:.0} req/s beside",
                background?.rate()
            ));
            rows.push(row(name, &measured?));
        }
        for row in &rows {
            let (p50, p99) = (row.p50 as f64 / 1e3, row.p99 as f64 / 1e3);
            say::line(format_args!(
                "beside {:<20} {:>7.0} req/s  p50 {p50:>6.2} ms  p99 {p99:>6.2} ms",
                row.beside, row.rate
            ));
        }
        contestant.peer.stop().await?;
        let neighbours = Neighbours {
            machine: Machine::look(&stage.paths).await,
            clients: self.clients,
            beside: self.beside,
            rows,
        };
        report::write(&stage.paths.result("neighbour.json")?, &neighbours)?;
        stage.close().await
    }
}

async fn requests_of(stage: &Stage, contestant: &Contestant) -> Result<Vec<requests::Request>> {
    let cursors = requests::cursors(&contestant.peer, &stage.readers).await?;
    Ok(requests::requests(
        Operation::Q3,
        &contestant.peer,
        &stage.readers,
        &cursors,
    ))
}

fn row(beside: &'static str, figures: &Figures) -> Row {
    Row {
        beside,
        rate: figures.rate(),
        p50: figures.p50,
        p99: figures.p99,
        errors: figures.errors(),
    }
}
