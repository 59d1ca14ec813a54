//! The record of an import, by which others see how far it has come: made before the first batch, ended after the last.

use async_graphql::{Name, Value, from_value, indexmap::IndexMap};
use serde::Deserialize;

use super::{batch::Importer, error::Cause};

const CREATE: &str = "mutation CreateLeadImport($input: CreateLeadImportInput!) { \
    createLeadImport(input: $input) { leadImport { id } } }";

const FINISH: &str = "mutation FinishLeadImport($input: FinishLeadImportInput!) { \
    finishLeadImport(input: $input) { leadImport { id } } }";

/// Characters of a name.
const LONGEST: usize = 200;

/// The id of an import's record.
pub(super) struct Record(pub(super) String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    create_lead_import: Payload,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    lead_import: Made,
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

impl Record {
    /// Makes the record.
    pub(super) async fn create(importer: &Importer, name: &str) -> Result<Self, Cause> {
        let name = name.chars().take(LONGEST).collect();
        let input = IndexMap::from([(Name::new("name"), Value::String(name))]);
        let data = importer.mutate(CREATE, input).await?;
        let answer: Answer = from_value(data).map_err(|error| Cause::Refused(error.to_string()))?;
        Ok(Self(answer.create_lead_import.lead_import.id))
    }

    /// Ends it. What was imported is saved in any case, so that it could not be ended is worth a warning only.
    pub(super) async fn finish(self, importer: &Importer, is_complete: bool) {
        let outcome = if is_complete { "COMPLETED" } else { "STOPPED" };
        let input = IndexMap::from([
            (Name::new("id"), Value::String(self.0)),
            (Name::new("outcome"), Value::Enum(Name::new(outcome))),
        ]);
        if let Err(error) = importer.mutate(FINISH, input).await {
            tracing::warn!(%error, "the record of the import could not be ended");
        }
    }
}
