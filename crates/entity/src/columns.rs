//! Rows read by the place of their columns.
//!
//! SeaORM's own reader finds each column by its name, which for a page of rows takes three times as
//! long as the reading. A statement selects the columns in the order in which the model has
//! them, so the place is known.

mod set;
mod stored;

use std::{error::Error, fmt};

pub use entity_macros::FromColumns;
use postgres_types::FromSql;
pub use postgres_types::FromSqlOwned;

pub use set::ColumnSet;
pub(crate) use stored::read_as_it_is;
pub use stored::{Stored, Text};

/// A row of an answer.
pub trait Columns {
    /// The value at a place, from 0.
    ///
    /// # Errors
    /// When there is no such column, it holds another type, or a null where `T` has none.
    fn column<'r, T: FromSql<'r>>(&'r self, place: usize) -> Result<T, BadColumn>;
}

/// What a row is read as.
pub trait FromColumns: Sized {
    /// The names of the columns, in their order.
    const NAMES: &'static [&'static str];

    /// Reads the `selected` columns, which stand from the place `first` on; the others are
    /// [absent](Stored::absent).
    ///
    /// # Errors
    /// As of [`Columns::column`].
    fn from_columns(
        row: &impl Columns,
        first: usize,
        selected: ColumnSet,
    ) -> Result<Self, BadColumn>;
}

/// Reads the selected ones of a row's columns one after another; for the derive macro.
#[doc(hidden)]
pub struct Reader<'r, R> {
    row: &'r R,
    next: usize,
    selected: ColumnSet,
}

impl<'r, R: Columns> Reader<'r, R> {
    pub fn new(row: &'r R, first: usize, selected: ColumnSet) -> Self {
        Self {
            row,
            next: first,
            selected,
        }
    }

    /// The next value if the column at `index` of the model is selected, and none of it otherwise.
    // Most columns of a wide table are not, and a call for each of them costs more than to see that.
    #[inline]
    pub fn read<T: Stored>(&mut self, index: usize) -> Result<T, BadColumn> {
        if !self.selected.has(index) {
            return Ok(T::absent());
        }
        self.take()
    }

    #[inline(never)]
    fn take<T: Stored>(&mut self) -> Result<T, BadColumn> {
        let value = self.row.column(self.next)?;
        self.next += 1;
        Ok(T::of(value))
    }
}

/// A column that does not hold what was expected.
#[derive(Debug)]
pub struct BadColumn {
    place: usize,
    cause: Box<dyn Error + Send + Sync>,
}

impl BadColumn {
    /// The column at `place`, and what is wrong with it.
    pub fn new(place: usize, cause: impl Error + Send + Sync + 'static) -> Self {
        Self {
            place,
            cause: Box::new(cause),
        }
    }
}

impl fmt::Display for BadColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.place, self.cause)?;
        match self.cause.source() {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl Error for BadColumn {}

/// From a column of text to an enum that SeaORM stores as text.
macro_rules! stored_as_text {
    ($kind:ty) => {
        impl<'r> postgres_types::FromSql<'r> for $kind {
            fn from_sql(
                _: &postgres_types::Type,
                raw: &'r [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                use std::sync::LazyLock;
                // Compared where it lies: a column of a long list is read without a text of its own for each row.
                static STORED: LazyLock<Vec<(String, $kind)>> = LazyLock::new(|| {
                    let all = <$kind as sea_orm::Iterable>::iter();
                    all.map(|kind| (sea_orm::ActiveEnum::to_value(&kind), kind))
                        .collect()
                });
                match STORED.iter().find(|(stored, _)| stored.as_bytes() == raw) {
                    Some((_, kind)) => Ok(*kind),
                    // Says what is wrong with it.
                    None => Ok(<Self as sea_orm::ActiveEnum>::try_from_value(
                        &std::str::from_utf8(raw)?.to_owned(),
                    )?),
                }
            }

            fn accepts(ty: &postgres_types::Type) -> bool {
                <$crate::columns::Text<'_> as postgres_types::FromSql>::accepts(ty)
            }
        }

        $crate::columns::read_as_it_is! {
            $kind: <Self as sea_orm::Iterable>::iter()
                .next()
                .expect("an enum of a column has variants"),
        }
    };
}
pub(crate) use stored_as_text;
