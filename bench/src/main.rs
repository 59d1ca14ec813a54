//! The benchmark: the gateway beside its peers, on one database, in one run.
//!
//! The README beside it says what is compared and how to read it. The way through the code: [`mode`] is
//! what a command does, [`database`] starts and fills PostgreSQL, [`peer`] starts a server,
//! [`operation`] says what is asked, [`answer`] proves that all answer the same, [`load`] asks,
//! [`measure`] counts what it cost, [`report`] and [`plot`] tell.
//!
//! What may not be in here: anything that only the gateway gets. A peer is asked the same, over the
//! same socket, with the same tokens, in the same rounds.

mod answer;
mod capture;
mod database;
mod load;
mod machine;
mod measure;
mod mode;
mod operation;
mod paths;
mod peer;
mod pgbench;
mod plot;
mod process;
mod proxy;
mod report;
mod requests;
mod say;
mod statistics;
mod subject;
mod wire;

use clap::Parser;

/// Whatever ends the benchmark early; `main` prints it.
type Failure = Box<dyn std::error::Error + Send + Sync>;
/// The result of a step of the benchmark.
type Result<T> = std::result::Result<T, Failure>;

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> std::process::ExitCode {
    match mode::Arguments::parse().run().await {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            say::error(&failure);
            std::process::ExitCode::FAILURE
        }
    }
}
