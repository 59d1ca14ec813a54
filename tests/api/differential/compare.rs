//! Asks the gateway, and holds its answers against the reference.

use serde_json::Value;

use super::{
    ask::{Ask, Cursors, Document, Order},
    data::Random,
    kinds::KINDS,
};

impl Random {
    /// Reads every row of every kind in every order, and remembers the cursors.
    pub async fn cursors(&self) -> Cursors {
        let mut cursors = Cursors::new();
        for kind in KINDS {
            let asks: Vec<Ask> = Order::all(kind)
                .map(|order| Ask::all(kind, order))
                .collect();
            for (ask, answer) in asks.iter().zip(self.ask(&asks, &Cursors::new()).await) {
                let rows = self.data.sorted(ask, self.data.rows(kind.object).iter());
                let edges = answer["edges"].as_array().expect("edges");
                assert_eq!(edges.len(), rows.len(), "{}", kind.list);
                for (row, edge) in rows.iter().zip(edges) {
                    assert_eq!(
                        edge["node"]["id"],
                        (kind.show)(&row.key),
                        "{} by {:?}",
                        kind.list,
                        ask.order()
                    );
                    let cursor = edge["cursor"].as_str().expect("a cursor").to_owned();
                    cursors.insert((kind.object, ask.order(), row.key), cursor);
                }
            }
        }
        cursors
    }

    /// The answers to questions, asked in one operation.
    pub async fn ask(&self, asks: &[Ask], cursors: &Cursors) -> Vec<Value> {
        let mut document = Document::default();
        asks.iter().for_each(|ask| document.add(ask, cursors));
        let mut data = self
            .client
            .data_with(&document.text(), Value::Object(document.variables))
            .await;
        (0..asks.len())
            .map(|number| data[format!("q{number}")].take())
            .collect()
    }

    /// Asks questions in one operation; every answer must be the reference's.
    pub async fn compare(&self, seed: u64, asks: &[Ask], cursors: &Cursors) {
        for (ask, found) in asks.iter().zip(self.ask(asks, cursors).await) {
            let expected = self.data.answer(ask, cursors);
            if found != expected {
                let mut document = Document::default();
                document.add(ask, cursors);
                panic!(
                    "seed {seed}\n{}\n{:#}\nthe gateway: {found}\nthe reference: {expected}\nfirst difference: {}",
                    document.text(),
                    Value::Object(document.variables),
                    difference("", &found, &expected).unwrap_or_default()
                );
            }
        }
    }
}

/// Where two values differ first.
fn difference(path: &str, found: &Value, expected: &Value) -> Option<String> {
    match (found, expected) {
        (Value::Array(found), Value::Array(expected)) if found.len() == expected.len() => found
            .iter()
            .zip(expected)
            .enumerate()
            .find_map(|(place, (found, expected))| {
                difference(&format!("{path}[{place}]"), found, expected)
            }),
        (Value::Object(found), Value::Object(expected)) => {
            expected.iter().find_map(|(name, expected)| {
                difference(
                    &format!("{path}.{name}"),
                    found.get(name).unwrap_or(&Value::Null),
                    expected,
                )
            })
        }
        _ => (found != expected).then(|| format!("{path}: {found} in place of {expected}")),
    }
}
