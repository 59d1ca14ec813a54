//! `bench train`: what a profile-guided build is made after.

use std::path::Path;

use clap::Args;

use super::stage::{Contestant, Stage};
use crate::{
    Result,
    operation::{Operation, UNIQUE},
    peer::Kind,
    report::QUOTED,
    requests, say,
};

/// The gateway alone, each operation in turn: as often as it can be asked what it knows already, and what it has to read and
/// check first.
#[derive(Args, Debug)]
pub(crate) struct Train {
    /// Seconds of each operation
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
}

/// What is asked in documents that are new each time.
const NEW: [Operation; 5] = [
    Operation::Q1,
    Operation::Q2,
    Operation::Q3,
    Operation::Q5,
    Operation::M1,
];

impl Train {
    pub(super) async fn run(self) -> Result<()> {
        let stage = Stage::open().await?;
        let start = stage.start("trained");
        let contestant = Contestant::start(&stage, Kind::Gateway, &start, &Operation::ALL).await?;
        for operation in Operation::ALL {
            let file = contestant.file(operation)?;
            self.ask(&stage, &contestant, operation, file).await?;
        }
        for operation in NEW {
            let mut renewed = contestant.requests(operation).to_vec();
            for request in &mut renewed {
                let query = request.body["query"].as_str().unwrap_or_default();
                request.body["query"] = format!("{query}\n# {UNIQUE}").into();
            }
            let name = format!("trained.{}", operation.id());
            let file = requests::write(&stage.paths.scratch("load")?, &name, &renewed)?;
            self.ask(&stage, &contestant, operation, &file).await?;
        }
        // It writes down at its end what it did.
        contestant.peer.stop().await?;
        stage.close().await
    }

    async fn ask(
        &self,
        stage: &Stage,
        contestant: &Contestant,
        operation: Operation,
        file: &Path,
    ) -> Result<()> {
        // What is refused is answered with 200, too, which the load takes for done.
        if let Some(request) = contestant.requests(operation).first() {
            let answer = contestant
                .peer
                .ask(&request.token, &request.unique(0)?)
                .await?;
            if !answer["errors"].is_null() {
                return Err(format!("{}: {answer}", operation.id()).into());
            }
        }
        let url = &contestant.peer.url;
        let load = stage.loader.run(url, file, QUOTED, self.seconds);
        let figures = load.await?;
        let (id, count) = (operation.id(), figures.requests);
        match figures.errors() {
            0 => say::progress(format_args!("{id}: {count} requests")),
            errors => return Err(format!("{errors} of {count} {id} failed").into()),
        }
        Ok(())
    }
}
