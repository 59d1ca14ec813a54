//! `bench scale`: whether a request costs the same in a small database and in a large one.

use clap::Args;
use serde::Serialize;

use super::stage::{Contestant, Stage};
use crate::{
    Result,
    database::{Plan, run},
    machine::Machine,
    measure,
    operation::Operation,
    peer::{Kind, Start},
    plot::{self, Series, Words},
    report::{self, Cell},
    say,
    subject::subjects,
};

/// Databases of many sizes, made and dropped one after another. The tenants that are asked have the same
/// rows in each.
#[derive(Args, Debug)]
pub(crate) struct Scale {
    /// Numbers of tenants
    #[arg(long, value_delimiter = ',', default_values_t = [1, 10, 100, 1_000, 10_000])]
    tenants: Vec<u64>,
    /// Numbers of leads in all
    #[arg(long, value_delimiter = ',', default_values_t = [10_000, 100_000, 1_000_000, 10_000_000])]
    leads: Vec<u64>,
    /// Seconds of each measurement
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Rounds, of which medians are told
    #[arg(long, default_value_t = 3)]
    rounds: u32,
}

const OPERATIONS: [Operation; 3] = [Operation::Q1, Operation::Q2, Operation::Q3];
const CLIENTS: u32 = 8;

#[derive(Serialize)]
struct Scaled {
    machine: Machine,
    by_tenants: Vec<(u64, Vec<Cell>)>,
    by_leads: Vec<(u64, Vec<Cell>)>,
}

impl Scale {
    pub(super) async fn run(self) -> Result<()> {
        let mut stage = Stage::open().await?;
        let mut by_tenants = Vec::new();
        for tenants in &self.tenants {
            let plan = Plan {
                tenants: *tenants,
                campaigns_per_tenant: 20,
                // Enough for full pages behind each cursor.
                leads_per_tenant: 300,
                largest_tenant_leads: 300,
                messages_per_campaign: 0,
            };
            by_tenants.push((*tenants, self.size(&mut stage, plan).await?));
        }
        let mut by_leads = Vec::new();
        for leads in &self.leads {
            // One tenant grows; the others, who are asked, have a thousand each.
            let plan = Plan {
                tenants: 10,
                campaigns_per_tenant: 20,
                leads_per_tenant: 1_000,
                largest_tenant_leads: leads.saturating_sub(9_000),
                messages_per_campaign: 0,
            };
            by_leads.push((*leads, self.size(&mut stage, plan).await?));
        }
        draw(&stage, "scale-tenants", "tenants", &by_tenants)?;
        draw(&stage, "scale-leads", "leads", &by_leads)?;
        let scaled = Scaled {
            machine: Machine::look(&stage.paths).await,
            by_tenants,
            by_leads,
        };
        report::write(&stage.paths.result("scale.json")?, &scaled)?;
        stage.database.stop().await
    }

    async fn size(&self, stage: &mut Stage, plan: Plan) -> Result<Vec<Cell>> {
        let place = stage
            .database
            .seeded(&stage.paths.gateway()?, "scale", plan)
            .await?;
        let asked = plan.tenants.saturating_sub(1).clamp(1, 100);
        stage.readers =
            subjects(&place, i64::from(plan.tenants > 1), i64::try_from(asked)?).await?;
        let start = Start {
            paths: &stage.paths.clone(),
            place: &place,
            cores: None,
            run: "scaled",
        };
        let contestant = Contestant::start(stage, Kind::Gateway, &start, &OPERATIONS).await?;
        let mut all = Vec::new();
        for round in 0..=self.rounds {
            for operation in OPERATIONS {
                let one =
                    measure::server(stage, &contestant, operation, CLIENTS, self.seconds).await?;
                // The first round warms up.
                all.extend((round > 0).then_some(one));
            }
        }
        contestant.peer.stop().await?;
        let mut admin = stage.place.connect().await?;
        run(&mut admin, "DROP DATABASE scale WITH (FORCE)".to_owned()).await?;
        Ok(report::cells(&all))
    }
}

/// Tells the cost of each size, and draws it.
fn draw(stage: &Stage, name: &str, what: &str, sizes: &[(u64, Vec<Cell>)]) -> Result<()> {
    for (size, cells) in sizes {
        for cell in cells {
            let (cpu, p50) = (cost(cell), cell.p50 / 1e3);
            say::line(format_args!(
                "{size:>9} {what}  {}  {cpu:>6.0} µs of CPU  p50 {p50:.2} ms",
                cell.operation
            ));
        }
    }
    let series: Vec<Series> = OPERATIONS
        .iter()
        .map(|operation| {
            let point = |(size, cells): &(u64, Vec<Cell>)| {
                let cell = cells.iter().find(|cell| cell.operation == operation.id())?;
                Some((*size as f64, cost(cell)))
            };
            (
                operation.id().to_owned(),
                sizes.iter().filter_map(point).collect(),
            )
        })
        .collect();
    let words = Words {
        title: "CPU of a request, gateway and PostgreSQL",
        x: what,
        y: "µs",
    };
    plot::lines_by_size(
        &stage.paths.result(&format!("{name}.svg"))?,
        &words,
        &series,
    )
}

fn cost(cell: &Cell) -> f64 {
    cell.server_cpu.unwrap_or_default() + cell.database_cpu
}
