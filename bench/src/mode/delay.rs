//! Q1 and Q2 with a database that is a network away.

use std::time::Duration;

use super::stage::{Contestant, Stage};
use crate::{
    Result, measure,
    measure::Measurement,
    operation::Operation,
    peer::{Kind, Start},
    proxy::Proxy,
    report::QUOTED,
    say,
};

/// What an exchange takes longer.
const DELAY: Duration = Duration::from_millis(1);
const ROUNDS: u32 = 2;

/// Measures all peers through delaying proxies, at one client and at 16.
pub(crate) async fn delayed(stage: &Stage, seconds: f64) -> Result<Vec<Measurement>> {
    say::progress("Q1 and Q2 with 1 ms of added network latency");
    let operations = [Operation::Q1, Operation::Q2];
    let mut contestants = Vec::new();
    for kind in Kind::ALL {
        let proxy = Proxy::start(&stage.place, DELAY, kind.name())?;
        let start = Start {
            paths: &stage.paths,
            place: &proxy.place(),
            cores: None,
            run: "delayed",
        };
        let contestant = Contestant::start(stage, kind, &start, &operations).await?;
        measure::server(stage, &contestant, Operation::Q1, QUOTED, 1.0).await?;
        measure::server(stage, &contestant, Operation::Q2, QUOTED, 1.0).await?;
        contestants.push((contestant, proxy));
    }
    let mut all = Vec::new();
    for _ in 0..ROUNDS {
        for operation in operations {
            for clients in [1, QUOTED] {
                for (contestant, _) in &contestants {
                    all.push(
                        measure::server(stage, contestant, operation, clients, seconds).await?,
                    );
                }
            }
        }
    }
    for (contestant, _) in contestants {
        contestant.peer.stop().await?;
    }
    Ok(all)
}
