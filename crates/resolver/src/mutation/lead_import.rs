//! Many leads at once, in one statement.

use std::collections::{HashMap, hash_map::Entry};

use async_graphql::Enum;
use entity::{
    id::{LeadId, TypedId},
    oltp::lead,
};
use sea_orm::{Value, sea_query::ArrayType};

use super::prelude::*;
use crate::{
    error::{ClientError, Code, internal},
    input::{Changes, EmailAddress, Path},
    object::lead::{Lead, LeadStatus},
};

rows::object! {
    /// What can be changed.
    pub object LeadImportMutations(()) {
        /// Takes leads over, 10,000 at most. What is wrong with one is told, and the others are taken over. For owners, admins and members.
        import_leads(Input<ImportLeadsInput>): ImportLeadsPayload = |_row| Some(()) -> Run,
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
        let mut batch = Batch::check(self.leads, &at);
        let there = batch.write(writer, self.mode, self.status).await?;
        batch.settle(self.mode, &there);
        // After the rows are there: how many of them are new is known now only.
        writer.claim(Limit::Contacts, 0).await?;
        Ok(batch.outcome)
    }
}

/// The leads that can be written, by address, and what became of the others.
struct Batch {
    leads: HashMap<String, Checked>,
    outcome: Imported,
}

struct Checked {
    index: usize,
    id: LeadId,
    given: String,
    name: String,
    company: String,
}

impl Batch {
    fn check(leads: Vec<ImportedLeadInput>, at: &Path<'_>) -> Self {
        let mut batch = Self {
            leads: HashMap::with_capacity(leads.len()),
            outcome: Imported::default(),
        };
        for (index, lead) in leads.into_iter().enumerate() {
            let given = lead.email.as_given().to_owned();
            match lead.check(index, &at.item(index)) {
                Ok((email, checked)) => batch.add(email, checked),
                Err(error) => {
                    let invalid = LeadRejection::Invalid;
                    batch
                        .outcome
                        .reject(index, given, invalid, error.to_string());
                }
            }
        }
        batch
    }

    fn add(&mut self, email: String, lead: Checked) {
        match self.leads.entry(email) {
            Entry::Vacant(place) => drop(place.insert(lead)),
            Entry::Occupied(first) => {
                let message = format!(
                    "`input.leads.{}.email` repeats the address of `input.leads.{}`",
                    lead.index,
                    first.get().index
                );
                self.outcome
                    .reject(lead.index, lead.given, LeadRejection::Repeated, message);
            }
        }
    }

    /// Writes them, in the order of their addresses, so that two imports can not wait for each other.
    /// Answers what was written: the address, and whether it is new.
    async fn write(
        &self,
        writer: &Writer<'_>,
        mode: LeadImportMode,
        status: Option<LeadStatus>,
    ) -> Result<HashMap<String, bool>> {
        if self.leads.is_empty() {
            return Ok(HashMap::new());
        }
        let mut rows: Vec<(&String, &Checked)> = self.leads.iter().collect();
        rows.sort_unstable_by_key(|(email, _)| *email);
        let texts = |value: fn(&(&String, &Checked)) -> Value| {
            Value::Array(
                ArrayType::String,
                Some(Box::new(rows.iter().map(value).collect())),
            )
        };
        let ids = rows.iter().map(|(_, lead)| lead.id.into_value()).collect();
        let values = [
            Value::Array(ArrayType::Uuid, Some(Box::new(ids))),
            texts(|(email, _)| email.as_str().into()),
            texts(|(_, lead)| lead.name.as_str().into()),
            texts(|(_, lead)| lead.company.as_str().into()),
            status
                .map(|status| sea_orm::ActiveEnum::to_value(&lead::LeadStatus::from(status)))
                .into(),
            writer.tenant().into_value(),
        ];
        let answer = writer.query(statement(mode), values).await?;
        let mut written = HashMap::with_capacity(answer.len());
        for row in &answer {
            let read = || {
                Ok::<(String, LeadId), sea_orm::DbErr>((
                    row.try_get("", "email")?,
                    row.try_get("", "id")?,
                ))
            };
            let (email, id) = read().map_err(|cause| internal(&cause))?;
            let new = self.leads.get(&email).is_some_and(|lead| lead.id == id);
            written.insert(email, new);
        }
        Ok(written)
    }

    /// Counts what was written, and says what became of the rest.
    fn settle(&mut self, mode: LeadImportMode, written: &HashMap<String, bool>) {
        for (email, lead) in std::mem::take(&mut self.leads) {
            match written.get(&email) {
                Some(true) => self.outcome.created += 1,
                Some(false) => self.outcome.updated += 1,
                None if mode == LeadImportMode::Skip => self.outcome.skipped += 1,
                None => {
                    let message = format!("`input.leads.{}.email` is taken", lead.index);
                    let exists = LeadRejection::AlreadyExists;
                    self.outcome.reject(lead.index, lead.given, exists, message);
                }
            }
        }
        self.outcome.rejected.sort_by_key(|rejected| rejected.index);
    }
}

impl ImportedLeadInput {
    fn check(self, index: usize, at: &Path<'_>) -> Result<(String, Checked), ClientError> {
        let (email, given) = (
            self.email.checked(at.field("email"))?,
            self.email.as_given().to_owned(),
        );
        let mut changes = Changes::<Lead>::new();
        changes.give(at, "email", lead::Column::Email, Some(self.email))?;
        changes.give(at, "name", lead::Column::Name, self.name)?;
        changes.give(at, "company", lead::Column::Company, self.company)?;
        // Sent as an array, whose items can not be null: empty text is no text.
        let text = |column| match changes.get(column) {
            Some(Value::String(Some(text))) => text.clone(),
            _ => String::new(),
        };
        let checked = Checked {
            index,
            id: LeadId::new(),
            given,
            name: text(lead::Column::Name),
            company: text(lead::Column::Company),
        };
        Ok((email, checked))
    }
}

impl Imported {
    fn reject(&mut self, index: usize, email: String, reason: LeadRejection, message: String) {
        self.rejected.push(Arc::new(Rejected {
            index: i32::try_from(index).unwrap_or(i32::MAX),
            email,
            reason,
            message,
        }));
    }
}

/// One SQL text for each mode, whatever the number of leads.
fn statement(mode: LeadImportMode) -> &'static str {
    macro_rules! import {
        ($conflict:literal) => {
            concat!(
                "INSERT INTO leads (id, tenant_id, email, name, company, status) \
                 SELECT i.id, $6, i.email, nullif(i.name, ''), nullif(i.company, ''), coalesce($5, 'active') \
                 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS i (id, email, name, company) \
                 ON CONFLICT (tenant_id, email) ",
                $conflict,
                " RETURNING email, id"
            )
        };
    }
    match mode {
        LeadImportMode::Insert | LeadImportMode::Skip => import!("DO NOTHING"),
        LeadImportMode::Upsert => import!(
            "DO UPDATE SET name = coalesce(excluded.name, leads.name), \
             company = coalesce(excluded.company, leads.company), status = coalesce($5, leads.status)"
        ),
    }
}
