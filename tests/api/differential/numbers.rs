//! Aggregates and groups of a list, worked out in memory.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use chrono_tz::Pacific::Honolulu;
use serde_json::{Map, Value, json};

use super::{
    kind::{Column, Kind, Sort},
    row::{Cell, Row},
};

/// What the reference has to say of a list.
pub struct Numbers {
    pub aggregates: Value,
    pub groups: Value,
}

/// The fields that ask for it. The weeks are of a place where it is the day before when many of the
/// moments are.
pub fn asked(kind: &Kind) -> String {
    let names: Vec<&str> = numbers(kind).map(|column| column.field).collect();
    let (extremes, sum) = match names.join(" ") {
        none if none.is_empty() => (none, String::new()),
        names => (names.clone(), format!("sum {{ {names} }}")),
    };
    let value = grouped(kind);
    format!(
        "aggregates {{ count min {{ created {extremes} }} max {{ updated {extremes} }} {sum} }} \
         groups(by: [{by}, CREATED_WEEK], timeZone: \"Pacific/Honolulu\") \
         {{ key {{ {field} created {{ week }} }} aggregates {{ count max {{ updated }} }} }}",
        by = value.sql.to_uppercase(),
        field = value.field
    )
}

/// What a list of these rows must answer.
pub fn expected(kind: &Kind, rows: &[&Row]) -> Numbers {
    let mut least = Map::from_iter([("created".to_owned(), time(least(rows, "created")))]);
    let mut most = Map::from_iter([("updated".to_owned(), time(greatest(rows, "updated")))]);
    let mut sums = Map::new();
    for column in numbers(kind) {
        least.insert(
            column.field.to_owned(),
            number(self::least(rows, column.sql)),
        );
        most.insert(column.field.to_owned(), number(greatest(rows, column.sql)));
        let values = rows.iter().filter_map(|row| match row.cell(column.sql) {
            Cell::Int(value) => Some(*value),
            _ => None,
        });
        sums.insert(
            column.field.to_owned(),
            json!(values.reduce(|sum, value| sum + value)),
        );
    }
    let mut aggregates = json!({ "count": rows.len(), "min": least, "max": most });
    if !sums.is_empty() {
        aggregates["sum"] = Value::Object(sums);
    }
    Numbers {
        aggregates,
        groups: groups(kind, rows),
    }
}

fn groups(kind: &Kind, rows: &[&Row]) -> Value {
    let value = grouped(kind);
    let mut groups: BTreeMap<(Cell, NaiveDate), Vec<&Row>> = BTreeMap::new();
    for row in rows {
        let key = (row.cell(value.sql).clone(), week(row));
        groups.entry(key).or_default().push(row);
    }
    let shown = groups.iter().map(|((cell, week), rows)| {
        let cell = match cell {
            Cell::Text(text) => json!(text.to_uppercase()),
            cell => cell.json(),
        };
        json!({
            "key": { value.field: cell, "created": { "week": week.to_string() } },
            "aggregates": { "count": rows.len(), "max": { "updated": time(greatest(rows, "updated")) } },
        })
    });
    shown.collect()
}

fn week(row: &Row) -> NaiveDate {
    let Cell::Time(created) = row.cell("created") else {
        unreachable!("every row was made at some time");
    };
    let day = created.with_timezone(&Honolulu).date_naive();
    day - Days::new(u64::from(day.weekday().num_days_from_monday()))
}

fn numbers(kind: &Kind) -> impl Iterator<Item = &Column> {
    let columns = kind.columns.iter();
    columns.filter(|column| column.sort == Sort::Int)
}

/// What rows of a kind are grouped by beside the week.
fn grouped(kind: &Kind) -> &Column {
    let mut columns = kind.columns.iter();
    columns
        .find(|column| matches!(column.sort, Sort::Enum(_) | Sort::Bool))
        .expect("every kind has a status or a switch")
}

fn values<'r>(rows: &[&'r Row], column: &str) -> impl Iterator<Item = &'r Cell> {
    let cells = rows.iter().map(move |row| row.cell(column));
    cells.filter(|cell| **cell != Cell::Null)
}

fn least<'r>(rows: &[&'r Row], column: &str) -> Option<&'r Cell> {
    values(rows, column).min()
}

fn greatest<'r>(rows: &[&'r Row], column: &str) -> Option<&'r Cell> {
    values(rows, column).max()
}

fn number(cell: Option<&Cell>) -> Value {
    cell.map_or(Value::Null, Cell::json)
}

fn time(cell: Option<&Cell>) -> Value {
    match cell {
        Some(Cell::Time(time)) => json!(time.to_rfc3339()),
        _ => Value::Null,
    }
}
