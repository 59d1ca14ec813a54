//! Rows read by the place of their columns.
//!
//! SeaORM's own reader finds each column by its name, which for a page of rows takes three times as
//! long as the reading. A statement selects the columns in the order in which the model has
//! them, so the place is known.

use std::{error::Error, fmt};

pub use entity_macros::FromColumns;
use postgres_types::FromSql;
pub use postgres_types::FromSqlOwned;

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
    /// Reads the columns from the place `first` on.
    ///
    /// # Errors
    /// As of [`Columns::column`].
    fn from_columns(row: &impl Columns, first: usize) -> Result<Self, BadColumn>;
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
                ty: &postgres_types::Type,
                raw: &'r [u8],
            ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                let text = String::from_sql(ty, raw)?;
                Ok(<Self as sea_orm::ActiveEnum>::try_from_value(&text)?)
            }

            fn accepts(ty: &postgres_types::Type) -> bool {
                <String as postgres_types::FromSql>::accepts(ty)
            }
        }
    };
}
pub(crate) use stored_as_text;
