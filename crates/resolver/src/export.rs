//! Analytics as text, to be taken away: a page of rows at a time, in the order of time, in the tenant's context.
//!
//! A context reads one snapshot of a tier, so the pages are of one moment, however long the reading takes.

mod kind;
mod shape;

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::{DbBackend, DbErr, Statement, Value};
use tenant::{Row, TenantContext, Tier};
use uuid::Uuid;

use crate::loader::RawKey;
use shape::Shape;

pub use kind::Kind;

/// Rows of a page.
const PAGE: usize = 1_000;

/// Rows that are taken away, and how far they were read.
#[derive(Clone, Debug)]
pub struct Export {
    kind: Kind,
    first: NaiveDate,
    last: NaiveDate,
    /// The last row's time and key; none before the first page.
    after: Option<(String, Uuid)>,
    ended: bool,
}

/// A row: a cell for each of [`Kind::header`].
pub type Line = Vec<String>;

impl Export {
    /// What there is of the days from `first` to `last`, which are both in it.
    #[must_use]
    pub fn new(kind: Kind, first: NaiveDate, last: NaiveDate) -> Self {
        Self {
            kind,
            first,
            last,
            after: None,
            ended: false,
        }
    }

    /// What it is of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The days.
    #[must_use]
    pub fn days(&self) -> (NaiveDate, NaiveDate) {
        (self.first, self.last)
    }

    /// The next rows; none at the end.
    ///
    /// # Errors
    /// As of any statement.
    pub async fn page(&mut self, context: &TenantContext) -> Result<Vec<Line>, DbErr> {
        if self.ended {
            return Ok(Vec::new());
        }
        let rows = context
            .on(Tier::Analytics)
            .rows_raw(&self.statement())
            .await?;
        self.ended = rows.len() < PAGE;
        let read: Result<Vec<Read>, DbErr> = rows.iter().map(Read::of).collect();
        let read = read?;
        if let Some(last) = read.last() {
            self.after = Some((last.time.clone(), last.key));
        }
        self.named(context, read).await
    }

    /// Read from where the last page ended: the index has the rows of a tenant in this order.
    fn statement(&self) -> Statement {
        let shape = Shape::of(self.kind);
        let Shape {
            table,
            time,
            time_type,
            shown_time,
            span: (from, before),
            key,
            ..
        } = shape;
        let cells: Vec<String> = shape
            .cells()
            .map(|(_, column)| format!("coalesce(({column})::text, '')"))
            .collect();
        let mut values: Vec<Value> = vec![self.first.into(), self.last.into()];
        let mut beyond = String::new();
        if let Some((at, after)) = &self.after {
            beyond = format!("AND ({time}, {key}) > ($3::text::{time_type}, $4::uuid)");
            values.extend([at.clone().into(), (*after).into()]);
        }
        let sql = format!(
            "SELECT {shown_time} AS shown, {key} AS key, ARRAY[{cells}] AS cells FROM {table} \
             WHERE {time} >= {from} AND {time} < {before} {beyond} ORDER BY {time}, {key} LIMIT {PAGE}",
            cells = cells.join(", ")
        );
        Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
    }

    async fn named(&self, context: &TenantContext, read: Vec<Read>) -> Result<Vec<Line>, DbErr> {
        let kind = self.kind;
        let Some((_, names)) = kind.names().filter(|_| !read.is_empty()) else {
            return Ok(read.into_iter().map(|row| row.line(kind, None)).collect());
        };
        let mut keys: Vec<RawKey> = read.iter().map(|row| RawKey::Uuid(row.key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let values = [RawKey::any_value(&keys)];
        let names = Statement::from_sql_and_values(DbBackend::Postgres, names, values);
        let mut known = HashMap::new();
        for row in context.rows_raw(&names).await? {
            known.insert(row.named::<Uuid>("id")?, row.named::<String>("name")?);
        }
        let line = |row: Read| {
            let name = known.get(&row.key).cloned().unwrap_or_default();
            row.line(kind, Some(name))
        };
        Ok(read.into_iter().map(line).collect())
    }
}

/// A row as it is read.
struct Read {
    time: String,
    key: Uuid,
    cells: Vec<String>,
}

impl Read {
    fn of(row: &Row) -> Result<Self, DbErr> {
        Ok(Self {
            time: row.named("shown")?,
            key: row.named("key")?,
            cells: row.named("cells")?,
        })
    }

    /// The name is empty where what it is of is gone, and is none where nothing has a name.
    fn line(self, kind: Kind, name: Option<String>) -> Line {
        let id = kind.id(self.key);
        let mut line = vec![self.time, id];
        line.extend(name);
        line.extend(self.cells);
        line
    }
}
