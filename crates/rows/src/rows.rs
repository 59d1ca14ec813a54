//! The rows of a level without their type.
//!
//! A schema has hundreds of objects. What is done with a level is the same for all of them and compiled once, which
//! keeps a query of many objects within the caches of a processor; what has to know the rows is here.

use std::borrow::Cow;

use futures::future::BoxFuture;

use crate::{
    Cell, Column, Level, Object,
    asked::Asked,
    field::{About, Source},
};

/// What an object declares.
#[derive(Clone, Copy)]
pub(crate) struct Declaration {
    pub(crate) name: fn() -> Cow<'static, str>,
    field: fn(&str) -> Option<Declared>,
}

/// A field of an object.
#[derive(Clone, Copy)]
pub(crate) struct Declared {
    /// Its place among the object's fields.
    pub(crate) place: usize,
    pub(crate) about: &'static About,
}

impl Declaration {
    pub(crate) fn of<T: Object>() -> Self {
        Self {
            name: T::name,
            field: declared::<T>,
        }
    }

    pub(crate) fn name(self) -> Cow<'static, str> {
        (self.name)()
    }

    /// The field of that name.
    pub(crate) fn field(self, name: &str) -> Option<Declared> {
        (self.field)(name)
    }
}

/// The field of that name of `T`.
pub(crate) fn declared<T: Object>(name: &str) -> Option<Declared> {
    let place = T::FIELDS
        .iter()
        .position(|field| field.about.name == name)?;
    let about = &T::FIELDS[place].about;
    Some(Declared { place, about })
}

/// Rows of one object.
pub(crate) trait Rows: Sync {
    /// How many.
    fn count(&self) -> usize;

    /// The object.
    fn declaration(&self) -> Declaration;

    /// Shows the column that the field at that place reads from a row; null if it reads none.
    fn show(&self, field: usize, row: usize, cell: Cell<'_>);

    /// The answers of the field at that place for all rows, if it has a batch.
    fn batch<'a>(&'a self, field: usize, asked: Asked<'a>) -> Option<BoxFuture<'a, Column>>;
}

/// Rows of the object `T`.
pub(crate) struct RowsOf<'r, T: Object>(pub(crate) &'r [&'r T::Row]);

impl<T: Object> Rows for RowsOf<'_, T> {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn declaration(&self) -> Declaration {
        Declaration::of::<T>()
    }

    #[inline]
    fn show(&self, field: usize, row: usize, cell: Cell<'_>) {
        match T::FIELDS[field].source {
            Source::Column(read) => read(self.0[row], cell),
            Source::Batch(_) => cell.value(&async_graphql::Value::Null),
        }
    }

    fn batch<'a>(&'a self, field: usize, asked: Asked<'a>) -> Option<BoxFuture<'a, Column>> {
        match T::FIELDS[field].source {
            Source::Column(_) => None,
            Source::Batch(load) => Some(load(Level::new(self.0, asked))),
        }
    }
}
