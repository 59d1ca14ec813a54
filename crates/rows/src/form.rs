use async_graphql::Value;

use crate::{JsonText, Scalar};

/// How an operation's rows are answered; put it into the request's data. A tree without it.
///
/// Both are the same answer to a client. As a tree a program can read it; as JSON it is written
/// without a value for each cell, and only good to be sent: with
/// [`JsonText::value`](crate::JsonText::value), or with serde_json, which reads the rows once more
/// before it writes them.
///
/// Rows that async-graphql has to merge with others are a tree in either form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// [`Value`]s of async-graphql.
    #[default]
    Tree,
    /// JSON text, in one value for each root field.
    Json,
}

/// The place for one value of a row, in the form of the running operation.
pub struct Cell<'a>(Form<'a>);

enum Form<'a> {
    Tree(&'a mut Value),
    Json(&'a mut JsonText),
}

impl<'a> Cell<'a> {
    pub(crate) fn tree(value: &'a mut Value) -> Self {
        Self(Form::Tree(value))
    }

    pub(crate) fn json(json: &'a mut JsonText) -> Self {
        Self(Form::Json(json))
    }

    /// A stored value, as the scalar `S` shows it.
    #[inline]
    pub fn show<S: Scalar<V>, V: ?Sized>(self, stored: &V) {
        match self.0 {
            Form::Tree(value) => *value = S::value(stored),
            Form::Json(json) => S::write(stored, json),
        }
    }

    /// A value that is there already.
    pub fn value(self, shown: &Value) {
        match self.0 {
            Form::Tree(value) => value.clone_from(shown),
            Form::Json(json) => json.value(shown),
        }
    }
}
