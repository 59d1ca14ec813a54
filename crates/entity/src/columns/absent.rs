use sea_orm::prelude::{Date, DateTimeUtc, Json, Uuid};

/// What stands in a model for a column that was not selected.
///
/// Nobody reads it: only the columns are left out that the selected fields do not read.
pub trait Absent {
    /// That value.
    fn absent() -> Self;
}

impl<T> Absent for Option<T> {
    fn absent() -> Self {
        None
    }
}

macro_rules! absent_by_default {
    ($($ty:ty),*) => {$(
        impl Absent for $ty {
            fn absent() -> Self {
                <$ty>::default()
            }
        }
    )*};
}

absent_by_default!(
    bool,
    i16,
    i32,
    i64,
    f64,
    String,
    Uuid,
    Date,
    DateTimeUtc,
    Json,
    Vec<u8>,
    Vec<String>
);
