//! The record of an import of many calls: how far it has come, for others to see.

use async_graphql::{Enum, Result};
use chrono::Utc;
use entity::{
    id::{LeadImportId, TypedId},
    oltp::lead_import::{self, Column, LeadImportState as State},
};
use sea_orm::{ActiveEnum, ColumnTrait};

use super::{super::prelude::*, Imported};
use crate::{
    error::{ClientError, Code},
    input::{Changes, Path},
    object::lead_import::LeadImport,
    write::not_found,
};

/// What is going to be imported.
#[derive(async_graphql::InputObject)]
pub struct CreateLeadImportInput {
    /// Name as shown, such as the file's; 200 characters at most.
    pub name: String,
    /// How many leads there are, if that is known; from 0 to 2,000,000,000.
    pub total_count: Option<Between<0, 2_000_000_000>>,
}

rows::object! {
    /// The new import.
    pub object CreateLeadImportPayload(Written<LeadImport>) {
        /// As it is now.
        lead_import: LeadImport = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateLeadImportInput {
    type Payload = CreateLeadImportPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<LeadImport>> {
        let mut changes = Changes::<LeadImport>::new();
        changes.give(&INPUT, "name", Column::Name, Some(self.name))?;
        changes.give(&INPUT, "total_count", Column::TotalCount, self.total_count)?;
        writer.insert(&INPUT, changes).await.map(Written)
    }
}

/// Which import to end, and how it ended.
#[derive(async_graphql::InputObject)]
pub struct FinishLeadImportInput {
    /// The id.
    pub id: Reference<LeadImportId>,
    /// How it ended.
    pub outcome: LeadImportOutcome,
}

/// How an import ended.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadImportOutcome {
    /// All leads have come.
    Completed,
    /// Not all leads have come, and no more will.
    Stopped,
}

rows::object! {
    /// The import that has ended.
    pub object FinishLeadImportPayload(Written<LeadImport>) {
        /// As it is now.
        lead_import: LeadImport = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for FinishLeadImportInput {
    type Payload = FinishLeadImportPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<LeadImport>> {
        let state = match self.outcome {
            LeadImportOutcome::Completed => State::Completed,
            LeadImportOutcome::Stopped => State::Stopped,
        };
        let mut running = Target::<LeadImport>::new(&self.id, None)?;
        running.condition = running.condition.add(Column::State.eq(State::Running));
        let mut changes = Changes::<LeadImport>::new();
        changes.set(Column::State, state.to_value());
        changes.set(Column::Finished, Utc::now());
        if let Some(row) = writer.update_if(&running, &INPUT, changes).await? {
            return Ok(Written(row));
        }
        let there = writer.locked(&Target::<LeadImport>::of(running.id)).await?;
        Err(ended(&there, &INPUT.field("id")).into())
    }
}

/// Adds a batch to its import, in the batch's transaction.
pub(super) async fn count(
    writer: &Writer<'_>,
    import: LeadImportId,
    batch: &Imported,
    rejected_before: i32,
) -> Result<()> {
    let rejected = i32::try_from(batch.rejected.len()).unwrap_or(i32::MAX);
    let values = [
        import.into_value(),
        batch.created.into(),
        batch.updated.into(),
        batch.skipped.into(),
        rejected.saturating_add(rejected_before).into(),
    ];
    if !writer.query(COUNT, values).await?.is_empty() {
        return Ok(());
    }
    let at = INPUT.field("import_id");
    let there = writer.query(STATE, [import.into_value()]).await?;
    let problem = match there.first() {
        None => not_found(&at),
        Some(_) => over(&at),
    };
    Err(problem.into())
}

const COUNT: &str = "UPDATE lead_imports SET created_count = created_count + $2, \
    updated_count = updated_count + $3, skipped_count = skipped_count + $4, \
    rejected_count = rejected_count + $5 WHERE id = $1 AND state = 'running' RETURNING id";

const STATE: &str = "SELECT state FROM lead_imports WHERE id = $1";

fn ended(import: &lead_import::Model, at: &Path<'_>) -> ClientError {
    over(at).with("status", import.state.to_value().to_uppercase())
}

fn over(at: &Path<'_>) -> ClientError {
    ClientError::at(Code::IllegalTransition, at, "is an import that has ended")
}

impl Writable for LeadImport {}
