//! Takes mail on loopback and keeps it: `cargo run -p transport --example sink -- --maildir mail`.
//!
//! Ctrl-C ends it, once the messages that are on their way are there.
#![expect(clippy::print_stdout, reason = "tells where it listens")]

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;
use transport::sink::{Error, Options, Script, Sink};

/// An SMTP server that delivers nothing.
#[derive(Parser)]
struct Arguments {
    /// Where to listen; an address of loopback, port 0 is a free one.
    #[arg(long, default_value = "127.0.0.1:2525")]
    listen: SocketAddr,
    /// A Maildir for what is accepted, made if missing.
    #[arg(long)]
    maildir: Option<PathBuf>,
    /// A file that a line is appended to for each accepted recipient.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Refuse reject+…, put off defer+…, take slow+… late, and hang up on drop+….
    #[arg(long)]
    faults: bool,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let arguments = Arguments::parse();
    let sink = Sink::bind(Options {
        listen: arguments.listen,
        maildir: arguments.maildir,
        journal: arguments.journal,
        script: if arguments.faults {
            Script::by_address()
        } else {
            Script::default()
        },
        ..Options::default()
    })
    .await?;
    println!("listening on {}", sink.address());
    sink.serve(async {
        // Without signals there is no other end than being killed.
        let _ = tokio::signal::ctrl_c().await;
    })
    .await;
    Ok(())
}
