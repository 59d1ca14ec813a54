//! `bench analytics`: events that are counted as they come, the same counted anew, and numbers that are read through the
//! gateway.

mod events;
mod plainly;
mod reads;

use std::time::{Duration, Instant};

use analytics::Options;
use clap::Args;
use serde::Serialize;
use tenant::{Database, DatabaseOptions, Tier};
use uuid::Uuid;

use super::stage;
use crate::{
    Result,
    database::{Place, Plan},
    machine::Machine,
    paths::Paths,
    peer::{Kind, Peer, Start},
    report, say,
    subject::{Subject, subjects},
};

/// The events of `--ten-million`.
const TEN_MILLION: u64 = 10_000_000;

/// Made-up events of four tenants.
#[derive(Args, Debug)]
pub(crate) struct Analytics {
    /// How many events there are, at least
    #[arg(long, default_value_t = 3_000_000)]
    events: u64,
    /// Ten million of them
    #[arg(long, conflicts_with = "events")]
    ten_million: bool,
    /// In how many rounds they come; after each, all is counted
    #[arg(long, default_value_t = 20)]
    rounds: u64,
}

/// Four tenants, whose messages are made up here.
const PLAN: Plan = Plan {
    tenants: 4,
    campaigns_per_tenant: 100,
    leads_per_tenant: 10_000,
    largest_tenant_leads: 10_000,
    messages_per_campaign: 0,
};

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    machine: Machine,
    events: i64,
    messages: i64,
    /// Rows of all tables of days.
    rows: i64,
    /// Seconds, and events in one, of counting what had come.
    rollup_s: f64,
    rollup_events_per_s: f64,
    /// The same of counting all anew, from the messages.
    recount_s: f64,
    recount_events_per_s: f64,
    /// Seconds in which it was found that there was nothing new, for one tenant.
    nothing_new_ms: f64,
    reads: reads::Measured,
}

impl Analytics {
    pub(super) async fn run(self) -> Result<()> {
        let paths = Paths::find();
        let gateway = paths.gateway()?;
        let server = stage::start(&paths).await?;
        let place = server.seeded(&gateway, "bench_counting", PLAN).await?;
        let measured = self.measure(&paths, &place).await;
        server.stop().await?;
        let measured = measured?;
        report::write(&paths.result("analytics.json")?, &measured)?;
        measured.tell();
        Ok(())
    }

    async fn measure(&self, paths: &Paths, place: &Place) -> Result<Measured> {
        let subjects = subjects(place, 0, 4).await?;
        let tenants: Vec<Uuid> = subjects.iter().map(|subject| subject.tenant).collect();
        events::clear(place).await?;
        let database = database(place)?;
        let counting = analytics::Analytics::new(database.clone(), Options::default());
        // The first count is one from the start; what is measured is what comes after it.
        count(&counting, &tenants).await?;
        let events = if self.ten_million {
            TEN_MILLION
        } else {
            self.events
        };
        let mut rolled = Duration::ZERO;
        for round in 0..self.rounds {
            for (number, tenant) in tenants.iter().enumerate() {
                let few = events / self.rounds / tenants.len() as u64;
                events::make(place, *tenant, number == 0, round, few).await?;
            }
            let begun = Instant::now();
            count(&counting, &tenants).await?;
            rolled += begun.elapsed();
            say::progress(format_args!("round {} of {}", round + 1, self.rounds));
        }
        let begun = Instant::now();
        count(&counting, &tenants).await?;
        let nothing = begun.elapsed();
        let before = events::digest(place).await?;
        say::progress("all anew");
        let begun = Instant::now();
        for tenant in &tenants {
            counting.recount((*tenant).into()).await?;
        }
        let anew = begun.elapsed();
        let after = events::digest(place).await?;
        if before != after {
            return Err(format!("counted {before:?}, and anew {after:?}").into());
        }
        say::progress("all once more, plainly");
        plainly::compare(place).await?;
        let (events, messages) = events::made(place).await?;
        database.close().await;
        let reads = read(paths, place, &subjects).await?;
        Ok(Measured {
            machine: Machine::look(paths).await,
            events,
            messages,
            rows: after.iter().map(|(_, rows, _)| rows).sum(),
            rollup_s: rolled.as_secs_f64(),
            rollup_events_per_s: events as f64 / rolled.as_secs_f64(),
            recount_s: anew.as_secs_f64(),
            recount_events_per_s: events as f64 / anew.as_secs_f64(),
            nothing_new_ms: nothing.as_secs_f64() * 1000.0 / tenants.len() as f64,
            reads,
        })
    }
}

/// Counts what is new of all tenants, one after the other.
async fn count(counting: &analytics::Analytics, tenants: &[Uuid]) -> Result<()> {
    for tenant in tenants {
        while !counting.rollup((*tenant).into()).await?.is_complete {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
    Ok(())
}

/// Reads numbers through a gateway that has nothing else to do.
async fn read(paths: &Paths, place: &Place, subjects: &[Subject]) -> Result<reads::Measured> {
    let start = Start {
        paths,
        place,
        cores: None,
        run: "analytics",
    };
    let peer = Peer::start_with(Kind::Gateway, &start, &[]).await?;
    let reads = reads::measure(&peer, subjects).await;
    peer.stop().await?;
    reads
}

fn database(place: &Place) -> Result<Database> {
    let options = DatabaseOptions::default();
    let database = Database::new(&place.url("gateway_login"), &options)?;
    let database = database.and(Tier::Content, &place.content().url("gateway_login"))?;
    Ok(database.and(Tier::Analytics, &place.analytics().url("gateway_login"))?)
}

impl Measured {
    fn tell(&self) {
        let Self { reads, .. } = self;
        say::line(format_args!(
            "counted: {} events of {} messages in {:.1} s, {:.0} in a second; anew in {:.1} s, {:.0} in a second; {} rows, \
             equal to the last, and to a plain count of the messages; nothing new of a tenant: {:.1} ms",
            self.events,
            self.messages,
            self.rollup_s,
            self.rollup_events_per_s,
            self.recount_s,
            self.recount_events_per_s,
            self.rows,
            self.nothing_new_ms
        ));
        say::line(format_args!(
            "analytics rollup_events_per_s={:.0} cross_tier_ms={:.1} read_p99_ms={:.1}",
            self.rollup_events_per_s, reads.cross_tier_ms, reads.read_p99_ms
        ));
    }
}
