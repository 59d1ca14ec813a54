//! The commands.

mod analytics;
mod compare;
mod cores;
mod costs;
mod delay;
mod equal;
mod mail;
mod neighbour;
mod scale;
mod soak;
pub(crate) mod stage;
mod subscriptions;
mod train;

pub(crate) use costs::Cost;

use clap::{Parser, Subcommand};

use crate::Result;

/// The gateway beside its peers, on one database.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Debug, Subcommand)]
enum Mode {
    /// Makes and fills the database, which the others do, too, where it is missing
    Seed,
    /// All operations at 1, 16 and 64 clients, against all peers
    Compare(compare::Compare),
    /// Q1 to Q4 at 16 clients; the last line has the ratios
    Short(compare::Short),
    /// The cost of a request against the number of tenants and of leads
    Scale(scale::Scale),
    /// The gateway's memory under mixed load
    Soak(soak::Soak),
    /// What a large tenant does to the others' pages
    Neighbour(neighbour::Neighbour),
    /// The gateway on one core and on two
    Cores(cores::Cores),
    /// Mail that goes and mail that comes; the last line has the figures
    Mail(mail::Mail),
    /// Events that are counted as they come, and all anew; the last line has the figures
    Analytics(analytics::Analytics),
    /// A change a second that a thousand sockets are told of
    Subscriptions(subscriptions::Subscriptions),
    /// Has the gateway do what it is built for, so that a compiler can be told; nothing is measured
    Train(train::Train),
}

impl Arguments {
    /// Does what was asked for.
    pub(crate) async fn run(self) -> Result<()> {
        match self.mode {
            Mode::Seed => stage::Stage::open().await?.close().await,
            Mode::Compare(compare) => compare.run().await,
            Mode::Short(short) => short.run().await,
            Mode::Scale(scale) => scale.run().await,
            Mode::Soak(soak) => soak.run().await,
            Mode::Neighbour(neighbour) => neighbour.run().await,
            Mode::Cores(cores) => cores.run().await,
            Mode::Mail(mail) => mail.run().await,
            Mode::Analytics(analytics) => analytics.run().await,
            Mode::Subscriptions(subscriptions) => subscriptions.run().await,
            Mode::Train(train) => train.run().await,
        }
    }
}
