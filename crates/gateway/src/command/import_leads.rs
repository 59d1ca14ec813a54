//! `gateway import-leads`: a file of any length, a batch at a time.
//!
//! A thread reads rows (`line`, `header`, `row`, `source`) while the batch before them is imported
//! (`batch`) in a transaction of its own; what was not taken over goes to a file (`rejects`). Memory holds
//! three batches at most.

mod batch;
mod error;
mod header;
mod line;
mod progress;
mod rejects;
mod row;
mod source;

use std::path::{Path, PathBuf};

use async_graphql::resolver_utils::EnumType;
use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use resolver::object::lead::LeadStatus;
use tenant::{Database, DatabaseOptions, Identity};

use super::{CommandError, Signals, find, serve::refuse_unfit};
use crate::{InvalidUrl, database::Databases, settings::Config};
use batch::Importer;
use error::Cause;
use progress::Progress;
use rejects::Rejects;
use source::{Batch, Source};

pub use error::ImportError;

/// Takes leads over from a CSV file.
///
/// Its first line names the columns: `email`, and if you like `name` and `company`; others are passed
/// over. Each batch is one `importLeads` mutation of the member: all of the batch is saved, or nothing.
#[derive(Args, Debug)]
pub struct ImportLeads {
    /// The CSV file (UTF-8), or - for standard input
    file: PathBuf,
    /// The tenant's name (acme) or id (tnt_…)
    #[arg(long)]
    tenant: String,
    /// The address (owner@acme.test) or id (user_…) of the member who imports: an owner, admin or member
    #[arg(long)]
    user: String,
    /// What to do with a lead whose address is there already
    #[arg(long, value_enum, default_value_t = Mode::Insert)]
    mode: Mode,
    /// The status of all of them [default: new ones are active, others stay as they are]
    #[arg(long, value_parser = statuses(), ignore_case = true)]
    status: Option<String>,
    /// Where rejected rows go, with the reason [default: FILE's name with .rejects.csv, beside it]
    #[arg(long, value_name = "CSV")]
    rejects: Option<PathBuf>,
    /// Replace the file for rejects if it is there
    #[arg(long)]
    force: bool,
    /// Rows of a transaction; 10000 at most
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    batch: u16,
    /// What separates fields, "tab" or one character [default: comma, semicolon or tab, as the first line has it]
    #[arg(long, value_parser = delimiter)]
    delimiter: Option<u8>,
}

/// What to do with a lead whose address is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// Reject it
    Insert,
    /// Change it to what the file says; what is empty in the file stays as it is
    Upsert,
    /// Pass over it
    Skip,
}

impl Mode {
    fn as_graphql(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Upsert => "UPSERT",
            Self::Skip => "SKIP",
        }
    }
}

/// The values of the schema.
fn statuses() -> impl TypedValueParser<Value = String> {
    let items = LeadStatus::items().iter();
    PossibleValuesParser::new(items.map(|item| item.name))
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r'] => Err("a quote or a line end can not separate fields".to_owned()),
        [one] if one.is_ascii() => Ok(*one),
        _ => Err("give one ASCII character, or tab".to_owned()),
    }
}

impl ImportLeads {
    pub(super) async fn run(self, config: &Config, signals: Signals) -> Result<(), CommandError> {
        let rejects = Rejects::prepare(self.rejects(), &self.file, self.force)?;
        let (file, delimiter) = (self.file.clone(), self.delimiter);
        let open = tokio::task::spawn_blocking(move || Source::open(&file, delimiter));
        let open = async {
            open.await
                .map_err(|error| CommandError::Runtime(error.into()))
        };
        let source = signals.clone().end(open).await??;
        warn_of(&source.header.unknown());
        let databases = signals.clone().end(Databases::existing(config)).await?;
        let imported = self
            .work(config, &databases, source, rejects, signals)
            .await;
        databases.close(imported).await
    }

    async fn work(
        &self,
        config: &Config,
        databases: &Databases,
        source: Source,
        rejects: Rejects,
        signals: Signals,
    ) -> Result<(), CommandError> {
        let prepare = async {
            refuse_unfit(&databases.login).await?;
            self.identity(databases).await
        };
        let identity = signals.clone().end(prepare).await?;
        let options = DatabaseOptions {
            max_connections: 1,
            acquire_timeout: config.acquire_timeout,
        };
        let importer = Importer {
            database: Database::new(&databases.login, &options).map_err(InvalidUrl::from)?,
            schema: resolver::schema(),
            identity,
            mode: self.mode,
            status: self.status.clone(),
        };
        let imported = self.import(&importer, source, rejects, &signals).await;
        importer.database.close().await;
        imported
    }

    async fn identity(&self, databases: &Databases) -> Result<Identity, CommandError> {
        match find::by_ids(Some(&self.tenant), &self.user) {
            Some(identity) => Ok(identity),
            None => find::by_names(databases, Some(&self.tenant), &self.user).await,
        }
    }

    /// Imports all batches, and says what became of them, however it ended.
    async fn import(
        &self,
        importer: &Importer,
        source: Source,
        mut rejects: Rejects,
        signals: &Signals,
    ) -> Result<(), CommandError> {
        let mut progress = Progress::start(source.length);
        let ended = self
            .batches(importer, source, &mut rejects, &mut progress, signals)
            .await;
        progress.end();
        let path = rejects.path().display().to_string();
        if ended.is_ok() || !progress.is_idle() {
            progress.summarize(&path)?;
        }
        let line = progress.line;
        ended.map_err(|cause| ImportError::Stopped { cause, line })?;
        let finished = rejects.finish();
        finished.map_err(|cause| ImportError::RejectsUnwritable {
            path: path.into(),
            cause,
        })?;
        Ok(())
    }

    async fn batches(
        &self,
        importer: &Importer,
        source: Source,
        rejects: &mut Rejects,
        progress: &mut Progress,
        signals: &Signals,
    ) -> Result<(), Cause> {
        let (header, mut batches) = source.batches(self.batch.into());
        loop {
            let batch = tokio::select! {
                biased;
                () = signals.clone().asked(1) => return Err(Cause::Asked),
                batch = batches.recv() => batch,
            };
            let Some(batch) = batch else {
                return Ok(());
            };
            let Batch { rows, line, bytes } = batch.map_err(Cause::Unreadable)?;
            // The batch in flight is saved; a second signal ends it, too, and takes it back.
            let imported = tokio::select! {
                imported = importer.import(&header, &rows) => imported?,
                () = signals.clone().asked(2) => return Err(Cause::Asked),
            };
            progress.add(&imported, rows.len(), line, bytes);
            let written = rejects.write(&header, &imported.rejects);
            written.map_err(|cause| Cause::Rejects {
                path: rejects.path().to_owned(),
                cause,
            })?;
        }
    }

    fn rejects(&self) -> PathBuf {
        match &self.rejects {
            Some(path) => path.clone(),
            None if self.file == Path::new("-") => "rejects.csv".into(),
            None => self.file.with_extension("rejects.csv"),
        }
    }
}

fn warn_of(unknown: &[String]) {
    if !unknown.is_empty() {
        tracing::warn!(
            "columns that are not imported: {}; those that are: email, name, company",
            unknown.join(", ")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::delimiter;

    #[test]
    fn a_delimiter_is_one_character() {
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert_eq!(delimiter("|"), Ok(b'|'));
        for bad in ["", "\"", "ab", "ü", "\n"] {
            assert!(delimiter(bad).is_err(), "{bad}");
        }
    }
}
