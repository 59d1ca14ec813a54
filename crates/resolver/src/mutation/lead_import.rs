//! Many leads at once, in one statement.

mod batch;
mod record;

use async_graphql::Enum;
use batch::Batch;
use entity::id::LeadImportId;
use record::{
    CreateLeadImportInput, CreateLeadImportPayload, FinishLeadImportInput, FinishLeadImportPayload,
};

use super::prelude::*;
use crate::{
    error::{ClientError, Code},
    input::EmailAddress,
    object::lead::LeadStatus,
};

root! {
    /// What can be changed.
    pub object LeadImportMutations(()) {
        /// Takes leads over, 10,000 at most. What is wrong with one is told, and the others are taken over. For owners, admins and members.
        import_leads(Input<ImportLeadsInput>): ImportLeadsPayload = |_row| Some(()) -> Run,
        /// Begins an import of many calls of `importLeads`, which name it so that others see how far it has come. For owners, admins and members.
        create_lead_import(Input<CreateLeadImportInput>): CreateLeadImportPayload = |_row| Some(()) -> Run,
        /// Ends an import. For owners, admins and members.
        finish_lead_import(Input<FinishLeadImportInput>): FinishLeadImportPayload = |_row| Some(()) -> Run,
    }
}

/// Most leads of one call.
pub const MOST_LEADS: usize = 10_000;

/// Leads, and what to do with those that are there already.
#[derive(async_graphql::InputObject)]
pub struct ImportLeadsInput {
    /// The leads; 10,000 at most.
    pub leads: Vec<ImportedLeadInput>,
    /// What to do with a lead whose address is there already.
    pub mode: LeadImportMode,
    /// The status of all of them. If not given, new ones can be written to and others stay as they are.
    pub status: Option<LeadStatus>,
    /// The id of the import that these leads are a part of. If given, it counts them.
    pub import_id: Option<Reference<LeadImportId>>,
    /// How many more leads the client itself did not take over, from 0 to 1,000,000; the import counts them as rejected.
    #[graphql(default_with = "Between(0)")]
    pub rejected_before: Between<0, 1_000_000>,
}

/// A lead to take over.
#[derive(async_graphql::InputObject)]
pub struct ImportedLeadInput {
    /// The address.
    pub email: EmailAddress,
    /// Full name; 200 characters at most.
    pub name: Option<String>,
    /// Where the person works; 200 characters at most.
    pub company: Option<String>,
}

/// What an import does with a lead whose address is there already.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadImportMode {
    /// Rejects it.
    Insert,
    /// Changes it to what is given; what is not given stays as it is.
    Upsert,
    /// Passes over it.
    Skip,
}

/// Why a lead was not taken over.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadRejection {
    /// A value can not be used.
    Invalid,
    /// An earlier lead of the same import has the address.
    Repeated,
    /// There is a lead with the address.
    AlreadyExists,
}

impl rows::Scalar<LeadRejection> for LeadRejection {
    fn value(reason: &LeadRejection) -> async_graphql::Value {
        async_graphql::InputType::to_value(reason)
    }

    fn write(reason: &LeadRejection, json: &mut rows::JsonText) {
        json.enumeration(*reason);
    }
}

/// What became of an import.
#[derive(Default)]
pub struct Imported {
    created: i32,
    updated: i32,
    skipped: i32,
    rejected: Vec<Arc<Rejected>>,
}

/// A lead that was not taken over.
pub struct Rejected {
    index: i32,
    email: String,
    reason: LeadRejection,
    message: String,
}

rows::object! {
    /// What became of an import. Each lead is counted once.
    pub object ImportLeadsPayload(Imported) {
        /// How many leads are new.
        created: i32,
        /// How many were there and are changed.
        updated: i32,
        /// How many were there and passed over.
        skipped: i32,
        /// Those that were not taken over, in the order of the input.
        #[list_size = 100]
        rejected: Vec<RejectedLead> = |imported| Some(imported.rejected.clone()) -> inside(),
    }
}

rows::object! {
    /// A lead that was not taken over.
    pub object RejectedLead(Rejected) {
        /// Its place in `leads`, from 0.
        index: i32,
        /// The address as it was given.
        email: String,
        /// Why, for programs.
        reason: LeadRejection,
        /// Why, for people.
        message: String,
    }
}

impl Mutate for ImportLeadsInput {
    type Payload = ImportLeadsPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Imported> {
        let at = INPUT.field("leads");
        if self.leads.len() > MOST_LEADS {
            let problem = format!(
                "has {} leads; {MOST_LEADS} are the most: send them in several calls",
                self.leads.len()
            );
            return Err(ClientError::at(Code::BadUserInput, at, problem).into());
        }
        let rejected_before = self
            .rejected_before
            .checked(&INPUT.field("rejected_before"))?;
        let import = self.import_id.as_ref();
        let import = import
            .map(|id| id.typed(&INPUT.field("import_id")))
            .transpose()?;
        let mut batch = Batch::check(self.leads, &at);
        let there = batch.write(writer, self.mode, self.status).await?;
        batch.settle(self.mode, &there);
        // After the rows are there: how many of them are new is known now only.
        if batch.outcome.created > 0 {
            writer.claim(Limit::Contacts, 0).await?;
        }
        if let Some(import) = import {
            record::count(writer, import, &batch.outcome, rejected_before).await?;
        }
        Ok(batch.outcome)
    }
}
