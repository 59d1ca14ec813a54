//! One call's leads: checked, written in one statement, accounted for.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use async_graphql::Result;
use entity::{
    id::{LeadId, TypedId},
    oltp::lead,
};
use sea_orm::{Value, sea_query::ArrayType};

use super::{Imported, ImportedLeadInput, LeadImportMode, LeadRejection, Rejected};
use crate::{
    error::{ClientError, internal},
    input::{Changes, Path},
    object::lead::{Lead, LeadStatus},
    write::Writer,
};

/// The leads that can be written, by address, and what became of the others.
pub(super) struct Batch {
    leads: HashMap<String, Checked>,
    pub(super) outcome: Imported,
}

struct Checked {
    index: usize,
    id: LeadId,
    given: String,
    name: String,
    company: String,
}

impl Batch {
    pub(super) fn check(leads: Vec<ImportedLeadInput>, at: &Path<'_>) -> Self {
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
    pub(super) async fn write(
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
            let read =
                || Ok::<(String, LeadId), sea_orm::DbErr>((row.named("email")?, row.named("id")?));
            let (email, id) = read().map_err(|cause| internal(&cause))?;
            let new = self.leads.get(&email).is_some_and(|lead| lead.id == id);
            written.insert(email, new);
        }
        Ok(written)
    }

    /// Counts what was written, and says what became of the rest.
    pub(super) fn settle(&mut self, mode: LeadImportMode, written: &HashMap<String, bool>) {
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
