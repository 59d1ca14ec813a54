//! The `gateway` binary.

use std::process::ExitCode;

use clap::Parser;
use gateway::command::Cli;

#[global_allocator]
static GLOBAL: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Has the kernel give memory in small pages.
///
/// The allocator asks for huge ones, of two megabytes, each of which is in memory as a whole however little of it is
/// used: a quarter of what the process holds. It is no faster with them. The programs that it starts have small pages,
/// too.
#[cfg(target_os = "linux")]
fn in_small_pages() {
    // A kernel without huge pages has nothing to be told, and one that refuses costs memory only.
    let _ = nix::sys::prctl::set_thp_disable(true);
}

#[cfg(not(target_os = "linux"))]
fn in_small_pages() {}

fn main() -> ExitCode {
    in_small_pages();
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            error.print();
            ExitCode::FAILURE
        }
    }
}
