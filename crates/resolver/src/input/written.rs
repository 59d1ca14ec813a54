//! What a statement wrote where, for what keys refuse.

use sea_orm::{EntityName, IdenStatic, Value};

use super::{Changes, Path};
use crate::table::Table;

/// What a statement wrote where, so that the name of a constraint leads to the input's field.
pub(crate) struct Written<'w> {
    table: &'static str,
    at: &'w Path<'w>,
    values: Vec<WrittenValue>,
}

struct WrittenValue {
    column: &'static str,
    /// The item of a list of rows.
    row: Option<usize>,
    field: &'static str,
    /// As PostgreSQL writes it, to tell which of several rows a constraint is about.
    text: String,
}

impl<'w> Written<'w> {
    /// A statement about rows as a whole.
    pub(crate) fn rows<T: Table>(at: &'w Path<'w>) -> Self {
        Self {
            table: EntityName::table_name(&T::Entity::default()),
            at,
            values: Vec::new(),
        }
    }

    /// A statement about rows of a table that is no object; `values` are columns and the fields below
    /// `at` that they were given in.
    pub(crate) fn columns(
        table: &'static str,
        at: &'w Path<'w>,
        values: &[(&'static str, &'static str)],
    ) -> Self {
        let value = |(column, field): &(&'static str, &'static str)| WrittenValue {
            column,
            row: None,
            field,
            text: String::new(),
        };
        Self {
            table,
            at,
            values: values.iter().map(value).collect(),
        }
    }

    /// Adds the values of a row.
    pub(crate) fn add<T: Table>(&mut self, changes: &Changes<T>, row: Option<usize>) {
        let values = changes.iter().map(|(column, field, value)| WrittenValue {
            column: column.as_str(),
            row,
            field,
            text: value_text(value),
        });
        self.values.extend(values);
    }

    pub(crate) fn table(&self) -> &'static str {
        self.table
    }

    /// The path of the value that a constraint is about: `leads_tenant_id_email_key` is about the
    /// field written to `email`; the whole input if it names no column. `text` is the value that
    /// PostgreSQL complains of.
    pub(crate) fn path(&self, constraint: &str, text: Option<&str>) -> String {
        let name = constraint.strip_prefix(self.table).unwrap_or(constraint);
        let name = name.trim_end_matches("_fkey").trim_end_matches("_key");
        let column = name
            .trim_start_matches("_tenant_id")
            .trim_start_matches('_');
        let about = |value: &&WrittenValue| value.column == column && !value.field.is_empty();
        let mut values = self.values.iter().filter(about);
        let is_it = |value: &&WrittenValue| text.is_none_or(|text| text == value.text);
        let Some(value) = values.clone().find(is_it).or_else(|| values.next()) else {
            return self.at.to_string();
        };
        match value.row {
            Some(row) => self.at.item(row).field(value.field).to_string(),
            None => self.at.field(value.field).to_string(),
        }
    }
}

/// A value as PostgreSQL writes it in the detail of an error; "" for kinds that no key is made of.
fn value_text(value: &Value) -> String {
    match value {
        Value::Uuid(Some(uuid)) => uuid.to_string(),
        Value::BigInt(Some(number)) => number.to_string(),
        Value::String(Some(text)) => text.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Path, Written, WrittenValue};

    #[test]
    fn a_constraint_leads_to_the_field_that_was_written() {
        let input = Path::Argument("input");
        let value = |column, row, field, text: &str| WrittenValue {
            column,
            row,
            field,
            text: text.to_owned(),
        };
        let written = Written {
            table: "leads",
            at: &input,
            values: vec![
                value("email", None, "email", "a"),
                value("company_id", Some(0), "company", "1"),
                value("company_id", Some(1), "company", "2"),
            ],
        };
        let path = |constraint, text| written.path(constraint, text);
        assert_eq!(path("leads_tenant_id_email_key", None), "input.email");
        assert_eq!(path("leads_company_id_fkey", Some("2")), "input.1.company");
        assert_eq!(path("leads_something_key", None), "input");
    }
}
