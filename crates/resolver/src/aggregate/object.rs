//! The GraphQL objects of a list's aggregates.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use rows::{Field, Object};

use super::{Aggregated, Figures};
use crate::loader::inside;

/// The aggregates of a list of `T`, or of a group of its rows.
pub struct Aggregates<T>(PhantomData<fn() -> T>);

/// The extremes of the columns of `T`.
pub struct Extreme<T, E>(PhantomData<fn() -> (T, E)>);

/// Marks the [`Extreme`] of smallest values.
pub enum Smallest {}

/// Marks the [`Extreme`] of largest values.
pub enum Largest {}

/// The smallest values of the columns of `T`.
pub type Min<T> = Extreme<T, Smallest>;

/// The largest values of the columns of `T`.
pub type Max<T> = Extreme<T, Largest>;

/// The sums of the numbers of `T`.
pub struct Sum<T>(PhantomData<fn() -> T>);

/// The averages of the numbers of `T`.
pub struct Average<T>(PhantomData<fn() -> T>);

impl<T: Aggregated> Aggregates<T> {
    const COUNT: Field<Self> = Field::column::<i64>(
        "count",
        "How many rows there are.",
        |figures: &Figures, cell| {
            cell.show::<i64, _>(&figures.count());
        },
    );
    const MIN: Field<Self> = Field::relation::<Min<T>>("min", "The smallest values.", |level| {
        level.relation::<Min<T>, _, (), _>(same, inside())
    });
    const MAX: Field<Self> = Field::relation::<Max<T>>("max", "The largest values.", |level| {
        level.relation::<Max<T>, _, (), _>(same, inside())
    });
    const SUM: Field<Self> =
        Field::relation::<Sum<T>>("sum", "The values of each number, added.", |level| {
            level.relation::<Sum<T>, _, (), _>(same, inside())
        });
    const AVERAGE: Field<Self> =
        Field::relation::<Average<T>>("average", "The mean of each number.", |level| {
            level.relation::<Average<T>, _, (), _>(same, inside())
        });
    const WITHOUT_NUMBERS: &'static [Field<Self>] = &[Self::COUNT, Self::MIN, Self::MAX];
    const WITH_NUMBERS: &'static [Field<Self>] =
        &[Self::COUNT, Self::MIN, Self::MAX, Self::SUM, Self::AVERAGE];
}

/// The objects inside have the same figures.
#[expect(
    clippy::option_option,
    reason = "the row has a key, and the key is a row that is there"
)]
fn same(figures: &Figures) -> Option<Option<Arc<Figures>>> {
    Some(Some(Arc::new(figures.clone())))
}

impl<T: Aggregated> Object for Aggregates<T> {
    type Row = Figures;

    const FIELDS: &'static [Field<Self>] = match T::SUM {
        [] => Self::WITHOUT_NUMBERS,
        _ => Self::WITH_NUMBERS,
    };

    fn name() -> Cow<'static, str> {
        format!("{}Aggregates", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!(
            "Numbers about many `{}`, of all pages together. What no row has a value for is null.",
            T::name()
        ))
    }
}

impl<T: Aggregated> Object for Min<T> {
    type Row = Figures;

    const FIELDS: &'static [Field<Self>] = T::MIN;

    fn name() -> Cow<'static, str> {
        format!("{}Min", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!(
            "The smallest, earliest and alphabetically first values of many `{}`.",
            T::name()
        ))
    }
}

impl<T: Aggregated> Object for Max<T> {
    type Row = Figures;

    const FIELDS: &'static [Field<Self>] = T::MAX;

    fn name() -> Cow<'static, str> {
        format!("{}Max", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!(
            "The largest, latest and alphabetically last values of many `{}`.",
            T::name()
        ))
    }
}

impl<T: Aggregated> Object for Sum<T> {
    type Row = Figures;

    const FIELDS: &'static [Field<Self>] = T::SUM;

    fn name() -> Cow<'static, str> {
        format!("{}Sum", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!("The numbers of many `{}`, added.", T::name()))
    }
}

impl<T: Aggregated> Object for Average<T> {
    type Row = Figures;

    const FIELDS: &'static [Field<Self>] = T::AVERAGE;

    fn name() -> Cow<'static, str> {
        format!("{}Average", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!("The mean of the numbers of many `{}`.", T::name()))
    }
}
