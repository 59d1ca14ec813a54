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
use tokio::signal::unix::{SignalKind, signal};

/// Whatever ends the benchmark early; `main` prints it.
type Failure = Box<dyn std::error::Error + Send + Sync>;
/// The result of a step of the benchmark.
type Result<T> = std::result::Result<T, Failure>;

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> std::process::ExitCode {
    // Whoever ends the benchmark ends the servers that it has started, which are its own when dropped.
    let done = tokio::select! {
        done = mode::Arguments::parse().run() => done,
        stopped = stopped() => stopped,
    };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(failure) => {
            say::error(&failure);
            std::process::ExitCode::FAILURE
        }
    }
}

/// Returns when somebody wants the benchmark to end.
async fn stopped() -> Result<()> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
    }
    Err("stopped before the end".into())
}
