//! A batch as the mutation `importLeads`: the same path, rights, policies and limits as over HTTP.

use std::time::Duration;

use async_graphql::{Name, Request, Value, Variables, from_value, indexmap::IndexMap};
use serde::Deserialize;
use tenant::{Access, Database, Identity};

use super::{
    arguments::Mode, error::Cause, header::Header, record::Record, rejects::Reject, row::Row,
};
use crate::operation;

const MUTATION: &str = "mutation ImportLeads($input: ImportLeadsInput!) { importLeads(input: $input) { \
    created updated skipped rejected { index message } } }";

/// What imports: a member of a tenant, and how.
pub(super) struct Importer {
    pub(super) database: Database,
    pub(super) schema: resolver::Schema,
    pub(super) identity: Identity,
    pub(super) mode: Mode,
    pub(super) status: Option<String>,
    /// How long a batch may take.
    pub(super) time: Duration,
}

/// What became of a batch.
pub(super) struct Imported<'r> {
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) skipped: u64,
    /// In the order of their lines.
    pub(super) rejects: Vec<Reject<'r>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    import_leads: Payload,
}

#[derive(Deserialize)]
struct Payload {
    created: u64,
    updated: u64,
    skipped: u64,
    rejected: Vec<Rejected>,
}

#[derive(Deserialize)]
struct Rejected {
    index: usize,
    message: String,
}

impl Importer {
    /// Imports the rows in one transaction; all of them that can be, or none.
    ///
    /// # Errors
    /// When nothing of the batch was imported.
    pub(super) async fn import<'r>(
        &self,
        record: &Record,
        header: &Header,
        rows: &'r [Row],
    ) -> Result<Imported<'r>, Cause> {
        let (bad, good): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.fault.is_some());
        let payload = self.send(record, header, &good, bad.len()).await?;
        let mut rejects = Vec::with_capacity(bad.len() + payload.rejected.len());
        for row in bad {
            rejects.push(reject(row, row.fault.clone().unwrap_or_default()));
        }
        for Rejected { index, message } in payload.rejected {
            if let Some(row) = good.get(index) {
                rejects.push(reject(row, in_the_file(&message, &good)));
            }
        }
        rejects.sort_by_key(|reject| reject.line);
        Ok(Imported {
            created: payload.created,
            updated: payload.updated,
            skipped: payload.skipped,
            rejects,
        })
    }

    async fn send(
        &self,
        record: &Record,
        header: &Header,
        rows: &[&Row],
        rejected_before: usize,
    ) -> Result<Payload, Cause> {
        let mut input = self.input(header, rows);
        input.insert(Name::new("importId"), Value::String(record.0.clone()));
        input.insert(Name::new("rejectedBefore"), Value::from(rejected_before));
        let data = self.mutate(MUTATION, input).await?;
        let answer: Answer = from_value(data).map_err(|error| Cause::Refused(error.to_string()))?;
        Ok(answer.import_leads)
    }

    /// Runs a mutation of one input; its data.
    ///
    /// # Errors
    /// When nothing was changed.
    pub(super) async fn mutate(
        &self,
        mutation: &str,
        input: IndexMap<Name, Value>,
    ) -> Result<Value, Cause> {
        let variables = IndexMap::from([(Name::new("input"), Value::Object(input))]);
        let variables = Variables::from_value(Value::Object(variables));
        let request = Request::new(mutation).variables(variables);
        let executed = operation::execute(
            &self.database,
            &self.schema,
            &self.identity,
            Access::Write,
            request,
            self.time,
            tenant::Cause::named(Some("import-leads")),
        );
        let response = executed.await.answer()?;
        if let Some(error) = response.errors.into_iter().next() {
            return Err(Cause::Refused(error.message));
        }
        Ok(response.data)
    }

    fn input(&self, header: &Header, rows: &[&Row]) -> IndexMap<Name, Value> {
        let leads = rows.iter().map(|row| lead(header, row)).collect();
        let mut input = IndexMap::from([
            (Name::new("leads"), Value::List(leads)),
            (
                Name::new("mode"),
                Value::Enum(Name::new(self.mode.as_graphql())),
            ),
        ]);
        if let Some(status) = &self.status {
            let status = Name::new(status.to_uppercase());
            input.insert(Name::new("status"), Value::Enum(status));
        }
        input
    }
}

/// The input's object. An empty field is none, so that it does not empty what is there.
fn lead(header: &Header, row: &Row) -> Value {
    let columns = [
        ("email", Some(header.email)),
        ("name", header.name),
        ("company", header.company),
    ];
    let mut lead = IndexMap::with_capacity(columns.len());
    for (name, column) in columns {
        let field = column.and_then(|column| row.fields.get(column));
        let text = field.map_or("", |field| std::str::from_utf8(field).unwrap_or_default());
        let text = text.trim();
        if name == "email" || !text.is_empty() {
            lead.insert(Name::new(name), Value::String(text.to_owned()));
        }
    }
    Value::Object(lead)
}

fn reject(row: &Row, reason: String) -> Reject<'_> {
    Reject {
        line: row.line,
        fields: &row.fields,
        reason,
    }
}

/// What the mutation says of places in its input, said of lines and columns of the file:
/// `input.leads.7.email` is the column, `input.leads.7` the line.
fn in_the_file(message: &str, rows: &[&Row]) -> String {
    let mut parts = message.split("`input.leads.");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (place, rest) = part.split_once('`').unwrap_or((part, ""));
        match place.split_once('.') {
            Some((_, column)) => text.push_str(column),
            None => match place.parse().ok().and_then(|index: usize| rows.get(index)) {
                Some(row) => text.push_str(&format!("line {}", row.line)),
                None => text.push_str(place),
            },
        }
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use csv::ByteRecord;

    use super::{Row, in_the_file};

    #[test]
    fn messages_speak_of_the_file() {
        let row = |line| Row {
            line,
            fields: ByteRecord::new(),
            fault: None,
        };
        let (first, second) = (row(2), row(9));
        let rows = [&first, &second];
        for (message, text) in [
            ("`input.leads.1.email` is taken", "email is taken"),
            (
                "`input.leads.1.email` repeats the address of `input.leads.0`",
                "email repeats the address of line 2",
            ),
            (
                "give one such as `ada@example.com`",
                "give one such as `ada@example.com`",
            ),
        ] {
            assert_eq!(in_the_file(message, &rows), text);
        }
    }
}
