//! Which columns of a table an operation needs.

use async_graphql::Context;
use entity::columns::{ColumnSet, FromColumns};
use rows::Object;
use sea_orm::{ColumnTrait, IdenStatic, Iterable, sea_query::SelectStatement};

use crate::table::{Column, Table};

/// The columns that the selection of a field of type `T` reads, and the key.
pub(crate) fn selected<T: Table>(ctx: &Context<'_>) -> ColumnSet {
    set::<T>(rows::reads::<T>(ctx))
}

/// The same where the rows are behind `O`'s field `through`.
pub(crate) fn selected_through<O: Object, T: Table>(ctx: &Context<'_>, through: &str) -> ColumnSet {
    set::<T>(rows::reads_through::<O, T>(ctx, through))
}

fn set<T: Table>(names: Option<Vec<&'static str>>) -> ColumnSet {
    let Some(names) = names else {
        return T::SHOWN;
    };
    let known = <T::Row as FromColumns>::NAMES;
    let mut set = with::<T>(ColumnSet::NONE, T::KEY);
    for name in names {
        match known.iter().position(|known| *known == name) {
            Some(index) => set = set.with(index),
            // A field of the row that is no column is computed from others.
            None => return T::SHOWN,
        }
    }
    set
}

/// The set with a column.
pub(crate) fn with<T: Table>(set: ColumnSet, column: Column<T>) -> ColumnSet {
    let mut columns = Column::<T>::iter();
    match columns.position(|other| other.as_str() == column.as_str()) {
        Some(index) => set.with(index),
        None => T::SHOWN,
    }
}

/// Makes a finder's statement select these columns only.
pub(crate) fn select<T: Table>(statement: &mut SelectStatement, set: ColumnSet) {
    if set == ColumnSet::ALL {
        return;
    }
    statement.clear_selects();
    for (index, column) in Column::<T>::iter().enumerate() {
        if set.has(index) {
            statement.column(column.as_column_ref());
        }
    }
}
