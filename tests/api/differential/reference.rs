//! What a connection answers, worked out in memory: keep what the filter holds of, sort, cut.

use serde_json::{Map, Value, json};

use super::{
    ask::{Ask, Cursors, Inside, Size},
    data::Data,
    numbers,
    row::{Cell, Key, Row},
};

/// A page, and what is around it.
pub struct Page<'d> {
    pub rows: Vec<&'d Row>,
    /// The rows of all pages.
    pub all: Vec<&'d Row>,
    pub total: usize,
    pub next: bool,
    pub previous: bool,
}

impl Data {
    /// The whole answer of a root connection.
    pub fn answer(&self, ask: &Ask, cursors: &Cursors) -> Value {
        self.list(ask, self.rows(ask.kind.object).iter(), cursors)
    }

    /// The page of a connection over some rows.
    pub fn page<'d>(&'d self, ask: &Ask, among: impl Iterator<Item = &'d Row>) -> Page<'d> {
        let mut rows = self.sorted(ask, among);
        let (all, total) = (rows.clone(), rows.len());
        let place = |key: Key| self.place(ask, self.find(ask.kind.object, key).expect("a row"));
        let descending = ask.order().descending;
        if let Some(after) = ask.after.map(place) {
            rows.retain(|row| {
                if descending {
                    self.place(ask, row) < after
                } else {
                    self.place(ask, row) > after
                }
            });
        }
        if let Some(before) = ask.before.map(place) {
            rows.retain(|row| {
                if descending {
                    self.place(ask, row) > before
                } else {
                    self.place(ask, row) < before
                }
            });
        }
        let between = rows.len();
        let (next, previous) = match ask.size {
            Size::Default => cut_end(&mut rows, 50, ask),
            Size::First(size) => cut_end(&mut rows, size, ask),
            Size::Last(size) => {
                rows.drain(..between.saturating_sub(size));
                (ask.before.is_some(), between > size)
            }
        };
        Page {
            rows,
            all,
            total,
            next,
            previous,
        }
    }

    /// All rows that the filter holds of, in order.
    pub fn sorted<'d>(&'d self, ask: &Ask, among: impl Iterator<Item = &'d Row>) -> Vec<&'d Row> {
        let mut rows: Vec<&Row> = among
            .filter(|row| self.holds(ask.kind, row, &ask.filter))
            .collect();
        rows.sort_by_key(|row| self.place(ask, row));
        if ask.order().descending {
            rows.reverse();
        }
        rows
    }

    /// Where a row stands in the ascending order: ties are broken by the key.
    fn place(&self, ask: &Ask, row: &Row) -> (Cell, Key) {
        let (_, column) = ask.kind.orders[ask.order().by];
        (row.cell(column).clone(), row.key)
    }

    fn list<'d>(
        &'d self,
        ask: &Ask,
        among: impl Iterator<Item = &'d Row>,
        cursors: &Cursors,
    ) -> Value {
        let page = self.page(ask, among);
        let cursor = |row: &&Row| cursors[&(ask.kind.object, ask.order(), row.key)].as_str();
        let id = |row: &Row| (ask.kind.show)(&row.key);
        let edges = page
            .rows
            .iter()
            .map(|row| json!({ "cursor": cursor(row), "node": { "id": id(row) } }));
        let nodes = page
            .rows
            .iter()
            .map(|row| self.node(id(row), &ask.inside, row, cursors));
        let numbers = numbers::expected(ask.kind, &page.all);
        json!({
            "totalCount": page.total,
            "estimatedCount": page.total,
            "aggregates": numbers.aggregates,
            "groups": numbers.groups,
            "pageInfo": {
                "hasNextPage": page.next,
                "hasPreviousPage": page.previous,
                "startCursor": page.rows.first().map(cursor),
                "endCursor": page.rows.last().map(cursor),
            },
            "edges": edges.collect::<Value>(),
            "nodes": nodes.collect::<Value>(),
        })
    }

    fn node(&self, id: String, inside: &[Inside], row: &Row, cursors: &Cursors) -> Value {
        let mut node = Map::from_iter([("id".to_owned(), json!(id))]);
        for inside in inside {
            let (relation, value) = match inside {
                Inside::List(relation, ask) => (
                    relation,
                    self.list(ask, self.related_to(relation, row), cursors),
                ),
                Inside::One(relation, inner) => {
                    let other = self.related_to(relation, row).next();
                    let node = |other: &Row| {
                        self.node((relation.to().show)(&other.key), inner, other, cursors)
                    };
                    (relation, other.map_or(Value::Null, node))
                }
            };
            node.insert(relation.field().to_owned(), value);
        }
        Value::Object(node)
    }
}

/// Paging forward it is known whether rows follow; backward is only known whether a cursor was given.
fn cut_end(rows: &mut Vec<&Row>, size: usize, ask: &Ask) -> (bool, bool) {
    let more = rows.len() > size;
    rows.truncate(size);
    (more, ask.after.is_some())
}
