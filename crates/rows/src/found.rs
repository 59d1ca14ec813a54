//! What loads have found, for the rows that asked.

use async_graphql::Value;

use crate::{
    Column, JsonText, Output, Scalar,
    column::{Answer, Cells, Piece, Span, list, single},
    failure::Failure,
    path::Origin,
};

/// What a load has for a row: none where the row has no key.
pub(crate) type Found<V> = Result<Option<V>, Failure>;

/// How many rows at the other end of a relation belong to each row of this one.
pub(crate) struct Groups<'a> {
    counts: &'a [Answer<usize>],
    is_list: bool,
}

impl<'a> Groups<'a> {
    pub(crate) fn new(counts: &'a [Answer<usize>], is_list: bool) -> Self {
        Self { counts, is_list }
    }

    /// Whose row each of them is.
    pub(crate) fn origins(&self) -> Vec<Origin> {
        let counts = self.counts.iter().map(|count| count.as_ref().copied());
        let counts = counts.map(Result::unwrap_or_default);
        let mut origins = Vec::with_capacity(counts.clone().sum());
        for (row, count) in counts.enumerate() {
            origins.extend((0..count).map(|index| Origin {
                row,
                index: self.is_list.then_some(index),
            }));
        }
        origins
    }

    /// The answers of the next level, for the rows of this one.
    pub(crate) fn column(&self, answers: Column) -> Column {
        let answers = if self.is_list {
            answers.in_one_text()
        } else {
            answers
        };
        match answers.0 {
            Cells::Tree(answers) => Column::tree(self.regrouped(answers)),
            Cells::Json {
                spans,
                json,
                around,
            } => Column(Cells::Json {
                spans: self.regrouped(spans).into_iter(),
                json,
                around,
            }),
        }
    }

    fn regrouped<P: Piece>(&self, mut answers: impl Iterator<Item = Answer<P>>) -> Vec<Answer<P>> {
        let own = |count: &Answer<usize>| match count {
            Err(failure) => Err(failure.clone()),
            Ok(count) => {
                let own = answers.by_ref().take(*count);
                if self.is_list { list(own) } else { single(own) }
            }
        };
        self.counts.iter().map(own).collect()
    }
}

/// Loaded scalars as the schema shows them.
pub(crate) fn shown<S: Scalar<V>, V>(found: Vec<Found<V>>, output: Output) -> Column {
    let found = found.into_iter();
    match output {
        Output::Tree => {
            let value = |value: Option<V>| value.as_ref().map_or(Value::Null, S::value);
            Column::tree(found.map(|found| found.map(value)).collect())
        }
        Output::Json => {
            let mut json = JsonText::default();
            let mut span = |value: Option<V>| {
                let start = json.len();
                match value {
                    Some(value) => S::write(&value, &mut json),
                    None => return Span::Null,
                }
                if json.is_null_from(start) {
                    return Span::Null;
                }
                Span::One(start..json.len())
            };
            let spans = found.map(|found| found.map(&mut span)).collect();
            Column::json(spans, json)
        }
    }
}
