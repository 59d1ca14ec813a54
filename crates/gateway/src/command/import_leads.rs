//! `gateway import-leads`: a file of any length, a batch at a time.
//!
//! A thread reads rows (`line`, `header`, `row`, `source`) while the batch before them is imported
//! (`batch`) in a transaction of its own, and counted (`record`); what was not taken over goes to a file (`rejects`). Memory holds
//! three batches at most.

mod arguments;
mod batch;
mod error;
mod header;
mod line;
mod progress;
mod record;
mod rejects;
mod row;
mod source;

use tenant::{Database, DatabaseOptions, Identity};

use super::{CommandError, Signals, find::Somebody, serve::refuse_unfit};
use crate::{InvalidUrl, database::Databases, settings::Config};
use batch::Importer;
use error::Cause;
use progress::Progress;
use record::Record;
use rejects::Rejects;
use source::{Batch, Source};

pub use arguments::ImportLeads;
pub use error::ImportError;

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
            refuse_unfit(databases).await?;
            self.identity(databases).await
        };
        let identity = signals.clone().end(prepare).await?;
        let options = DatabaseOptions {
            max_connections: 1,
            acquire_timeout: config.acquire_timeout,
            statement_timeout: config.statement_timeout,
        };
        let importer = Importer {
            database: Database::new(&databases.oltp().login, &options).map_err(InvalidUrl::from)?,
            schema: resolver::schema(),
            identity,
            mode: self.mode,
            status: self.status.clone(),
            time: config.request_timeout,
        };
        let imported = self.import(&importer, source, rejects, &signals).await;
        importer.database.close().await;
        imported
    }

    async fn identity(&self, databases: &Databases) -> Result<Identity, CommandError> {
        let member = Somebody {
            tenant: Some(&self.tenant),
            user: &self.user,
            staff: false,
        };
        match member.by_ids() {
            Some(identity) => Ok(identity),
            None => member.by_names(databases).await,
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
            .recorded(importer, source, &mut rejects, &mut progress, signals)
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

    /// Imports all batches as one import, for others to see.
    async fn recorded(
        &self,
        importer: &Importer,
        source: Source,
        rejects: &mut Rejects,
        progress: &mut Progress,
        signals: &Signals,
    ) -> Result<(), Cause> {
        let record = Record::create(importer, &self.name()).await?;
        let ended = self
            .batches((importer, &record), source, rejects, progress, signals)
            .await;
        record.finish(importer, ended.is_ok()).await;
        ended
    }

    async fn batches(
        &self,
        (importer, record): (&Importer, &Record),
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
                imported = importer.import(record, &header, &rows) => imported?,
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
}

fn warn_of(unknown: &[String]) {
    if !unknown.is_empty() {
        tracing::warn!(
            "columns that are not imported: {}; those that are: email, name, company",
            unknown.join(", ")
        );
    }
}
