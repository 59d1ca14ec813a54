use std::error::Error;

use postgres_types::{FromSql, FromSqlOwned, Type};
use sea_orm::prelude::{Date, DateTimeUtc, Json, Uuid};

/// The type of a model's column.
pub trait Stored: Sized {
    /// What it is read as.
    type Read<'r>: FromSql<'r>;

    /// The value that was read.
    fn of(read: Self::Read<'_>) -> Self;

    /// What stands in a model for a column that was not selected.
    ///
    /// Nobody reads it: only the columns are left out that the selected fields do not read.
    fn absent() -> Self;
}

impl<T: Stored> Stored for Option<T> {
    type Read<'r> = Option<T::Read<'r>>;

    #[inline]
    fn of(read: Self::Read<'_>) -> Self {
        read.map(T::of)
    }

    fn absent() -> Self {
        None
    }
}

/// A column that is an array of what may be null.
impl<T: FromSqlOwned> Stored for Vec<Option<T>> {
    type Read<'r> = Self;

    fn of(read: Self) -> Self {
        read
    }

    fn absent() -> Self {
        Self::new()
    }
}

impl Stored for String {
    type Read<'r> = Text<'r>;

    #[inline]
    fn of(read: Text<'_>) -> Self {
        read.0.to_owned()
    }

    fn absent() -> Self {
        Self::new()
    }
}

/// Types that are read as they are, with what stands for one that was not selected.
macro_rules! read_as_it_is {
    ($($ty:ty: $absent:expr),* $(,)?) => {$(
        impl $crate::columns::Stored for $ty {
            type Read<'r> = Self;

            #[inline]
            fn of(read: Self) -> Self {
                read
            }

            fn absent() -> Self {
                $absent
            }
        }
    )*};
}
pub(crate) use read_as_it_is;

read_as_it_is! {
    bool: Self::default(),
    i16: Self::default(),
    i32: Self::default(),
    i64: Self::default(),
    f64: Self::default(),
    Uuid: Self::default(),
    Date: Self::default(),
    DateTimeUtc: Self::default(),
    Json: Self::default(),
    Vec<u8>: Self::default(),
    Vec<String>: Self::default(),
}

/// A text where it lies in the row.
///
/// postgres-types reads a `str` of three types of an extension as well, and so compares the name of each column's type
/// with theirs, for each row.
pub struct Text<'r>(&'r str);

impl<'r> FromSql<'r> for Text<'r> {
    fn from_sql(_: &Type, raw: &'r [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(std::str::from_utf8(raw)?))
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME | Type::UNKNOWN
        )
    }
}
