//! What loads have found, for the rows that asked.

use std::sync::Arc;

use async_graphql::Value;

use crate::{
    Column, JsonText, Object, Output, Relation, Scalar,
    column::{Answer, Piece, Span, list, single},
    failure::Failure,
};

/// What a load has for a row: none where the row has no key.
pub(crate) type Found<V> = Result<Option<V>, Failure>;

/// The rows at the other end of a relation.
pub(crate) fn related<R: Relation>(found: &Found<R::Value>) -> &[Arc<<R::Object as Object>::Row>] {
    match found {
        Ok(Some(value)) => R::rows(value),
        Ok(None) | Err(_) => &[],
    }
}

/// The answers of the next level, for the rows of this one.
pub(crate) fn regroup<R: Relation, P: Piece>(
    mut answers: impl Iterator<Item = Answer<P>>,
    found: &[Found<R::Value>],
) -> Vec<Answer<P>> {
    let own = |found: &Found<R::Value>| {
        let own = answers.by_ref().take(related::<R>(found).len());
        match found {
            Err(failure) => Err(failure.clone()),
            Ok(_) if R::LIST => list(own),
            Ok(_) => single(own),
        }
    };
    found.iter().map(own).collect()
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
