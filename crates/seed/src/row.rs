//! Rows in PostgreSQL's binary format of `COPY`.
//!
//! Binary, because times and keys then need neither formatting here nor parsing there.

use serde_json::Value;
use uuid::Uuid;

use crate::calendar::Micros;

/// What a stream of rows begins with: a signature, no flags, no extension.
pub(crate) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// What it ends with.
pub(crate) const TRAILER: &[u8] = &[0xff, 0xff];

/// PostgreSQL counts from 2000-01-01.
const EPOCH: Micros = 946_684_800_000_000;
/// The type `text`, for an array to say what it holds.
const TEXT_OID: i32 = 25;

/// One row being written. The fields follow the order of the table's columns; their types are those
/// of the columns exactly, the server refuses any other.
pub(crate) struct Row<'a> {
    buffer: &'a mut Vec<u8>,
}

impl<'a> Row<'a> {
    pub(crate) fn begin(buffer: &'a mut Vec<u8>, columns: usize) -> Self {
        buffer.extend((columns as i16).to_be_bytes());
        Self { buffer }
    }

    fn field(&mut self, bytes: &[u8]) -> &mut Self {
        self.buffer.extend((bytes.len() as i32).to_be_bytes());
        self.buffer.extend(bytes);
        self
    }

    pub(crate) fn null(&mut self) -> &mut Self {
        self.buffer.extend((-1_i32).to_be_bytes());
        self
    }

    /// `uuid`.
    pub(crate) fn uuid(&mut self, value: Uuid) -> &mut Self {
        self.field(value.as_bytes())
    }

    /// `bytea`.
    pub(crate) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.field(value)
    }

    /// `text` and `varchar`.
    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        self.field(value.as_bytes())
    }

    /// `integer`.
    pub(crate) fn int(&mut self, value: i32) -> &mut Self {
        self.field(&value.to_be_bytes())
    }

    /// `bigint`.
    pub(crate) fn big(&mut self, value: i64) -> &mut Self {
        self.field(&value.to_be_bytes())
    }

    /// `boolean`.
    pub(crate) fn flag(&mut self, value: bool) -> &mut Self {
        self.field(&[value.into()])
    }

    /// `timestamptz`.
    pub(crate) fn time(&mut self, value: Micros) -> &mut Self {
        self.field(&(value - EPOCH).to_be_bytes())
    }

    /// `jsonb`.
    pub(crate) fn json(&mut self, value: &Value) -> &mut Self {
        let text = value.to_string();
        self.buffer.extend((text.len() as i32 + 1).to_be_bytes());
        // The version of the format.
        self.buffer.push(1);
        self.buffer.extend(text.as_bytes());
        self
    }

    /// `text[]`, not empty.
    pub(crate) fn texts(&mut self, values: &[&str]) -> &mut Self {
        // One dimension, no nulls, the elements' type, their number, the first one's number.
        let mut array: Vec<u8> = [1, 0, TEXT_OID, values.len() as i32, 1]
            .into_iter()
            .flat_map(i32::to_be_bytes)
            .collect();
        for value in values {
            array.extend((value.len() as i32).to_be_bytes());
            array.extend(value.as_bytes());
        }
        self.field(&array)
    }

    /// A value or null: `row.maybe(wait, Row::int)`.
    pub(crate) fn maybe<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T) -> &mut Self,
    ) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    /// `created` and `updated`, with which most tables end.
    pub(crate) fn times(&mut self, created: Micros, updated: Micros) -> &mut Self {
        self.time(created).time(updated)
    }
}
