//! Rows as plain values.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

/// A row's key; it breaks the ties of every order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    Uuid(Uuid),
    Int(i64),
}

/// A value of a column. Text compares by its bytes, like the database's `COLLATE "C"`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Time(DateTime<Utc>),
    Text(String),
    Key(Key),
}

/// A row, by the columns' names in SQL.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: Key,
    pub cells: BTreeMap<&'static str, Cell>,
}

impl Row {
    pub fn cell(&self, column: &str) -> &Cell {
        &self.cells[column]
    }

    /// The key in a column that refers to another row.
    pub fn reference(&self, column: &str) -> Option<Key> {
        match self.cell(column) {
            Cell::Key(key) => Some(*key),
            _ => None,
        }
    }

    /// The row as PostgreSQL reads it from JSON.
    pub fn json(&self) -> Value {
        self.cells
            .iter()
            .map(|(column, cell)| ((*column).to_owned(), cell.json()))
            .collect()
    }
}

impl Cell {
    pub fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(yes) => json!(yes),
            Self::Int(number) | Self::Key(Key::Int(number)) => json!(number),
            Self::Time(time) => json!(written(*time)),
            Self::Text(text) => json!(text),
            Self::Key(Key::Uuid(uuid)) => json!(uuid),
        }
    }
}

/// A moment to the microsecond, which is what the database keeps.
pub fn written(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}
