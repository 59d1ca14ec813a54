//! The command line.

mod announce;
mod doctor;
mod documents;
mod error;
mod events;
mod find;
mod import_leads;
mod migrate;
mod permissions;
mod recount;
mod schema;
mod seed;
mod serve;
mod signals;
mod token;
mod worker;

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Parser, Subcommand};

use crate::settings::{Config, Settings};
use signals::Signals;

pub use error::CommandError;

/// A GraphQL gateway whose every statement runs inside one tenant's PostgreSQL transaction.
///
/// Without a command it serves. Without DATABASE_URL it runs a database of its own, filled with
/// demo data.
#[derive(Parser, Debug)]
#[command(name = "gateway", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Settings file (TOML) [default: gateway.toml, if there is one]
    #[arg(long, env = "GATEWAY_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
}

/// What to do.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Serve the API and GraphiQL (the default)
    Serve,
    /// Do the jobs of all tenants: send campaigns, read mail; beside `serve`, or in its place
    Worker,
    /// Change the database's schema, or show where it stands
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    /// Print the GraphQL schema; needs no database
    Schema,
    /// Print who may use which root field, as a table in Markdown; needs no database
    Permissions,
    /// Print the events that leave for analytics, and their properties, in Markdown; needs no database
    Events,
    /// Check the trusted documents against the schema and the limits; needs no database
    ///
    /// Says each problem with its file, line and column. The documents are `.graphql` files, and manifests as
    /// Apollo, Relay and graphql-codegen write them.
    Documents(documents::Documents),
    /// Sign a token for a user of a tenant and print it, alone
    Token(token::Token),
    /// Fill the database with made-up data of any size
    Seed(seed::Seed),
    /// Take the leads of a CSV file over into a tenant, as one of its members
    ///
    /// The first line names the columns: `email`, and if you like `name` and `company`; others are
    /// passed over. Each batch is one `importLeads` mutation of the member, and saved before the next
    /// begins. Rows that can not be taken over go to a file, with their line and the reason, and can be
    /// mended there and imported again. Ctrl-C ends it after the batch in flight.
    ImportLeads(import_leads::ImportLeads),
    /// Count a tenant's numbers anew, from its messages
    ///
    /// In one transaction: whoever reads meanwhile sees the old numbers. Workers do so by themselves where they can tell
    /// that it is needed.
    Recount(recount::Recount),
    /// Check that the database keeps the promise: roles, row level security, policies
    Doctor,
}

/// The settings file that is read if it is there.
const SETTINGS_FILE: &str = "gateway.toml";

impl Cli {
    /// Runs the command to its end.
    ///
    /// # Errors
    /// [`CommandError`], which says in a sentence what to do.
    pub fn run(self) -> Result<(), CommandError> {
        match self.command {
            Some(Command::Schema) => return schema::run(),
            Some(Command::Permissions) => return permissions::run(),
            Some(Command::Events) => return events::run(),
            _ => {}
        }
        let config = self.settings.or(file(self.config)?).into();
        if let Some(Command::Documents(documents)) = &self.command {
            return documents.run(&config);
        }
        match self.command.unwrap_or(Command::Serve) {
            Command::Schema => schema::run(),
            Command::Permissions => permissions::run(),
            Command::Events => events::run(),
            Command::Documents(documents) => documents.run(&config),
            Command::Worker => long(&config, |signals| worker::run(&config, signals)),
            Command::Serve => long(&config, |signals| serve::run(&config, signals)),
            Command::Token(token) => long(&config, |signals| signals.end(token.run(&config))),
            Command::Migrate(migrate) => long(&config, |signals| signals.end(migrate.run(&config))),
            Command::Seed(seed) => long(&config, |signals| signals.end(seed.run(&config))),
            Command::ImportLeads(import) => long(&config, |signals| import.run(&config, signals)),
            Command::Recount(recount) => long(&config, |signals| signals.end(recount.run(&config))),
            Command::Doctor => long(&config, |signals| signals.end(doctor::run(&config))),
        }
    }
}

fn file(path: Option<PathBuf>) -> Result<Settings, CommandError> {
    match path {
        Some(path) => Ok(Settings::read(&path)?),
        None if Path::new(SETTINGS_FILE).exists() => Ok(Settings::read(SETTINGS_FILE.as_ref())?),
        None => Ok(Settings::default()),
    }
}

/// Runs a command that talks to a database. Telemetry is made first and flushed last, error or not.
fn long<F>(config: &Config, command: impl FnOnce(Signals) -> F) -> Result<(), CommandError>
where
    F: Future<Output = Result<(), CommandError>>,
{
    let telemetry = crate::telemetry::start(config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(crate::serve::STACK)
        .build()
        .map_err(CommandError::Runtime)?;
    let result = runtime.block_on(async { command(Signals::listen()?).await });
    runtime.shutdown_timeout(Duration::from_secs(1));
    telemetry.flush();
    result
}

/// How this program was called, for commands that are shown to be pasted.
fn program() -> String {
    let called = std::env::args_os().next();
    called.map_or_else(
        || "gateway".to_owned(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Prints a result: what a script reads. A reader that has seen enough (`| head`) is no error.
fn print(text: impl std::fmt::Display) -> Result<(), CommandError> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CommandError::Output(error)),
        _ => Ok(()),
    }
}
